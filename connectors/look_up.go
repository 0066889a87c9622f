package connectors

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// LookUps is implemented by sources that keep reads by key prepared.
type LookUps interface {
	// LookUp makes ready a plan that reads rows of one table by a whole key of its
	// contract. The plan's Parameters are given with each use. ok is false for any other plan.
	LookUp(r *plan.Remote) (l LookUp, ok bool)
}

// LookUp is a read by key, ready to run. Safe for concurrent use.
type LookUp interface {
	// Rows reads: values are the texts of the plan's Parameters, none of them NULL. The
	// batch lies on Go's heap and has the columns of the plan; none comes where there are
	// no rows. ok is false where the plan must be run the common way, which knows what to
	// do or say; ctx has not ended then.
	//
	// before is called before anything is asked of the source, by whatever goroutine; its error is
	// that of the look-up, which is not asked then. If the look-up does not come to that it is not called.
	Rows(ctx context.Context, values [][]byte, before func() error) (batch arrow.RecordBatch, ok bool, err error)
	// By is what makes it faster.
	By() []optimization.Name
}
