package mysql

import (
	"context"

	"github.com/sluicemesh/sluice/planner/plan"
)

// shapes remembers which tables are known to be those of their contracts.
type shapes struct{}

func (*shapes) check(context.Context, *Source, *session, plan.Node) error { return nil }
