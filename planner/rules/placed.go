package rules

import (
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Placed checks what an optimized plan owes the executor: tables stand inside Remotes,
// barriers inside Remotes or Stages and kept apart where they must be, no Remote inside
// another, and nothing inside one depends on columns from outside. A failure is a fault of ours.
func Placed(q plan.Query) error {
	return placed(q.Root, false)
}

func placed(n plan.Node, staged bool) error {
	switch n := n.(type) {
	case *plan.Remote:
		if n.Reduced != nil && unfenced(n.Reduced) || unfenced(n.Root) {
			return sqlstate.New(sqlstate.InternalError, "plan: a condition that can fail would meet rows that a policy hides")
		}
		return closed(n, n.Root)
	case *plan.Stage:
		if len(plan.Free(n.Root)) > 0 {
			return sqlstate.New(sqlstate.InternalError, "plan: a stage depends on columns from outside")
		}
		return placed(n.Root, true)
	case *plan.Scan:
		return sqlstate.New(sqlstate.InternalError, "plan: table %s.%s is read by no source", n.Table.Address().Schema, n.Table.Address().Name)
	case *plan.Governed:
		if !staged {
			return sqlstate.New(sqlstate.InternalError, "plan: a policy would be applied in the merge")
		}
	}
	for _, in := range n.Inputs() {
		if err := placed(in, staged); err != nil {
			return err
		}
	}
	var failed error
	for _, e := range n.Exprs() {
		plan.WalkExpr(e, func(e plan.Expr) bool {
			if s, ok := e.(*plan.Subquery); ok && failed == nil {
				failed = placed(s.Plan, staged)
			}
			return failed == nil
		})
	}
	return failed
}

func closed(r *plan.Remote, root plan.Node) error {
	if len(plan.Free(root)) > 0 {
		return sqlstate.New(sqlstate.InternalError, "plan: a source's query depends on columns from outside")
	}
	nested := false
	plan.Walk(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Remote, *plan.Stage:
			nested = true
		case *plan.Scan:
			nested = nested || n.Table.Source.ID() != r.Source.ID()
		}
		return !nested
	})
	if nested {
		return sqlstate.New(sqlstate.InternalError, "plan: a source's query reaches another source")
	}
	return nil
}
