package auth

import (
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Problem is a condition of a policy or grant that no statement could be judged by.
type Problem struct {
	Position string // file:line:column of the rule or grant
	Message  string
}

// CheckConditions binds every condition of the mesh over each table it is about, as a
// statement would, and gives those that Secure would refuse tables for. Unlike its
// errors these say why: they are for the authors.
func CheckConditions(m *catalog.Mesh, binder PredicateBinder) []Problem {
	c := &checking{binder: binder}
	for _, d := range m.Domains {
		for _, t := range d.Tables() {
			for _, p := range m.Policies {
				for _, r := range m.RowFiltersOf(p, t) {
					c.check(r.RowFilter, r.Position, t)
				}
			}
			for _, g := range m.Grants {
				if g.Domain == d.Name && g.Product == t.Product.Name && g.RowFilter != "" && holds(g, t) {
					c.check(g.RowFilter, g.Position, t)
				}
			}
		}
	}
	return c.found
}

type checking struct {
	binder PredicateBinder
	found  []Problem
}

func (c *checking) check(text, position string, t *catalog.Table) {
	columns := make([]plan.Column, len(t.Columns))
	for i, column := range t.Columns {
		columns[i] = plan.Column{ID: plan.ColumnID(i + 1), Name: column.Name, Type: column.Type, NotNull: column.NotNull}
	}
	next := plan.ColumnID(len(columns) + 1)
	e, _, err := c.binder.BindPredicate(text, t, columns, Principal{}, next)
	switch {
	case err != nil:
		c.add(position, "over %s: %s", t.Address().Name, sqlstate.From(err).Message)
	case e == nil || !placeable(e, columnSet(columns)):
		c.add(position, "over %s: a condition reads one row and the principal only, without subqueries and volatile functions", t.Address().Name)
	}
}

func (c *checking) add(position, format string, args ...any) {
	p := Problem{Position: position, Message: "the condition cannot be judged " + fmt.Sprintf(format, args...)}
	if !slices.Contains(c.found, p) {
		c.found = append(c.found, p)
	}
}

func columnSet(columns []plan.Column) plan.ColumnSet {
	s := plan.ColumnSet{}
	for _, c := range columns {
		s[c.ID] = true
	}
	return s
}
