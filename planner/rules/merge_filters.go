package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// mergeFilters makes one Filter of two and splits AND into conjuncts.
//
//	Filter[a](Filter[b](x))  =>  Filter[b, a](x)
//	Filter[a AND b](x)       =>  Filter[a, b](x)
var mergeFilters = Rule{"MergeFilters", func(_ *Context, n plan.Node) (plan.Node, bool) {
	outer, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	split := plan.Conjuncts(outer.Conjuncts)
	inner, nested := outer.Input.(*plan.Filter)
	if nested {
		return &plan.Filter{Input: inner.Input, Conjuncts: append(plan.Conjuncts(inner.Conjuncts), split...)}, true
	}
	return &plan.Filter{Input: outer.Input, Conjuncts: split}, len(split) != len(outer.Conjuncts)
}}

// filter gives n under conditions; n itself without any.
func filter(n plan.Node, conditions []plan.Expr) plan.Node {
	if len(conditions) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Conjuncts: conditions}
}

// partition splits conditions by a test; volatile ones stay where they are.
func partition(all []plan.Expr, test func(plan.Expr) bool) (yes, no []plan.Expr) {
	for _, e := range all {
		if !functions.Volatile(e) && test(e) {
			yes = append(yes, e)
		} else {
			no = append(no, e)
		}
	}
	return yes, no
}
