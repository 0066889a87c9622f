package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// arrayOperator binds "left op ANY (array)" and ALL.
func (b *binder) arrayOperator(s *scope, n *pg_query.A_Expr) (plan.Expr, error) {
	position := b.position(n.Location)
	left, err := b.expr(s, n.Lexpr)
	if err != nil {
		return nil, err
	}
	right, err := b.expr(s, n.Rexpr)
	if err != nil {
		return nil, err
	}
	name, err := b.operatorName(n.Name, left, right, position)
	if err != nil {
		return nil, err
	}
	o, err := pgtype.ResolveScalarArray(name, left.Type().OID, right.Type().OID)
	if err != nil {
		return nil, at(err, position)
	}
	if left, err = b.coerceArgument(left, o.LeftArg, position); err != nil {
		return nil, err
	}
	if right, err = b.coerceArgument(right, o.RightArg, b.position(location(n.Rexpr))); err != nil {
		return nil, err
	}
	return &plan.ArrayCompare{Procedure: o.Procedure, Operator: name, Left: left, Array: flattened(right),
		All: n.Kind == pg_query.A_Expr_Kind_AEXPR_OP_ALL}, nil
}
