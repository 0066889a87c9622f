package rules

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// mysqlRuns tells what MySQL and MariaDB run of a node whose expressions they can say:
// beyond the switches of a capability, what their dialects lack.
func mysqlRuns(n plan.Node) bool {
	for _, e := range n.Exprs() {
		if !correlatesFlat(e) {
			return false
		}
	}
	switch n := n.(type) {
	case *plan.Aggregate:
		return groupsPlainly(n)
	case *plan.Limit:
		return constant(n.Count) && constant(n.Offset) && !limited(n.Input)
	case *plan.SetOperation:
		return false // the two sides' numerics would share one scale
	case *plan.Deduplicate:
		return !hasFloat(n.Columns())
	default:
		return true
	}
}

// groupsPlainly: a constant among the groups would be read as a column's position; of a
// float, 0 and -0 are one value to PostgreSQL.
func groupsPlainly(n *plan.Aggregate) bool {
	for _, g := range n.Groups {
		if _, literal := g.Expr.(*plan.Literal); literal {
			return false
		}
	}
	return !hasFloat(n.Columns()[:len(n.Groups)])
}

func hasFloat(columns []plan.Column) bool {
	for _, c := range columns {
		if c.Type.OID == pgtype.Float4 || c.Type.OID == pgtype.Float8 {
			return true
		}
	}
	return false
}

func constant(e plan.Expr) bool {
	if e == nil {
		return true
	}
	_, literal := e.(*plan.Literal)
	return literal
}

// limited tells whether a limit stands right below: its order would be lost inside a
// derived table.
func limited(n plan.Node) bool {
	for {
		p, ok := n.(*plan.Project)
		if !ok {
			break
		}
		n = p.Input
	}
	_, is := n.(*plan.Limit)
	return is
}

// correlatesFlat tells whether the subqueries of an expression that depend on the query
// around them read it in their outermost SELECT only: a derived table cannot see it
// (MariaDB, and MySQL before 8.0.14).
func correlatesFlat(e plan.Expr) bool {
	ok := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if s, is := e.(*plan.Subquery); is {
			ok = ok && flat(s.Plan)
		}
		return ok
	})
	return ok
}

// flat: projections, over one aggregate without groups, over what goes into FROM and WHERE.
func flat(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Project:
		return flat(n.Input)
	case *plan.Aggregate:
		return len(n.Groups) == 0 && n.Sets == nil && inWhere(n.Input) || closedPlan(n)
	default:
		return inWhere(n)
	}
}

// inWhere tells whether what depends on the query around a plan is part of the FROM and
// WHERE of one SELECT.
func inWhere(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Scan:
		return true
	case *plan.Governed, *plan.Filter, *plan.Project:
		return inWhere(n.Inputs()[0])
	case *plan.Join:
		if n.Kind == plan.InnerJoin || n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin {
			return inWhere(n.Left) && inWhere(n.Right)
		}
	}
	return closedPlan(n)
}

func closedPlan(n plan.Node) bool { return len(plan.Free(n)) == 0 }
