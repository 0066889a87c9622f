package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// explainInputs says what decides on the rows of a derived product beside its own rules:
// those of what it is made of, as far as they reach its reader.
func (g *governing) explainInputs() []RowAccess {
	var all []RowAccess
	g.inputRows(g.table, nil, &all)
	return all
}

// inputRows adds the rules on the inputs of one table; trail are those it is an input of.
func (g *governing) inputRows(t *catalog.Table, trail []*catalog.Table, all *[]RowAccess) {
	if t.View == nil || slices.Contains(trail, t) {
		return
	}
	reader := g.author(t.Product.Domain.Name)
	if t.View.Invoker {
		reader = g.who
	}
	q, _, err := g.binder.BindView(t, reader, g.next)
	if err != nil {
		reason := "it cannot be applied, so nobody reads it; sluice check says why"
		if t.View.Invoker {
			reason = "it cannot be read with the reader's own rights: " + sqlstate.From(err).Message
		}
		*all = append(*all, RowAccess{Kind: "view", Source: addressText(t), Reason: reason})
		return
	}
	plan.Walk(q.Root, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok && s.Table.Product != nil {
			g.rulesOnInput(s.Table, t, all)
			g.inputRows(s.Table, append(slices.Clone(trail), t), all)
		}
		return true
	})
}

// rulesOnInput adds the rules on one input of a derived product.
func (g *governing) rulesOnInput(t, derived *catalog.Table, all *[]RowAccess) {
	add := func(row RowAccess) {
		if !slices.Contains(*all, row) {
			*all = append(*all, row)
		}
	}
	in := &governing{securing: g.securing, table: t, access: g.who.accessTo(t)}
	if derived.View.Invoker {
		for _, s := range in.access.allScopes() {
			if s.filter != "" {
				add(RowAccess{Kind: "scope", Source: s.grants[len(s.grants)-1].ID, Condition: s.filter, Reason: "the rows for which its condition is true, of " + addressText(t)})
			}
		}
	}
	for _, p := range g.who.mesh.Policies {
		for _, r := range g.who.mesh.RowFiltersOf(p, t) {
			reason := in.whyBound(p, in.access.allScopes(), nil)
			if !derived.View.Invoker && released(p, t, nil, derived) {
				reason = "does not bind: domain " + t.Product.Domain.Name + " releases " + derived.Product.FullName() + " from it"
			}
			add(RowAccess{Kind: "filter", Source: p.ID, Condition: r.RowFilter, Reason: reason + ", carried over from " + addressText(t)})
		}
	}
}

// explainHandedOn says of a column of a view that is read by its reader's own rights what
// becomes of it below: masks there apply before the view does.
func (g *governing) explainHandedOn(out *ColumnAccess, c *catalog.Column) {
	if slices.Contains(g.carrying, g.table) {
		return
	}
	q, next, err := g.binder.BindView(g.table, g.who, g.next)
	if err == nil {
		g.next = max(g.next, next)
		_, err = g.inner(g.who, "").secure(q)
	}
	if err != nil {
		out.State, out.Reason = "denied", "the view cannot be read with the reader's own rights: "+sqlstate.From(err).Message
		return
	}
	for _, in := range inputsOf(q, c.Name) {
		if in.table.Product == nil {
			continue
		}
		below := &governing{securing: g.securing, table: in.table, access: g.who.accessTo(in.table), carrying: append(slices.Clone(g.carrying), g.table)}
		at, err := below.explainColumn(in.column)
		if err != nil || at.State == "visible" || in.counted && !in.shown() && at.State == "withheld" {
			continue
		}
		from := " of " + addressText(in.table) + "." + in.column.Name
		switch {
		case at.State == "denied" || at.State == "hidden":
			out.State, out.Reason = "denied", at.Reason+from
			return
		case in.unchanged():
			out.State, out.Mask, out.Policy, out.Detail, out.Reason = at.State, at.Mask, at.Policy, at.Detail, at.Reason+from
		default:
			out.State, out.Mask, out.Policy, out.Reason = at.State, at.Mask, at.Policy, "it is computed from what is "+at.State+": "+at.Reason+from
		}
	}
}
