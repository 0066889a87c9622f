// Package temporary is a session's own tables. What they hold was governed when it was
// put in: rows that the session has been given already. No source ever sees them.
//
// In: definitions of tables, batches of rows. Out: a source that gives the rows as they
// were at one moment. Everything but the rows is immutable, so that a mark of a
// transaction is just a pointer. It knows no session and runs no query.
package temporary

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
)

// Source is where all temporary tables say they lie.
var Source = &catalog.Source{Domain: catalog.TemporarySchema, Name: "session", Kind: catalog.Temporary}

// Space holds a session's tables. It is used by one goroutine.
type Space struct {
	tables *Tables
	made   []*spool.Spool // everything that was stored and is not freed yet
	budget *spool.Budget
	nextID uint32
}

// NewSpace gives a space without tables, whose rows are kept within a budget.
func NewSpace(budget *spool.Budget) *Space {
	return &Space{tables: &Tables{definitions: &Definitions{}}, budget: budget}
}

// Tables are the tables there are at one moment. They never change: another moment has
// others, so that two are the same exactly where the pointers are.
type Tables struct {
	byName      map[string]*Table
	definitions *Definitions
}

// Definitions stand for which tables there are and what columns they have: moments between
// which only rows have changed share them.
type Definitions struct{ _ byte }

// Tables gives those of now.
func (s *Space) Tables() *Tables { return s.tables }

// Return goes back to the tables of a moment in the same transaction.
func (s *Space) Return(to *Tables) { s.tables = to }

// Definitions gives what the tables are, without their rows.
func (t *Tables) Definitions() *Definitions { return t.definitions }

// Empty tells whether there is no table.
func (t *Tables) Empty() bool { return len(t.byName) == 0 }

// All gives the tables by their names.
func (t *Tables) All() []*Table {
	return slices.SortedFunc(maps.Values(t.byName), func(a, b *Table) int { return strings.Compare(a.Name(), b.Name()) })
}

// Find gives the table that a name means, if it means one.
func (s *Space) Find(schema, name string) (*Table, bool) {
	if schema != "" && !catalog.InTemporary(schema) {
		return nil, false
	}
	found, ok := s.tables.byName[name]
	return found, ok
}

// Put puts a table in place of the one of its name.
func (s *Space) Put(t *Table) {
	was, there := s.tables.byName[t.Name()]
	s.change(!there || was.of != t.of, func(tables map[string]*Table) { tables[t.Name()] = t })
}

// Remove takes a table away.
func (s *Space) Remove(name string) {
	s.change(true, func(tables map[string]*Table) { delete(tables, name) })
}

// RemoveAll takes all tables away.
func (s *Space) RemoveAll() { s.tables = &Tables{definitions: &Definitions{}} }

func (s *Space) change(definitions bool, do func(map[string]*Table)) {
	tables := &Tables{byName: map[string]*Table{}, definitions: s.tables.definitions}
	maps.Copy(tables.byName, s.tables.byName)
	do(tables.byName)
	if definitions {
		tables.definitions = &Definitions{}
	}
	s.tables = tables
}

// Spool gives an empty spool for rows of a table. It is freed when no table holds it once
// the transaction has ended.
func (s *Space) Spool() *spool.Spool {
	kept := spool.New(s.budget)
	s.made = append(s.made, kept)
	return kept
}

// EndTransaction does what ON COMMIT asks for, and frees rows that no table holds any more.
func (s *Space) EndTransaction(commit bool) {
	for name, t := range s.tables.byName {
		switch {
		case !commit || t.onCommit == planner.PreserveRows:
		case t.onCommit == planner.DropTable:
			s.Remove(name)
		case len(t.contents) > 0:
			s.Put(t.With())
		}
	}
	used := map[*spool.Spool]bool{}
	for _, t := range s.tables.byName {
		for _, c := range t.contents {
			used[c] = true
		}
	}
	s.made = slices.DeleteFunc(s.made, func(c *spool.Spool) bool {
		if !used[c] {
			c.Release()
		}
		return !used[c]
	})
}

// Close frees everything.
func (s *Space) Close() {
	s.RemoveAll()
	s.EndTransaction(false)
}
