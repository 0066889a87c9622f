package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/planner/plan"
)

func (w *writer) scan(n *plan.Scan) *block {
	alias := w.alias()
	from, columns, err := w.scanText(n, alias)
	if err != nil {
		w.fail(err)
		columns = make([]string, len(n.Cols))
	}
	b := &block{from: from + " AS " + alias, columns: n.Cols, cols: map[plan.ColumnID]value{}}
	for i, c := range n.Cols {
		b.cols[c.ID] = value{sql: columns[i], rank: atom, plain: true, form: w.d.form(c.Type)}
		if w.copies() {
			b.cols[c.ID] = copied(b.cols[c.ID])
		}
	}
	return b
}

func (w *writer) scanText(n *plan.Scan, alias string) (string, []string, error) {
	if w.o.Scan != nil {
		return w.o.Scan(n, alias)
	}
	from := pgname.Quoted(n.Table.Physical.Name)
	if n.Table.Physical.Schema != "" {
		from = pgname.Quoted(n.Table.Physical.Schema) + "." + from
	}
	columns := make([]string, len(n.Cols))
	for i, ordinal := range n.Ordinals {
		columns[i] = alias + "." + pgname.Quoted(n.Table.Columns[ordinal].Physical)
	}
	return from, columns, nil
}

// leaf names what another engine computed: a relation with columns c<ID> in the
// representation that crosses boundaries.
func (w *writer) leaf(n plan.Node) *block {
	if w.o.Leaf == nil {
		w.refuse("a plan of several sources in one statement")
		return &block{cols: map[plan.ColumnID]value{}}
	}
	from, err := w.o.Leaf(n)
	if err != nil {
		w.fail(err)
	}
	w.leaves = append(w.leaves, leafText{from: from, again: w.steps > 0})
	return w.relation(from, w.alias(), n.Columns(), w.boundary(n.Columns()))
}

// leafText is how a leaf stands in FROM; again tells that it will be read more than once.
type leafText struct {
	from  string
	again bool
}

// readOnce moves leaves that the statement reads several times, because an expression
// around them is written twice or because a recursion goes through them, into CTEs that
// are computed once: a stream flows only once.
func (w *writer) readOnce(text string) string {
	var list []string
	for i, l := range w.leaves {
		if !l.again && strings.Count(text, l.from) < 2 {
			continue
		}
		name := "leaf" + number(i+1)
		text = strings.ReplaceAll(text, l.from, name)
		list = append(list, name+" AS MATERIALIZED (SELECT * FROM "+l.from+")")
	}
	if list == nil {
		return text
	}
	for _, word := range []string{"WITH RECURSIVE ", "WITH "} {
		if rest, has := strings.CutPrefix(text, word); has {
			return word + strings.Join(list, ", ") + ", " + rest
		}
	}
	return "WITH " + strings.Join(list, ", ") + " " + text
}

// boundary gives the forms columns have where they cross a boundary.
func (w *writer) boundary(columns []plan.Column) map[plan.ColumnID]value {
	forms := map[plan.ColumnID]value{}
	for _, c := range columns {
		forms[c.ID] = value{form: w.d.form(c.Type)}
	}
	return forms
}

// values writes a list of rows. One row without columns is a SELECT without FROM; one
// row is its expressions.
func (w *writer) values(n *plan.Values) *block {
	b := &block{columns: n.Cols, cols: map[plan.ColumnID]value{}}
	switch {
	case len(n.Rows) == 1:
		for i, c := range n.Cols {
			b.cols[c.ID] = w.expr(n.Rows[0][i])
		}
		return b
	case len(n.Rows) == 0:
		for _, c := range n.Cols {
			b.cols[c.ID] = w.expr(&plan.Literal{Of: c.Type, Null: true})
		}
		b.where, b.stage = []string{"false"}, atWhere
		return w.wrap(b)
	}
	return w.rows(n)
}

func (w *writer) rows(n *plan.Values) *block {
	columns := make([][]value, len(n.Cols))
	for i, c := range n.Cols {
		for _, r := range n.Rows {
			columns[i] = append(columns[i], w.expr(r[i]))
		}
		columns[i] = w.unified(columns[i], c.Type)
	}
	lines := make([]string, len(n.Rows))
	for r := range n.Rows {
		cells := make([]string, len(n.Cols))
		for i := range n.Cols {
			cells[i] = columns[i][r].sql
		}
		if len(cells) == 0 {
			cells = []string{"1"}
		}
		lines[r] = "(" + strings.Join(cells, ", ") + ")"
	}
	names := make([]string, len(n.Cols))
	forms := map[plan.ColumnID]value{}
	for i, c := range n.Cols {
		names[i] = columnName(c.ID)
		forms[c.ID] = columns[i][0]
	}
	if len(names) == 0 {
		names = []string{"one"}
	}
	b := w.relation("(VALUES "+strings.Join(lines, ", ")+")", w.alias(), n.Cols, forms)
	b.from += "(" + strings.Join(names, ", ") + ")"
	return b
}

// unified brings values that share a column into one form.
func (w *writer) unified(values []value, t pgtype.Type) []value {
	forms := make([]form, len(values))
	for i, v := range values {
		forms[i] = v.form
	}
	to := w.d.unify(forms)
	out := make([]value, len(values))
	for i, v := range values {
		out[i] = w.d.convert(v, to, t)
	}
	return out
}
