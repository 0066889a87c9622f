package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/planner/rules"
)

// evaluate gives what computes the constants of a statement while it is planned.
func (s *session) evaluate(ctx context.Context, now *moment) rules.Evaluate {
	o := executor.Options{Principal: now.who.User, Locale: plan.Locale{TimeZone: now.zone, DateOrder: now.env.DateOrder, Output: now.output}}
	return func(e plan.Expr) (plan.Known, bool, error) { return s.gateway.executor.Evaluate(ctx, e, o) }
}
