package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

const askKeysFirstName = optimization.AskKeysFirst

// askKeysFirst notes conditions on keys that a subquery of the same source finds by grouping a
// table: the connector may ask for those first, by ranges (DivideGroups), and then for
// the rows with these keys. PostgreSQL itself groups the whole table in one process, or,
// where the query around it is read in parallel, once in each.
//
//	Remote(Filter[k = any(#Aggregate(Scan))](A))  =>  the same, #Aggregate(Scan) first
//
// Only of subqueries that refer to nothing outside and cannot fail, since the source may ask
// them of no row; of integers; and not in careful plans, which no sizes decide.
func (c *Context) askKeysFirst(root plan.Node) plan.Node {
	if c.careful || c.options.Disabled[askKeysFirstName] || c.options.Disabled[divideGroupsName] {
		return root
	}
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		var first []plan.FirstKeys
		plan.Walk(r.Root, func(n plan.Node) bool {
			for _, e := range n.Exprs() {
				plan.WalkExpr(e, func(e plan.Expr) bool {
					if s, ok := e.(*plan.Subquery); ok && isIntegerSet(s) {
						if keys := groupKeys(s.Plan); keys != nil && !mayFail(s.Plan) {
							first = append(first, plan.FirstKeys{In: s, GroupKeys: keys})
						}
					}
					return true
				})
			}
			return true
		})
		if first == nil {
			return r
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: askKeysFirstName, Node: "*plan.Remote"})
		out := *r
		out.First = first
		return &out
	})
}

// isIntegerSet tells whether a condition is k = ANY (subquery) over integers, by itself.
func isIntegerSet(s *plan.Subquery) bool {
	if s.Kind != plan.AnySubquery || s.Operator != "=" || len(s.Left) != 1 || len(plan.Free(s.Plan)) > 0 {
		return false
	}
	columns := s.Plan.Columns()
	return len(columns) == 1 && isInteger(columns[0].Type.OID)
}

// mayFail tells whether an expression of a plan can fail.
func mayFail(root plan.Node) bool {
	fails := false
	plan.Walk(root, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			parts := []plan.Expr{e}
			if call, ok := e.(*plan.AggregateCall); ok {
				parts = call.Children()
			}
			fails = fails || slices.ContainsFunc(parts, func(e plan.Expr) bool { return !functions.TotalBounded(e) })
		}
		return !fails
	})
	return fails
}

func isInteger(t pgtype.OID) bool { return t == pgtype.Int2 || t == pgtype.Int4 || t == pgtype.Int8 }
