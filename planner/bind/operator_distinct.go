package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// distinctFrom binds IS [NOT] DISTINCT FROM. Against a plain NULL it is IS [NOT] NULL.
func (b *binder) distinctFrom(s *scope, n *pg_query.A_Expr) (plan.Expr, error) {
	negated := n.Kind == pg_query.A_Expr_Kind_AEXPR_NOT_DISTINCT
	switch {
	case isNull(n.Rexpr):
		return b.nullTestOf(s, n.Lexpr, !negated)
	case isNull(n.Lexpr):
		return b.nullTestOf(s, n.Rexpr, !negated)
	}
	left, err := b.expr(s, n.Lexpr)
	if err != nil {
		return nil, err
	}
	right, err := b.expr(s, n.Rexpr)
	if err != nil {
		return nil, err
	}
	position := b.position(n.Location)
	if n.Lexpr.GetRowExpr() != nil && n.Rexpr.GetRowExpr() != nil {
		return b.distinctRows(fields(left), fields(right), negated, position)
	}
	return b.distinct(left, right, negated, position)
}

func isNull(n *pg_query.Node) bool { return n.GetAConst().GetIsnull() }

func (b *binder) distinct(left, right plan.Expr, negated bool, position int) (plan.Expr, error) {
	equal, err := b.equals(left, right, "IS DISTINCT FROM", position)
	if err != nil {
		return nil, err
	}
	return &plan.Distinct{Left: equal.Args[0], Right: equal.Args[1], Equal: equal.Procedure, Negated: negated}, nil
}

// equals applies "=", which what requires to be boolean.
func (b *binder) equals(left, right plan.Expr, what string, position int) (*plan.Call, error) {
	e, err := b.apply("=", left, right, position)
	if err != nil {
		return nil, err
	}
	if e.Type().OID != pgtype.Bool {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "%s requires = operator to yield boolean", what).At(position)
	}
	return e.(*plan.Call), nil
}

// distinctRows: rows are distinct where one pair of fields is (make_row_distinct_op).
func (b *binder) distinctRows(left, right []plan.Expr, negated bool, position int) (plan.Expr, error) {
	if len(left) != len(right) {
		return nil, sqlstate.New(sqlstate.SyntaxError, "unequal number of entries in row expressions").At(position)
	}
	if len(left) == 0 {
		return truth(negated), nil
	}
	pairs := make([]plan.Expr, len(left))
	for i := range left {
		e, err := b.distinct(left[i], right[i], negated, position)
		if err != nil {
			return nil, err
		}
		pairs[i] = e
	}
	if negated {
		return allOf(pairs...), nil
	}
	return anyOf(pairs...), nil
}

// nullIf binds NULLIF(a, b), whose type is that of a as its equality takes it.
func (b *binder) nullIf(s *scope, n *pg_query.A_Expr) (plan.Expr, error) {
	left, err := b.expr(s, n.Lexpr)
	if err != nil {
		return nil, err
	}
	right, err := b.expr(s, n.Rexpr)
	if err != nil {
		return nil, err
	}
	position := b.position(n.Location)
	equal, err := b.equals(left, right, "NULLIF", position)
	if err != nil {
		return nil, err
	}
	return &plan.NullIf{Left: equal.Args[0], Right: equal.Args[1], Equal: equal.Procedure, Of: equal.Args[0].Type()}, nil
}
