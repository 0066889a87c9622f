package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushProjectIntoRemote takes in computed columns that the source computes exactly.
//
//	Project[a := f(b)](Remote(x))  =>  Remote(Project[a := f(b)](x))
var pushProjectIntoRemote = absorbRule[*plan.Project]("PushProjectIntoRemote")
