package duckdb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgname"
)

// load copies a table's files in the background, if nobody does so already. Close waits
// for it.
func (s *Source) load(e *duckdb.Engine, t *catalog.Table, i *interest) {
	m := s.memory
	m.mu.Lock()
	busy := i.loading
	i.loading = true
	m.mu.Unlock()
	if busy {
		return
	}
	s.loads.begin(func() {
		s.loadInTurn(e, t, i)
		m.mu.Lock()
		i.loading = false
		m.mu.Unlock()
	})
}

func (s *Source) loadInTurn(e *duckdb.Engine, t *catalog.Table, i *interest) {
	m := s.memory
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-s.loads.ctx.Done():
		return
	}
	ctx, cancel := context.WithCancel(s.loads.ctx)
	defer cancel()
	m.mu.Lock()
	m.stop = cancel
	columns, since := i.wanted(m.Now()), i.since
	m.mu.Unlock()
	found := outcome{nothing: true}
	if end, ok := s.lendLoading(e); ok {
		found = s.copyFiles(ctx, &copied{of: i, source: s, engine: e, columns: map[string]string{}, readers: 1}, t, columns, since)
		end()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stop = nil
	switch {
	case found.unfit != nil:
		i.unfit = found.unfit
	case found.nothing:
		i.rest = m.Now().Add(restAfterNeed)
	}
}

// outcome is why there is no copy; the zero value says nothing: there is one, or there will
// be one another time.
type outcome struct {
	unfit   version // these files cannot be copied
	nothing bool    // there was no memory
}

// copyFiles fills c with columns of a relation that is read since a moment, and has reads
// begin on it, if the files are the same before and after.
//
// How they are read is asked anew: since the read that began this they may have been replaced
// by others with other columns. Had they been so after that, they would be too young.
func (s *Source) copyFiles(ctx context.Context, c *copied, t *catalog.Table, columns []columnUse, since time.Time) outcome {
	m := s.memory
	r, err := s.relation(ctx, c.engine, t)
	if err != nil {
		return outcome{}
	}
	columns = slices.DeleteFunc(columns, func(u columnUse) bool {
		as, err := s.use(r, u.table, u.ordinal)
		return err != nil || as.computed != u.computed
	})
	now, ok := versionOf(r.files)
	switch {
	case !ok || !now.settled(m.Now()) || len(columns) == 0:
		return outcome{}
	case now.bytes() > m.Limit*mostShrunk:
		return outcome{unfit: now}
	}
	bytes, err := c.measure(ctx, r, columns)
	switch {
	case ctx.Err() != nil:
		return outcome{}
	case err != nil || bytes > m.Limit:
		return outcome{unfit: now}
	case !m.reserve(bytes, since):
		return outcome{nothing: true}
	}
	s.sequence++
	c.table, c.version, c.bytes, c.read = fmt.Sprintf("sluice_copy_%d", s.sequence), now, bytes, m.Now()
	before, err := inTables(ctx, c.engine)
	if failed := s.resize(c.engine, bytes); err == nil {
		err = failed
	}
	if err == nil {
		err = c.fill(ctx, r, columns)
	}
	if err == nil {
		err = c.weigh(ctx, before)
	}
	c.publish(err == nil && ctx.Err() == nil && s.still(t, r, now))
	if err != nil && ctx.Err() == nil {
		return outcome{unfit: now}
	}
	return outcome{}
}

// still tells whether a table's files are those of a version, and read as they were.
func (s *Source) still(t *catalog.Table, r *relation, v version) bool {
	again, err := s.place(t)
	if err != nil || again.from != r.from {
		return false
	}
	now, ok := versionOf(again.files)
	return ok && now.equal(v)
}

// mostShrunk is in how many bytes of memory at least one byte of a file may end up: files
// are compressed, but not all of their columns are read.
const mostShrunk = 8

