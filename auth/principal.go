// Package auth decides what a principal may read and rewrites the plan so that nothing
// else can be read: every Scan becomes a Governed with the row filters and masks in
// force, or the statement is refused.
//
// In: a snapshot of the mesh, a principal, a bound query. Out: a Secured, which only
// this package can make and which is all the optimizer accepts, and a Decision for the
// audit. It knows no syntax (policy conditions are bound through PredicateBinder), no
// source and no engine. Whatever is not clearly allowed is refused.
package auth

import (
	"slices"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Principal is who asks, as one snapshot of the mesh knows them. The zero value may
// read nothing.
type Principal struct {
	User       string
	Groups     []string // all, those reached over other groups too, in order
	Attributes map[string]string
	Purpose    string // declared for the session; "": none
	Auditor    bool

	domain     string // set where a domain asks: its policies' lookups and its views
	governance bool   // the authors of global policies ask
	mesh       *catalog.Mesh
	grants     map[string][]*catalog.Grant // to this principal, by the product's full name
	now        func() time.Time
}

// Resolve gives a user of the mesh as a principal.
func Resolve(mesh *catalog.Mesh, user string) (Principal, error) {
	u, ok := mesh.User(user)
	if !ok {
		// The words PostgreSQL has for a role that was dropped after its login.
		return Principal{}, sqlstate.New(sqlstate.InvalidAuthorization, "role %q does not exist", user)
	}
	return principal(mesh, u), nil
}

// principal gathers what the mesh has on a user.
func principal(mesh *catalog.Mesh, u *catalog.User) Principal {
	who := Principal{
		User: u.Name, Groups: allGroups(mesh, u.Groups), Attributes: u.Attributes, Auditor: u.Auditor,
		mesh: mesh, grants: map[string][]*catalog.Grant{}, now: time.Now,
	}
	for _, g := range mesh.Grants {
		if who.among(g.Users, g.Groups) {
			product := g.Domain + "." + g.Product
			who.grants[product] = append(who.grants[product], g)
		}
	}
	return who
}

// WithPurpose gives the principal with a declared purpose: grants for another one do
// not count then.
func (who Principal) WithPurpose(purpose string) Principal {
	who.Purpose = purpose
	return who
}

// At gives the principal as of a moment, which decides whether grants are in force.
func (who Principal) At(moment time.Time) Principal {
	who.now = func() time.Time { return moment }
	return who
}

// WithClock gives the principal with the clock that decides whether grants are in force.
func (who Principal) WithClock(now func() time.Time) Principal {
	who.now = now
	return who
}

// Now is the principal's present.
func (who Principal) Now() time.Time {
	if who.now == nil {
		return time.Time{}
	}
	return who.now()
}

// allGroups follows memberships of groups in groups.
func allGroups(mesh *catalog.Mesh, direct []string) []string {
	seen := map[string]bool{}
	var follow func(names []string)
	follow = func(names []string) {
		for _, name := range names {
			if seen[name] {
				continue
			}
			seen[name] = true
			for _, g := range mesh.Groups {
				if g.Name == name {
					follow(g.Groups)
				}
			}
		}
	}
	follow(direct)
	all := make([]string, 0, len(seen))
	for name := range seen {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// among tells whether the principal is one of these users or in one of these groups.
func (who Principal) among(users, groups []string) bool {
	return slices.Contains(users, who.User) ||
		slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(who.Groups, g) })
}
