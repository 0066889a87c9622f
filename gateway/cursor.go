package gateway

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/sqlstate"
)

// cursor is a query between DECLARE and CLOSE, and where it stands: 0 is before the
// first row, n on row n, one more than there are rows after the last.
//
// Rows that have been read are kept for going back: by a SCROLL cursor all of them, in a
// file where they are many; by one that says neither as long as they fit into memory (as
// PostgreSQL goes back where the plan happens to allow it); by a NO SCROLL one none.
type cursor struct {
	name           string
	columns        []pgwire.Column
	binary, hold   bool
	scroll, oneWay bool
	depth          int // marks of the transaction when it was declared; 0: held from an earlier one

	rows     *rows        // what still runs; nil at the end
	kept     *spool.Spool // rows from base+1 on; nil where they are not kept
	base     int64
	batch    arrow.RecordBatch
	first    int64 // number of batch's first row
	read     int64 // rows read so far
	position int64
	failed   bool
	standing *standing // what allows the rows, those that are kept too
}

// goesBack tells whether rows that were read can be read again.
func (c *cursor) goesBack() bool { return !c.oneWay && c.kept != nil }

// onRow tells whether the cursor stands on a row.
func (c *cursor) onRow() bool { return c.position > 0 && (c.rows != nil || c.position <= c.read) }

var errForwardOnly = sqlstate.New(sqlstate.ObjectNotInPrerequisiteState, "cursor can only scan forward").
	WithHint("Declare it with SCROLL option to enable backward scan.")

// at gives the batch that holds a row, and the number of its first row; nil where there
// are fewer rows. The batch is the cursor's until its next use.
func (c *cursor) at(ctx context.Context, row int64) (arrow.RecordBatch, int64, error) {
	for {
		if err := c.usable(); err != nil {
			return nil, 0, err
		}
		if c.batch != nil && row >= c.first && row < c.first+c.batch.NumRows() {
			return c.batch, c.first, nil
		}
		var err error
		switch {
		case row <= c.read:
			err = c.find(row)
		case c.rows == nil:
			return nil, 0, nil
		default:
			err = c.pull(ctx)
		}
		if err != nil {
			c.failed = true
			return nil, 0, err
		}
	}
}

// usable refuses a cursor that has failed: where it stands is anybody's guess.
func (c *cursor) usable() error {
	if c.failed {
		return sqlstate.New(sqlstate.ObjectNotInPrerequisiteState, "portal %q cannot be run", c.name)
	}
	return nil
}

// find shows the kept batch with a row.
func (c *cursor) find(row int64) error {
	if c.kept == nil || row <= c.base {
		return errForwardOnly
	}
	b, first, err := c.kept.Find(row - 1 - c.base)
	if err == nil {
		c.show(b, c.base+first+1)
	}
	return err
}

// show makes a batch the one at hand; the cursor takes over its reference.
func (c *cursor) show(b arrow.RecordBatch, first int64) {
	if c.batch != nil {
		c.batch.Release()
	}
	c.batch, c.first = b, first
}

// pull reads one more batch.
func (c *cursor) pull(ctx context.Context) error {
	b, err := c.rows.Next(ctx)
	if err != nil {
		return err
	}
	if b == nil {
		c.rows.Close()
		c.rows = nil
		return nil
	}
	if err := c.keep(b); err != nil {
		return err
	}
	b.Retain()
	c.show(b, c.read+1)
	c.read += b.NumRows()
	return nil
}

// keep keeps a batch; a cursor that need not go back gives up once rows are too many.
func (c *cursor) keep(b arrow.RecordBatch) error {
	if c.kept == nil {
		return nil
	}
	err := c.kept.Append(b)
	if err != nil && !c.scroll {
		c.kept.Release()
		c.kept = nil
		return nil
	}
	return err
}

// materialise reads the rest of the rows, for the cursor to outlive its transaction. One
// that never goes back keeps only those.
func (c *cursor) materialise(ctx context.Context, budget *spool.Budget) error {
	if c.kept == nil {
		c.kept, c.base = spool.New(budget), c.position
		if c.batch != nil && c.position < c.read {
			rest := c.batch.NewSlice(max(c.position+1-c.first, 0), c.batch.NumRows())
			defer rest.Release()
			if err := c.kept.Append(rest); err != nil {
				return err
			}
		}
	}
	c.scroll = true // every row is needed
	for c.rows != nil {
		if err := c.pull(ctx); err != nil {
			return err
		}
	}
	return nil
}

// close frees everything.
func (c *cursor) close() {
	if c.rows != nil {
		c.rows.Close()
		c.rows = nil
	}
	if c.kept != nil {
		c.kept.Release()
		c.kept = nil
	}
	c.show(nil, 0)
	c.failed = true
}
