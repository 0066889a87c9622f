package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// setOperation writes both sides as sub-selects with the names of the result.
func (w *writer) setOperation(n *plan.SetOperation) *block {
	left, right := w.node(n.Left), w.node(n.Right)
	if len(n.Cols) == 0 {
		w.refuse("set operation without columns")
		return left
	}
	forms := w.agree(left, right, n.Cols)
	if n.Kind != plan.Union && w.anyKeyed(n.Cols, forms) {
		return w.matched(n, left, right, forms)
	}
	word := " " + setWord(n.Kind) + " "
	byKey := n.Kind == plan.Union && !n.All && w.anyKeyed(n.Cols, forms)
	if n.All || byKey {
		word += "ALL "
	}
	text := "((" + left.selectText(w, left.columns, ids(n.Cols)) + ")" + word + "(" + right.selectText(w, right.columns, ids(n.Cols)) + "))"
	b := w.relation(text, w.alias(), n.Cols, forms)
	if byKey {
		return w.distinct(b)
	}
	return b
}

// matched writes INTERSECT and EXCEPT where rows are equal by keys, not by what stands
// for them: rows of the left whose keys the right has, or has not. For ALL the rows
// of one key are numbered on both sides, and the number is part of the key.
func (w *writer) matched(n *plan.SetOperation, left, right *block, forms map[plan.ColumnID]value) *block {
	l, leftKeys := w.numbered(n, left, forms)
	r, rightKeys := w.numbered(n, right, forms)
	for i := range leftKeys {
		r.where = append(r.where, leftKeys[i]+" IS NOT DISTINCT FROM "+rightKeys[i])
	}
	word := "EXISTS ("
	if n.Kind == plan.Except {
		word = "NOT EXISTS ("
	}
	l.where, l.stage = []string{word + r.text([]string{"1"}) + ")"}, atWhere
	if n.All {
		return l
	}
	return w.distinct(l)
}

// numbered gives a side as a relation with the columns of the result, and its keys.
func (w *writer) numbered(n *plan.SetOperation, side *block, forms map[plan.ColumnID]value) (*block, []string) {
	b := w.relation("("+side.selectText(w, side.columns, ids(n.Cols))+")", w.alias(), n.Cols, forms)
	keys := make([]string, len(n.Cols))
	for i, c := range n.Cols {
		keys[i] = w.d.key(w, b.cols[c.ID], c.Type).inside(atom)
	}
	if !n.All {
		return b, keys
	}
	list := []string{"row_number() OVER (PARTITION BY " + strings.Join(keys, ", ") + ") AS number"}
	for _, c := range n.Cols {
		list = append(list, b.cols[c.ID].sql+" AS "+columnName(c.ID))
	}
	alias := w.alias()
	out := w.relation("("+b.text(list)+")", alias, n.Cols, forms)
	for i, c := range n.Cols {
		keys[i] = w.d.key(w, out.cols[c.ID], c.Type).inside(atom)
	}
	return out, append(keys, alias+".number")
}

func setWord(k plan.SetKind) string {
	return map[plan.SetKind]string{plan.Union: "UNION", plan.Intersect: "INTERSECT", plan.Except: "EXCEPT"}[k]
}

// agree brings the columns of two sides into common forms, by position.
func (w *writer) agree(left, right *block, cols []plan.Column) map[plan.ColumnID]value {
	forms := map[plan.ColumnID]value{}
	for i, c := range cols {
		if i >= len(left.columns) || i >= len(right.columns) {
			return forms // an error is on its way
		}
		l, r := left.columns[i].ID, right.columns[i].ID
		to := w.d.unify([]form{left.cols[l].form, right.cols[r].form})
		w.bring(left, l, to, c.Type)
		w.bring(right, r, to, c.Type)
		forms[c.ID] = value{form: to}
	}
	return forms
}

// bring changes the form of one column of a block. A block with fixed select list
// (DISTINCT) may still change it: equal values stay equal.
func (w *writer) bring(b *block, id plan.ColumnID, to form, t pgtype.Type) {
	cols := merged(b.cols, nil)
	cols[id] = w.d.convert(b.cols[id], to, t)
	b.cols = cols
}

func (w *writer) anyKeyed(cols []plan.Column, forms map[plan.ColumnID]value) bool {
	for _, c := range cols {
		if w.keyed(value{sql: "x", form: forms[c.ID].form}, c.Type) {
			return true
		}
	}
	return false
}
