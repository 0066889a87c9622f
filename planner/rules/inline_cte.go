package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// inlineCTE puts a WITH query that is read once in the place where it is read, so that
// conditions and keys reach its tables.
//
//	With[c := A](… CTERef c …)  =>  … A …
//
// As PostgreSQL does (SS_process_ctes in subselect.c): not where it is written MATERIALIZED,
// is recursive, or calls something volatile; and not into the step of a recursive one, which
// runs many times.
var inlineCTE = Rule{"InlineCTE", func(_ *Context, n plan.Node) (plan.Node, bool) {
	w, ok := n.(*plan.With)
	if !ok {
		return n, false
	}
	for i, cte := range w.CTEs {
		if cte.Materialized == "ALWAYS" || recursive(cte.Plan) || volatilePlan(cte.Plan) {
			continue
		}
		if out, ok := inlined(w, i); ok {
			return out, true
		}
	}
	return n, false
}}

func recursive(n plan.Node) bool {
	_, ok := n.(*plan.RecursiveUnion)
	return ok
}

// inlined gives a With without one of its queries, if that is read once.
func inlined(w *plan.With, i int) (plan.Node, bool) {
	cte := w.CTEs[i]
	if references(w, cte.ID) != 1 {
		return w, false
	}
	for _, other := range w.CTEs {
		if recursive(other.Plan) && references(other.Plan, cte.ID) > 0 {
			return w, false
		}
	}
	put := func(n plan.Node) plan.Node {
		return plan.Transform(n, func(n plan.Node) plan.Node {
			if ref, ok := n.(*plan.CTERef); ok && ref.CTE == cte.ID {
				return named(cte.Plan, ref.Cols)
			}
			return n
		})
	}
	out := &plan.With{Body: put(w.Body)}
	for k, other := range w.CTEs {
		if k != i {
			other.Plan = put(other.Plan)
			out.CTEs = append(out.CTEs, other)
		}
	}
	if len(out.CTEs) == 0 {
		return out.Body, true
	}
	return out, true
}

// named gives a plan's columns under other names, by position.
func named(n plan.Node, columns []plan.Column) plan.Node {
	p := &plan.Project{Input: n}
	for i, c := range n.Columns() {
		p.Items = append(p.Items, plan.Item{Column: columns[i], Expr: &plan.ColumnRef{Column: c}})
	}
	return p
}

// references counts how often a plan reads a WITH query.
func references(n plan.Node, cte int) (count int) {
	plan.Walk(n, func(n plan.Node) bool {
		if ref, ok := n.(*plan.CTERef); ok && ref.CTE == cte {
			count++
		}
		return true
	})
	return count
}

func volatilePlan(n plan.Node) (found bool) {
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			found = found || functions.Volatile(e)
		}
		return !found
	})
	return found
}

// readsOutside tells whether a plan reads a WITH query that stands around it.
func readsOutside(n plan.Node) bool {
	read, within := map[int]bool{}, map[int]bool{}
	plan.Walk(n, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.CTERef:
			read[n.CTE] = true
		case *plan.With:
			for _, cte := range n.CTEs {
				within[cte.ID] = true
			}
		case *plan.RecursiveUnion:
			within[n.CTE] = true
		}
		return true
	})
	for cte := range read {
		if !within[cte] {
			return true
		}
	}
	return false
}
