package gateway

import (
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/optimization"
)

// keeps tells what the next runs of an explained statement will have of its plan.
func (e *explainPortal) keeps(ready planner.Optimized) (fired []optimization.Fired) {
	off := ready.Query.Off
	if off[optimization.KeepPlans] || !keepable(*e.bound, e.moment) || !lasting(ready.Query.Root) {
		return nil
	}
	fired = append(fired, optimization.Fired{Phase: "keep", Rule: optimization.KeepPlans})
	if l, ok := e.session.gateway.executor.LookUp(ready.Query, nil); ok && ready.Again == nil {
		for _, name := range l.By() {
			fired = append(fired, optimization.Fired{Phase: "keep", Rule: name, Node: "Remote"})
		}
	}
	return fired
}
