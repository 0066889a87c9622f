package sqlwriter

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// window goes into the select list of its input.
func (w *writer) window(n *plan.Window) *block {
	b := w.node(n.Input)
	if b.stage > atHaving || b.distinct != "" || b.stage >= atGroup && plan.HasSubquery(n.Exprs()...) {
		b = w.wrap(b)
	}
	items, b := w.outerBelow(n.Items, b)
	cols := merged(b.cols, nil)
	w.within(b.cols, func() {
		for _, item := range items {
			e, ok := item.Expr.(*plan.WindowCall)
			if !ok {
				w.refuse("expression in a window list")
				continue
			}
			cols[item.Column.ID] = w.windowCall(e)
		}
	})
	b.cols, b.columns, b.stage = cols, n.Columns(), atWindow
	return b
}

// outerBelow has what window calls read of queries around, and their subqueries, computed below:
// DuckDB's windows read columns of their own query only, and no windows of subqueries.
func (w *writer) outerBelow(items []plan.Item, b *block) ([]plan.Item, *block) {
	out, found, inner := slices.Clone(items), false, len(w.scopes) > 0
	w.within(b.cols, func() {
		for i, item := range items {
			children := item.Expr.Children()
			for j, c := range children {
				if plan.HasSubquery(c) || inner && w.readsOuter(w.expr(c).sql) {
					children[j], found = w.computed(b, c), true
				}
			}
			out[i].Expr = item.Expr.WithChildren(children)
		}
	})
	if !found {
		return items, b
	}
	return out, w.wrap(b)
}

func (w *writer) windowCall(e *plan.WindowCall) value {
	c := call{signature: functions.Signature(e), args: e.Args, of: e.Of, aggregate: true}
	if e.Filter != nil {
		c.chosen = w.truth(e.Filter).sql
		c.behind = " FILTER (WHERE " + c.chosen + ")"
	}
	c.behind += " OVER (" + w.overText(e) + ")"
	return w.call(c)
}

func (w *writer) overText(e *plan.WindowCall) string {
	var parts []string
	if len(e.Partition) > 0 {
		keys := make([]string, len(e.Partition))
		for i, p := range e.Partition {
			keys[i] = w.d.key(w, w.expr(p), p.Type()).sql
		}
		parts = append(parts, "PARTITION BY "+strings.Join(keys, ", "))
	}
	if keys := w.windowKeys(e); len(keys) > 0 {
		parts = append(parts, "ORDER BY "+strings.Join(keys, ", "))
	}
	if text := w.frameText(e); w.ownOverPartition(e, parts) {
		parts = append(parts, wholePartition)
	} else if text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

// windowKeys keeps a constant where the frame is measured by it: there it stands for
// itself, and the frame must have a key.
func (w *writer) windowKeys(e *plan.WindowCall) []string {
	f := e.Frame
	if f.Mode != plan.FrameGroups && (f.Mode == plan.FrameRows || f.Start.Offset == nil && f.End.Offset == nil) {
		return w.sortKeys(e.OrderBy)
	}
	keys := make([]string, len(e.OrderBy))
	for i, k := range e.OrderBy {
		keys[i] = w.sortKey(w.expr(k.Expr), k)
	}
	return keys
}

// wholePartition is a frame of all rows that DuckDB does not know for one.
const wholePartition = "ROWS BETWEEN 1000000000000 PRECEDING AND 1000000000000 FOLLOWING"

// ownOverPartition tells whether an aggregate of ours is asked of whole partitions. Over
// such frames DuckDB hands one state for many rows in a way that its C interface mistakes
// for one state for each row, and the process ends (1.5.4).
func (w *writer) ownOverPartition(e *plan.WindowCall, parts []string) bool {
	row, ok := functions.Find(functions.Signature(e))
	template := strings.ReplaceAll(row.For(functions.DuckDB).Template, "pg_float8_checked", "") // no aggregate
	if w.d.engine() != functions.DuckDB || e.Procedure.Kind != pgtype.AggregateKind || !ok || !strings.Contains(template, "pg_") {
		return false
	}
	ordered := len(parts) > 0 && strings.HasPrefix(parts[len(parts)-1], "ORDER BY ")
	f := e.Frame
	if f.Exclude != "" || f.Start.Kind != plan.UnboundedPreceding {
		return false
	}
	return f.End.Kind == plan.UnboundedFollowing || f.End.Kind == plan.CurrentRow && f.Mode != plan.FrameRows && !ordered
}

func (w *writer) frameText(e *plan.WindowCall) string {
	f := e.Frame
	if f.Mode == plan.FrameRange && f.Start.Kind == plan.UnboundedPreceding && f.End.Kind == plan.CurrentRow && f.Exclude == "" {
		return ""
	}
	if f.Mode == plan.FrameRange && (f.Start.Offset != nil || f.End.Offset != nil) {
		w.rangeKey(e)
	}
	mode := map[plan.FrameMode]string{plan.FrameRange: "RANGE", plan.FrameRows: "ROWS", plan.FrameGroups: "GROUPS"}[f.Mode]
	text := mode + " BETWEEN " + w.boundText(f.Start, f.Mode, "pg_frame_start") + " AND " + w.boundText(f.End, f.Mode, "pg_frame_end")
	if f.Exclude != "" {
		text += " EXCLUDE " + f.Exclude
	}
	return text
}

// rangeKey refuses a RANGE with an offset over a key that does not stand as itself.
func (w *writer) rangeKey(e *plan.WindowCall) {
	for _, k := range e.OrderBy {
		if v := w.expr(k.Expr); w.keyed(v, k.Expr.Type()) {
			w.refuse("RANGE with offset over numeric")
		}
	}
}

// boundText writes a bound. DuckDB takes negative offsets, which PostgreSQL refuses:
// check raises its error.
func (w *writer) boundText(b plan.Bound, mode plan.FrameMode, check string) string {
	switch b.Kind {
	case plan.UnboundedPreceding:
		return "UNBOUNDED PRECEDING"
	case plan.Preceding:
		return w.frameOffset(b.Offset, mode, check) + " PRECEDING"
	case plan.Following:
		return w.frameOffset(b.Offset, mode, check) + " FOLLOWING"
	case plan.UnboundedFollowing:
		return "UNBOUNDED FOLLOWING"
	}
	return "CURRENT ROW"
}

func (w *writer) frameOffset(e plan.Expr, mode plan.FrameMode, check string) string {
	v := w.expr(e)
	l, constant := e.(*plan.Literal)
	if w.d.engine() != functions.DuckDB || mode == plan.FrameRange || constant && unsigned(l.Text) {
		return v.inside(atom)
	}
	return check + "(" + v.sql + ")"
}
