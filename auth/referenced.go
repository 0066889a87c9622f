package auth

import "github.com/sluicemesh/sluice/planner/plan"

// referenced is what a query does with the columns of its scans.
type referenced struct {
	read      plan.ColumnSet // in any way: PostgreSQL asks for the privilege on these
	predicate plan.ColumnSet // in a WHERE or join condition
	output    plan.ColumnSet // in any other way
}

// reads gathers the columns a query refers to, as PostgreSQL does: a column that a
// subquery hands on counts although nobody takes it, so SELECT * needs them all.
func reads(q plan.Query) referenced {
	r := referenced{read: plan.ColumnSet{}, predicate: plan.ColumnSet{}, output: plan.ColumnSet{}}
	for _, o := range q.Output {
		r.read[o.ID], r.output[o.ID] = true, true
	}
	plan.Walk(q.Root, func(n plan.Node) bool {
		into := []plan.ColumnSet{r.read, r.output}
		switch n := n.(type) {
		case *plan.Filter, *plan.Join:
			into[1] = r.predicate
		case *plan.SetOperation:
			r.all(n.Left, n.Right)
		case *plan.RecursiveUnion:
			r.all(n.Base, n.Step)
		case *plan.Deduplicate:
			r.all(n.Input)
		case *plan.With:
			for _, c := range n.CTEs {
				r.all(c.Plan)
			}
		}
		for _, e := range n.Exprs() {
			r.expr(e, into)
		}
		return true
	})
	return r
}

func (r referenced) expr(e plan.Expr, into []plan.ColumnSet) {
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.ColumnRef:
			for _, s := range into {
				s[e.ID] = true
			}
		case *plan.Subquery:
			r.all(e.Plan) // its columns count by position
		}
		return true
	})
}

// all adds every column of nodes whose columns count by position or as whole rows.
func (r referenced) all(nodes ...plan.Node) {
	for _, n := range nodes {
		for _, c := range n.Columns() {
			r.read[c.ID], r.output[c.ID] = true, true
		}
	}
}
