package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// scope maps the columns a node gives to those of leaves. A column that may be reduced
// is one where leaving out rows of leaves leaves out just the rows with that value: of a set
// operation, rows of each of its inputs.
type scope struct {
	gives   map[plan.ColumnID]plan.ColumnID
	reduces map[plan.ColumnID][]plan.ColumnID
}

func newScope() scope {
	return scope{map[plan.ColumnID]plan.ColumnID{}, map[plan.ColumnID][]plan.ColumnID{}}
}

func union[V any](a, b map[plan.ColumnID]V) map[plan.ColumnID]V {
	all := make(map[plan.ColumnID]V, len(a)+len(b))
	for k, v := range a {
		all[k] = v
	}
	for k, v := range b {
		all[k] = v
	}
	return all
}

// visit gives the scope of a node. outer are the columns that queries around it give.
func (w *reductions) visit(n plan.Node, outer map[plan.ColumnID]plan.ColumnID) scope {
	switch n := n.(type) {
	case *plan.Remote, *plan.Stage:
		return w.leaf(n)
	case *plan.Filter:
		in := w.visit(n.Input, outer)
		w.conditions(n.Conjuncts, in, in, outer)
		w.subqueries(n, union(outer, in.gives))
		w.memberships(n.Conjuncts, in, union(outer, in.gives))
		return in
	case *plan.Join:
		return w.join(n, outer)
	case *plan.Project:
		in := w.visit(n.Input, outer)
		w.subqueries(n, union(outer, in.gives))
		return passedOn(n.Items, in)
	case *plan.Aggregate:
		in := w.visit(n.Input, outer)
		w.subqueries(n, union(outer, in.gives))
		out := passedOn(n.Groups, in)
		if n.Sets != nil {
			return newScope()
		}
		return out
	case *plan.Sort:
		return w.visit(n.Input, outer)
	case *plan.Deduplicate:
		in := w.visit(n.Input, outer)
		if len(n.On) > 0 {
			in.reduces = nil
		}
		return in
	case *plan.Limit:
		in := w.visit(n.Input, outer)
		in.reduces = nil
		return in
	case *plan.SetOperation:
		return bothSides(n, w.visit(n.Left, outer), w.visit(n.Right, outer))
	}
	all := newScope()
	for _, in := range n.Inputs() {
		all.gives = union(all.gives, w.visit(in, outer).gives)
	}
	w.subqueries(n, union(outer, all.gives))
	return newScope()
}

func (w *reductions) leaf(n plan.Node) scope {
	s := newScope()
	for _, c := range n.Columns() {
		w.leafOf[c.ID] = n
		s.gives[c.ID], s.reduces[c.ID] = c.ID, []plan.ColumnID{c.ID}
	}
	if _, ok := n.(*plan.Remote); !ok {
		s.reduces = nil
	}
	return s
}

// bothSides gives the columns of a set operation: none has the values of one leaf, and each
// may be reduced if both inputs' columns may.
func bothSides(n *plan.SetOperation, left, right scope) scope {
	out := newScope()
	for i, col := range n.Cols {
		l, r := left.reduces[n.Left.Columns()[i].ID], right.reduces[n.Right.Columns()[i].ID]
		if l != nil && r != nil {
			out.reduces[col.ID] = append(slices.Clone(l), r...)
		}
	}
	return out
}

func passedOn(items []plan.Item, in scope) scope {
	out := newScope()
	for _, i := range items {
		if r, ok := i.Expr.(*plan.ColumnRef); ok {
			if from, ok := in.gives[r.ID]; ok {
				out.gives[i.Column.ID] = from
			}
			if from, ok := in.reduces[r.ID]; ok {
				out.reduces[i.Column.ID] = from
			}
		}
	}
	return out
}

