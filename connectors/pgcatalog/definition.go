package pgcatalog

import (
	"strings"
	"sync"

	"github.com/sluicemesh/sluice/internal/pgname"
)

// Texts as ruleutils.c writes them.

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = pgname.Printed(n)
	}
	return strings.Join(quoted, ", ")
}

// definition is pg_get_constraintdef.
func (c *constraint) definition(s *Session) string {
	columns := "(" + quotedList(c.table.columnNames(c.columns)) + ")"
	if c.kind != "f" {
		return constraintTypes[c.kind] + " " + columns
	}
	to, _ := s.shownName(c.references.oid)
	return "FOREIGN KEY " + columns + " REFERENCES " + to + "(" + quotedList(c.references.columnNames(c.to)) + ")"
}

// indexDefinition is pg_get_indexdef.
func (c *constraint) indexDefinition(table string) string {
	return "CREATE UNIQUE INDEX " + pgname.Printed(c.name) + " ON " + table + " USING btree (" + quotedList(c.table.columnNames(c.columns)) + ")"
}

// constraintText gives a constraint by its OID.
func (s *Session) constraintText(oid uint32, pretty bool) (string, error) {
	if c, ok := s.keys[oid]; ok {
		return c.definition(s), nil
	}
	if texts, ok := domainChecks()[oid]; ok {
		if pretty {
			return texts[1], nil
		}
		return texts[0], nil
	}
	return none()
}

// domainChecks are the definitions of the constraints of information_schema's domains,
// plain and pretty.
var domainChecks = sync.OnceValue(func() map[uint32][2]string {
	all := map[uint32][2]string{}
	eachLine("constraint_definitions", func(c []cell) { all[oidOf(c[0].text)] = [2]string{c[1].text, c[2].text} })
	return all
})

// viewTexts are the definitions of the system's views, plain and pretty. A mesh has no
// other views.
var viewTexts = sync.OnceValue(func() map[uint32][2]string {
	all := map[uint32][2]string{}
	eachLine("view_definitions", func(c []cell) { all[oidOf(c[0].text)] = [2]string{c[1].text, c[2].text} })
	return all
})

// viewText is pg_get_viewdef.
func viewText(oid uint32, pretty bool) (string, error) {
	texts, ok := viewTexts()[oid]
	switch {
	case !ok:
		return none()
	case pretty:
		return texts[1], nil
	}
	return texts[0], nil
}

// indexText gives an index by its OID: one column of it where number is not 0. A pretty
// one names the schema only where it must.
func (s *Session) indexText(oid uint32, number int32, pretty bool) (string, error) {
	if i, ok := systemIndexes().byOID[oid]; ok {
		return i.indexText(number, pretty), nil
	}
	c, ok := s.indexes[oid]
	switch {
	case !ok:
		return none()
	case int(number) > len(c.columns):
		return "", nil
	case number > 0:
		return pgname.Printed(c.table.of.Columns[c.columns[number-1]].Name), nil
	}
	table := qualified(c.table.schema.name, c.table.name)
	if pretty {
		table, _ = s.shownName(c.table.oid)
	}
	return c.indexDefinition(table), nil
}
