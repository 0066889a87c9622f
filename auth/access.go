package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
)

// access is what the grants in force give a principal on one table.
type access struct {
	open []*catalog.Grant
	deny []*catalog.Grant
}

// accessTo gathers the grants in force. A grant that cannot be judged does not open,
// and closes if it denies.
func (who Principal) accessTo(t *catalog.Table) access {
	var a access
	if who.owns(t) {
		return access{open: []*catalog.Grant{{ID: who.User, Domain: t.Product.Domain.Name, Product: t.Product.Name}}}
	}
	for _, g := range who.grants[t.Product.FullName()] {
		if !holds(g, t) || !who.inForce(g) {
			continue
		}
		switch {
		case g.Deny:
			a.deny = append(a.deny, g)
		case who.Purpose == "" || g.Purpose == "" || g.Purpose == who.Purpose:
			a.open = append(a.open, g)
		}
	}
	return a
}

// holds tells whether a grant is about a table's version.
func holds(g *catalog.Grant, t *catalog.Table) bool {
	versions, err := catalog.ParseVersionRange(g.Versions)
	if err != nil {
		return g.Deny
	}
	v, err := catalog.ParseVersion(t.Version)
	if err != nil {
		return g.Deny
	}
	return versions.Holds(v)
}

func (who Principal) inForce(g *catalog.Grant) bool {
	now := who.now()
	return !now.Before(g.NotBefore) && (g.Expires.IsZero() || now.Before(g.Expires))
}

// visible tells whether the table exists for the principal.
func (a access) visible() bool {
	return len(a.open) > 0 && !slices.ContainsFunc(a.deny, func(g *catalog.Grant) bool {
		return len(g.Columns) == 0 && g.RowFilter == ""
	})
}

// denied tells whether a grant closes a column.
func (a access) denied(column string) bool {
	return slices.ContainsFunc(a.deny, func(g *catalog.Grant) bool { return slices.Contains(g.Columns, column) })
}

// covers tells whether a grant opens all of these columns.
func covers(g *catalog.Grant, columns []string) bool {
	return len(g.Columns) == 0 || !slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(g.Columns, c) })
}

// columnVisible tells whether any grant opens a column and none closes it.
func (a access) columnVisible(column string) bool {
	return !a.denied(column) && slices.ContainsFunc(a.open, func(g *catalog.Grant) bool { return covers(g, []string{column}) })
}
