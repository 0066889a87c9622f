package auth

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// scope is the rows that some grants open, with the columns they open there. Grants
// with the same row filter make one scope; those without open their columns in every
// scope, since they hold for every row.
type scope struct {
	filter string // "": all rows
	grants []*catalog.Grant
}

// scopes gives the scopes that open every column read, in the order of grants. Rows are
// the OR over them. A scope that opens only some of the columns does not take part:
// otherwise its rows would show cells that no grant opens.
func (a access) scopes(t *catalog.Table, read []string) ([]scope, error) {
	for _, column := range read {
		if !a.columnVisible(column) {
			return nil, columnDenied(t, column)
		}
	}
	var found []scope
	for _, s := range a.allScopes() {
		if !s.covers(read) {
			continue
		}
		if s.filter == "" {
			return []scope{s}, nil // all rows: nothing to OR
		}
		found = append(found, s)
	}
	if len(found) == 0 {
		return nil, sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for table %s", t.Address().Name).
			WithDetail("No grant opens the columns read together: %s.", strings.Join(read, ", "))
	}
	return found, nil
}

// allScopes groups the grants, the scope of all rows first.
func (a access) allScopes() []scope {
	var everywhere []*catalog.Grant
	for _, g := range a.open {
		if g.RowFilter == "" {
			everywhere = append(everywhere, g)
		}
	}
	var all []scope
	if len(everywhere) > 0 {
		all = append(all, scope{grants: everywhere})
	}
	for _, g := range a.open {
		if g.RowFilter == "" {
			continue
		}
		i := slices.IndexFunc(all, func(s scope) bool { return s.filter == g.RowFilter })
		if i < 0 {
			all = append(all, scope{filter: g.RowFilter, grants: slices.Clone(everywhere)})
			i = len(all) - 1
		}
		all[i].grants = append(all[i].grants, g)
	}
	return all
}

// covers tells whether the grants of a scope together open all of these columns.
func (s scope) covers(columns []string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool {
		return !slices.ContainsFunc(s.grants, func(g *catalog.Grant) bool { return covers(g, []string{c}) })
	})
}

func columnDenied(t *catalog.Table, column string) *sqlstate.Error {
	e := sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for column %s of table %s", column, t.Address().Name)
	e.Schema, e.Table, e.Column = t.Address().Schema, t.Address().Name, column
	return e
}
