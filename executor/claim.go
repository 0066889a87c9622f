package executor

import (
	"github.com/sluicemesh/sluice/internal/budget"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// What small statements reserve.
const (
	// streamBytes is for the batches of one source that are on their way to the client: four
	// wait, one is filled and one is sent, each of a megabyte.
	streamBytes = 6 << 20
	// ownBytes is for a look into the catalog or the session's own tables. They are small,
	// but engines take some megabytes for each of the many joins that clients ask for.
	ownBytes = 64 << 20
)

// claim says what a statement asks of the process's memory: little where rows stream
// through, more for what is the session's own, a share where sources are merged.
func (e *Executor) claim(q plan.Query, o Options) budget.Claim {
	held := int64(0)
	if o.Again != nil {
		held = heldBytes
	}
	if streams(q) {
		return budget.Claim{Bytes: streamBytes + held}
	}
	for _, r := range remotes(q) {
		if o.Own == nil {
			return budget.Claim{Engines: true}
		}
		if _, own := o.Own(r.Source); !own {
			return budget.Claim{Engines: true}
		}
	}
	return budget.Claim{Bytes: ownBytes + held, Engines: true}
}

// streams tells whether a plan is one Remote: no engine has anything to do.
func streams(q plan.Query) bool {
	remote, ok := q.Root.(*plan.Remote)
	return ok && !q.Off[optimization.StreamThrough] && inOrder(q, remote.Columns())
}
