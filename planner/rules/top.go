package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// top is a limited order over joins.
type top struct {
	rows   int64
	keys   []plan.SortKey // of columns that joined gives
	joined plan.Node
	// whole: the limit may fall among rows that are equal in all keys, and those that are
	// left out of such would be missed: they tie, or belong to a partition of a window.
	whole bool
	// windows stand between the order and what is joined.
	windows bool
}

// topOf takes apart a Limit of a Sort, if only Projects, and Windows that are computed of each
// value of the first keys by itself, stand between that and what is joined.
func topOf(n plan.Node) (top, bool) {
	l, ok := n.(*plan.Limit)
	if !ok {
		return top{}, false
	}
	s, ok := l.Input.(*plan.Sort)
	if !ok {
		return top{}, false
	}
	rows, ok := lastRow(l)
	t := top{rows: rows, keys: s.Keys, joined: s.Input, whole: l.WithTies}
	for ok {
		switch n := t.joined.(type) {
		case *plan.Project:
			t = t.below(n)
		case *plan.Window:
			t, ok = t.apart(n)
		default:
			return t, len(t.keys) > 0
		}
	}
	return t, false
}

// below gives the same order by what a Project computes its columns from.
func (t top) below(p *plan.Project) top {
	by := map[plan.ColumnID]plan.Expr{}
	for _, i := range p.Items {
		by[i.Column.ID] = i.Expr
	}
	t.keys, t.joined = slices.Clone(t.keys), p.Input
	for i, k := range t.keys {
		t.keys[i].Expr = plan.Substitute(k.Expr, by)
	}
	return t
}

// apart gives the order by the first keys only, those that a window is partitioned by: all
// rows of a partition, or none, are among the first whole groups of these.
//
//	Limit[n](Sort[a, b, c](Window[… partition by b, a](x)))  =>  the first n rows by a, b, with all that are equal to the last
//
// Columns that a join has made equal are one. A call that can fail is asked of every row.
func (t top) apart(w *plan.Window) (top, bool) {
	for _, i := range w.Items {
		if functions.Fails(i.Expr) || functions.Volatile(i.Expr) {
			return t, false
		}
	}
	shared := withEqual(innerConditions(w.Input), partitioned(w))
	t.keys = firstKeys(t.keys, func(k plan.SortKey) bool {
		r, ok := k.Expr.(*plan.ColumnRef)
		return ok && shared[r.ID]
	})
	t.joined, t.whole, t.windows = w.Input, true, true
	return t, len(t.keys) > 0
}

// firstKeys gives the keys up to the first that does not suit.
func firstKeys(keys []plan.SortKey, suits func(plan.SortKey) bool) []plan.SortKey {
	if end := slices.IndexFunc(keys, func(k plan.SortKey) bool { return !suits(k) }); end >= 0 {
		return keys[:end]
	}
	return keys
}

// of gives the top by the first keys, those of one side of the joins: the columns of it that
// decide which of its rows are the first. If others follow, rows that are equal in these are
// wanted all. false where that side decides nothing, or a key can fail: its source asks it of rows
// that would have been dropped.
func (t top) of(n plan.Node) (top, bool) {
	if slices.ContainsFunc(t.keys, func(k plan.SortKey) bool { return fallible(k.Expr) || functions.Volatile(k.Expr) }) {
		return t, false
	}
	own := plan.Produced(n)
	all := len(t.keys)
	t.keys = firstKeys(t.keys, func(k plan.SortKey) bool { return own.Has(plan.References(k.Expr)) })
	t.whole = t.whole || len(t.keys) < all
	return t, len(t.keys) > 0 && (!t.whole || !slices.ContainsFunc(t.keys, func(k plan.SortKey) bool { return !tells(k.Expr) }))
}

// tells tells whether the executor knows equal values of a key where it sees them: of a column, of
// a type that keys of joins may have.
func tells(e plan.Expr) bool {
	r, ok := e.(*plan.ColumnRef)
	if ok {
		_, ok = keyColumn(r)
	}
	return ok && (anyKey[r.Column.Type.OID] != "" || r.Column.Type.OID == pgtype.Varchar)
}

func fallible(e plan.Expr) bool { return plan.HasSubquery(e) || !functions.Total(e) }

// rule names what moves the top.
func (t top) rule() optimization.Name {
	if t.windows {
		return pushTopThroughWindowName
	}
	return pushTopThroughJoinName
}
