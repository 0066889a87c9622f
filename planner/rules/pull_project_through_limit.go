package rules

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// pullProjectThroughLimit computes what can fail of the rows that are left, as
// PostgreSQL does where it may.
//
//	Limit(Project[a := f(b)](x))        =>  Project[a := f(b)](Limit(x))
//	Limit(Sort[k](Project[a := f(b)](x)))  =>  Project[a := f(b)](Limit(Sort[k](Project[k, b](x))))
//
// Below the limit f would be asked of more rows or of fewer, as the engine finds its way
// to the first ones; and a source could not be given the limit where f is to be kept
// from it (functions.Tells).
var pullProjectThroughLimit = Rule{"PullProjectThroughLimit", func(_ *Context, n plan.Node) (plan.Node, bool) {
	l, ok := n.(*plan.Limit)
	if !ok {
		return n, false
	}
	sort, sorted := l.Input.(*plan.Sort)
	below := l.Input
	if sorted {
		below = sort.Input
	}
	p, ok := below.(*plan.Project)
	if !ok {
		return n, false
	}
	early, late, ok := halves(p, sort)
	if !ok {
		return n, false
	}
	out := *l
	out.Input = &plan.Project{Input: p.Input, Items: early}
	if sorted {
		out.Input = &plan.Sort{Input: out.Input, Keys: sort.Keys}
	}
	return &plan.Project{Input: &out, Items: late}, true
}}

// halves splits a Project into what is computed before the limit, with the columns that
// the rest needs, and the whole list after it; false where nothing can wait.
func halves(p *plan.Project, sort *plan.Sort) (early, late []plan.Item, ok bool) {
	keys := plan.ColumnSet{}
	if sort != nil {
		for _, e := range sort.Exprs() {
			add(keys, plan.References(e))
		}
	}
	needed, have := plan.ColumnSet{}, plan.ColumnSet{}
	for _, i := range p.Items {
		if i.PassesOn() || keys[i.Column.ID] || !functions.Fails(i.Expr) || plan.HasSubquery(i.Expr) {
			early, late = append(early, i), append(late, plan.PassOn(i.Column))
			have[i.Column.ID] = true
			continue
		}
		late, ok = append(late, i), true
		add(needed, plan.References(i.Expr))
	}
	for _, c := range p.Input.Columns() {
		if needed[c.ID] && !have[c.ID] {
			early = append(early, plan.PassOn(c))
		}
	}
	return early, late, ok
}
