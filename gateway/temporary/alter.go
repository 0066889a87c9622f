package temporary

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// altered gives the table with other columns, which stand before the number of the row.
func (t *Table) altered(change func([]*catalog.Column) []*catalog.Column) *Table {
	of := *t.of
	last := len(of.Columns) - 1
	of.Columns = append(change(slices.Clone(of.Columns[:last])), of.Columns[last])
	made := *t
	made.of = &of
	return &made
}

// Rename gives the table another name.
func (s *Space) Rename(t *Table, to string) {
	made := t.altered(func(all []*catalog.Column) []*catalog.Column { return all })
	made.of.Object, made.of.Addresses = to, []catalog.Address{{Schema: catalog.TemporarySchema, Name: to}}
	s.Remove(t.Name())
	s.Put(made)
}

// Has tells whether the table has a column.
func (t *Table) Has(name string) bool {
	return slices.ContainsFunc(t.Columns(), func(c plan.Column) bool { return c.Name == name })
}

// RenameColumn gives a column another name.
func (s *Space) RenameColumn(t *Table, name, to string) error {
	if !t.Has(name) {
		return sqlstate.New(sqlstate.UndefinedColumn, "column %q does not exist", name)
	}
	if t.Has(to) {
		return duplicate(t, to)
	}
	if len(t.checks) > 0 {
		return sqlstate.Unsupported("RENAME COLUMN of a temporary table with CHECK")
	}
	return s.alterColumn(t, name, func(c *catalog.Column) { c.Name, c.Physical = to, to })
}

func duplicate(t *Table, name string) error {
	return sqlstate.New(sqlstate.DuplicateColumn, "column %q of relation %q already exists", name, t.Name())
}

// SetNotNull lets a column hold NULL or not; one that holds NULL cannot be forbidden to.
func (s *Space) SetNotNull(t *Table, name string, not bool) error {
	i, err := t.column(planner.Target{Name: name})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(t.of.Keys, func(k catalog.Key) bool { return k.Primary && slices.Contains(k.Columns, i) }) && !not {
		return sqlstate.New(sqlstate.InvalidTableDefinition, "column %q is in a primary key", name)
	}
	if f := t.filled[t.of.Columns[i].Ordinal]; f.Numbered && !not {
		return sqlstate.Unsupported("DROP NOT NULL of a numbered column")
	}
	if not {
		nulls, err := t.nulls(i)
		if err != nil {
			return err
		}
		if nulls {
			return containsNull(t, name)
		}
	}
	return s.alterColumn(t, name, func(c *catalog.Column) { c.NotNull = not })
}

func containsNull(t *Table, column string) error {
	return sqlstate.New(sqlstate.NotNullViolation, "column %q of relation %q contains null values", column, t.Name())
}

func (s *Space) alterColumn(t *Table, name string, change func(*catalog.Column)) error {
	s.Put(t.altered(func(all []*catalog.Column) []*catalog.Column {
		i := slices.IndexFunc(all, func(c *catalog.Column) bool { return c.Name == name })
		made := *all[i]
		change(&made)
		all[i] = &made
		return all
	}))
	return nil
}

// nulls tells whether a column holds NULL.
func (t *Table) nulls(column int) (bool, error) {
	for _, contents := range t.contents {
		for i := range contents.Len() {
			b, err := contents.Batch(i)
			if err != nil {
				return false, err
			}
			found := b.Column(column).NullN() > 0
			b.Release()
			if found {
				return true, nil
			}
		}
	}
	return false, nil
}

// rows tells how many rows there are.
func (t *Table) rows() (n int64) {
	for _, contents := range t.contents {
		n += contents.Rows()
	}
	return n
}

// AddColumn adds a column, NULL in the rows there are.
func (s *Space) AddColumn(t *Table, column plan.Column) error {
	switch {
	case t.Has(column.Name):
		return duplicate(t, column.Name)
	case column.NotNull && t.rows() > 0:
		return containsNull(t, column.Name)
	}
	made := t.altered(func(all []*catalog.Column) []*catalog.Column {
		return append(all, newColumn(t.last+1, column))
	})
	made.last++
	return s.putRewritten(made, func(b arrow.RecordBatch) arrow.RecordBatch {
		empty := array.MakeArrayOfNull(memory.DefaultAllocator, pgtype.Arrow(column.Type), int(b.NumRows()))
		defer empty.Release()
		fields := append(b.Schema().Fields(), arrow.Field{Name: column.Name, Type: empty.DataType(), Nullable: true})
		return array.NewRecordBatch(arrow.NewSchema(fields, nil), append(slices.Clone(b.Columns()), empty), b.NumRows())
	})
}

// DropColumn takes a column away.
func (s *Space) DropColumn(t *Table, name string) error {
	i, err := t.column(planner.Target{Name: name})
	if err != nil {
		return err
	}
	if len(t.checks)+len(t.of.Keys) > 0 {
		return sqlstate.Unsupported("DROP COLUMN of a temporary table with constraints")
	}
	made := t.altered(func(all []*catalog.Column) []*catalog.Column { return slices.Delete(all, i, i+1) })
	return s.putRewritten(made, func(b arrow.RecordBatch) arrow.RecordBatch {
		fields := slices.Delete(slices.Clone(b.Schema().Fields()), i, i+1)
		return array.NewRecordBatch(arrow.NewSchema(fields, nil), slices.Delete(slices.Clone(b.Columns()), i, i+1), b.NumRows())
	})
}

// putRewritten puts a table in place, each of its batches made anew by f.
func (s *Space) putRewritten(t *Table, f func(arrow.RecordBatch) arrow.RecordBatch) error {
	kept := s.Spool()
	for _, contents := range t.contents {
		for i := range contents.Len() {
			b, err := contents.Batch(i)
			if err != nil {
				return err
			}
			made := f(b)
			b.Release()
			err = kept.Append(made)
			made.Release()
			if err != nil {
				return err
			}
		}
	}
	s.Put(t.With(kept))
	return nil
}
