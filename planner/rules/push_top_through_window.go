package rules

import "github.com/sluicemesh/sluice/planner/plan"

const pushTopThroughWindowName = "PushTopThroughWindow"

// pushTopThroughWindow lets a source send only the first rows in order, and all that are equal to
// the last of them, where the window is computed of each value of the leading keys by itself.
//
//	Limit[n](Sort[a, b](Window[… partition by a](Remote(A))))  =>  … Window[…](Remote(Limit[n with ties](Sort[a](A)))) …
//
// So every partition comes whole or not at all, and those that come give n rows at least. Above
// joins that may drop rows it is found out how many are needed: see noteTops.
var pushTopThroughWindow = Rule{pushTopThroughWindowName, func(c *Context, n plan.Node) (plan.Node, bool) {
	return c.pushTop(n, true)
}}
