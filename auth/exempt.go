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
// scopes.
func (who Principal) exempt(p *catalog.Policy, scopes []scope, columns []string) bool {
	return who.exemption(p, scopes, columns) != ""
}

// exemption says why a policy does not bind the principal; "": it does. Users, groups
// and domains are exempt everywhere. A role or purpose comes from a grant and reaches as
// far as that grant: it must open the columns in every scope, or it would lift the
// policy for rows and columns it says nothing of. A purpose must have been declared for
// the session too.
func (who Principal) exemption(p *catalog.Policy, scopes []scope, columns []string) string {
	if slices.Contains(p.Except.Users, who.User) {
		return "excepts user " + who.User
	}
	for _, g := range p.Except.Groups {
		if slices.Contains(who.Groups, g) {
			return "excepts group " + g
		}
	}
	if who.domain != "" && slices.Contains(p.Except.Domains, who.domain) {
		return "excepts domain " + who.domain
	}
	why := ""
	lifts := func(g *catalog.Grant) bool {
		switch {
		case !covers(g, columns):
			return false
		case g.Role != "" && slices.Contains(p.Except.Roles, g.Role):
			why = "excepts role " + g.Role + " of grant " + g.ID
		case who.Purpose != "" && g.Purpose == who.Purpose && slices.Contains(p.Except.Purposes, g.Purpose):
			why = "excepts purpose " + g.Purpose + " of grant " + g.ID
		default:
			return false
		}
		return true
	}
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s scope) bool { return !slices.ContainsFunc(s.grants, lifts) }) {
		return ""
	}
	return why
}
