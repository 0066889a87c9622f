package planner

import (
	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/planner/rules"
)

// Optimized is a plan ready to run, with the rules that made it.
type Optimized struct {
	Query plan.Query
	Fired []optimization.Fired
	// PolicyMayFail says that an error may be a policy's, raised by a row that it hides:
	// then no words of it may reach the user.
	PolicyMayFail bool
	// Again gives the plan that runs everything which can fail in the merge: how the
	// statement fails must follow from what its reader may see. nil: it cannot fail, nothing
	// is hidden, or Query is that plan.
	Again func() (plan.Query, error)
}

// Optimize lets each source take what it can run exactly. It accepts only what auth has
// secured. off are what is left out: the answer is the same, only slower. evaluate computes
// constants; nil: only literals decide.
func Optimize(s auth.Secured, off optimization.Off, evaluate rules.Evaluate) (Optimized, error) {
	o := rules.Options{NextID: s.NextID(), Disabled: off, Evaluate: evaluate}
	q, fired, err := rules.Optimize(s.Query(), o)
	ready := Optimized{Query: q, Fired: fired, PolicyMayFail: policyMayFail(s.Query().Root)}
	if err == nil && !q.Careful && functions.CanTell(q.Root) {
		o.Careful = true
		ready.Again = func() (plan.Query, error) {
			again, _, err := rules.Optimize(s.Query(), o)
			return again, err
		}
	}
	return ready, err
}
