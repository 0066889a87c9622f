package rules

import (
	"reflect"
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// merging makes one plan of two that read the same rows, with the columns of both.
// columns are those of the second as the merged plan has them.
type merging struct {
	columns map[plan.ColumnID]plan.Expr
	// wider: the first may read more rows. extra are the conditions that it lacks of the second.
	wider bool
	extra []plan.Expr
}

// merge gives a plan whose rows are those of a and of b; ok is false where they may be
// others. Only what commonly stands twice in a query is looked into.
func (m *merging) merge(a, b plan.Node) (plan.Node, bool) {
	if a, b = bothProjects(a, b); reflect.TypeOf(a) != reflect.TypeOf(b) {
		f, ok := b.(*plan.Filter)
		if !ok || !m.wider {
			return nil, false
		}
		m.extra = append(m.extra, f.Conjuncts...)
		return m.merge(a, f.Input)
	}
	inputs := make([]plan.Node, len(a.Inputs()))
	for i, in := range a.Inputs() {
		var ok bool
		if inputs[i], ok = m.merge(in, b.Inputs()[i]); !ok {
			return nil, false
		}
	}
	switch a := a.(type) {
	case *plan.Scan:
		return m.scan(a, b.(*plan.Scan))
	case *plan.Governed:
		return m.governed(a, b.(*plan.Governed), inputs)
	case *plan.Filter:
		return a.WithInputs(inputs), m.conditions(a.Conjuncts, b.(*plan.Filter).Conjuncts)
	case *plan.Project:
		return m.project(a, b.(*plan.Project), inputs)
	case *plan.Join:
		other := b.(*plan.Join)
		return a.WithInputs(inputs), a.Kind == other.Kind && !a.Lateral && !other.Lateral && m.sameConditions(a.On, other.On)
	case *plan.Aggregate:
		return m.aggregate(a, b.(*plan.Aggregate), inputs)
	}
	return nil, false
}

// bothProjects: all columns, or those that are read, are the same rows.
func bothProjects(a, b plan.Node) (plan.Node, plan.Node) {
	_, isA := a.(*plan.Project)
	_, isB := b.(*plan.Project)
	if isA && !isB {
		b = everyColumn(b)
	}
	if isB && !isA {
		a = everyColumn(a)
	}
	return a, b
}

func everyColumn(n plan.Node) plan.Node {
	p := &plan.Project{Input: n}
	for _, c := range n.Columns() {
		p.Items = append(p.Items, plan.PassOn(c))
	}
	return p
}

func (m *merging) scan(a, b *plan.Scan) (plan.Node, bool) {
	out := *a
	for i, ordinal := range b.Ordinals {
		at := slices.Index(out.Ordinals, ordinal)
		if at < 0 {
			at = len(out.Cols)
			out.Cols = append(slices.Clip(out.Cols), b.Cols[i])
			out.Ordinals = append(slices.Clip(out.Ordinals), ordinal)
		}
		m.columns[b.Cols[i].ID] = &plan.ColumnRef{Column: out.Cols[at]}
	}
	return &out, a.Table == b.Table
}

// governed: the same policies, masking the same columns. Who asks is the same throughout.
func (m *merging) governed(a, b *plan.Governed, inputs []plan.Node) (plan.Node, bool) {
	out := a.WithInputs(inputs).(*plan.Governed)
	out.Masked = slices.Clone(a.Masked)
	for _, id := range b.Masked {
		if ref, ok := m.columns[id].(*plan.ColumnRef); ok {
			id = ref.ID
		}
		if !slices.Contains(out.Masked, id) {
			out.Masked = append(out.Masked, id)
		}
	}
	return out, a.Table == b.Table && slices.Equal(a.Policies, b.Policies) && slices.Equal(a.Grants, b.Grants) &&
		a.Filtered == b.Filtered && a.Fenced == b.Fenced
}

// conditions tells whether those of two filters are the same, or the second has more where it may.
func (m *merging) conditions(a, b []plan.Expr) bool {
	if m.wider {
		var both []plan.Expr
		for _, e := range b {
			if contains(a, m.renamed(e)) {
				both = append(both, e)
			} else {
				m.extra = append(m.extra, e)
			}
		}
		b = both
	}
	return m.sameConditions(a, b)
}

func (m *merging) sameConditions(a, b []plan.Expr) bool {
	return len(a) == len(b) && !slices.ContainsFunc(b, func(e plan.Expr) bool { return !contains(a, m.renamed(e)) })
}

func (m *merging) renamed(e plan.Expr) plan.Expr { return plan.Substitute(e, m.columns) }

func (m *merging) project(a, b *plan.Project, inputs []plan.Node) (plan.Node, bool) {
	out := a.WithInputs(inputs).(*plan.Project)
	out.Items = m.items(out.Items, b.Items)
	return out, !plan.HasSubquery(&plan.And{Args: append(a.Exprs(), b.Exprs()...)})
}

// items adds what the first list lacks of the second.
func (m *merging) items(have, more []plan.Item) []plan.Item {
	have = slices.Clip(have)
	for _, i := range more {
		e := m.renamed(i.Expr)
		at := slices.IndexFunc(have, func(h plan.Item) bool { return same(h.Expr, e) })
		if at < 0 {
			at = len(have)
			column := i.Column
			if r, ok := e.(*plan.ColumnRef); ok && i.PassesOn() {
				column = r.Column
			}
			have = append(have, plan.Item{Column: column, Expr: e})
		}
		m.columns[i.Column.ID] = &plan.ColumnRef{Column: have[at].Column}
	}
	return have
}

func (m *merging) aggregate(a, b *plan.Aggregate, inputs []plan.Node) (plan.Node, bool) {
	out := a.WithInputs(inputs).(*plan.Aggregate)
	if a.Sets != nil || b.Sets != nil || len(a.Groups) != len(b.Groups) || (a.Single == nil) != (b.Single == nil) {
		return nil, false
	}
	if groups := m.items(a.Groups, b.Groups); len(groups) != len(a.Groups) {
		return nil, false
	}
	out.Aggs = m.items(a.Aggs, b.Aggs)
	if a.Single == nil {
		return out, true
	}
	return out, len(out.Aggs) == len(a.Aggs) // what each is of one row stands beside it
}

// renumbering gives every column that a plan makes another number.
type renumbering struct {
	context *Context
	to      map[plan.ColumnID]plan.ColumnID
}

func (r *renumbering) id(from plan.ColumnID) plan.ColumnID {
	to, ok := r.to[from]
	if !ok {
		to = r.context.newColumn("", plan.Column{}.Type).ID
		r.to[from] = to
	}
	return to
}

func (r *renumbering) column(c plan.Column) plan.Column { c.ID = r.id(c.ID); return c }

// node takes the kinds of nodes that merge knows, without subqueries.
func (r *renumbering) node(n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		n = plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			if ref, ok := e.(*plan.ColumnRef); ok {
				return &plan.ColumnRef{Column: r.column(ref.Column)}
			}
			return e
		})
		if g, ok := n.(*plan.Governed); ok {
			out := *g
			out.Masked = make([]plan.ColumnID, len(g.Masked))
			for i, id := range g.Masked {
				out.Masked[i] = r.id(id)
			}
			return &out
		}
		return plan.WithColumns(n, r.column)
	})
}
