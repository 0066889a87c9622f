package executor

import (
	"context"

	"github.com/sluicemesh/sluice/planner/plan"
)

// Estimates gives how many rows each Remote of a plan is expected to send before any of
// it is run, in the order of Fragments; 0 where that is unknown. Where a policy hides
// rows or values nothing is said: what sources tell of their tables counts those too.
func (e *Executor) Estimates(ctx context.Context, q plan.Query, o Options) []float64 {
	all := remotes(q)
	nodes := make([]plan.Node, len(all))
	for i, r := range all {
		nodes[i] = r
	}
	k := (&run{executor: e, options: o}).learn(ctx, nodes)
	estimates := make([]float64, len(all))
	for i, r := range all {
		if !q.Careful && !plan.Withholds(r.Root) {
			estimates[i] = k.rows(r.Root)
		}
	}
	return estimates
}
