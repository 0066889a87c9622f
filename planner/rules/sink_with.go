package rules

import "github.com/sluicemesh/sluice/planner/plan"

// sinkWith moves a WITH to the smallest part of a plan that reads it, which one source may
// be able to run although the whole is of several.
//
//	With[c](Join(A, Filter[x = (max of CTERef c)](CTERef c)))  =>  Join(A, With[c](Filter[x = (max of CTERef c)](CTERef c)))
//
// Not below an expression: there it could run once for each row.
var sinkWith = Rule{"SinkWith", func(_ *Context, n plan.Node) (plan.Node, bool) {
	w, ok := n.(*plan.With)
	if !ok {
		return n, false
	}
	inputs := w.Body.Inputs()
	total := readings(w.Body, w.CTEs)
	for i, in := range inputs {
		if j, ok := w.Body.(*plan.Join); ok && j.Lateral && i == 1 || readings(in, w.CTEs) < total {
			continue
		}
		out := append([]plan.Node{}, inputs...)
		out[i] = &plan.With{CTEs: w.CTEs, Body: in}
		return w.Body.WithInputs(out), true
	}
	return n, false
}}

// readings counts how often a plan reads any of some WITH queries.
func readings(n plan.Node, ctes []plan.CTE) (count int) {
	for _, cte := range ctes {
		count += references(n, cte.ID)
	}
	return count
}
