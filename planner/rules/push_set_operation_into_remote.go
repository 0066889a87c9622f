package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushSetOperationIntoRemote takes in a set operation over two sub-plans of one source.
//
//	Union(Remote(x), Remote(y))  =>  Remote(Union(x, y))
var pushSetOperationIntoRemote = absorbRule[*plan.SetOperation]("PushSetOperationIntoRemote")
