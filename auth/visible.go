package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Visible gives the table behind an address if the principal has a grant on it. One
// that is not granted answers as one that does not exist, unless the mesh allows
// discovery. Owners are no exception: they grant to their own group.
func Visible(who Principal, a catalog.Address) (*catalog.Table, error) {
	if who.mesh == nil {
		return nil, missing(a)
	}
	t, ok := who.mesh.Table(a)
	switch {
	case !ok:
		return nil, missing(a)
	case who.accessTo(t).visible():
		return t, nil
	case who.mesh.Settings.Discovery:
		return nil, notGranted(a, t)
	}
	return nil, missing(a)
}

// Tables lists the addresses a principal may read, in order, for catalog queries.
func Tables(who Principal) []catalog.Address {
	if who.mesh == nil {
		return nil
	}
	var all []catalog.Address
	for _, a := range who.mesh.Addresses() {
		if t, ok := who.mesh.Table(a); ok && who.accessTo(t).visible() {
			all = append(all, a)
		}
	}
	return all
}

// ColumnVisible tells whether a principal may read a column of a table (its values may be masked).
func ColumnVisible(who Principal, t *catalog.Table, column string) bool {
	a := who.accessTo(t)
	i := slices.IndexFunc(t.Columns, func(c *catalog.Column) bool { return c.Name == column })
	return a.visible() && a.columnVisible(column) && i >= 0 && !Hidden(who, t, t.Columns[i])
}

func missing(a catalog.Address) *sqlstate.Error {
	return sqlstate.New(sqlstate.UndefinedTable, "relation \"%s.%s\" does not exist", a.Schema, a.Name)
}

func notGranted(a catalog.Address, t *catalog.Table) *sqlstate.Error {
	e := sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for table %s", a.Name)
	owner := t.Product.Owner
	if owner == "" {
		owner = t.Product.Domain.Owner
	}
	if owner == "" {
		return e.WithHint("Ask the owners of domain %s for a grant on %s.", a.Schema, t.Product.FullName())
	}
	return e.WithHint("Ask %s for a grant on %s.", owner, t.Product.FullName())
}
