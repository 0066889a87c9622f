package duckdb

import (
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/duckdb"
)

// When files are copied.
const (
	// readsBeforeCopy of a relation within interestLasts have its files copied: once may
	// have been the last time, and a copy costs about what two reads do.
	readsBeforeCopy = 2
	interestLasts   = 10 * time.Minute
	// restAfterNeed is how long files are not copied again after statements needed the
	// memory or there was none.
	restAfterNeed = time.Minute
)

// interest is what is known of how a relation is read. Guarded by Memory.mu.
type interest struct {
	columns map[string]columnInterest // by what computes them from the files
	reads   int
	since   time.Time // the first of these reads
	last    time.Time
	copy    *copied // nil: there is none
	loading bool
	unfit   version   // files that cannot be copied: too large, or not to be read
	rest    time.Time // nothing is copied until then
}

type columnInterest struct {
	columnUse
	last time.Time
}

// columnUse is a column that a read takes, as its contract has it.
type columnUse struct {
	computed string // what computes it from the files, which are called sourceAlias
	of       pgtype.Type
	table    *catalog.Table
	ordinal  int
}

// key tells whether the column begins the primary key.
func (u columnUse) key() bool {
	return len(u.table.Keys) > 0 && u.table.Keys[0].Columns[0] == u.ordinal
}

// sourceAlias is what files are called where a column is computed to be copied.
const sourceAlias = "f"

// use says how a column of a contract is computed.
func (s *Source) use(r *relation, t *catalog.Table, ordinal int) (columnUse, error) {
	c := t.Columns[ordinal]
	computed, err := s.column(r, sourceAlias, c)
	return columnUse{computed: computed, of: c.Type, table: t, ordinal: ordinal}, err
}

// note counts a read of columns.
func (i *interest) note(columns []columnUse, now time.Time) {
	if now.Sub(i.last) > interestLasts {
		*i = interest{columns: map[string]columnInterest{}, since: now, copy: i.copy, loading: i.loading, rest: i.rest}
	}
	i.reads++
	i.last = now
	for _, c := range columns {
		i.columns[c.computed] = columnInterest{c, now}
	}
}

// wanted are the columns that are read of late.
func (i *interest) wanted(now time.Time) []columnUse {
	var all []columnUse
	for _, c := range i.columns {
		if now.Sub(c.last) <= interestLasts {
			all = append(all, c.columnUse)
		}
	}
	return all
}

// copyFor gives the copy that columns of a relation can be read from, which the caller
// drops; nil where its files must be read. later, if any, is to be called once they have
// been: it copies them.
func (s *Source) copyFor(e *duckdb.Engine, t *catalog.Table, r *relation, columns []columnUse) (c *copied, later func()) {
	now, ok := versionOf(r.files)
	if !ok {
		return nil, nil
	}
	stale := func() *copied {
		m := s.memory
		m.mu.Lock()
		defer m.mu.Unlock()
		i := s.interestIn(r)
		i.note(columns, m.Now())
		gone := i.copy
		switch {
		case i.copy != nil && !i.copy.version.equal(now):
			m.forget(gone)
		case i.copy != nil && i.copy.has(columns):
			c, gone = i.copy, nil
			c.readers++
			c.read = i.last
			m.counts.FromMemory++
			return nil
		default:
			gone = nil
		}
		m.counts.FromFile++
		if (i.reads >= readsBeforeCopy || m.Eager) && !i.loading && !i.unfit.equal(now) && !i.rest.After(i.last) {
			later = func() { s.load(e, t, i) }
		}
		return gone
	}()
	if stale != nil {
		stale.drop()
	}
	return c, later
}

// mostInterests bounds what is remembered of relations.
const mostInterests = 10_000

// interestIn gives what is known of a relation. With Memory.mu.
func (s *Source) interestIn(r *relation) *interest {
	if i := s.interests[r.shown]; i != nil {
		return i
	}
	if len(s.interests) > mostInterests {
		for key, i := range s.interests {
			if i.copy == nil && !i.loading {
				delete(s.interests, key)
			}
		}
	}
	i := &interest{}
	s.interests[r.shown] = i
	return i
}
