package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushAggregateIntoRemote takes in grouping, where keys are told apart and aggregates computed as in PostgreSQL.
//
//	Aggregate[g](Remote(x))  =>  Remote(Aggregate[g](x))
var pushAggregateIntoRemote = absorbRule[*plan.Aggregate]("PushAggregateIntoRemote")
