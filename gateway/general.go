package gateway

import (
	"context"
	"reflect"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
)

// general tells whether a plan with Parameters in it is, once the sample stands in their
// place, the one that the sample gets as constants: then no rule has folded a value, looked
// at it, or left something to the merge because it could not. A LIMIT $1 has plans of its own
// for its values, and is planned each time. So is what must be asked again if it fails.
func (s *session) general(ctx context.Context, now *moment, bound bind.Bound, made planner.Optimized, sample []*plan.Literal) bool {
	if made.Again != nil {
		return false
	}
	binder, _ := now.binder()
	secured, err := auth.Secure(ctx, now.who, withValues(bound.Query, sample), bound.NextID, binder)
	if err != nil {
		return false
	}
	own, err := planner.Optimize(secured, s.off(), s.evaluate(ctx, now))
	return err == nil && own.Again == nil && reflect.DeepEqual(withValues(made.Query, sample), own.Query)
}

// withValues gives a query with values in place of its Parameters.
func withValues(q plan.Query, values []*plan.Literal) plan.Query {
	q.Root = plan.BindParameters(q.Root, values)
	return q
}
