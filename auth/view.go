package auth

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// derive puts the query of a derived product where its scan stood:
//
//	Governed(Project[masks](Filter(Scan view)))  =>  Governed(Project[masks](Filter(Project(query, secured))))
//
// With definer rights the inputs are read as the product's domain, but the row filters
// on them that bind the reader hold; their masks have become masks of the product
// (carried). With invoker rights they are read as the reader.
//
// Which rows a query drops is nobody's to learn, so the barrier always counts as one
// that hides rows.
func (g *governing) derive(governed *plan.Governed) (*plan.Governed, error) {
	g.viewReason = Undecided
	inner := g.inner(g.definer(), "view "+addressText(g.table))
	if !g.table.View.Invoker {
		inner.readers, inner.view = append(slices.Clone(g.readers), g.who), g.table
	}
	q, next, err := g.binder.BindView(g.table, inner.who, g.next)
	if err != nil {
		return nil, undecided(g.table, addressText(g.table), err)
	}
	g.next, inner.next = next, next
	if !g.table.View.Invoker && !g.who.owns(g.table) {
		if err := g.fragile(q); err != nil {
			return nil, undecided(g.table, addressText(g.table), err)
		}
		inner.next = g.next
	}
	root, err := inner.secure(q)
	g.take(inner)
	if err != nil {
		g.viewReason = inner.decision.Reason
		return nil, g.viewRefused(err)
	}
	g.weaken = g.weaken || inner.weaken
	failed := error(nil)
	out := plan.Transform(governed, func(n plan.Node) plan.Node {
		scan, ok := n.(*plan.Scan)
		if !ok || scan.Table != g.table || failed != nil {
			return n
		}
		var p plan.Node
		p, failed = g.standIn(scan, root, q.Output)
		return p
	})
	if failed != nil {
		return nil, failed
	}
	whole := out.(*plan.Governed)
	whole.Filtered, whole.Hides = true, true
	return whole, nil
}

// viewRefused tells a reader with invoker rights what they lack; what a definer lacks
// is not theirs to know.
func (g *governing) viewRefused(err error) error {
	if g.table.View.Invoker {
		return err
	}
	return undecided(g.table, addressText(g.table), err)
}

// definer gives whose rights open the inputs.
func (g *governing) definer() Principal {
	if g.table.View.Invoker {
		return g.who
	}
	return g.author(g.table.Product.Domain.Name)
}

// standIn gives the columns of a scan from the query behind it, by name. They must be
// of the types that the contract promises.
func (g *governing) standIn(scan *plan.Scan, root plan.Node, output []plan.OutputColumn) (plan.Node, error) {
	p := &plan.Project{Input: root}
	given := map[plan.ColumnID]plan.Column{}
	for _, c := range root.Columns() {
		given[c.ID] = c
	}
	for _, c := range scan.Cols {
		i := slices.IndexFunc(output, func(o plan.OutputColumn) bool { return o.Name == c.Name })
		if i < 0 || output[i].Type != c.Type {
			return nil, undecided(g.table, addressText(g.table), fmt.Errorf("the view gives no column %s of its type", c.Name))
		}
		from := given[output[i].ID]
		if c.NotNull && !from.NotNull {
			c.NotNull, g.weaken = false, true
		}
		p.Items = append(p.Items, plan.Item{Column: c, Expr: &plan.ColumnRef{Column: from}})
	}
	return p, nil
}

// inputsOf gives the columns of other tables that a derived column is made of.
func (g *governing) inputsOf(t *catalog.Table, column string) ([]input, error) {
	q, next, err := g.binder.BindView(t, g.author(t.Product.Domain.Name), g.next)
	if err != nil {
		return nil, err
	}
	g.next = max(g.next, next)
	return inputsOf(q, column), nil
}

func inputsOf(q plan.Query, column string) []input {
	l := trace(q.Root)
	var all []input
	for _, o := range q.Output {
		if o.Name != column {
			continue
		}
		for id, w := range l.origins(o.ID) {
			scan := l.scans[id]
			i := slices.IndexFunc(scan.Cols, func(c plan.Column) bool { return c.ID == id })
			all = append(all, input{table: scan.Table, column: scan.Table.Columns[scan.Ordinals[i]], ways: w})
		}
	}
	slices.SortFunc(all, func(a, b input) int {
		return cmp.Or(cmp.Compare(addressText(a.table), addressText(b.table)), cmp.Compare(a.column.Ordinal, b.column.Ordinal))
	})
	return all
}
