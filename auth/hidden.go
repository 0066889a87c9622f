package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Hidden tells whether a column does not exist for a principal: a policy hides it.
// Like a mask it is lifted only by what reaches every row that shows the column.
func Hidden(who Principal, t *catalog.Table, c *catalog.Column) bool {
	if who.mesh == nil || t.Product == nil {
		return false // a session's own table
	}
	if who.owns(t) {
		return false
	}
	_, hidden := who.hiddenBy(t, c)
	return hidden
}

// hiddenBy gives the policy that hides a column.
func (who Principal) hiddenBy(t *catalog.Table, c *catalog.Column) (*catalog.Policy, bool) {
	for _, p := range who.mesh.Policies {
		if who.mesh.Hides(p, t, c) && who.isBound(p, t, c.Name) {
			return p, true
		}
	}
	return nil, false
}

// isBound tells whether a policy binds the principal for one column of a table,
// whichever rows are read.
func (who Principal) isBound(p *catalog.Policy, t *catalog.Table, column string) bool {
	return !who.owns(t) && !who.among(p.Bypass.Users, p.Bypass.Groups) &&
		!who.exempt(p, who.accessTo(t).showing(column), []string{column})
}

// showing gives the scopes that open a column.
func (a access) showing(column string) []scope {
	return slices.DeleteFunc(a.allScopes(), func(s scope) bool { return !s.covers([]string{column}) })
}

// checkHidden refuses columns that do not exist for the principal: binding has not
// shown them, so a plan that reads one was bound for somebody else. It notes those that
// may not be shown.
func (g *governing) checkHidden() error {
	for _, i := range g.read {
		if c := g.column(i); Hidden(g.who, g.table, c) {
			return sqlstate.New(sqlstate.UndefinedColumn, "column \"%s\" does not exist", c.Name)
		}
	}
	for _, i := range g.read {
		for _, p := range g.who.mesh.Policies {
			if c := g.column(i); g.who.mesh.Hides(p, g.table, c) || g.who.mesh.Withholds(p, g.table, c) {
				if g.bindsReader(g.who, p, g.access.showing(c.Name), []string{c.Name}) {
					g.restrict(g.scan.Cols[i].ID).noProject = p.ID
				}
			}
		}
	}
	return nil
}

// hides tells whether anything of the table is kept from the reader: rows, values, or
// columns, whether or not they are read.
func (g *governing) hides() bool {
	if g.filtered || len(g.masked) > 0 {
		return true
	}
	if g.who.owns(g.table) {
		return false
	}
	return slices.ContainsFunc(g.table.Columns, func(c *catalog.Column) bool {
		masks, err := g.masksOn(g.who, g.table, c, g.scopes)
		return err != nil || len(masks) > 0 || !g.access.columnVisible(c.Name) || Hidden(g.who, g.table, c)
	})
}
