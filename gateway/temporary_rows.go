package gateway

import (
	"context"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// placement says which column of a temporary table takes which column of a query.
type placement struct {
	relation string
	columns  []plan.Column // of the table
	from     []int         // by column of the table: that of the query, -1 for NULL; nil: the same
}

// store runs a portal and keeps its rows. The spool is freed when no table holds it.
func (s *session) store(ctx context.Context, p *portal, place placement) (*spool.Spool, error) {
	rows, err := s.run(ctx, ctx, p)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	kept := spool.New(s.temporary.budget)
	s.temporary.made = append(s.temporary.made, kept)
	for {
		b, err := rows.Next(ctx)
		if err != nil || b == nil {
			return kept, err
		}
		if err := place.keep(kept, b); err != nil {
			rows.err = err
			return kept, err
		}
	}
}

// keep puts a batch into the order and the types of the table.
func (p placement) keep(kept *spool.Spool, b arrow.RecordBatch) error {
	fields := make([]arrow.Field, len(p.columns))
	columns := make([]arrow.Array, len(p.columns))
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	for i, c := range p.columns {
		var err error
		if columns[i], err = p.column(i, b); err != nil {
			return err
		}
		if c.NotNull && columns[i].NullN() > 0 {
			return sqlstate.New(sqlstate.NotNullViolation, "null value in column %q of relation %q violates not-null constraint", c.Name, p.relation)
		}
		fields[i] = arrow.Field{Name: c.Name, Type: columns[i].DataType(), Nullable: true}
	}
	batch := array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, b.NumRows())
	defer batch.Release()
	return kept.Append(batch)
}

// column gives the values of one column of the table.
func (p placement) column(i int, b arrow.RecordBatch) (arrow.Array, error) {
	from, want := i, pgtype.Arrow(p.columns[i].Type)
	if p.from != nil {
		from = p.from[i]
	}
	if from < 0 {
		return array.MakeArrayOfNull(memory.DefaultAllocator, want, int(b.NumRows())), nil
	}
	values := b.Column(from)
	switch {
	case arrow.TypeEqual(values.DataType(), want):
		return fitted(values, p.columns[i].Type)
	case values.DataType().ID() == arrow.NULL:
		return array.MakeArrayOfNull(memory.DefaultAllocator, want, int(b.NumRows())), nil
	}
	return nil, sqlstate.New(sqlstate.InternalError, "column %d is %s, not %s", i+1, values.DataType(), want)
}

// place finds where the columns named by INSERT go; none named are the first ones.
func (t *temporaryTable) place(named []planner.Target, width int) (placement, error) {
	p := placement{relation: t.table.Object, columns: t.columns(), from: make([]int, len(t.table.Columns))}
	for i := range p.from {
		p.from[i] = -1
		if named == nil && i < width {
			p.from[i] = i
		}
	}
	for at, target := range named {
		i := slices.IndexFunc(p.columns, func(c plan.Column) bool { return c.Name == target.Name })
		switch {
		case i < 0:
			return p, sqlstate.New(sqlstate.UndefinedColumn, "column %q of relation %q does not exist", target.Name, t.table.Object).At(target.Position)
		case p.from[i] >= 0:
			return p, sqlstate.New(sqlstate.DuplicateColumn, "column %q specified more than once", target.Name).At(target.Position)
		}
		p.from[i] = at
	}
	return p, nil
}

// columns are the table's as a plan has them.
func (t *temporaryTable) columns() []plan.Column {
	all := make([]plan.Column, len(t.table.Columns))
	for i, c := range t.table.Columns {
		all[i] = plan.Column{Name: c.Name, Type: c.Type, NotNull: c.NotNull}
	}
	return all
}

// targets are the columns of the table that INSERT names, in its order.
func (p placement) targets(named []planner.Target) []plan.Column {
	if named == nil {
		return p.columns
	}
	all := make([]plan.Column, len(named))
	for i, from := range p.from {
		if from >= 0 {
			all[from] = p.columns[i]
		}
	}
	return all
}
