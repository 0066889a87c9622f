package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// exempt tells whether a policy does not bind the principal for these columns in these
// scopes. Users and groups are exempt everywhere. A role or purpose comes from a grant
// and reaches as far as that grant: it must open the columns in every scope, or it
// would lift the policy for rows and columns it says nothing of. A purpose must have
// been declared for the session too.
func (who Principal) exempt(p *catalog.Policy, scopes []scope, columns []string) bool {
	if who.among(p.Except.Users, p.Except.Groups) {
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
