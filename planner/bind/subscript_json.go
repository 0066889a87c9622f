package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// subscriptJSON binds document['key'][0]: the value at a path of keys and positions, which
// is what document #> '{key,0}' gives (manual 8.14.5, jsonbsubs.c).
func (b *binder) subscriptJSON(s *scope, e plan.Expr, list []*pg_query.A_Indices, position int) (plan.Expr, error) {
	for _, step := range list {
		if !step.IsSlice {
			continue
		}
		first := list[0].Uidx
		if first == nil {
			first = list[0].Lidx
		}
		at := 0
		if first != nil {
			at = b.position(location(first))
		}
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "jsonb subscript does not support slices").At(at)
	}
	path := &plan.Array{Of: pgtype.Of(pgtype.TextArray)}
	for _, step := range list {
		key, err := b.jsonSubscript(s, step.Uidx)
		if err != nil {
			return nil, err
		}
		path.Elements = append(path.Elements, key)
	}
	return b.apply("#>", e, path, position)
}

// jsonSubscript binds one step as text: it is a text, or an integer.
func (b *binder) jsonSubscript(s *scope, n *pg_query.Node) (plan.Expr, error) {
	e, err := b.expr(s, n)
	if err != nil {
		return nil, err
	}
	position := b.position(location(n))
	from, text := e.Type().OID, pgtype.Of(pgtype.Text)
	implicit := func(to pgtype.OID) bool {
		return pgtype.CanCoerce([]pgtype.OID{from}, []pgtype.OID{to}, pgtype.Implicit)
	}
	switch {
	case from == pgtype.Unknown || implicit(pgtype.Text) && !implicit(pgtype.Int4):
		return b.coerce(e, text, plan.CastImplicit, position)
	case implicit(pgtype.Int4):
		if e, err = b.coerce(e, pgtype.Of(pgtype.Int4), plan.CastImplicit, position); err != nil {
			return nil, err
		}
		return b.coerce(e, text, plan.CastExplicit, position)
	}
	return nil, sqlstate.New(sqlstate.DatatypeMismatch, "subscript type %s is not supported", pgtype.SQLName(from)).
		WithHint("jsonb subscript must be coercible to either integer or text.").At(position)
}
