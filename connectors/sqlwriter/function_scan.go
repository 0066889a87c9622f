package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// functionScan writes functions in FROM side by side. PostgreSQL zips them itself; in
// DuckDB unnest in one select list does.
func (w *writer) functionScan(n *plan.FunctionScan) *block {
	for _, f := range n.Fields {
		if f != 1 {
			return w.composites(n)
		}
	}
	if b, ok := w.series(n); ok {
		return b
	}
	calls := make([]value, len(n.Calls))
	for i, e := range n.Calls {
		calls[i] = w.setCall(e)
	}
	if w.d.engine() == functions.Postgres {
		return w.rowsFrom(n, calls)
	}
	return w.unnested(n, calls)
}

func (w *writer) rowsFrom(n *plan.FunctionScan, calls []value) *block {
	texts := make([]string, len(calls))
	for i, v := range calls {
		texts[i] = v.sql
		if _, set := n.Calls[i].(*plan.SetCall); !set {
			texts[i] = "unnest(ARRAY[" + v.sql + "])"
		}
	}
	text := "ROWS FROM (" + strings.Join(texts, ", ") + ")"
	if n.Ordinality {
		text += " WITH ORDINALITY"
	}
	b := w.relation(text, w.alias(), n.Cols, w.boundary(n.Cols))
	b.from += names(n.Cols)
	return b
}

func (w *writer) unnested(n *plan.FunctionScan, calls []value) *block {
	list := make([]string, 0, len(calls)+1)
	lengths := make([]string, len(calls))
	for i, v := range calls {
		text := v.sql
		if _, set := n.Calls[i].(*plan.SetCall); !set {
			text = "[" + v.sql + "]"
		}
		lengths[i] = "len(" + text + ")"
		list = append(list, "unnest("+text+") AS "+columnName(n.Cols[i].ID))
	}
	if n.Ordinality {
		most := "greatest(" + strings.Join(lengths, ", ") + ")"
		list = append(list, "unnest(generate_series(CAST(1 AS BIGINT), "+most+")) AS "+columnName(n.Cols[len(n.Cols)-1].ID))
	}
	forms := w.boundary(n.Cols)
	for i, v := range calls {
		forms[n.Cols[i].ID] = value{form: v.form}
	}
	return w.relation("(SELECT "+strings.Join(list, ", ")+")", w.alias(), n.Cols, forms)
}

// setCall writes a set-returning call: in DuckDB the list it gives.
func (w *writer) setCall(e plan.Expr) value {
	s, ok := e.(*plan.SetCall)
	if !ok {
		return w.expr(e)
	}
	return w.call(call{signature: functions.Signature(s), args: s.Args, of: s.Of})
}

// projectSet repeats rows as set-returning functions in a select list do.
func (w *writer) projectSet(n *plan.ProjectSet) *block {
	b := w.node(n.Input)
	if b.stage > atWhere {
		b = w.wrap(b)
	}
	list := make([]string, 0, len(b.columns)+len(n.Items))
	for _, c := range b.columns {
		list = append(list, b.cols[c.ID].sql+" AS "+columnName(c.ID))
	}
	forms := merged(b.cols, nil)
	w.within(b.cols, func() {
		for _, item := range n.Items {
			v := w.setCall(item.Expr)
			if _, set := item.Expr.(*plan.SetCall); set && w.d.engine() == functions.DuckDB {
				v = value{sql: "unnest(" + v.sql + ")", rank: atom, form: v.form}
			}
			list, forms[item.Column.ID] = append(list, v.sql+" AS "+columnName(item.Column.ID)), v
		}
	})
	return w.relation("("+b.text(list)+")", w.alias(), n.Columns(), forms)
}
