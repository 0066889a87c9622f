package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// binds tells whether a policy binds the principal for these columns of a table. A
// bypass goes on record.
func (g *governing) binds(p *catalog.Policy, columns []string) bool {
	return g.bindsReader(g.who, p, g.scopes, columns)
}

// bindsReader is binds for a principal who is not the one that reads, but for whom a
// derived product is read.
func (g *governing) bindsReader(who Principal, p *catalog.Policy, scopes []scope, columns []string) bool {
	if who.owns(g.table) || who.exempt(p, scopes, columns) {
		return false
	}
	if !who.among(p.Bypass.Users, p.Bypass.Groups) {
		return true
	}
	used := Bypassed{Policy: p.ID, Reason: p.Bypass.Reason}
	if !slices.Contains(g.decision.Bypassed, used) {
		g.decision.Bypassed = append(g.decision.Bypassed, used)
	}
	return false
}

// exempt tells whether a policy does not bind the principal for these columns in these
// scopes. Users and groups are exempt everywhere. A role or purpose comes from a grant
// and reaches as far as that grant: it must open the columns in every scope, or it
// would lift the policy for rows and columns it says nothing of. A purpose must have
// been declared for the session too.
func (who Principal) exempt(p *catalog.Policy, scopes []scope, columns []string) bool {
	if who.among(p.Except.Users, p.Except.Groups) || who.domain != "" && slices.Contains(p.Except.Domains, who.domain) {
		return true
	}
	lifts := func(g *catalog.Grant) bool {
		return covers(g, columns) && (g.Role != "" && slices.Contains(p.Except.Roles, g.Role) ||
			who.Purpose != "" && g.Purpose == who.Purpose && slices.Contains(p.Except.Purposes, g.Purpose))
	}
	return len(scopes) > 0 && !slices.ContainsFunc(scopes, func(s scope) bool {
		return !slices.ContainsFunc(s.grants, lifts)
	})
}
