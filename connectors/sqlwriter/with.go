package sqlwriter

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/planner/plan"
)

// cte is a common table expression that is written already (or, recursive, being so).
type cte struct {
	name    string
	columns []plan.Column
	forms   map[plan.ColumnID]value
}

func (w *writer) with(n *plan.With) *block {
	var list []string
	recursive := false
	for _, c := range n.CTEs {
		_, r := c.Plan.(*plan.RecursiveUnion)
		recursive = recursive || r
		list = append(list, w.define(c))
	}
	b := w.node(n.Body)
	if b.with != "" {
		b = w.wrap(b)
	}
	b.with = "WITH " + strings.Join(list, ", ") + " "
	if recursive {
		b.with = "WITH RECURSIVE " + strings.Join(list, ", ") + " "
	}
	return b
}

// define writes one CTE. Its name is ours: the user's could hide a relation.
func (w *writer) define(c plan.CTE) string {
	own := cte{name: "cte" + strconv.Itoa(c.ID), columns: c.Plan.Columns()}
	leaves := len(w.leaves)
	var text string
	if r, ok := c.Plan.(*plan.RecursiveUnion); ok {
		own.forms = w.boundary(r.Cols)
		w.ctes[c.ID], w.ctes[r.CTE] = own, own
		text = w.recursion(r)
	} else {
		var b *block
		text, b = w.nested(c.Plan, ids(own.columns))
		own.forms = b.cols
		w.ctes[c.ID] = own
	}
	materialized := map[string]string{"ALWAYS": "MATERIALIZED ", "NEVER": "NOT MATERIALIZED "}[c.Materialized]
	if len(w.leaves) > leaves {
		materialized = "MATERIALIZED " // whoever reads it reads a stream
	}
	return own.name + names(own.columns) + " AS " + materialized + "(" + text + ")"
}

func names(columns []plan.Column) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = columnName(c.ID)
	}
	if len(list) == 0 {
		return "(one)"
	}
	return "(" + strings.Join(list, ", ") + ")"
}

func (w *writer) cteRef(n *plan.CTERef) *block {
	own, ok := w.ctes[n.CTE]
	if !ok {
		w.refuse("reference to WITH query %q from outside", n.Name)
		return &block{cols: map[plan.ColumnID]value{}}
	}
	alias := w.alias()
	b := &block{from: own.name + " AS " + alias, columns: n.Cols, cols: map[plan.ColumnID]value{}}
	for i, c := range n.Cols {
		v := plainColumn(alias, columnName(own.columns[i].ID))
		v.form = own.forms[own.columns[i].ID].form
		b.cols[c.ID] = v
	}
	return b
}

// recursiveUnion outside of a WITH's list is one with a single CTE.
func (w *writer) recursiveUnion(n *plan.RecursiveUnion) *block {
	own := cte{name: "cte" + strconv.Itoa(n.CTE), columns: n.Cols, forms: w.boundary(n.Cols)}
	w.ctes[n.CTE] = own
	text := w.recursion(n)
	b := w.relation(own.name, w.alias(), n.Cols, own.forms)
	b.with = "WITH RECURSIVE " + own.name + names(n.Cols) + " AS (" + text + ") "
	return b
}

// recursion writes both terms in the forms of a boundary, because the step reads the
// rows of the base.
func (w *writer) recursion(n *plan.RecursiveUnion) string {
	forms := w.boundary(n.Cols)
	if !n.All && w.anyKeyed(n.Cols, forms) {
		w.refuse("recursive UNION over numeric or char(n)")
	}
	word := " UNION "
	if n.All {
		word = " UNION ALL "
	}
	base := w.term(n.Base, n.Cols)
	w.steps++
	defer func() { w.steps-- }()
	return base + word + w.term(n.Step, n.Cols)
}

func (w *writer) term(n plan.Node, cols []plan.Column) string {
	b := w.node(n)
	if b.with != "" || b.stage >= atOrder {
		b = w.wrap(b)
	}
	for i, c := range n.Columns() {
		w.bring(b, c.ID, w.d.form(cols[i].Type), cols[i].Type)
	}
	return b.selectText(w, n.Columns(), ids(cols))
}
