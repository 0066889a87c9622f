package sqlwriter

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// withoutSubqueries moves subqueries out of the condition of an outer join, where DuckDB
// refuses them. One that reads a single side becomes a column of that side; one that
// reads both becomes a filter of a lateral right side.
//
//	Join[left, a = b, exists(… a …)](A, B)  =>  Join[left, a = b, e](Project[…, e := exists(… a …)](A), B)
//	Join[left, exists(… a … b …)](A, B)     =>  Join[left lateral](A, Filter[exists(… a … b …)](B))
func (w *writer) withoutSubqueries(n *plan.Join) *plan.Join {
	if w.d.engine() != functions.DuckDB || n.Kind == plan.InnerJoin {
		return n
	}
	out := *n
	out.On = nil
	var both bool
	for _, e := range n.On {
		switch read := plan.References(e); {
		case !plan.HasSubquery(e):
		case plan.Produced(n.Left).Has(read):
			out.Left, e = w.withColumn(out.Left, e)
		case plan.Produced(n.Right).Has(read) && !n.Lateral:
			out.Right, e = w.withColumn(out.Right, e)
		default:
			both = true
		}
		out.On = append(out.On, e)
	}
	if !both {
		return &out
	}
	return w.filteredRight(&out)
}

// withColumn gives a node with one more column, and that column.
func (w *writer) withColumn(n plan.Node, e plan.Expr) (plan.Node, plan.Expr) {
	w.aliases++
	c := plan.Column{ID: firstOwnColumn + plan.ColumnID(w.aliases), Name: "condition", Type: pgtype.Of(pgtype.Bool)}
	var items []plan.Item
	for _, passed := range n.Columns() {
		items = append(items, plan.PassOn(passed))
	}
	return &plan.Project{Input: n, Items: append(items, plan.Item{Column: c, Expr: e})}, &plan.ColumnRef{Column: c}
}

// firstOwnColumn is beyond the columns of any plan.
const firstOwnColumn plan.ColumnID = 1 << 30

// filteredRight makes the condition a filter of the right side, which then depends on
// the left. A right join is a left join the other way round; a full one is neither.
func (w *writer) filteredRight(n *plan.Join) *plan.Join {
	left, right := n.Left, n.Right
	switch n.Kind {
	case plan.RightJoin:
		left, right = right, left
	case plan.FullJoin:
		w.refuse("subquery over both sides in the condition of a FULL JOIN")
	}
	return &plan.Join{Kind: plan.LeftJoin, Left: left, Right: &plan.Filter{Input: right, Conjuncts: n.On}, Lateral: true}
}
