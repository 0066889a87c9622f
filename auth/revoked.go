package auth

import (
	"reflect"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// Revoked tells whether another snapshot of the mesh takes away anything a decision
// rested on: a table, a grant that opened it, an attribute that a condition read, a group;
// or adds a denying grant, or changes what policies say about the columns read. What
// only gives more is none of these. Both principals are the one user, under each
// snapshot. It needs no plan, so that a statement can be judged while it runs; where
// Secure would have to be asked to be sure, it says yes.
func Revoked(was, is Principal, d Decision) bool {
	if slices.ContainsFunc(was.Groups, func(g string) bool { return !slices.Contains(is.Groups, g) }) {
		return true
	}
	for name := range d.Attributes {
		before, had := was.Attributes[name]
		if now, has := is.Attributes[name]; had != has || before != now {
			return true
		}
	}
	return slices.ContainsFunc(d.Tables, func(t TableDecision) bool { return revokedOn(was, is, t) })
}

func revokedOn(was, is Principal, d TableDecision) bool {
	before, ok := tableAt(was.mesh, d.Address)
	if !ok { // of no domain: the audit
		return !reflect.DeepEqual(MayAudit(was), MayAudit(is))
	}
	after, ok := tableAt(is.mesh, d.Address)
	if !ok || after.Version != before.Version || (before.View == nil) != (after.View == nil) || !sameView(before.View, after.View) {
		return true
	}
	if grantsRevoked(grantsOn(was, before, d.Via != ""), grantsOn(is, after, d.Via != "")) {
		return true
	}
	columns := slices.Concat(d.Output, d.Predicate)
	return !reflect.DeepEqual(rulesOn(was.mesh, before, columns), rulesOn(is.mesh, after, columns)) ||
		!reflect.DeepEqual(releasesOf(before), releasesOf(after))
}

func tableAt(m *catalog.Mesh, address string) (*catalog.Table, bool) {
	if m == nil {
		return nil, false
	}
	return m.Table(parseAddress(address))
}

func sameView(a, b *catalog.View) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Query == b.Query && a.Invoker == b.Invoker
}

// grantsOn lists the grants on a table that count for a principal now, where they were
// written left out. What a policy looks up or a view is made of is read by some
// domain: then those to any domain count too.
func grantsOn(who Principal, t *catalog.Table, via bool) []catalog.Grant {
	var all []catalog.Grant
	for _, g := range who.mesh.Grants {
		to := who.among(g.Users, g.Groups) || via && len(g.Domains) > 0
		if to && g.Domain == t.Product.Domain.Name && g.Product == t.Product.Name && holds(g, t) && who.inForce(g) {
			all = append(all, g.Terms())
		}
	}
	return all
}

// grantsRevoked tells whether a grant that opens is gone or another, or one that denies is new.
func grantsRevoked(before, after []catalog.Grant) bool {
	among := func(g catalog.Grant, all []catalog.Grant) bool {
		return slices.ContainsFunc(all, func(o catalog.Grant) bool { return reflect.DeepEqual(g, o) })
	}
	return slices.ContainsFunc(before, func(g catalog.Grant) bool { return !g.Deny && !among(g, after) }) ||
		slices.ContainsFunc(after, func(g catalog.Grant) bool { return g.Deny && !among(g, before) })
}

// ruleOn is a rule of a policy with whom it binds, and what it is about.
type ruleOn struct {
	about  string // a column; "": rows
	policy string
	except catalog.Exception
	bypass catalog.Bypass
	rule   catalog.Rule
}

// rulesOn lists the rules that policies put on the rows and on some columns of a table.
func rulesOn(m *catalog.Mesh, t *catalog.Table, columns []string) []ruleOn {
	var all []ruleOn
	add := func(about string, p *catalog.Policy, rules ...catalog.Rule) {
		for _, r := range rules {
			r.Position = ""
			all = append(all, ruleOn{about, p.ID, p.Except, p.Bypass, r})
		}
	}
	for _, p := range m.Policies {
		add("", p, m.RowFiltersOf(p, t)...)
		add("", p, m.AggregateOnlyOf(p, t)...)
	}
	for _, c := range t.Columns {
		if !slices.Contains(columns, c.Name) {
			continue
		}
		for _, mask := range m.MasksOf(t, c) {
			add(c.Name, mask.Policy, mask.Rule)
		}
		for _, p := range m.Policies {
			if m.Hides(p, t, c) {
				add(c.Name, p, catalog.Rule{HideColumn: true})
			}
			if m.Withholds(p, t, c) {
				add(c.Name, p, catalog.Rule{NoProject: true})
			}
		}
	}
	return all
}

// releasesOf lists what the domain of a table lets go of it.
func releasesOf(t *catalog.Table) []catalog.Release {
	var all []catalog.Release
	for _, r := range t.Product.Domain.Releases {
		if r.Product == t.Product.Name {
			r.Position, r.Reason = "", ""
			all = append(all, r)
		}
	}
	return all
}
