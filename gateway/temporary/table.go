package temporary

import (
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
}

// firstOID keeps away from the OIDs of the mesh and of the system catalog.
const firstOID = 0xf0000000

// Define makes a table with rows; nil for none.
func (s *Space) Define(name string, columns []plan.Column, onCommit planner.OnCommit, contents *spool.Spool) error {
	s.nextID++
	of := &catalog.Table{
		OID: firstOID + s.nextID, Object: name, Status: "active",
		Addresses: []catalog.Address{{Schema: catalog.TemporarySchema, Name: name}}, Source: Source,
	}
	for i, c := range columns {
		if slices.ContainsFunc(columns[:i], func(other plan.Column) bool { return other.Name == c.Name }) {
			return sqlstate.New(sqlstate.DuplicateColumn, "column %q specified more than once", c.Name)
		}
		of.Columns = append(of.Columns, newColumn(i+1, c))
	}
	of.Columns = append(of.Columns, &catalog.Column{
		Name: catalog.RowNumber, Ordinal: -1, Type: pgtype.Of(pgtype.Int8), NotNull: true, System: true,
	})
	t := &Table{of: of, onCommit: onCommit, last: len(columns)}
	if contents != nil {
		t.contents = []*spool.Spool{contents}
	}
	s.Put(t)
	return nil
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
	made.contents = contents
	return &made
}

// And gives the table with more rows.
func (t *Table) And(more *spool.Spool) *Table {
	return t.With(append(slices.Clip(t.contents), more)...)
}
