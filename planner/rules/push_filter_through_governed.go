package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// pushFilterThroughGoverned lets a user's condition pass the policy barrier so that a
// source can use its indexes.
//
//	Filter[p](Governed(in))  =>  Governed(Filter[p](in))
//
// Only what can neither fail nor tell of hidden rows passes: total conditions without
// subqueries. They see masked values all the same, for they stop above the masks'
// Project unless the column is passed on (pushFilterThroughProject's own rule). Where no
// row is hidden, failing tells nothing, and any condition without a subquery passes.
var pushFilterThroughGoverned = Rule{"PushFilterThroughGoverned", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	g, ok := f.Input.(*plan.Governed)
	if !ok {
		return n, false
	}
	down, stay := partition(f.Conjuncts, func(e plan.Expr) bool {
		return !plan.HasSubquery(e) && g.Columns() != nil && (!g.Filtered || functions.Total(e)) && plan.Produced(g).Has(plan.References(e))
	})
	if len(down) == 0 {
		return n, false
	}
	inside := *g
	inside.Input = filter(g.Input, down)
	return filter(&inside, stay), true
}}
