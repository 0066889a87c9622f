package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// Identity is who has logged in, with what the proof said besides the name.
type Identity struct {
	User   string
	Groups []string // joined to those the mesh gives the user, for one session
	Admit  bool     // a user the mesh does not know is one without attributes
}

// Identify gives who has logged in as a principal.
func Identify(mesh *catalog.Mesh, id Identity) (Principal, error) {
	u, known := mesh.User(id.User)
	switch {
	case !known && !id.Admit:
		return Resolve(mesh, id.User) // and its error
	case !known:
		u = &catalog.User{Name: id.User}
	}
	if len(id.Groups) > 0 {
		with := *u
		with.Groups = append(slices.Clone(u.Groups), id.Groups...)
		u = &with
	}
	return principal(mesh, u), nil
}
