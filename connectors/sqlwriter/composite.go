package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// A composite value stands as PostgreSQL prints it, (a,b); pg_record_field reads a field.

// composites writes functions in FROM of which some give rows of several columns: the
// rows as composites first, then their fields.
func (w *writer) composites(n *plan.FunctionScan) *block {
	if w.d.engine() != functions.DuckDB {
		w.refuse("function in FROM that gives several columns")
		return &block{cols: map[plan.ColumnID]value{}}
	}
	rows := &plan.FunctionScan{Calls: n.Calls, Ordinality: n.Ordinality}
	at := 0
	for i := range n.Calls {
		c := n.Cols[at]
		if n.Fields[i] != 1 {
			c.Type = pgtype.Of(pgtype.Record)
		}
		rows.Cols, rows.Fields = append(rows.Cols, c), append(rows.Fields, 1)
		at += n.Fields[i]
	}
	if n.Ordinality {
		rows.Cols = append(rows.Cols, n.Cols[at])
	}
	b := w.functionScan(rows)
	out := merged(b.cols, nil)
	at = 0
	for i, width := range n.Fields {
		record := b.cols[rows.Cols[i].ID]
		for f := range width {
			c := n.Cols[at+f]
			if width > 1 {
				out[c.ID] = w.field(record, f, c.Type)
			}
		}
		at += width
	}
	b.columns, b.cols = n.Cols, out
	return b
}

// field reads a field of a composite: its text, by the input function of its type.
func (w *writer) field(record value, index int, t pgtype.Type) value {
	text := atomOf("pg_record_field(" + record.sql + ", " + number(index+1) + "::INTEGER)")
	const id plan.ColumnID = -2
	from := &plan.ColumnRef{Column: plan.Column{ID: id, Type: pgtype.Of(pgtype.Text)}}
	if t.OID == pgtype.Text || strings.HasPrefix(functions.TypeName(t.OID), "_") {
		return text
	}
	return w.d.cast(w, &plan.Cast{Arg: from, To: t, Context: plan.CastExplicit}, text)
}
