package rules

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// scope maps the columns a node gives to those of leaves. A column that may be reduced
// is one where leaving out rows of the leaf leaves out just the rows with that value.
type scope struct {
	gives, reduces map[plan.ColumnID]plan.ColumnID
}

func newScope() scope {
	return scope{map[plan.ColumnID]plan.ColumnID{}, map[plan.ColumnID]plan.ColumnID{}}
}

func union(a, b map[plan.ColumnID]plan.ColumnID) map[plan.ColumnID]plan.ColumnID {
	all := make(map[plan.ColumnID]plan.ColumnID, len(a)+len(b))
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
		s.gives[c.ID], s.reduces[c.ID] = c.ID, c.ID
	}
	if _, ok := n.(*plan.Remote); !ok {
		s.reduces = nil
	}
	return s
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
			to, reduces := right.reduces[b.ID]
			if gives && reduces && from != to {
				w.note(from, to, equal)
				if back, both := left.reduces[a.ID]; both && back == from {
					if _, also := right.gives[b.ID]; also {
						w.symmetric(from, to)
					}
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
			from, gives := givers.gives[a.ID]
			to, reduces := receivers.reduces[b.ID]
			if gives && reduces {
				w.note(from, to, equal)
			}
			a, b = b, a
		}
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
		a, ok := s.Left[0].(*plan.ColumnRef)
		if !ok {
			continue
		}
		of := w.visit(s.Plan, outer)
		b := s.Plan.Columns()[0].ID
		if from, ok := in.gives[a.ID]; ok && of.reduces != nil {
			if to, ok := of.reduces[b]; ok {
				w.note(from, to, s.Procedures[0])
			}
		}
		if from, ok := of.gives[b]; ok {
			if to, ok := in.reduces[a.ID]; ok {
				w.note(from, to, s.Procedures[0])
			}
		}
	}
}
