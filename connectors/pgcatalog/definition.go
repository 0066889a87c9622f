package pgcatalog

import (
	"strings"
)

// Texts as ruleutils.c writes them.

func quotedList(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quoteIdentifier(n)
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
	return "CREATE UNIQUE INDEX " + quoteIdentifier(c.name) + " ON " + table + " USING btree (" + quotedList(c.table.columnNames(c.columns)) + ")"
}

// constraintText gives a constraint by its OID.
func (s *Session) constraintText(oid uint32) (string, error) {
	if c, ok := s.keys[oid]; ok {
		return c.definition(s), nil
	}
	return none()
}

// indexText gives an index by its OID: one column of it where number is not 0. A pretty
// one names the schema only where it must.
func (s *Session) indexText(oid uint32, number int32, pretty bool) (string, error) {
	c, ok := s.indexes[oid]
	switch {
	case !ok || int(number) > len(c.columns):
		return none()
	case number > 0:
		return quoteIdentifier(c.table.of.Columns[c.columns[number-1]].Name), nil
	}
	table := qualified(c.table.schema.name, c.table.name)
	if pretty {
		table, _ = s.shownName(c.table.oid)
	}
	return c.indexDefinition(table), nil
}
