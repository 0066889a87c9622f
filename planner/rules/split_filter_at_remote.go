package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// splitFilterAtRemote hands a source the conditions it can answer where it cannot
// answer all. One that it answers too generously (a superset) is asked here again.
//
//	Filter[exact, superset, local](Remote(x))  =>  Filter[superset, local](Remote(Filter[exact, superset](x)))
var splitFilterAtRemote = Rule{"SplitFilterAtRemote", func(c *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	r, ok := f.Input.(*plan.Remote)
	if !ok {
		return n, false
	}
	able, ok := capabilities[r.Source.Kind]
	if !ok || c.options.Disabled["PushFilterIntoRemote"] {
		return n, false
	}
	have := plan.Produced(r.Root)
	var down, stay []plan.Expr
	for _, e := range f.Conjuncts {
		alone := &plan.Filter{Input: r.Root, Conjuncts: []plan.Expr{e}}
		fits := have.Has(plan.References(e)) && !c.needsFence(r.Source, alone) && !c.keeps(e)
		switch {
		case fits && c.says(r.Source, able, e):
			down = append(down, e)
		case fits && able.narrows(e):
			down, stay = append(down, e), append(stay, e)
		case fits && !plan.HasSubquery(e) && functions.Supports(e, able.engine) == functions.Superset:
			down, stay = append(down, e), append(stay, e)
		default:
			stay = append(stay, e)
		}
	}
	if len(down) == 0 {
		return n, false
	}
	inside := &plan.Remote{Source: r.Source, Root: filter(r.Root, down)}
	return filter(inside, stay), true
}}