// measure computes what the columns take as a table: one read of the files.
func (c *copied) measure(ctx context.Context, r *relation, columns []columnUse) (int64, error) {
	fixed, blocks, lengths := 1, len(columns), []string{"0"}
	for _, one := range columns {
		width, known := widths[one.of.OID]
		if p, _, ok := pgtype.IsDecimal128(one.of); ok && p > 18 {
			width, known = 16, true
		} else if ok {
			width, known = 8, true
		}
		if !known {
			lengths = append(lengths, "coalesce(sum(strlen(CAST("+one.computed+" AS VARCHAR))), 0)")
			width = 16
		}
		if one.key() {
			width, blocks = width+indexWidth, blocks+indexBlocks
		}
		fixed += width
	}
	rows, err := texts(ctx, c.engine, fmt.Sprintf("SELECT CAST(count(*) * %d + %s AS VARCHAR) FROM %s AS %s", fixed, strings.Join(lengths, " + "), r.from, sourceAlias))
	if err != nil {
		return 0, err
	}
	return int64(number(rows[0][0])*slack) + int64(blocks)*blockBytes, nil
}

// widths are the bytes of a value in a table of the engine.
var widths = map[pgtype.OID]int{
	pgtype.Bool: 1, pgtype.Int2: 2, pgtype.Int4: 4, pgtype.Int8: 8, pgtype.Oid: 4, pgtype.Float4: 4, pgtype.Float8: 8,
	pgtype.Date: 4, pgtype.Time: 8, pgtype.Timestamp: 8, pgtype.Timestamptz: 8, pgtype.Interval: 16,
}

const (
	indexWidth  = 24        // of an index, for each row
	slack       = 1.1       // ends of blocks
	blockBytes  = 256 << 10 // of the engine: each column has at least one,
	indexBlocks = 10        // and an index one for each kind of its nodes
)

// fill makes the table, with an index on what begins the primary key: look-ups by it are
// what one row is read for. Columns are converted here, so a value that cannot be is an error
// and the files are read as before, where it is one only if it is asked for.
func (c *copied) fill(ctx context.Context, r *relation, columns []columnUse) error {
	items := make([]string, len(columns))
	index := ""
	for at, column := range columns {
		name := fmt.Sprintf("c%d", at)
		c.columns[column.computed] = name
		items[at] = column.computed + " AS " + pgname.Quoted(name)
		if column.key() && indexed[column.of.OID] {
			index = fmt.Sprintf("CREATE INDEX %s_key ON %[1]s (%s)", c.table, pgname.Quoted(name))
		}
	}
	err := c.engine.Exec(ctx, fmt.Sprintf("CREATE TABLE %s AS SELECT %s FROM %s AS %s", c.table, strings.Join(items, ", "), r.from, sourceAlias))
	if err == nil && index != "" {
		err = c.engine.Exec(ctx, index)
	}
	return err
}

// errTooLarge: a copy took more than it was expected to.
var errTooLarge = errors.New("larger than measured")

// weigh replaces what a copy was expected to take by what it does: what the engine's tables
// take more than before it.
func (c *copied) weigh(ctx context.Context, before int64) error {
	after, err := inTables(ctx, c.engine)
	took := after - before
	switch {
	case err != nil:
		return err
	case took > c.bytes:
		return errTooLarge
	case took <= 0:
		return nil // another table went in the meantime
	}
	spare := c.bytes - took
	c.bytes = took
	return c.source.resize(c.engine, -spare)
}

// inTables is what the tables in an engine's memory take, with their indexes.
func inTables(ctx context.Context, e *duckdb.Engine) (int64, error) {
	rows, err := texts(ctx, e, "SELECT CAST(sum(memory_usage_bytes) AS VARCHAR) FROM duckdb_memory() WHERE tag IN ('IN_MEMORY_TABLE', 'ART_INDEX')")
	if err != nil {
		return 0, err
	}
	return int64(number(rows[0][0])), nil
}

// indexed are the types of keys that have an index.
var indexed = map[pgtype.OID]bool{
	pgtype.Int2: true, pgtype.Int4: true, pgtype.Int8: true, pgtype.Date: true, pgtype.Text: true, pgtype.Varchar: true, pgtype.UUID: true,
}

// publish has reads begin on a copy in place of the one before, or drops it.
func (c *copied) publish(good bool) {
	m := c.source.memory
	m.mu.Lock()
	before := c.of.copy
	if good {
		if before != nil {
			m.forget(before)
		}
		m.copies = append(m.copies, c)
		m.counts.Loaded++
		c.of.copy = c
	} else {
		c.unwanted = true
	}
	m.mu.Unlock()
	c.drop() // the loader's own reference
	if good && before != nil {
		before.drop()
	}
}
