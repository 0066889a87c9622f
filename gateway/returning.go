package gateway

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
)

// returning is the query for what RETURNING gives, nil for none. It takes all parameters of
// the statement that it belongs to, which tells their types (withReturning).
func (s *session) returning(st *planner.Select, of *query) *query {
	if st == nil {
		return nil
	}
	return newBoundQuery(s, st.Source(), nil, func(now *moment, _ []pgtype.OID) (bind.Bound, error) {
		now.env.NoParameters = of.simple
		return st.Bind(now.env, knownTypes(*of.described, nil))
	})
}

// withReturning adds the parameters that only RETURNING has to a bound statement.
func withReturning(now *moment, st *planner.Select, bound bind.Bound, types []pgtype.OID) (bind.Bound, error) {
	if st == nil {
		return bound, nil
	}
	shown, err := st.Bind(now.env, knownTypes(bound, types))
	bound.Parameters = shown.Parameters
	return bound, err
}

// knownTypes are the types of parameters, of what is bound or as the client gave them.
func knownTypes(bound bind.Bound, types []pgtype.OID) []pgtype.OID {
	known := make([]pgtype.OID, max(len(bound.Parameters), len(types)))
	copy(known, types)
	for i, of := range bound.Parameters {
		known[i] = of.OID
	}
	return known
}
