package temporary

import (
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Arbiters are the keys of a table that ON CONFLICT means, by their places among its keys;
// nil where there is no ON CONFLICT.
type Arbiters []int

// Arbiters finds the keys that ON CONFLICT means.
func (t *Table) Arbiters(c *planner.Conflict) (Arbiters, error) {
	if c == nil {
		return nil, nil
	}
	columns := []int{}
	for _, target := range c.Columns {
		i, err := t.column(target)
		if err != nil {
			return nil, sqlstate.New(sqlstate.UndefinedColumn, "column %q does not exist", target.Name).At(target.Position)
		}
		columns = append(columns, i)
	}
	all := Arbiters{}
	for i, k := range t.of.Keys {
		if c.Constraint != "" && !k.Index && k.Name == c.Constraint || c.Columns != nil && sameColumns(k.Columns, columns) || c.Constraint == "" && c.Columns == nil {
			all = append(all, i)
		}
	}
	switch {
	case len(all) > 0 || c.Constraint == "" && c.Columns == nil:
		return all, nil
	case c.Constraint != "":
		return nil, sqlstate.New(sqlstate.UndefinedObject, "constraint %q for table %q does not exist", c.Constraint, t.Name())
	}
	return nil, sqlstate.New(sqlstate.InvalidColumnReference, "there is no unique or exclusion constraint matching the ON CONFLICT specification")
}

func sameColumns(a, b []int) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// Conflicts are rows that are proposed for a table, divided into those that may be added and
// those whose key is there.
type Conflicts struct {
	Added    *spool.Spool
	existing *spool.Spool // the rows that are there, in their order
	proposed *spool.Spool // and beside each the one that met it
	numbers  []int64      // of the existing rows
	order    []int64      // of each proposed row: -1 for an added one, else the number of the row it met
}

// Any tells whether a key is there.
func (c *Conflicts) Any() bool { return len(c.numbers) > 0 }

// Conflicts looks up the rows that are proposed for a table. No two may meet in one row:
// where not all rows that are met are changed (some), it cannot be told whether they do.
func (s *Space) Conflicts(t *Table, rows *spool.Spool, keys Arbiters, some bool) (*Conflicts, error) {
	if rows.Rows() > mostKeyed {
		return nil, tooManyKeyed()
	}
	if err := t.know(); err != nil {
		return nil, err
	}
	c := &Conflicts{}
	added := []int64{}
	by := map[int64]int64{} // number of an existing row: of the proposed one
	seen := map[string]bool{}
	at := int64(0)
	err := eachBatch([]*spool.Spool{rows}, func(b arrow.RecordBatch) error {
		for row := range int(b.NumRows()) {
			number, err := t.met(b, row, keys, seen)
			if err != nil {
				return err
			}
			_, twice := by[number]
			switch {
			case number < 0:
				added = append(added, at)
			case twice && some:
				return sqlstate.Unsupported("two rows of one INSERT … ON CONFLICT DO UPDATE … WHERE with the same key")
			case twice:
				return metTwice()
			default:
				by[number] = at
			}
			c.order = append(c.order, number)
			at++
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	c.numbers = slices.Sorted(maps.Keys(by))
	places := make([]int64, len(c.numbers))
	for i, number := range c.numbers {
		places[i] = by[number]
	}
	proposed := []*spool.Spool{rows}
	if c.Added, err = s.gather(proposed, added); err != nil {
		return nil, err
	}
	if c.proposed, err = s.gather(proposed, places); err != nil {
		return nil, err
	}
	c.existing, err = s.gather(t.contents, c.numbers)
	return c, err
}

// met gives the number of the row that has one of the keys of a proposed row; -1 for none.
// seen are the keys of rows that were proposed before and met none.
func (t *Table) met(b arrow.RecordBatch, row int, keys Arbiters, seen map[string]bool) (int64, error) {
	for _, i := range keys {
		values := keyOf(b, t.of.Keys[i], row)
		if number, found := t.keys[i].find(values); found {
			return int64(number), nil
		}
		if mark := string(rune(i)) + values; values != "" {
			if seen[mark] {
				return 0, metTwice()
			}
			seen[mark] = true
		}
	}
	return -1, nil
}

func metTwice() error {
	return sqlstate.New(sqlstate.CardinalityViolation, "ON CONFLICT DO UPDATE command cannot affect row a second time").
		WithHint("Ensure that no rows proposed for insertion within the same command have duplicate constrained values.")
}

// Beside adds two tables to the session's: the rows that exist and the proposed ones, under
// names of their own. With nil they have no rows.
func (s *Space) Beside(t *Table, c *Conflicts) {
	if c == nil {
		c = &Conflicts{}
	}
	s.putAs(t, planner.ExistingRows, c.existing)
	s.putAs(t, planner.ProposedRows, c.proposed)
}

// putAs adds a table of the columns of another.
func (s *Space) putAs(t *Table, name string, rows *spool.Spool) {
	made := t.altered(func(all []*catalog.Column) []*catalog.Column { return all })
	s.nextID++
	made.of.OID, made.of.Keys = firstOID+s.nextID, nil
	made.of.Object, made.of.Addresses = name, []catalog.Address{{Schema: catalog.TemporarySchema, Name: name}}
	made = made.With()
	if rows != nil {
		made.contents = []*spool.Spool{rows}
	}
	s.Put(made)
}

// Numbers gives batches as Apply wants them of such that number existing rows from 0, and
// writes down the rows that they tell.
func (c *Conflicts) Numbers(next func() (arrow.RecordBatch, error), told *[]int64) func() (arrow.RecordBatch, error) {
	var current arrow.RecordBatch
	return func() (arrow.RecordBatch, error) {
		if current != nil {
			current.Release()
			current = nil
		}
		b, err := next()
		if b == nil || err != nil {
			return nil, err
		}
		places := b.Column(0).(*array.Int64)
		made := array.NewInt64Builder(memory.DefaultAllocator)
		defer made.Release()
		for i := range places.Len() {
			made.Append(c.numbers[places.Value(i)])
			*told = append(*told, c.numbers[places.Value(i)])
		}
		numbers := made.NewArray()
		defer numbers.Release()
		columns := slices.Clone(b.Columns())
		columns[0] = numbers
		current = array.NewRecordBatch(b.Schema(), columns, b.NumRows())
		return current, nil
	}
}

// Returned puts the added rows and those that were changed into the order in which they
// were proposed; numbers are those of the changed ones.
func (s *Space) Returned(c *Conflicts, changed *spool.Spool, numbers []int64) (*spool.Spool, error) {
	place := map[int64]int64{}
	for i, number := range numbers {
		place[number] = c.Added.Rows() + int64(i)
	}
	var rows []int64
	added := int64(0)
	for _, number := range c.order {
		if at, ok := place[number]; ok {
			rows = append(rows, at)
		} else if number < 0 {
			rows = append(rows, added)
			added++
		}
	}
	contents := []*spool.Spool{c.Added}
	if changed != nil {
		contents = append(contents, changed)
	}
	return s.gather(contents, rows)
}
