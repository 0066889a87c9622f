package sqlwriter

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

func (w *writer) sort(n *plan.Sort) *block {
	b := w.node(n.Input)
	if b.stage >= atDistinct || b.distinct != "" || b.stage >= atGroup && plan.HasSubquery(n.Exprs()...) {
		b = w.wrap(b)
	}
	w.within(b.cols, func() { b.order = w.sortKeys(n.Keys) })
	b.stage = atOrder
	return b
}

func (w *writer) limit(n *plan.Limit) *block {
	if n.WithTies {
		return w.limitWithTies(n)
	}
	b := w.upTo(w.node(n.Input), atOrder)
	if text := w.rowCount(n.Count, "LIMIT", sqlstate.InvalidRowCountInLimit); text != "" {
		b.limit += " LIMIT " + text
	}
	if text := w.rowCount(n.Offset, "OFFSET", sqlstate.InvalidRowCountInOffset); text != "" {
		b.limit += " OFFSET " + text
	}
	b.stage = atLimit
	return b
}

// rowCount writes LIMIT's or OFFSET's number; "" where there is none. NULL is none.
func (w *writer) rowCount(e plan.Expr, clause string, negative sqlstate.Code) string {
	if e == nil {
		return ""
	}
	for {
		c, ok := e.(*plan.Cast)
		if !ok {
			break
		}
		e = c.Arg
	}
	l, ok := e.(*plan.Literal)
	if !ok {
		if w.d.engine() == functions.DuckDB { // which tells a negative number by another error
			return "(SELECT pg_" + strings.ToLower(clause) + "(CAST(" + w.expr(e).sql + " AS BIGINT)))"
		}
		return w.expr(e).inside(atom)
	}
	if l.Null {
		return ""
	}
	count, err := strconv.ParseInt(l.Text, 10, 64)
	if err != nil || count < 0 {
		w.fail(sqlstate.New(negative, "%s must not be negative", clause))
	}
	return strconv.FormatInt(count, 10)
}

// limitWithTies ranks the rows where the engine lacks WITH TIES: those up to the last
// wanted one, and its peers.
func (w *writer) limitWithTies(n *plan.Limit) *block {
	s, ok := n.Input.(*plan.Sort)
	count := w.rowCount(n.Count, "LIMIT", sqlstate.InvalidRowCountInLimit)
	offset := w.rowCount(n.Offset, "OFFSET", sqlstate.InvalidRowCountInOffset)
	if !ok || count == "" {
		w.refuse("FETCH FIRST … WITH TIES here")
		return &block{cols: map[plan.ColumnID]value{}}
	}
	if w.d.engine() == functions.Postgres {
		b := w.upTo(w.node(s), atOrder)
		if offset != "" {
			b.limit = " OFFSET " + offset
		}
		if len(b.order) > 0 {
			b.limit += " FETCH FIRST " + count + " ROWS WITH TIES"
		} else { // by constants all rows are peers
			b.limit += " LIMIT CASE WHEN " + count + " = 0 THEN 0 END"
		}
		b.stage = atLimit
		return b
	}
	return w.ranked(s, count, offset)
}

func (w *writer) ranked(s *plan.Sort, count, offset string) *block {
	b := w.node(s.Input)
	if b.stage > atHaving || b.distinct != "" {
		b = w.wrap(b)
	}
	var keys []string
	w.within(b.cols, func() { keys = w.sortKeys(s.Keys) })
	over := " OVER ()" // by constants all rows are peers
	if len(keys) > 0 {
		over = " OVER (ORDER BY " + strings.Join(keys, ", ") + ")"
	}
	list := make([]string, 0, len(b.columns)+2)
	for _, c := range b.columns {
		list = append(list, b.cols[c.ID].sql+" AS "+columnName(c.ID))
	}
	list = append(list, "rank()"+over+" AS rank", "row_number()"+over+" AS position")
	alias := w.alias()
	out := w.relation("("+b.text(list)+")", alias, b.columns, b.cols)
	if offset == "" {
		offset = "0"
	}
	out.where = []string{alias + ".position > " + offset, alias + ".rank <= " + offset + " + " + count, count + " > 0"}
	out.order, out.stage = []string{alias + ".position"}, atOrder
	return out
}

// deduplicate keeps one row of each value: of all columns, or of the given ones the
// first in the order of the input.
func (w *writer) deduplicate(n *plan.Deduplicate) *block {
	b := w.node(n.Input)
	if len(n.On) == 0 {
		return w.distinct(b)
	}
	if b.stage > atOrder || b.distinct != "" {
		b = w.wrap(b)
	}
	var on []string
	w.within(b.cols, func() {
		for _, e := range n.On {
			if v := w.expr(e); !constant.MatchString(v.sql) {
				on = append(on, w.d.order(w, v, e.Type()))
			}
		}
	})
	if len(on) == 0 {
		b.limit, b.stage = " LIMIT 1", atLimit
		return b
	}
	b.distinct, b.stage = "DISTINCT ON ("+strings.Join(on, ", ")+")", atOrder
	return b
}

// distinct removes duplicates over all columns. An order below it is lost, as in
// PostgreSQL; where equality is not the engine's own, one row of each key is kept.
func (w *writer) distinct(b *block) *block {
	if b.stage >= atOrder || b.distinct != "" {
		b = w.wrap(b)
	}
	if len(b.columns) == 0 {
		b.limit, b.stage = " LIMIT 1", atLimit
		return b
	}
	b.distinct, b.stage = "DISTINCT", atDistinct
	var keys []string
	special := false
	for _, c := range b.columns {
		v := b.cols[c.ID]
		if !constant.MatchString(v.sql) { // which DuckDB refuses there
			keys = append(keys, w.d.key(w, v, c.Type).sql)
		}
		special = special || w.keyed(v, c.Type)
	}
	if special && len(keys) > 0 {
		b.distinct = "DISTINCT ON (" + strings.Join(keys, ", ") + ")"
	}
	return b
}
