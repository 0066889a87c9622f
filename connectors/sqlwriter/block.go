package sqlwriter

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/planner/plan"
)

// stage is how much of a SELECT is written already. A node goes into the SELECT of its
// input while the input's stage comes before what the node needs.
type stage uint8

// The stages in the order SQL evaluates them.
const (
	atFrom stage = iota
	atWhere
	atGroup
	atHaving
	atWindow
	atDistinct
	atOrder
	atLimit
)

// block is one SELECT in the making: nodes that follow one another as its clauses do
// share it, so that the text reads as a person would have written it.
type block struct {
	stage   stage
	joined  bool // from is a join: needs parentheses as an operand
	with    string
	from    string // empty: one row, no columns
	where   []string
	group   string
	having  []string
	order   []string
	limit   string
	columns []plan.Column
	cols    map[plan.ColumnID]value
	// single is set for an aggregate without groups, which gives one row whether the SELECT
	// list names an aggregate or not: the HAVING that says so, then the aggregates.
	single []string
	// distinct fixes the select list.
	distinct string
}

// text writes the SELECT with these columns.
func (b *block) text(list []string) string {
	if len(list) == 0 {
		list = []string{"1 AS one"}
	}
	var s strings.Builder
	s.WriteString(b.with)
	s.WriteString("SELECT ")
	if b.distinct != "" {
		s.WriteString(b.distinct + " ")
	}
	s.WriteString(strings.Join(list, ", "))
	clause := func(word, text string) {
		if text != "" {
			s.WriteString(" " + word + " " + text)
		}
	}
	clause("FROM", b.from)
	clause("WHERE", strings.Join(b.where, " AND "))
	clause("GROUP BY", b.group)
	clause("HAVING", strings.Join(b.havings(list), " AND "))
	clause("ORDER BY", strings.Join(b.order, ", "))
	if b.limit != "" {
		s.WriteString(b.limit)
	}
	return s.String()
}

// havings are the conditions on groups, with one that always holds where nothing else
// tells the engine that this is an aggregate.
func (b *block) havings(list []string) []string {
	if len(b.single) == 0 || len(b.having) > 0 {
		return b.having
	}
	for _, aggregate := range b.single[1:] {
		if slices.ContainsFunc(list, func(item string) bool { return strings.Contains(item, aggregate) }) {
			return nil
		}
	}
	return b.single[:1]
}

// selectText writes the block as a sub-select with its columns under these names.
func (b *block) selectText(w *writer, columns []plan.Column, as []plan.ColumnID) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		v, ok := b.cols[c.ID]
		if !ok {
			w.column(c.ID) // reports it
		}
		list[i] = v.sql + " AS " + columnName(as[i])
	}
	return b.text(list)
}

func ids(columns []plan.Column) []plan.ColumnID {
	out := make([]plan.ColumnID, len(columns))
	for i, c := range columns {
		out[i] = c.ID
	}
	return out
}

// wrap makes the block a sub-select of a new one.
func (w *writer) wrap(b *block) *block {
	alias := w.alias()
	return w.relation("("+b.selectText(w, b.columns, ids(b.columns))+")", alias, b.columns, b.cols)
}

// relation is a block over something that has columns c<ID>; forms tells how they stand.
func (w *writer) relation(from, alias string, columns []plan.Column, forms map[plan.ColumnID]value) *block {
	n := &block{from: from + " AS " + alias, columns: columns, cols: map[plan.ColumnID]value{}}
	for _, c := range columns {
		v := plainColumn(alias, columnName(c.ID))
		v.form = forms[c.ID].form
		n.cols[c.ID] = v
	}
	return n
}

// upTo wraps the block where it has gone beyond a stage.
func (w *writer) upTo(b *block, s stage) *block {
	if b.stage > s {
		return w.wrap(b)
	}
	return b
}

// longest is the text up to which a computed column is written again where it is used,
// rather than given a name in a sub-select.
const longest = 120

// inlined makes sure that using these expressions over the block does not repeat long texts.
func (w *writer) inlined(b *block, exprs ...plan.Expr) *block {
	for _, e := range exprs {
		long := false
		visitColumns(e, func(id plan.ColumnID) {
			v, ok := b.cols[id]
			long = long || ok && !v.plain && len(v.sql) > longest
		})
		if long {
			return w.wrap(b)
		}
	}
	return b
}

// visitColumns calls f for every column an expression reads, in subqueries too.
func visitColumns(e plan.Expr, f func(plan.ColumnID)) {
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.ColumnRef:
			f(e.ID)
		case *plan.Subquery:
			plan.Walk(e.Plan, func(n plan.Node) bool {
				for _, inner := range n.Exprs() {
					visitColumns(inner, f)
				}
				return true
			})
		}
		return true
	})
}
