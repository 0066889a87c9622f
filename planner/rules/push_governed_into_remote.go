package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushGovernedIntoRemote takes in a barrier with the filters and masks inside it, where the source can apply them all.
//
//	Governed(Remote(x))  =>  Remote(Governed(x))
var pushGovernedIntoRemote = absorbRule[*plan.Governed]("PushGovernedIntoRemote")
