package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
)

// compile makes a plan that can be run again under the same basis; nil where it holds for
// one execution only. Its Parameters stay in it: nothing was decided or moved by their
// values, so it is the plan for all of them. sample are values of them.
//
// Other plans than reads by key are kept with Parameters where the sample would have got
// the very same one (general).
func (s *session) compile(ctx context.Context, now *moment, text string, bound bind.Bound, sample []*plan.Literal) *kept {
	if !keepable(bound, now) {
		return nil
	}
	binder, attributes := now.binder()
	secured, err := auth.Secure(ctx, now.who, bound.Query, bound.NextID, binder)
	if err != nil {
		return nil // refusals are decided each time
	}
	optimized, err := planner.Optimize(secured, s.off(), s.evaluate(ctx, now))
	if err != nil || now.unsteady || !lasting(optimized.Query.Root) {
		return nil
	}
	k := &kept{
		state: ready, until: now.until, bound: bound, columns: wireColumns(bound.Query.Output),
		query: optimized.Query, quiet: optimized.PolicyMayFail, again: optimized.Again, decision: secured.Decision(), notices: secured.Notices(),
	}
	k.decision.Attributes = attributes
	if until := secured.Until(); !until.IsZero() && until.Before(k.until) {
		k.until = until
	}
	lookUp, ok := s.gateway.executor.LookUp(optimized.Query, sample)
	if ok = ok && k.again == nil; ok { // else what it fails by could tell something
		k.lookUp, k.asked = lookUp, audit.Fingerprint(lookUp.SQL)
	}
	if !ok && len(bound.Parameters) > 0 && !s.general(ctx, now, bound, optimized, sample) {
		return nil
	}
	k.like = s.gateway.audit.Like(text, k.decision)
	return k
}

// keepable tells whether a statement's plan holds for another execution, as far as is known
// before it is planned.
func keepable(bound bind.Bound, now *moment) bool { return !bound.Stable && !now.unsteady }

// lasting tells whether a plan reads nothing that belongs to one session.
func lasting(root plan.Node) bool {
	ok := true
	plan.Walk(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Scan:
			ok = ok && n.Table.Product != nil && n.Table.Source != nil && n.Table.Source.Kind != catalog.Temporary
		case *plan.Remote:
			ok = ok && lasting(n.Root)
		case *plan.Stage:
			ok = ok && lasting(n.Root)
		case *plan.FunctionScan:
			ok = false
		}
		for _, e := range n.Exprs() {
			plan.WalkExpr(e, func(e plan.Expr) bool {
				if sub, is := e.(*plan.Subquery); is {
					ok = ok && lasting(sub.Plan)
				}
				return ok
			})
		}
		return ok
	})
	return ok
}
