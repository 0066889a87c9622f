package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// AppliedMask is a rule of a policy that masks a column.
type AppliedMask struct {
	Policy *Policy
	Rule   Rule
}

// MasksOf gives the masks that policies put on a column, at most one of each policy:
// of its rules the first that fits the column holds. Whom they do not bind is not
// asked here. A global policy that domains may override gives way to their masks.
func (m *Mesh) MasksOf(t *Table, c *Column) []AppliedMask {
	var all []AppliedMask
	own := false
	for _, p := range m.Policies {
		for _, r := range m.rulesOf(p, t, c) {
			if r.Mask != "" {
				all, own = append(all, AppliedMask{Policy: p, Rule: r}), own || p.Domain != ""
				break
			}
		}
	}
	if !own {
		return all
	}
	return slices.DeleteFunc(all, func(a AppliedMask) bool { return a.Policy.Overridable() })
}

// rulesOf gives a policy's rules that fit a column.
func (m *Mesh) rulesOf(p *Policy, t *Table, c *Column) []Rule {
	if !m.Matches(p, t, c) {
		return nil
	}
	var all []Rule
	for _, r := range p.Rules {
		if len(r.When) == 0 || m.tagged(t, c, r.When) {
			all = append(all, r)
		}
	}
	return all
}

// Hides tells whether a policy hides a column altogether.
func (m *Mesh) Hides(p *Policy, t *Table, c *Column) bool {
	hides := func(r Rule) bool { return r.HideColumn }
	return slices.ContainsFunc(p.Rules, hides) && slices.ContainsFunc(m.rulesOf(p, t, c), hides)
}

// Withholds tells whether a policy lets a column be compared but not shown.
func (m *Mesh) Withholds(p *Policy, t *Table, c *Column) bool {
	withholds := func(r Rule) bool { return r.NoProject }
	return slices.ContainsFunc(p.Rules, withholds) && slices.ContainsFunc(m.rulesOf(p, t, c), withholds)
}

// RowFiltersOf gives the row filters that a policy puts on a table: those of every
// rule, where the policy matches the table itself or one of its columns. A global
// policy that domains may override gives way to their filters.
func (m *Mesh) RowFiltersOf(p *Policy, t *Table) []Rule {
	all := m.rowRules(p, t, isRowFilter)
	if len(all) > 0 && p.Overridable() && slices.ContainsFunc(m.Policies, func(other *Policy) bool {
		return other.Domain != "" && len(m.rowRules(other, t, isRowFilter)) > 0
	}) {
		return nil
	}
	return all
}

// AggregateOnlyOf gives the rules by which a policy lets a table be aggregated only.
func (m *Mesh) AggregateOnlyOf(p *Policy, t *Table) []Rule {
	return m.rowRules(p, t, func(r Rule) bool { return r.AggregateOnly != nil })
}

func isRowFilter(r Rule) bool { return r.RowFilter != "" }

// rowRules gives the rules of a kind that hold for a table because they fit one of its columns.
func (m *Mesh) rowRules(p *Policy, t *Table, kind func(Rule) bool) []Rule {
	var all []Rule
	for _, r := range p.Rules {
		if kind(r) && slices.ContainsFunc(t.Columns, func(c *Column) bool {
			return m.Matches(p, t, c) && (len(r.When) == 0 || m.tagged(t, c, r.When))
		}) {
			all = append(all, r)
		}
	}
	return all
}

// Overridable tells whether a domain's own rule takes the place of a global policy's.
func (p *Policy) Overridable() bool { return p.Domain == "" && p.DomainsMay == "override" }

// Matches tells whether a policy is about a column. Every field of its match must fit.
func (m *Mesh) Matches(p *Policy, t *Table, c *Column) bool {
	domain, match := t.Product.Domain.Name, p.Match
	switch {
	case p.Domain != "" && p.Domain != domain:
		return false
	case len(match.Products) > 0 && !slices.ContainsFunc(match.Products, func(name string) bool {
		return name == domain+"."+t.Product.Name || p.Domain != "" && name == t.Product.Name
	}):
		return false
	case len(match.Columns) > 0 && !slices.Contains(match.Columns, c.Name):
		return false
	case len(match.Tags) > 0 && !m.tagged(t, c, match.Tags):
		return false
	case match.AtLeastClassification != "" &&
		m.Tags.Rank(m.Classification(t, c)) < m.Tags.Rank(match.AtLeastClassification):
		return false
	}
	return true
}

// tagged tells whether a column, or the table it stands in, carries one of the tags or a child of it.
func (m *Mesh) tagged(t *Table, c *Column, tags []string) bool {
	for _, tag := range tags {
		is := func(has string) bool { return m.Tags.Is(has, tag) }
		if slices.ContainsFunc(c.Tags, is) || slices.ContainsFunc(t.Tags, is) {
			return true
		}
	}
	return false
}

// SameMask tells whether two rules hide values alike.
func (r Rule) SameMask(other Rule) bool {
	return r.Mask == other.Mask && (r.Mask == MaskNull || maps.Equal(r.MaskArgs(), other.MaskArgs()) && maps.Equal(r.Mapping, other.Mapping))
}

// MaskArgs are the arguments with what they are where nothing is written.
func (r Rule) MaskArgs() map[string]string {
	if r.Mask == MaskHash && r.Args["key"] == "" {
		return map[string]string{"key": "mesh"}
	}
	return r.Args
}

// Stronger tells whether a mask hides more than another, by the order of MaskKinds.
func (k MaskKind) Stronger(than MaskKind) bool {
	return slices.Index(MaskKinds, k) < slices.Index(MaskKinds, than)
}

// Constant gives the value of a constant mask in the canonical text form of a type;
// ok is false where it is no value of it.
func (r Rule) Constant(t pgtype.Type) (text string, ok bool) {
	text, err := pgtype.Canonical(t, r.Args["value"], pgtype.Settings{})
	return text, err == nil
}

// PartialFits tells whether part of a value of a type can be shown.
func PartialFits(t pgtype.Type) bool {
	switch t.OID {
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar:
		return true
	}
	return false
}

// leastHashed is how many characters of a hash must fit into a column's length, lest
// different values meet.
const leastHashed = 16

// HashFits tells whether values of a type can be replaced by a hash of the same type.
func HashFits(t pgtype.Type) bool {
	switch t.OID {
	case pgtype.Text, pgtype.Int4, pgtype.Int8, pgtype.UUID:
		return true
	case pgtype.Varchar, pgtype.Bpchar:
		return t.Mod < 0 || t.Mod-4 >= leastHashed // typmod counts its own four bytes
	}
	return false
}

// FullName is the product's name within the mesh.
func (p *Product) FullName() string { return strings.Join([]string{p.Domain.Name, p.Name}, ".") }
