package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// between binds the four BETWEENs as the comparisons they stand for
// (transformAExprBetween).
func (b *binder) between(s *scope, n *pg_query.A_Expr) (plan.Expr, error) {
	bounds := n.Rexpr.GetList().GetItems()
	t := &betweenBinding{b: b, s: s, location: n.Location, nodes: [3]*pg_query.Node{n.Lexpr, bounds[0], bounds[1]}}
	const arg, low, high = 0, 1, 2
	var e plan.Expr
	switch n.Kind {
	case pg_query.A_Expr_Kind_AEXPR_BETWEEN:
		e = t.inside(low, high)
	case pg_query.A_Expr_Kind_AEXPR_NOT_BETWEEN:
		e = t.outside(low, high)
	case pg_query.A_Expr_Kind_AEXPR_BETWEEN_SYM:
		e = anyOf(t.inside(low, high), t.inside(high, low))
	default:
		e = allOf(t.outside(low, high), t.outside(high, low))
	}
	return e, t.err
}

// betweenBinding binds each operand once and shares it, except where sharing would
// repeat the column IDs of a subquery or fix the type of what is yet unknown.
type betweenBinding struct {
	b        *binder
	s        *scope
	location int32
	nodes    [3]*pg_query.Node
	bound    [3]plan.Expr
	err      error
}

func (t *betweenBinding) inside(low, high int) plan.Expr {
	return allOf(t.compare(">=", low), t.compare("<=", high))
}

func (t *betweenBinding) outside(low, high int) plan.Expr {
	return anyOf(t.compare("<", low), t.compare(">", high))
}

// compare compares the first operand with another; after an error it does nothing.
func (t *betweenBinding) compare(name string, other int) plan.Expr {
	left, right := t.operand(0), t.operand(other)
	if t.err != nil {
		return truth(false)
	}
	position := t.b.position(t.location)
	var e plan.Expr
	if t.nodes[0].GetRowExpr() != nil && t.nodes[other].GetRowExpr() != nil {
		e, t.err = t.b.compareRows(name, fields(left), fields(right), position)
	} else {
		e, t.err = t.b.apply(name, left, right, position)
	}
	if t.err == nil {
		e, t.err = t.b.demand(e, boolean, "argument of AND", t.b.position(location(t.nodes[0])))
	}
	return e
}

func (t *betweenBinding) operand(i int) plan.Expr {
	if t.err != nil || t.bound[i] != nil {
		return t.bound[i]
	}
	e, err := t.b.expr(t.s, t.nodes[i])
	if err != nil {
		t.err = err
		return nil
	}
	if shareable(e) {
		t.bound[i] = e
	} else {
		t.err = t.b.repeat()
	}
	return e
}

func shareable(e plan.Expr) bool {
	share := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Subquery:
			share = false
		case *plan.Parameter:
			share = share && e.Of.OID != pgtype.Unknown
		}
		return share
	})
	return share
}
