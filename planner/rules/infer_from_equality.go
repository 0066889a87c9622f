package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// inferFromEquality adds for one column what is asked of another that equals it, so that
// both columns' sources cut their rows down.
//
//	Filter[a = b, a < 9](Join(A, B))      =>  Filter[a = b, a < 9, b < 9](Join(A, B))
//	Join[a = b, a < 9](A, B)              =>  Join[a = b, a < 9, b < 9](A, B)
//
// Only within inner joins: elsewhere a row with another b may stay. Only of total
// conditions, for b's rows were not asked before; and only of columns whose equal values
// are one value (of 1.0 = 1.00 the texts differ).
var inferFromEquality = Rule{"InferFromEquality", func(_ *Context, n plan.Node) (plan.Node, bool) {
	switch n := n.(type) {
	case *plan.Filter:
		if inner(n.Input) == nil {
			return n, false
		}
		found := implied(append(innerConditions(n.Input), n.Conjuncts...))
		return &plan.Filter{Input: n.Input, Conjuncts: append(n.Conjuncts[:len(n.Conjuncts):len(n.Conjuncts)], found...)}, len(found) > 0
	case *plan.Join:
		if inner(n) == nil {
			return n, false
		}
		found := implied(innerConditions(n))
		out := *n
		out.On = append(n.On[:len(n.On):len(n.On)], found...)
		return &out, len(found) > 0
	}
	return n, false
}}

func inner(n plan.Node) *plan.Join {
	if j, ok := n.(*plan.Join); ok && j.Kind == plan.InnerJoin && !j.Lateral {
		return j
	}
	return nil
}

// innerConditions lists what a tree of inner joins demands of its rows.
func innerConditions(n plan.Node) []plan.Expr {
	switch n := n.(type) {
	case *plan.Join:
		if j := inner(n); j != nil {
			return append(append(innerConditions(j.Left), innerConditions(j.Right)...), plan.Conjuncts(j.On)...)
		}
	case *plan.Filter:
		return append(innerConditions(n.Input), plan.Conjuncts(n.Conjuncts)...)
	}
	return nil
}

// implied gives the conditions that hold by an equality and are not there yet.
func implied(all []plan.Expr) []plan.Expr {
	var found []plan.Expr
	for _, e := range all {
		of, ok := onOneColumn(e)
		if !ok {
			continue
		}
		for _, other := range equals(all, of) {
			moved := plan.Substitute(e, map[plan.ColumnID]plan.Expr{of: &plan.ColumnRef{Column: other}})
			if !contains(all, moved) && !contains(found, moved) {
				found = append(found, moved)
			}
		}
	}
	return found
}

// onOneColumn gives the column of a condition that reads just one, and cannot fail.
func onOneColumn(e plan.Expr) (plan.ColumnID, bool) {
	refs := plan.References(e)
	if len(refs) != 1 || plan.HasSubquery(e) || !functions.Total(e) {
		return 0, false
	}
	for id := range refs {
		return id, true
	}
	return 0, false
}

// equals gives the columns that one of the conditions says are equal to a column.
func equals(all []plan.Expr, id plan.ColumnID) []plan.Column {
	var found []plan.Column
	for _, e := range all {
		a, b, ok := plan.EqualColumns(e)
		if !ok || a.Column.Type != b.Column.Type || !isIdentical(a.Column.Type) {
			continue
		}
		if a.ID == id && b.ID != id {
			found = append(found, b.Column)
		} else if b.ID == id && a.ID != id {
			found = append(found, a.Column)
		}
	}
	return found
}
