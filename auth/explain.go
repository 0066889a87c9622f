package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Access is what a principal may do with a table, and why.
type Access struct {
	Table   string // address
	Version string
	Visible bool
	Until   time.Time // when the last of the grants that open it ends; zero: one never does
	Grants  []GrantAccess
	Rows    []RowAccess
	Columns []ColumnAccess
}

// GrantAccess is a grant to the principal and what becomes of it.
type GrantAccess struct{ ID, State string }

// RowAccess is something that decides on rows.
type RowAccess struct {
	Kind   string // scope, deny, filter, aggregate only, view
	Source string // the id of the grant or policy
	// Condition is its text: for those who may read policies, not for every reader.
	Condition string
	Reason    string
}

// ColumnAccess is what the principal sees of a column.
type ColumnAccess struct {
	Column string
	State  string // visible, masked, withheld, hidden, denied
	Mask   catalog.MaskKind
	Policy string
	Grants []string // that open it
	Reason string
	// Detail is what a mask is told by: for those who may read policies.
	Detail string
}

// Explain says why a principal sees of a table what it sees, a column by itself. It
// decides nothing: Secure does, by the same functions.
func Explain(who Principal, t *catalog.Table, binder PredicateBinder) (Access, error) {
	out := Access{Table: addressText(t), Version: t.Version}
	if who.mesh == nil {
		return out, nil
	}
	a := who.accessTo(t)
	out.Visible, out.Grants, out.Until = a.visible(), who.explainGrants(t), a.until()
	s := &securing{
		ctx: context.Background(), who: who, binder: binder, decision: who.decision(), next: plan.ColumnID(len(t.Columns) + 1),
		uses: map[plan.ColumnID]*restriction{}, limits: map[plan.ColumnID]*limited{},
	}
	g := &governing{securing: s, table: t, access: a}
	out.Rows = g.explainRows()
	for _, c := range t.Columns {
		column, err := g.explainColumn(c)
		if err != nil {
			return out, err
		}
		out.Columns = append(out.Columns, column)
	}
	return out, nil
}

// until is when the last grant that opens ends; the zero time where one never does.
func (a access) until() (last time.Time) {
	for _, g := range a.open {
		if g.Expires.IsZero() {
			return time.Time{}
		}
		if g.Expires.After(last) {
			last = g.Expires
		}
	}
	return last
}

// explainGrants lists the grants on a table's product to the principal.
func (who Principal) explainGrants(t *catalog.Table) []GrantAccess {
	var all []GrantAccess
	for _, g := range who.grants[t.Product.FullName()] {
		state, now := "in force", who.now()
		switch {
		case !holds(g, t):
			state = "for other versions: " + g.Versions
		case now.Before(g.NotBefore):
			state = "not before " + g.NotBefore.UTC().Format(time.RFC3339)
		case !g.Expires.IsZero() && !now.Before(g.Expires):
			state = "expired " + g.Expires.UTC().Format(time.RFC3339)
		case g.Deny && len(g.Columns) == 0 && g.RowFilter == "":
			state = "denies everything"
		case g.Deny && len(g.Columns) > 0:
			state = "denies columns " + strings.Join(g.Columns, ", ")
		case g.Deny:
			state = "denies rows"
		case who.Purpose != "" && g.Purpose != "" && g.Purpose != who.Purpose:
			state = "for another purpose: " + g.Purpose
		case g.Role != "":
			state += ", role " + g.Role
		}
		all = append(all, GrantAccess{ID: g.ID, State: state})
	}
	return all
}

func (g *governing) explainRows() []RowAccess {
	var all []RowAccess
	if g.table.View != nil {
		rights := "the rights of domain " + g.table.Product.Domain.Name
		if g.table.View.Invoker {
			rights = "the reader's own rights"
		}
		all = append(all, RowAccess{Kind: "view", Source: addressText(g.table), Condition: g.table.View.Query, Reason: "derived with " + rights})
	}
	for _, s := range g.access.allScopes() {
		ids := make([]string, len(s.grants))
		for i, grant := range s.grants {
			ids[i] = grant.ID
		}
		reason := "all rows"
		if s.filter != "" {
			reason = "the rows for which its condition is true"
		}
		all = append(all, RowAccess{Kind: "scope", Source: strings.Join(ids, ", "), Condition: s.filter, Reason: reason})
	}
	for _, grant := range g.access.deny {
		if grant.RowFilter != "" {
			all = append(all, RowAccess{Kind: "deny", Source: grant.ID, Condition: grant.RowFilter, Reason: "only rows for which its condition is false"})
		}
	}
	for _, p := range g.who.mesh.Policies {
		for _, r := range g.who.mesh.RowFiltersOf(p, g.table) {
			all = append(all, RowAccess{Kind: "filter", Source: p.ID, Condition: r.RowFilter, Reason: g.whyBound(p, g.access.allScopes(), nil)})
		}
		for _, r := range g.who.mesh.AggregateOnlyOf(p, g.table) {
			text := fmt.Sprintf("groups of at least %d", r.AggregateOnly.MinGroup)
			if r.AggregateOnly.Of != "" {
				text += " different " + r.AggregateOnly.Of
			}
			all = append(all, RowAccess{Kind: "aggregate only", Source: p.ID, Condition: text, Reason: g.whyBound(p, g.access.allScopes(), nil)})
		}
	}
	return append(all, g.explainInputs()...)
}

