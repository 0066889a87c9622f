package sqlwriter

import (
	"fmt"

	"github.com/sluicemesh/sluice/planner/plan"
)

// node writes a plan as one SELECT in the making.
func (w *writer) node(n plan.Node) *block {
	if w.err != nil {
		return &block{cols: map[plan.ColumnID]value{}}
	}
	switch n := n.(type) {
	case *plan.Scan:
		return w.scan(n)
	case *plan.Governed:
		return w.governed(n)
	case *plan.Values:
		return w.values(n)
	case *plan.Filter:
		return w.filter(n)
	case *plan.Project:
		return w.project(n)
	case *plan.Join:
		return w.join(n)
	case *plan.Aggregate:
		return w.aggregate(n)
	case *plan.Window:
		return w.window(n)
	case *plan.ProjectSet:
		return w.projectSet(n)
	case *plan.FunctionScan:
		return w.functionScan(n)
	case *plan.Sort:
		return w.sort(n)
	case *plan.Limit:
		return w.limit(n)
	case *plan.Deduplicate:
		return w.deduplicate(n)
	case *plan.SetOperation:
		return w.setOperation(n)
	case *plan.With:
		return w.with(n)
	case *plan.CTERef:
		return w.cteRef(n)
	case *plan.RecursiveUnion:
		return w.recursiveUnion(n)
	case *plan.Remote, *plan.Stage:
		return w.leaf(n)
	}
	panic(fmt.Sprintf("sqlwriter: unhandled node %T", n))
}

// nested writes a plan as the text of a sub-select, its columns under the given names.
// The columns in sight stay so: it may be correlated.
func (w *writer) nested(n plan.Node, as []plan.ColumnID) (string, *block) {
	b := w.node(n)
	if b.distinct != "" && len(b.columns) != len(n.Columns()) {
		b = w.wrap(b)
	}
	return b.selectText(w, n.Columns(), as), b
}
