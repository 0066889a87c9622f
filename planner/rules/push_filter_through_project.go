package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// pushFilterThroughProject asks a condition of the rows before they are computed.
//
//	Filter[f(a)](Project[a := g(x)](in))  =>  Project[a := g(x)](Filter[f(g(x))](in))
//
// The condition's columns must be passed on or cheap and total to compute: else g would
// be computed twice, or fail where it did not before. Volatile g stays.
var pushFilterThroughProject = Rule{"PushFilterThroughProject", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	p, ok := f.Input.(*plan.Project)
	if !ok {
		return n, false
	}
	by := map[plan.ColumnID]plan.Expr{}
	heavy := plan.ColumnSet{}
	for _, i := range p.Items {
		by[i.Column.ID] = i.Expr
		if !movable(i.Expr) {
			heavy[i.Column.ID] = true
		}
	}
	down, stay := partition(f.Conjuncts, func(e plan.Expr) bool { return !heavy.Meets(plan.References(e)) })
	if len(down) == 0 {
		return n, false
	}
	for i, e := range down {
		down[i] = plan.Substitute(e, by)
	}
	return filter(&plan.Project{Input: filter(p.Input, down), Items: p.Items}, stay), true
}}

// movable tells whether an expression may be computed at another place, or twice.
func movable(e plan.Expr) bool {
	switch e.(type) {
	case *plan.ColumnRef, *plan.Literal:
		return true
	}
	return !plan.HasSubquery(e) && functions.Total(e)
}
