package temporary

import (
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
	from     []int         // by column of the table: that of the query, -1 for NULL; nil: the same
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
	for i, c := range p.Columns {
		var err error
		if columns[i], err = p.column(i, b); err != nil {
			return err
		}
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
		return sqlstate.New(sqlstate.NotNullViolation, "null value in column %q of relation %q violates not-null constraint", p.Columns[i].Name, p.Relation)
	}
	return nil
}

// column gives the values of one column of the table.
func (p Placement) column(i int, b arrow.RecordBatch) (arrow.Array, error) {
	from, want := i, pgtype.Arrow(p.Columns[i].Type)
	if p.from != nil {
		from = p.from[i]
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

// Place finds where the columns named by INSERT go; none named are the first ones.
func (t *Table) Place(named []planner.Target, width int) (Placement, error) {
	p := Placement{Relation: t.Name(), Columns: t.Columns(), from: make([]int, len(t.Columns()))}
	for i := range p.from {
		p.from[i] = -1
		if named == nil && i < width {
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
	return p, nil
}

// Targets are the columns of the table that INSERT names, in its order.
func (p Placement) Targets(named []planner.Target) []plan.Column {
	if named == nil {
		return p.Columns
	}
	all := make([]plan.Column, len(named))
	for i, from := range p.from {
		if from >= 0 {
			all[from] = p.Columns[i]
		}
	}
	return all
}
