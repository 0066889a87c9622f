package mysql

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/planner/plan"
)

// join writes both sides into one FROM. The conditions and computed columns of a side
// that the join does not pad with NULLs move up into the common SELECT.
func (w *writer) join(n *plan.Join) *block {
	if n.Lateral || n.Kind == plan.FullJoin {
		w.refuse("FULL or LATERAL join")
		return &block{cols: map[plan.ColumnID]value{}}
	}
	if n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin {
		return w.semiJoin(n)
	}
	left := w.side(w.node(n.Left), n.Kind == plan.RightJoin)
	right := w.side(w.node(n.Right), n.Kind == plan.LeftJoin)
	b := &block{joined: true, columns: n.Columns(), cols: merged(left.cols, right.cols), where: append(left.where, right.where...), outer: left.outer || right.outer}
	if len(b.where) > 0 {
		b.stage = atWhere
	}
	kind := map[plan.JoinKind]sqlparser.JoinType{
		plan.InnerJoin: sqlparser.NormalJoinType, plan.LeftJoin: sqlparser.LeftJoinType, plan.RightJoin: sqlparser.RightJoinType,
	}[n.Kind]
	on := sqlparser.Expr(sqlparser.BoolVal(true))
	if conditions := w.conditions(b, n.On); len(conditions) > 0 {
		on = all(conditions)
	}
	b.from = sqlparser.NewJoinTableExpr(left.from, kind, right.operand(), sqlparser.NewJoinCondition(on, nil))
	return b
}

// side prepares an input of a join. A padded side must be a mere relation: its filter
// holds before the join, and a computed column is NULL where it is padded.
func (w *writer) side(b *block, padded bool) *block {
	if b.stage > atWhere || b.from == nil || padded && !b.bare() {
		return w.wrap(b)
	}
	return b
}

// bare tells whether the block is nothing but its relation.
func (b *block) bare() bool {
	for _, v := range b.cols {
		if !v.strict {
			return false
		}
	}
	return b.stage == atFrom
}

// operand is the relation as the right side of a join.
func (b *block) operand() sqlparser.TableExpr {
	if b.joined {
		return &sqlparser.ParenTableExpr{Exprs: sqlparser.TableExprs{b.from}}
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

// semiJoin writes an EXISTS condition, which both servers run as a semi or anti join.
func (w *writer) semiJoin(n *plan.Join) *block {
	left := w.upTo(w.node(n.Left), atWhere)
	var exists sqlparser.Expr
	w.within(left, func() {
		right := w.upTo(w.node(n.Right), atWhere)
		right.where = append(right.where, w.conditions(right, n.On)...)
		exists = sqlparser.NewExistsExpr(sqlparser.NewSubquery(right.statement(nil)))
	})
	if n.Kind == plan.AntiJoin {
		exists = sqlparser.NewNotExpr(exists)
	}
	left.where, left.stage = append(left.where, exists), atWhere
	return left
}
