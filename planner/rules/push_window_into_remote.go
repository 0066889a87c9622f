package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushWindowIntoRemote takes in window functions with their frames.
//
//	Window[w](Remote(x))  =>  Remote(Window[w](x))
var pushWindowIntoRemote = absorbRule[*plan.Window]("PushWindowIntoRemote")
