package meshdir

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// checkComposition holds a domain's policy to what the global ones leave to domains:
//
//	nothing   no rule of a domain on what the policy masks, hides, withholds or filters
//	tighten   more rules, and stronger ones; a weaker mask is an error, since it would never hold
//	override  any rule, in place of the policy's own
func (l *loader) checkComposition(own *catalog.Policy, t *catalog.Table) {
	for _, global := range l.mesh.Policies {
		if global.Domain != "" || global.DomainsMay == "override" {
			continue
		}
		if global.DomainsMay == "nothing" {
			l.checkReserved(global, own, t)
		} else {
			l.checkWeaker(global, own, t)
		}
	}
}

// checkReserved refuses a domain's rules beside those of a policy that leaves nothing to domains.
func (l *loader) checkReserved(global, own *catalog.Policy, t *catalog.Table) {
	if theirs, ours := l.mesh.RowFiltersOf(global, t), l.mesh.RowFiltersOf(own, t); len(theirs) > 0 && len(ours) > 0 {
		l.reportAt(Error, ours[0].Position, "policy %s filters the rows of %s, which policy %s leaves to no domain", own.ID, t.Object, global.ID)
	}
	for _, c := range t.Columns {
		if ours := l.columnRule(own, t, c); l.columnRule(global, t, c) != nil && ours != nil {
			l.reportAt(Error, ours.Position, "policy %s masks column %s, which policy %s leaves to no domain", own.ID, c.Name, global.ID)
		}
	}
}

// columnRule gives a policy's first rule about a column that is no row filter; nil: none.
func (l *loader) columnRule(p *catalog.Policy, t *catalog.Table, c *catalog.Column) *catalog.Rule {
	if !l.mesh.Matches(p, t, c) {
		return nil
	}
	for _, m := range l.mesh.MasksOf(t, c) {
		if m.Policy == p {
			return &m.Rule
		}
	}
	if !l.mesh.Hides(p, t, c) && !l.mesh.Withholds(p, t, c) {
		return nil
	}
	i := slices.IndexFunc(p.Rules, func(r catalog.Rule) bool { return r.HideColumn || r.NoProject })
	return &p.Rules[i]
}

// checkWeaker refuses a domain's mask that is weaker than a global one which binds
// everybody: it would never hold. Where the global policy excepts somebody, a weaker
// mask for them is stricter than none.
func (l *loader) checkWeaker(global, own *catalog.Policy, t *catalog.Table) {
	if exceptsSomebody(global) {
		return
	}
	for _, c := range t.Columns {
		var theirs, ours *catalog.AppliedMask
		for _, m := range l.mesh.MasksOf(t, c) {
			switch m.Policy {
			case global:
				theirs = &m
			case own:
				ours = &m
			}
		}
		if theirs != nil && ours != nil && theirs.Rule.Mask.Stronger(ours.Rule.Mask) {
			l.reportAt(Error, ours.Rule.Position, "policy %s weakens policy %s: mask %s on column %s is weaker than %s",
				own.ID, global.ID, ours.Rule.Mask, c.Name, theirs.Rule.Mask)
		}
	}
}

func exceptsSomebody(p *catalog.Policy) bool {
	e := p.Except
	return len(e.Users)+len(e.Groups)+len(e.Roles)+len(e.Purposes)+len(e.Domains)+len(p.Bypass.Users)+len(p.Bypass.Groups) > 0
}

// checkAggregateOnly checks the columns that rules about groups name.
func (l *loader) checkAggregateOnly(t *catalog.Table) {
	for _, p := range l.mesh.Policies {
		for _, r := range l.mesh.AggregateOnlyOf(p, t) {
			named := r.AggregateOnly.Dimensions
			if r.AggregateOnly.Of != "" {
				named = append(slices.Clone(named), r.AggregateOnly.Of)
			}
			for _, name := range named {
				if columnIndex(t, name) < 0 {
					l.reportAt(Error, r.Position, "aggregateOnly of policy %s names column %q, which %s does not have", p.ID, name, t.Object)
				}
			}
		}
	}
}

// checkDomains checks the domains that grants and policies name, once all are read. One
// that has gone opens nothing, and its going must not stop those who named it.
func (l *loader) checkDomains() {
	known := map[string]bool{}
	for _, name := range l.directories("domains") {
		known[name] = true
	}
	for _, g := range l.mesh.Grants {
		for _, name := range g.Domains {
			if !known[name] {
				l.reportAt(Warning, g.Position, "grant %s is to domain %q, which is not there", g.ID, name)
			}
		}
	}
	for _, p := range l.mesh.Policies {
		for _, name := range p.Except.Domains {
			if !known[name] {
				l.reportAt(Warning, p.Position, "policy %s excepts domain %q, which is not there", p.ID, name)
			}
		}
	}
}
