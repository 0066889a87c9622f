package gateway

import (
	"context"
	"errors"
	"io"

	"github.com/sluicemesh/sluice/gateway/copyin"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// copyFrom is COPY FROM STDIN into a temporary table: its rows are inserted, so many at a time.
type copyFrom struct {
	session *session
	copy    *planner.CopyFrom
}

var (
	_ pgwire.Statement = (*copyFrom)(nil)
	_ pgwire.Portal    = (*copyFrom)(nil)
	_ pgwire.CopyIn    = (*copyFrom)(nil)
)

// copyChunk is how many rows are inserted at a time.
const copyChunk = 500

// Describe gives nothing: COPY has neither parameters nor a RowDescription.
func (c *copyFrom) Describe(context.Context) ([]uint32, []pgwire.Column, error) {
	return nil, nil, c.session.ready()
}

// Bind gives the statement itself.
func (c *copyFrom) Bind(_ context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	if err := noParameters(parameters); err != nil {
		return nil, err
	}
	return c, nil
}

// Columns are none.
func (c *copyFrom) Columns() []pgwire.Column { return nil }

// Close frees nothing.
func (c *copyFrom) Close() {}

// Run is never asked of a portal that takes data.
func (c *copyFrom) Run(context.Context) (pgwire.Rows, error) {
	return nil, sqlstate.Unsupported("COPY FROM here")
}

// Width tells how many columns the data has, and whether it is binary.
func (c *copyFrom) Width(context.Context) (width int, binary bool, err error) {
	if err := c.session.ready(); err != nil {
		return 0, false, err
	}
	c.session.begun().queried = true
	columns, err := c.columns()
	return len(columns), c.copy.Options.Format == "binary", err
}

// columns are those that the data has, by their names.
func (c *copyFrom) columns() ([]planner.Target, error) {
	t, err := c.session.target("COPY FROM", c.copy.Table)
	if err != nil {
		return nil, err
	}
	if c.copy.Refused != nil {
		return nil, c.copy.Refused
	}
	if c.copy.Columns == nil {
		return allOf(t), nil
	}
	var all []planner.Target
	for _, name := range c.copy.Columns {
		all = append(all, planner.Target{Name: name})
	}
	_, err = t.Place(all, len(all))
	return all, err
}

func allOf(t *temporary.Table) (all []planner.Target) {
	for _, column := range t.Definitions() {
		if column.Generated == nil {
			all = append(all, planner.Target{Name: column.Name})
		}
	}
	return all
}

// Take stores what next gives. Here the time for which the client is waited for counts: it
// is part of the statement. PostgreSQL notices only when more data has come.
func (c *copyFrom) Take(ctx context.Context, next func(context.Context) ([]byte, error)) (string, error) {
	limit := c.session.timeout()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer limit.watch(ctx, cancel)()
	columns, err := c.columns()
	if err != nil {
		return "", err
	}
	row, err := c.reader(columns, func() ([]byte, error) { return next(ctx) })
	if err != nil {
		return "", err
	}
	total := int64(0)
	for {
		chunk, err := readChunk(row, columns)
		if err != nil {
			return "", err
		}
		if len(chunk) == 0 {
			return "COPY " + itoa(total), nil
		}
		if err := c.insert(ctx, columns, chunk); err != nil {
			return "", err
		}
		total += int64(len(chunk))
	}
}

// reader gives what reads the next row, in the format of the statement.
func (c *copyFrom) reader(columns []planner.Target, next func() ([]byte, error)) (func() ([]copyin.Value, error), error) {
	o := c.copy.Options
	if o.Format != "binary" {
		return copyin.NewReader(copyin.Format{
			CSV: o.Format == "csv", Delimiter: o.Delimiter, Quote: o.Quote, Escape: o.Escape, Null: o.Null, Header: o.Header,
		}, next).Row, nil
	}
	t, err := c.session.target("COPY FROM", c.copy.Table)
	if err != nil {
		return nil, err
	}
	targets, _ := t.Targets(columns)
	rows := copyin.NewBinary(next)
	return func() ([]copyin.Value, error) {
		row, err := rows.Row(len(targets))
		if err != nil {
			return nil, err
		}
		values := make([]copyin.Value, len(row))
		for i, value := range row {
			if values[i].Null = value == nil; value == nil {
				continue
			}
			if values[i].Text, err = pgwire.DecodeParameter(uint32(targets[i].Type.OID), pgwire.Parameter{Format: 1, Value: value}); err != nil {
				return nil, err
			}
		}
		return values, nil
	}, nil
}

// readChunk gives the next rows; none at the end.
func readChunk(next func() ([]copyin.Value, error), columns []planner.Target) (chunk [][]copyin.Value, err error) {
	for len(chunk) < copyChunk {
		row, err := next()
		switch {
		case errors.Is(err, io.EOF):
			return chunk, nil
		case err != nil:
			return nil, err
		case len(row) < len(columns):
			return nil, sqlstate.New(sqlstate.BadCopyFileFormat, "missing data for column %q", columns[len(row)].Name)
		case len(row) > len(columns):
			return nil, sqlstate.New(sqlstate.BadCopyFileFormat, "extra data after last expected column")
		}
		chunk = append(chunk, row)
	}
	return chunk, nil
}

// insert stores rows as INSERT would that wrote their texts as literals.
func (c *copyFrom) insert(ctx context.Context, columns []planner.Target, rows [][]copyin.Value) error {
	texts := make([][]*string, len(rows))
	for i, row := range rows {
		texts[i] = make([]*string, len(row))
		for j := range row {
			if !row[j].Null {
				texts[i][j] = &row[j].Text
			}
		}
	}
	p, err := c.session.insertStatement(c.copy.Insert(columns, texts), nil).Bind(ctx, nil)
	if err != nil {
		return withoutPlace(err)
	}
	defer p.Close()
	stored, err := p.Run(ctx)
	if err != nil {
		return withoutPlace(err)
	}
	stored.Close()
	return nil
}

// withoutPlace takes the place in a statement from an error: nobody wrote one.
func withoutPlace(err error) error { return sqlstate.From(err).At(0) }
