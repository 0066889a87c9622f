package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// join writes both sides into one FROM. The conditions and computed columns of a side
// that the join does not pad with NULLs move up into the common SELECT.
func (w *writer) join(n *plan.Join) *block {
	switch n.Kind {
	case plan.SemiJoin, plan.AntiJoin:
		return w.semiJoin(n)
	}
	if n.Lateral && w.d.engine() == functions.DuckDB && readsOuterInterval(n.Right) {
		w.refuse("a subquery that reads an interval of the query around it")
	}
	given := n
	n = w.withoutSubqueries(n)
	left := w.side(w.node(n.Left), n.Kind == plan.RightJoin || n.Kind == plan.FullJoin)
	if n.Left != given.Left || n.Kind != plan.InnerJoin && inlinesSubquery(left, n.On) {
		left = w.wrap(left) // else the computed condition moves back up into this one
	}
	right := w.rightSide(n, left)
	if n.Right != given.Right && !n.Lateral {
		right = w.wrap(right)
	}
	b := &block{
		joined: true, columns: n.Columns(), cols: merged(left.cols, right.cols),
		where: append(left.where, right.where...),
	}
	if len(b.where) > 0 {
		b.stage = atWhere
	}
	on := strings.Join(w.conditions(b, n.On), " AND ")
	b.from = left.from + joinWords(n, on) + right.operand()
	if on != "" || n.Kind != plan.InnerJoin {
		if on == "" {
			on = "true"
		}
		b.from += " ON " + on
	}
	return b
}

// inlinesSubquery tells whether conditions read columns of a block that are subqueries.
func inlinesSubquery(b *block, conditions []plan.Expr) bool {
	found := false
	for _, e := range conditions {
		visitColumns(e, func(id plan.ColumnID) { found = found || strings.Contains(b.cols[id].sql, "SELECT ") })
	}
	return found
}

func joinWords(n *plan.Join, on string) string {
	words := map[plan.JoinKind]string{plan.InnerJoin: " JOIN ", plan.LeftJoin: " LEFT JOIN ", plan.RightJoin: " RIGHT JOIN ", plan.FullJoin: " FULL JOIN "}[n.Kind]
	if n.Kind == plan.InnerJoin && on == "" {
		words = " CROSS JOIN "
	}
	if n.Lateral {
		words += "LATERAL "
	}
	return words
}

// side prepares an input of a join. A padded side must be a mere relation: its filter
// holds before the join, and a computed column is NULL where it is padded.
func (w *writer) side(b *block, padded bool) *block {
	if b.stage > atWhere || b.with != "" || b.from == "" || padded && !b.bare() {
		return w.wrap(b)
	}
	return b
}

func (w *writer) rightSide(n *plan.Join, left *block) *block {
	if !n.Lateral {
		return w.side(w.node(n.Right), n.Kind == plan.LeftJoin || n.Kind == plan.FullJoin)
	}
	var right *block
	w.within(left.cols, func() { right = w.wrap(w.node(n.Right)) })
	return right
}

// bare tells whether the block is nothing but its relation.
func (b *block) bare() bool {
	for _, v := range b.cols {
		if !v.plain {
			return false
		}
	}
	return b.stage == atFrom && b.from != "" && b.with == ""
}

// operand is the relation as the right side of a join.
func (b *block) operand() string {
	if b.joined {
		return "(" + b.from + ")"
	}
	return b.from
}

func merged(a, b map[plan.ColumnID]value) map[plan.ColumnID]value {
	out := make(map[plan.ColumnID]value, len(a)+len(b))
	for id, v := range a {
		out[id] = v
	}
	for id, v := range b {
		out[id] = v
	}
	return out
}

// semiJoin writes an EXISTS condition: both engines turn it into a semi or anti join.
func (w *writer) semiJoin(n *plan.Join) *block {
	left := w.node(n.Left)
	if left.stage > atWhere || left.with != "" {
		left = w.wrap(left)
	}
	word := "EXISTS "
	if n.Kind == plan.AntiJoin {
		word = "NOT EXISTS "
	}
	w.within(left.cols, func() {
		right := w.node(n.Right)
		if right.stage > atWhere || right.with != "" {
			right = w.wrap(right)
		}
		right.where = append(right.where, w.conditions(right, n.On)...)
		left.where = append(left.where, word+"("+right.text([]string{"1"})+")")
	})
	left.stage = atWhere
	return left
}

// keyed tells whether equality of values is not the engine's own on what stands for them.
func (w *writer) keyed(v value, t pgtype.Type) bool {
	return w.d.engine() == functions.DuckDB && w.d.key(w, v, t).sql != v.sql
}
