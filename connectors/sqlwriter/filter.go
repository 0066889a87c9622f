package sqlwriter

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// filter goes into WHERE, or into HAVING behind an aggregate.
func (w *writer) filter(n *plan.Filter) *block {
	b := w.inlined(w.node(n.Input), n.Conjuncts...)
	if b.stage > atHaving || b.stage >= atGroup && plan.HasSubquery(n.Conjuncts...) {
		b = w.wrap(b)
	}
	lambdas := w.lambdas
	conditions := w.conditions(b, n.Conjuncts)
	if b.stage >= atGroup && w.lambdas > lambdas { // DuckDB's HAVING takes a lambda's fields for columns
		b = w.wrap(b)
		conditions = w.conditions(b, n.Conjuncts)
	}
	if b.stage >= atGroup {
		b.having, b.stage = append(b.having, conditions...), atHaving
	} else {
		b.where, b.stage = append(b.where, conditions...), atWhere
	}
	return b
}

// conditions writes conjuncts over a block, each fit to stand in an AND.
func (w *writer) conditions(b *block, conjuncts []plan.Expr) []string {
	var out []string
	for _, e := range plan.Conjuncts(conjuncts) {
		cols := b.cols
		if w.copies() {
			cols = stored(cols, e)
		}
		w.within(cols, func() { out = append(out, w.condition(e).inside(conjunction)) })
	}
	return out
}

// project computes columns in the select list of its input.
func (w *writer) project(n *plan.Project) *block {
	b := w.node(n.Input)
	if b.stage == atDistinct || b.distinct != "" || b.stage >= atGroup && plan.HasSubquery(n.Exprs()...) {
		b = w.wrap(b)
	}
	if repeats(n, b) {
		b = w.wrap(b)
	}
	cols := make(map[plan.ColumnID]value, len(n.Items))
	w.within(b.cols, func() {
		for _, item := range n.Items {
			cols[item.Column.ID] = w.anchored(w.expr(item.Expr), item.Expr.Type())
		}
	})
	b.cols, b.columns = cols, n.Columns()
	if slices.ContainsFunc(n.Exprs(), functions.Volatile) {
		return w.wrap(b) // what is named twice is computed once
	}
	return b
}

// repeats tells whether the items use a long computed column more than once.
func repeats(n *plan.Project, b *block) bool {
	uses := map[plan.ColumnID]int{}
	for _, item := range n.Items {
		if _, passed := item.Expr.(*plan.ColumnRef); passed {
			uses[item.Expr.(*plan.ColumnRef).ID]++
			continue
		}
		visitColumns(item.Expr, func(id plan.ColumnID) { uses[id]++ })
	}
	for id, count := range uses {
		if v, ok := b.cols[id]; ok && count > 1 && !v.plain && len(v.sql) > longest {
			return true
		}
	}
	return false
}
