package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// boundMask is a mask that binds a principal on a column: a rule of a policy, and the
// table it fits, which for a derived product is one of those it is made of.
type boundMask struct {
	policy *catalog.Policy
	rule   catalog.Rule
	table  *catalog.Table
}

// masksOn gives the masks that bind a principal on a column: those that policies put on
// it and, for a derived product that its definer reads, those that carry over from the
// columns it is made of:
//
//	handed on unchanged   the same mask
//	computed              NULL: what would be left of a mask is not known
//
// A column that is hidden below, or may not be shown, is NULL here too.
func (g *governing) masksOn(who Principal, t *catalog.Table, c *catalog.Column, scopes []scope) ([]boundMask, error) {
	if who.owns(t) {
		return nil, nil
	}
	var all []boundMask
	for _, m := range who.mesh.MasksOf(t, c) {
		if g.bindsOn(who, m.Policy, t, scopes, c.Name) {
			all = append(all, boundMask{policy: m.Policy, rule: m.Rule, table: t})
		}
	}
	if t.View == nil || t.View.Invoker {
		return all, nil
	}
	carried, err := g.carried(who, t, c)
	return append(all, carried...), err
}

func (g *governing) bindsOn(who Principal, p *catalog.Policy, t *catalog.Table, scopes []scope, column string) bool {
	if t == g.table {
		return g.bindsReader(who, p, scopes, []string{column})
	}
	return who.isBound(p, t, column)
}

// carried gives the masks of the inputs of a derived column.
func (g *governing) carried(who Principal, t *catalog.Table, c *catalog.Column) ([]boundMask, error) {
	if slices.Contains(g.carrying, t) {
		return nil, recursion(t)
	}
	g.carrying = append(g.carrying, t)
	defer func() { g.carrying = g.carrying[:len(g.carrying)-1] }()
	inputs, err := g.inputsOf(t, c.Name)
	if err != nil {
		return nil, err
	}
	var all []boundMask
	for _, in := range inputs {
		masks, err := g.carriedFrom(who, in, t)
		if err != nil {
			return nil, err
		}
		for _, m := range masks {
			if !in.unchanged() {
				m.rule = catalog.Rule{Mask: catalog.MaskNull, RefusePredicate: m.rule.RefusePredicate}
			}
			all = append(all, m)
		}
	}
	return all, nil
}

// carriedFrom gives the masks on one input that its domain has not released.
func (g *governing) carriedFrom(who Principal, in input, derived *catalog.Table) ([]boundMask, error) {
	masks, err := g.masksOn(who, in.table, in.column, who.accessTo(in.table).showing(in.column.Name))
	if err != nil {
		return nil, err
	}
	for _, p := range who.mesh.Policies {
		if (who.mesh.Hides(p, in.table, in.column) || who.mesh.Withholds(p, in.table, in.column)) && who.isBound(p, in.table, in.column.Name) {
			masks = append(masks, boundMask{policy: p, rule: catalog.Rule{Mask: catalog.MaskNull}, table: in.table})
		}
	}
	return slices.DeleteFunc(masks, func(m boundMask) bool {
		return released(m.policy, in.table, []string{in.column.Name}, derived)
	}), nil
}

// fragile refuses a view that computes something which can fail from a column that the
// reader sees masked or not at all: the text of an error quotes values.
func (g *governing) fragile(q plan.Query) error {
	uses := map[plan.ColumnID]*restriction{}
	var failed error
	plan.Walk(q.Root, func(n plan.Node) bool {
		s, ok := n.(*plan.Scan)
		if !ok {
			return failed == nil
		}
		for i, column := range s.Cols {
			c := s.Table.Columns[s.Ordinals[i]]
			masks, err := g.carriedFrom(g.who, input{table: s.Table, column: c}, g.table)
			if err != nil {
				failed = err
			} else if len(masks) > 0 {
				uses[column.ID] = &restriction{noProject: masks[0].policy.ID, column: c.Name, table: addressText(s.Table)}
			}
		}
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	return fragility(q, uses)
}

// protector gives a policy that masks, hides or withholds a column of an input from
// some readers of a derived product.
func protector(m *catalog.Mesh, t *catalog.Table, c *catalog.Column, derived *catalog.Table) *catalog.Policy {
	masks := m.MasksOf(t, c)
	for _, p := range m.Policies {
		about := m.Hides(p, t, c) || m.Withholds(p, t, c) || slices.ContainsFunc(masks, func(a catalog.AppliedMask) bool { return a.Policy == p })
		if about && !released(p, t, []string{c.Name}, derived) {
			return p
		}
	}
	return nil
}

// released tells whether the domain of a table lets a derived product go without one
// of the policies on it, for these columns. A global policy is not a domain's to lift,
// unless it says so.
func released(p *catalog.Policy, t *catalog.Table, columns []string, derived *catalog.Table) bool {
	if derived == nil || p.Domain == "" && !p.Overridable() {
		return false
	}
	return slices.ContainsFunc(t.Product.Domain.Releases, func(r catalog.Release) bool {
		return r.Product == t.Product.Name && slices.Contains(r.To, derived.Product.FullName()) &&
			(slices.Contains(r.Policies, p.ID) || len(r.Policies) == 0 && p.Domain != "") &&
			(len(r.Columns) == 0 || !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(r.Columns, c) }))
	})
}
