package temporary

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Placement says which column of a table takes which column of a query.
type Placement struct {
	Relation string
	Columns  []plan.Column // of the table
	from     []int         // by column of the table: that of the query, -1 for NULL or a number; nil: the same
	next     []*sequence   // by column of the table: of those that are numbered
}

// Keep puts a batch into the order and the types of the table.
func (p Placement) Keep(kept *spool.Spool, b arrow.RecordBatch) error {
	fields := make([]arrow.Field, len(p.Columns))
	columns := make([]arrow.Array, len(p.Columns))
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	for _, numbered := range []bool{false, true} { // a value that does not fit takes no number
		for i := range p.Columns {
			if numbered != p.numbered(i) {
				continue
			}
			var err error
			if columns[i], err = p.column(i, b); err != nil {
				return err
			}
		}
	}
	for i, c := range p.Columns {
		if err := p.notNull(i, columns[i]); err != nil {
			return err
		}
		fields[i] = arrow.Field{Name: c.Name, Type: columns[i].DataType(), Nullable: true}
	}
	batch := array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, b.NumRows())
	defer batch.Release()
	return kept.Append(batch)
}

// notNull refuses NULL in a column that takes none.
func (p Placement) notNull(i int, values arrow.Array) error {
	if p.Columns[i].NotNull && values.NullN() > 0 {
		return p.broken(i)
	}
	return nil
}

func (p Placement) broken(i int) error {
	return sqlstate.New(sqlstate.NotNullViolation, "null value in column %q of relation %q violates not-null constraint", p.Columns[i].Name, p.Relation)
}

// numbered tells whether a column takes the next numbers.
func (p Placement) numbered(i int) bool { return p.next != nil && p.next[i] != nil && p.from[i] < 0 }

// column gives the values of one column of the table.
func (p Placement) column(i int, b arrow.RecordBatch) (arrow.Array, error) {
	from, want := i, pgtype.Arrow(p.Columns[i].Type)
	if p.from != nil {
		from = p.from[i]
	}
	if p.numbered(i) {
		return p.next[i].take(int(b.NumRows()))
	}
	if from < 0 {
		return array.MakeArrayOfNull(memory.DefaultAllocator, want, int(b.NumRows())), nil
	}
	values := b.Column(from)
	switch {
	case arrow.TypeEqual(values.DataType(), want):
		return fitted(values, p.Columns[i].Type)
	case values.DataType().ID() == arrow.NULL:
		return array.MakeArrayOfNull(memory.DefaultAllocator, want, int(b.NumRows())), nil
	}
	return nil, sqlstate.New(sqlstate.InternalError, "column %d is %s, not %s", i+1, values.DataType(), want)
}

// Place finds where the columns named by INSERT go; none named are the first ones. Behind
// them a query of that width gives those that have a default.
func (t *Table) Place(named []planner.Target, width int) (Placement, error) {
	p := Placement{Relation: t.Name(), Columns: t.Columns(), from: make([]int, len(t.Columns())), next: make([]*sequence, len(t.Columns()))}
	for i := range p.from {
		f := t.filled[t.of.Columns[i].Ordinal]
		p.from[i], p.next[i] = -1, f.next
		p.Columns[i].NotNull = p.Columns[i].NotNull && f.Generated == nil // it is not computed yet
	}
	if named == nil {
		for i := range t.written(width) {
			p.from[i] = i
		}
	}
	for at, target := range named {
		i, err := t.column(target)
		if err != nil {
			return p, err
		}
		if p.from[i] >= 0 {
			return p, sqlstate.New(sqlstate.DuplicateColumn, "column %q specified more than once", target.Name).At(target.Position)
		}
		p.from[i] = at
	}
	at := len(named)
	if named == nil {
		at = t.written(width)
	}
	for i, c := range t.of.Columns[:len(p.from)] {
		if p.from[i] < 0 && t.filled[c.Ordinal].Default != nil && at < width {
			p.from[i] = at
			at++
		}
	}
	return p, nil
}

// written is how many of the first columns a query gives that gives width columns with the
// defaults of the rest.
func (t *Table) written(width int) int {
	defaults := 0
	for i := len(t.Columns()); i > 0; i-- {
		if i+defaults <= width {
			return i
		}
		if t.filled[t.of.Columns[i-1].Ordinal].Default != nil {
			defaults++
		}
	}
	return 0
}

// Targets are the columns of the table that INSERT names, in its order, and those others.
func (t *Table) Targets(named []planner.Target) (targets, others []planner.ColumnDefinition) {
	all := t.Definitions()
	if named == nil {
		return all, nil
	}
	targets = make([]planner.ColumnDefinition, len(named))
	for _, c := range all {
		at := slices.IndexFunc(named, func(n planner.Target) bool { return n.Name == c.Name })
		if at < 0 {
			others = append(others, c)
		} else {
			targets[at] = c
		}
	}
	return targets, others
}
