package temporary

import (
	"maps"
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
	if err := s.alterColumn(t, name, func(c *catalog.Column) { c.Name, c.Physical = to, to }); err != nil {
		return err
	}
	made := *s.tables.byName[t.Name()]
	made.checks = slices.Clone(t.checks)
	for i, c := range made.checks {
		made.checks[i] = c.Renamed(name, to)
	}
	made.filled = maps.Clone(t.filled)
	for i, f := range made.filled {
		f.ColumnDefinition = f.Renamed(name, to)
		made.filled[i] = f
	}
	s.Put(&made)
	return nil
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

// Definition is what the table is made of.
func (t *Table) Definition() planner.TableDefinition {
	return planner.TableDefinition{Columns: t.Definitions(), Keys: t.of.Keys, Checks: t.checks}
}

// Redefined gives the table as it is defined anew. Its columns keep their places; those that
// come last are new, and NULL or numbered in the rows there are. Neither NOT NULL nor keys
// nor checks are looked at.
func (s *Space) Redefined(t *Table, d planner.TableDefinition) (*Table, error) {
	before := len(t.Columns())
	for i, c := range d.Columns[before:] {
		if slices.ContainsFunc(d.Columns[:before+i], func(o planner.ColumnDefinition) bool { return o.Name == c.Name }) {
			return nil, duplicate(t, c.Name)
		}
	}
	made := t.altered(func(all []*catalog.Column) []*catalog.Column {
		for i, c := range d.Columns {
			if i < before {
				column := *all[i]
				column.Type, column.NotNull = c.Type, c.NotNull
				all[i] = &column
			} else {
				all = append(all, newColumn(t.last+1+i-before, c.Column))
			}
		}
		return all
	})
	made.last += len(d.Columns) - before
	made.filled, made.checks, made.of.Keys = maps.Clone(t.filled), d.Checks, d.Keys
	if made.filled == nil {
		made.filled = map[int]fill{}
	}
	for i, c := range d.Columns {
		made.fill(made.of.Columns[i].Ordinal, c)
	}
	for _, k := range d.Keys {
		if err := made.canKey(k); err != nil {
			return nil, err
		}
	}
	if len(d.Columns) == before {
		return made.With(t.contents...), nil
	}
	return s.rewritten(made, func(b arrow.RecordBatch) (arrow.RecordBatch, error) { return made.widened(b) })
}

// fill notes what a column holds where a row gives nothing.
func (t *Table) fill(ordinal int, c planner.ColumnDefinition) {
	was := t.filled[ordinal]
	if c.Default == nil && !c.Numbered && c.Generated == nil {
		delete(t.filled, ordinal)
		return
	}
	f := fill{ColumnDefinition: c, next: was.next}
	if c.Numbered && f.next == nil {
		f.next = &sequence{name: t.Name() + "_" + c.Name + "_seq", of: c.Type.OID}
	}
	t.filled[ordinal] = f
}

// widened adds the columns that a batch of the table does not have yet.
func (t *Table) widened(b arrow.RecordBatch) (arrow.RecordBatch, error) {
	fields, columns := b.Schema().Fields(), slices.Clone(b.Columns())
	for i, c := range t.Columns()[b.NumCols():] {
		values := array.MakeArrayOfNull(memory.DefaultAllocator, pgtype.Arrow(c.Type), int(b.NumRows()))
		if next := t.filled[t.of.Columns[int(b.NumCols())+i].Ordinal].next; next != nil {
			values.Release()
			var err error
			if values, err = next.take(int(b.NumRows())); err != nil {
				return nil, err
			}
		}
		defer values.Release()
		fields = append(fields, arrow.Field{Name: c.Name, Type: values.DataType(), Nullable: true})
		columns = append(columns, values)
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, b.NumRows()), nil
}

// HoldsNotNull tells whether new rows keep to NOT NULL.
func (t *Table) HoldsNotNull() error {
	for i, c := range t.Columns() {
		if !c.NotNull {
			continue
		}
		if nulls, err := t.nulls(i); err != nil {
			return err
		} else if nulls {
			return Placement{Relation: t.Name(), Columns: t.Columns()}.broken(i)
		}
	}
	return nil
}

// Holds tells whether the rows of a table keep to NOT NULL, and to its keys.
func (t *Table) Holds() error {
	for i, c := range t.Columns() {
		if !c.NotNull {
			continue
		}
		if nulls, err := t.nulls(i); err != nil {
			return err
		} else if nulls {
			return containsNull(t, c.Name)
		}
	}
	for i, k := range t.of.Keys {
		alone := t.With(t.contents...)
		alone.keys = alone.keys[i : i+1]
		of := *t.of
		of.Keys, alone.of = []catalog.Key{k}, &of
		if err := alone.know(); err != nil {
			return notUnique(err, k.Name)
		}
	}
	return nil
}

func notUnique(err error, key string) error {
	if e := sqlstate.From(err); e.Code == sqlstate.UniqueViolation {
		return sqlstate.New(e.Code, "could not create unique index %q", key)
	}
	return err
}

// HasConstraint tells whether a table has a key or a check of a name.
func (t *Table) HasConstraint(name string) bool {
	return slices.ContainsFunc(t.of.Keys, func(k catalog.Key) bool { return k.Name == name && !k.Index }) ||
		slices.ContainsFunc(t.checks, func(c planner.Check) bool { return c.Name == name })
}

func missingConstraint(t *Table, name string) error {
	return sqlstate.New(sqlstate.UndefinedObject, "constraint %q of relation %q does not exist", name, t.Name())
}

// DropConstraint takes a key or a check away. The columns of a primary key stay NOT NULL.
func (s *Space) DropConstraint(t *Table, name string) error {
	if !t.HasConstraint(name) {
		return missingConstraint(t, name)
	}
	s.Put(t.without(func(k catalog.Key) bool { return k.Name == name }, func(c planner.Check) bool { return c.Name == name }))
	return nil
}

// without gives the table without some of its keys and checks.
func (t *Table) without(key func(catalog.Key) bool, check func(planner.Check) bool) *Table {
	made := t.altered(func(all []*catalog.Column) []*catalog.Column { return all })
	made.of.Keys = slices.DeleteFunc(slices.Clone(t.of.Keys), key)
	made.checks = slices.DeleteFunc(slices.Clone(t.checks), check)
	return made.With(t.contents...)
}

// RenameConstraint gives a key or a check another name.
func (s *Space) RenameConstraint(t *Table, name, to string) error {
	switch {
	case !t.HasConstraint(name):
		return sqlstate.New(sqlstate.UndefinedObject, "constraint %q for table %q does not exist", name, t.Name())
	case t.HasConstraint(to):
		return sqlstate.New(sqlstate.DuplicateObject, "constraint %q for relation %q already exists", to, t.Name())
	}
	made := t.altered(func(all []*catalog.Column) []*catalog.Column { return all })
	made.of.Keys, made.checks = slices.Clone(t.of.Keys), slices.Clone(t.checks)
	for i := range made.of.Keys {
		if made.of.Keys[i].Name == name {
			made.of.Keys[i].Name = to
		}
	}
	for i := range made.checks {
		if made.checks[i].Name == name {
			made.checks[i].Name = to
		}
	}
	s.Put(made)
	return nil
}

// DropColumn takes a column away, and the keys and checks that it is part of.
func (s *Space) DropColumn(t *Table, name string) error {
	i, err := t.column(planner.Target{Name: name})
	if err != nil {
		return err
	}
	if t.Definition().GeneratedFrom(name) != "" {
		return sqlstate.New(sqlstate.DependentObjectsStillExist, "cannot drop column %s of table %s because other objects depend on it", name, t.Name()).
			WithHint("Use DROP ... CASCADE to drop the dependent objects too.")
	}
	made := t.without(func(k catalog.Key) bool { return slices.Contains(k.Columns, i) },
		func(c planner.Check) bool { return slices.Contains(c.Columns(), name) })
	made = made.altered(func(all []*catalog.Column) []*catalog.Column { return slices.Delete(all, i, i+1) })
	made.of.Keys = slices.Clone(made.of.Keys)
	for at, k := range made.of.Keys {
		made.of.Keys[at].Columns = slices.Clone(k.Columns)
		for j, column := range k.Columns {
			if column > i {
				made.of.Keys[at].Columns[j]--
			}
		}
	}
	made, err = s.rewritten(made, func(b arrow.RecordBatch) (arrow.RecordBatch, error) {
		fields := slices.Delete(slices.Clone(b.Schema().Fields()), i, i+1)
		return array.NewRecordBatch(arrow.NewSchema(fields, nil), slices.Delete(slices.Clone(b.Columns()), i, i+1), b.NumRows()), nil
	})
	if err == nil {
		s.Put(made)
	}
	return err
}

// rewritten gives a table each of whose batches is made anew by f.
func (s *Space) rewritten(t *Table, f func(arrow.RecordBatch) (arrow.RecordBatch, error)) (*Table, error) {
	kept := s.Spool()
	err := eachBatch(t.contents, func(b arrow.RecordBatch) error {
		made, err := f(b)
		if err != nil {
			return err
		}
		defer made.Release()
		return kept.Append(made)
	})
	return t.With(kept), err
}
