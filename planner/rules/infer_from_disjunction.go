package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// inferFromDisjunction adds what an OR over several relations implies for one of them
// alone, so that the relation's source can cut its rows down. The OR stays.
//
//	Filter[(n1 = 'F' AND n2 = 'G') OR (n1 = 'G' AND n2 = 'F')](join)
//	=>  Filter[…, n1 = 'F' OR n1 = 'G', n2 = 'G' OR n2 = 'F'](join)
//
// Only total conditions are taken: one that can fail would now be asked of more rows.
var inferFromDisjunction = Rule{"InferFromDisjunction", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	join, ok := f.Input.(*plan.Join)
	if !ok {
		return n, false
	}
	out := f.Conjuncts
	for _, e := range f.Conjuncts {
		or, isOr := e.(*plan.Or)
		if !isOr {
			continue
		}
		for _, relation := range relations(join) {
			if implied, ok := restrict(or, plan.Produced(relation)); ok && !contains(out, implied) {
				out = append(out[:len(out):len(out)], implied)
			}
		}
	}
	return &plan.Filter{Input: f.Input, Conjuncts: out}, len(out) > len(f.Conjuncts)
}}

// restrict gives the OR of what each arm demands of the given columns alone; ok is
// false where an arm demands nothing of them, or nothing of others (then it moves whole).
func restrict(or *plan.Or, columns plan.ColumnSet) (plan.Expr, bool) {
	if columns.Has(plan.References(or)) {
		return nil, false
	}
	implied := &plan.Or{}
	for _, arm := range or.Args {
		own, _ := partition(plan.Conjuncts([]plan.Expr{arm}), func(e plan.Expr) bool {
			refs := plan.References(e)
			return len(refs) > 0 && columns.Has(refs) && functions.Total(e)
		})
		if len(own) == 0 {
			return nil, false
		}
		implied.Args = append(implied.Args, conjunction(own))
	}
	return implied, true
}

// relations gives the inputs of a tree of inner joins.
func relations(n plan.Node) []plan.Node {
	j, ok := n.(*plan.Join)
	if !ok || j.Kind != plan.InnerJoin || j.Lateral {
		return []plan.Node{n}
	}
	return append(relations(j.Left), relations(j.Right)...)
}
