package temporary

import (
	"maps"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Table is a table with its rows, in the order they were put in. It never changes.
type Table struct {
	of       *catalog.Table
	onCommit planner.OnCommit
	contents []*spool.Spool
	last     int // number of the column that was made last
	filled   map[int]fill
	checks   []planner.Check
	keys     []*keyRows // of the keys of the table
}

// fill is what a column holds where a row gives nothing, by the number of the column.
type fill struct {
	planner.ColumnDefinition
	next *sequence // of a numbered column
}

// firstOID keeps away from the OIDs of the mesh and of the system catalog.
const firstOID = 0xf0000000

// Define makes a table.
func (s *Space) Define(name string, d planner.TableDefinition, onCommit planner.OnCommit) error {
	var columns []plan.Column
	for _, c := range d.Columns {
		columns = append(columns, c.Column)
	}
	t, err := s.define(name, columns, onCommit)
	if err != nil {
		return err
	}
	t.filled, t.checks, t.of.Keys = map[int]fill{}, d.Checks, d.Keys
	for i, c := range d.Columns {
		t.fill(i+1, c)
	}
	for _, k := range d.Keys {
		if err := t.canKey(k); err != nil {
			return err
		}
	}
	s.Put(t.With())
	return nil
}

// Fill makes a table of rows; nil for none.
func (s *Space) Fill(name string, columns []plan.Column, onCommit planner.OnCommit, contents *spool.Spool) error {
	t, err := s.define(name, columns, onCommit)
	if err != nil {
		return err
	}
	if contents != nil {
		t.contents = []*spool.Spool{contents}
	}
	s.Put(t)
	return nil
}

func (s *Space) define(name string, columns []plan.Column, onCommit planner.OnCommit) (*Table, error) {
	s.nextID++
	of := &catalog.Table{
		OID: firstOID + s.nextID, Object: name, Status: "active",
		Addresses: []catalog.Address{{Schema: catalog.TemporarySchema, Name: name}}, Source: Source,
	}
	for i, c := range columns {
		if slices.ContainsFunc(columns[:i], func(other plan.Column) bool { return other.Name == c.Name }) {
			return nil, sqlstate.New(sqlstate.DuplicateColumn, "column %q specified more than once", c.Name)
		}
		of.Columns = append(of.Columns, newColumn(i+1, c))
	}
	of.Columns = append(of.Columns, &catalog.Column{
		Name: catalog.RowNumber, Ordinal: -1, Type: pgtype.Of(pgtype.Int8), NotNull: true, System: true,
	})
	return &Table{of: of, onCommit: onCommit, last: len(columns)}, nil
}

func newColumn(number int, c plan.Column) *catalog.Column {
	return &catalog.Column{Name: c.Name, Ordinal: number, Physical: c.Name, Type: c.Type, NotNull: c.NotNull}
}

// Catalog gives the table as binding and the catalog see it.
func (t *Table) Catalog() *catalog.Table { return t.of }

// Name is the table's.
func (t *Table) Name() string { return t.of.Object }

// Columns are the table's as a plan has them.
func (t *Table) Columns() []plan.Column {
	var all []plan.Column
	for _, c := range t.of.Columns {
		if !c.System {
			all = append(all, plan.Column{Name: c.Name, Type: c.Type, NotNull: c.NotNull})
		}
	}
	return all
}

// Definitions are the columns with what they hold where a row gives nothing.
func (t *Table) Definitions() []planner.ColumnDefinition {
	var all []planner.ColumnDefinition
	for _, c := range t.of.Columns {
		if !c.System {
			d := t.filled[c.Ordinal].ColumnDefinition
			d.Column = plan.Column{Name: c.Name, Type: c.Type, NotNull: c.NotNull}
			all = append(all, d)
		}
	}
	return all
}

// Only gives the rows of a table that has them in one place.
func (t *Table) Only() *spool.Spool { return t.contents[0] }

// Checks are the conditions that rows must not make false.
func (t *Table) Checks() []planner.Check { return t.checks }

// column finds the column that a statement names.
func (t *Table) column(target planner.Target) (int, error) {
	i := slices.IndexFunc(t.Columns(), func(c plan.Column) bool { return c.Name == target.Name })
	if i < 0 {
		return i, sqlstate.New(sqlstate.UndefinedColumn, "column %q of relation %q does not exist", target.Name, t.Name()).At(target.Position)
	}
	return i, nil
}

// With gives the table with other rows.
func (t *Table) With(contents ...*spool.Spool) *Table {
	made := *t
	made.contents, made.keys = contents, make([]*keyRows, len(t.of.Keys))
	for i := range made.keys {
		made.keys[i] = &keyRows{}
	}
	return &made
}

// Empty gives the table without rows; restart has its columns numbered from 1 again.
func (t *Table) Empty(restart bool) *Table {
	made := t.With()
	if !restart {
		return made
	}
	made.filled = maps.Clone(t.filled)
	for i, f := range made.filled {
		if f.next != nil {
			f.next = &sequence{name: f.next.name, of: f.next.of}
			made.filled[i] = f
		}
	}
	return made
}

// And gives the table with more rows.
func (t *Table) And(more *spool.Spool) *Table {
	made := *t
	made.contents = append(slices.Clip(t.contents), more)
	return &made
}
