package planner

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
)

// Bind gives the query's typed plan. parameterTypes are the client's (0: infer).
func (s *Select) Bind(env bind.Environment, parameterTypes []pgtype.OID) (bind.Bound, error) {
	return bind.Query(env, s.whole, s.tree, parameterTypes)
}