// whyBound says whether a policy binds the principal.
func (g *governing) whyBound(p *catalog.Policy, scopes []scope, columns []string) string {
	switch why := g.who.exemption(p, scopes, columns); {
	case g.who.owns(g.table):
		return "does not bind: " + g.who.User + " owns the product"
	case why != "":
		return "does not bind: it " + why
	case g.who.among(p.Bypass.Users, p.Bypass.Groups):
		return "bypassed: " + p.Bypass.Reason
	}
	return "binds"
}

func (g *governing) explainColumn(c *catalog.Column) (ColumnAccess, error) {
	out := ColumnAccess{Column: c.Name}
	scopes := g.access.showing(c.Name)
	for _, grant := range g.access.open {
		if covers(grant, []string{c.Name}) {
			out.Grants = append(out.Grants, grant.ID)
		}
	}
	switch deny := g.deniedBy(c.Name); {
	case deny != "":
		out.State, out.Reason = "denied", "grant "+deny+" denies it"
		return out, nil
	case len(out.Grants) == 0:
		out.State, out.Reason = "denied", "no grant opens it"
		return out, nil
	}
	if !g.who.owns(g.table) {
		if p, hidden := g.who.hiddenBy(g.table, c); hidden {
			out.State, out.Policy, out.Reason = "hidden", p.ID, "policy "+p.ID+" hides it"
			return out, nil
		}
	}
	masks, err := g.masksOn(g.who, g.table, c, scopes)
	if err != nil {
		return out, err
	}
	out.State = "visible"
	if len(masks) > 0 {
		g.explainMask(&out, strongest(masks), c)
	} else if g.table.View != nil && g.table.View.Invoker {
		g.explainHandedOn(&out, c)
	}
	reasons := g.liftedPolicies(c, scopes)
	for _, p := range g.who.mesh.Policies {
		if g.who.mesh.Withholds(p, g.table, c) && g.who.isBound(p, g.table, c.Name) {
			out.State, out.Policy = "withheld", p.ID
			reasons = append([]string{"policy " + p.ID + " lets it be compared and aggregated only"}, reasons...)
		}
	}
	if out.Reason == "" && len(reasons) == 0 {
		reasons = []string{"no policy is about it"}
	}
	if out.Reason != "" {
		reasons = append([]string{out.Reason}, reasons...)
	}
	out.Reason = strings.Join(reasons, "; ")
	return out, nil
}

func (g *governing) explainMask(out *ColumnAccess, m boundMask, c *catalog.Column) {
	out.State, out.Mask, out.Policy = "masked", carriedAs(m.rule, c), m.policy.ID
	out.Reason = "policy " + m.policy.ID + " masks it"
	if m.table != g.table {
		out.Reason += ", carried over from " + addressText(m.table)
	}
	if m.rule.RefusePredicate {
		out.Reason += ", and refuses conditions on it"
	}
	var args []string
	for _, name := range []string{"value", "key", "keep", "first", "last", "to", "bucket", "expression"} {
		if v, ok := m.rule.Args[name]; ok {
			args = append(args, name+": "+v)
		}
	}
	if m.rule.Mapping != nil {
		args = append(args, fmt.Sprintf("map of %d values", len(m.rule.Mapping)))
	}
	out.Detail = strings.Join(args, ", ")
}

// carriedAs is the kind a mask comes to on a column of its type.
func carriedAs(r catalog.Rule, c *catalog.Column) catalog.MaskKind {
	switch {
	case r.Mask == catalog.MaskHash && !catalog.HashFits(c.Type), r.Mask == catalog.MaskPartial && !catalog.PartialFits(c.Type),
		r.Mask == catalog.MaskGeneralise && !r.GeneraliseFits(c.Type):
		return catalog.MaskNull
	}
	return r.Mask
}

// liftedPolicies says which policies about a column do not bind, and why.
func (g *governing) liftedPolicies(c *catalog.Column, scopes []scope) []string {
	var all []string
	for _, p := range g.who.mesh.Policies {
		about := g.who.mesh.Hides(p, g.table, c) || g.who.mesh.Withholds(p, g.table, c) ||
			slices.ContainsFunc(g.who.mesh.MasksOf(g.table, c), func(m catalog.AppliedMask) bool { return m.Policy == p })
		if !about {
			continue
		}
		if why := g.whyBound(p, scopes, []string{c.Name}); why != "binds" {
			all = append(all, "policy "+p.ID+" "+why)
		}
	}
	return all
}

func (g *governing) deniedBy(column string) string {
	for _, grant := range g.access.deny {
		if slices.Contains(grant.Columns, column) || len(grant.Columns) == 0 && grant.RowFilter == "" {
			return grant.ID
		}
	}
	return ""
}
