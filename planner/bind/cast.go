package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// typeCast binds CAST(e AS t), e::t and t 'literal'.
func (b *binder) typeCast(s *scope, n *pg_query.TypeCast) (plan.Expr, error) {
	to, err := b.typeName(n.TypeName)
	if err != nil {
		return b.rowCast(n, err)
	}
	position := b.position(n.Location)
	if position == 0 {
		position = b.position(n.TypeName.Location)
	}
	base := pgtype.BaseType(to)
	if _, ok := pgtype.ElementOf(base.OID); ok && n.Arg.GetAArrayExpr() != nil {
		e, err := b.arrayExpr(s, n.Arg.GetAArrayExpr(), &base)
		if err != nil || base == to {
			return e, err
		}
		return b.coerce(e, to, plan.CastExplicit, position)
	}
	e, err := b.expr(s, n.Arg)
	if err != nil {
		return nil, err
	}
	if l, ok := e.(*plan.Literal); ok && l.Of.OID == pgtype.Unknown {
		position = b.position(location(n.Arg))
	}
	return b.coerce(e, to, plan.CastExplicit, position)
}