func (w *reductions) join(n *plan.Join, outer map[plan.ColumnID]plan.ColumnID) scope {
	left := w.visit(n.Left, outer)
	around := outer
	if n.Lateral {
		around = union(outer, left.gives)
	}
	right := w.visit(n.Right, around)
	w.subqueries(n, union(outer, union(left.gives, right.gives)))
	givers, receivers := left, right
	switch n.Kind {
	case plan.InnerJoin, plan.SemiJoin:
		w.conditions(n.On, left, right, outer)
		w.conditions(n.On, right, left, outer)
	case plan.LeftJoin, plan.AntiJoin:
		w.oneWay(n.On, givers, receivers)
	case plan.RightJoin:
		w.oneWay(n.On, right, left)
	}
	out := scope{gives: union(left.gives, right.gives)}
	switch n.Kind {
	case plan.InnerJoin:
		out.reduces = union(left.reduces, right.reduces)
	case plan.LeftJoin, plan.SemiJoin, plan.AntiJoin:
		out.reduces = left.reduces
	case plan.RightJoin:
		out.reduces = right.reduces
	}
	return out
}

// conditions notes a = b where rows without an equal partner do not count.
func (w *reductions) conditions(conjuncts []plan.Expr, left, right scope, outer map[plan.ColumnID]plan.ColumnID) {
	for _, e := range conjuncts {
		a, b, equal := columnsEqual(e)
		if equal == nil {
			continue
		}
		for range 2 {
			from, gives := left.gives[a.ID]
			if !gives {
				from, gives = outer[a.ID]
			}
			for _, to := range right.reduces[b.ID] {
				if !gives || from == to {
					continue
				}
				w.note(from, to, equal)
				if _, also := right.gives[b.ID]; also && slices.Contains(left.reduces[a.ID], from) {
					w.symmetric(from, to)
				}
			}
			a, b = b, a
		}
	}
}

// oneWay notes conditions by which only the receiving side's rows may be left out.
func (w *reductions) oneWay(conjuncts []plan.Expr, givers, receivers scope) {
	for _, e := range conjuncts {
		a, b, equal := columnsEqual(e)
		if equal == nil {
			continue
		}
		for range 2 {
			if from, gives := givers.gives[a.ID]; gives {
				w.noteAll(from, receivers.reduces[b.ID], equal)
			}
			a, b = b, a
		}
	}
}

func (w *reductions) noteAll(from plan.ColumnID, to []plan.ColumnID, equal *pgtype.Procedure) {
	for _, id := range to {
		w.note(from, id, equal)
	}
}

func (w *reductions) note(from, to plan.ColumnID, equal *pgtype.Procedure) {
	w.directed = append(w.directed, edge{from, to})
	w.equal[from], w.equal[to] = equal, equal
}

// subqueries visits the plans inside a node's expressions.
func (w *reductions) subqueries(n plan.Node, outer map[plan.ColumnID]plan.ColumnID) {
	for _, e := range n.Exprs() {
		plan.WalkExpr(e, func(e plan.Expr) bool {
			if s, ok := e.(*plan.Subquery); ok {
				w.visit(s.Plan, outer)
			}
			return true
		})
	}
}

// memberships notes a IN (SELECT b …) among the conditions of a Filter: each side bounds the other.
func (w *reductions) memberships(conjuncts []plan.Expr, in scope, outer map[plan.ColumnID]plan.ColumnID) {
	for _, e := range conjuncts {
		s, ok := e.(*plan.Subquery)
		if !ok || s.Kind != plan.AnySubquery || s.Operator != "=" || len(s.Left) != 1 || !keyEqual(s.Procedures[0]) {
			continue
		}
		a, ok := keyColumn(s.Left[0])
		if !ok {
			continue
		}
		of := w.visit(s.Plan, outer)
		b := s.Plan.Columns()[0].ID
		if from, ok := in.gives[a.ID]; ok {
			w.noteAll(from, of.reduces[b], s.Procedures[0])
		}
		if from, ok := of.gives[b]; ok {
			w.noteAll(from, in.reduces[a.ID], s.Procedures[0])
		}
	}
}
