package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterIntoRemote takes in conditions that the source answers exactly, all of them.
//
//	Filter[p](Remote(x))  =>  Remote(Filter[p](x))
var pushFilterIntoRemote = absorbRule[*plan.Filter]("PushFilterIntoRemote")
