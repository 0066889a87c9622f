package rules

import (
	"reflect"

	"github.com/sluicemesh/sluice/planner/plan"
)

// factorDisjunction takes out of an OR what all its arms demand, so that a join
// condition inside becomes one the optimizer can see. Exact in three-valued logic:
// AND distributes over OR there too.
//
//	Filter[(a AND b) OR (a AND c)](x)  =>  Filter[a, b OR c](x)
var factorDisjunction = Rule{"FactorDisjunction", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	var out []plan.Expr
	fired := false
	for _, e := range f.Conjuncts {
		common, rest, ok := factor(e)
		if !ok {
			out = append(out, e)
			continue
		}
		fired = true
		out = append(append(out, common...), rest...)
	}
	return &plan.Filter{Input: f.Input, Conjuncts: out}, fired
}}

// factor gives the conjuncts common to all arms and what is left of the OR (nothing
// where one arm demands no more than the common part).
func factor(e plan.Expr) (common, rest []plan.Expr, ok bool) {
	or, isOr := e.(*plan.Or)
	if !isOr {
		return nil, nil, false
	}
	arms := make([][]plan.Expr, len(or.Args))
	for i, a := range or.Args {
		arms[i] = plan.Conjuncts([]plan.Expr{a})
	}
	for _, candidate := range arms[0] {
		if inAll(arms[1:], candidate) && !contains(common, candidate) {
			common = append(common, candidate)
		}
	}
	if len(common) == 0 {
		return nil, nil, false
	}
	left := &plan.Or{}
	for _, arm := range arms {
		_, others := partition(arm, func(e plan.Expr) bool { return contains(common, e) })
		if len(others) == 0 {
			return common, nil, true
		}
		left.Args = append(left.Args, conjunction(others))
	}
	return common, []plan.Expr{left}, true
}

func inAll(arms [][]plan.Expr, e plan.Expr) bool {
	for _, arm := range arms {
		if !contains(arm, e) {
			return false
		}
	}
	return true
}

// contains tells whether list holds an expression that says the same as e.
func contains(list []plan.Expr, e plan.Expr) bool {
	for _, other := range list {
		if same(other, e) {
			return true
		}
	}
	return false
}

// same tells whether two expressions are written alike over the same columns.
// Subqueries are never the same: each has column IDs of its own.
func same(a, b plan.Expr) bool { return a == b || reflect.DeepEqual(a, b) }

// conjunction makes one expression of conditions; at least one.
func conjunction(all []plan.Expr) plan.Expr {
	if len(all) == 1 {
		return all[0]
	}
	return &plan.And{Args: all}
}
