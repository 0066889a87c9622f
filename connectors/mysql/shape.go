package mysql

import (
	"context"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// shapes remembers the physical columns of tables. A statement is exact only for the
// types it was written for: a text column whose contract says boolean, or a FLOAT whose
// contract says double precision, would compare in MySQL's own loose way.
type shapes struct {
	mu    sync.Mutex
	known map[*catalog.Table]shape
}

type shape struct {
	columns []physical
	at      time.Time
}

// shapeAge is how long a table is trusted not to have been altered.
const shapeAge = time.Minute

// tables are the columns of some tables.
type tables map[*catalog.Table][]physical

// check refuses a plan that reads a column as what it is not, and gives the columns it was
// held against: what is written next must know the same.
func (s *shapes) check(ctx context.Context, of *Source, c *session, root plan.Node) (tables, error) {
	var scans []*plan.Scan
	plan.Walk(root, func(n plan.Node) bool {
		if scan, ok := n.(*plan.Scan); ok {
			scans = append(scans, scan)
		}
		return true
	})
	shapes, err := s.of(ctx, c, scans)
	if err != nil {
		return nil, err
	}
	for _, scan := range scans {
		if err := of.fits(scan, shapes[scan.Table]); err != nil {
			return nil, err
		}
	}
	return shapes, nil
}

// of gives the columns of the scans' tables, asking for those not known.
func (s *shapes) of(ctx context.Context, c *session, scans []*plan.Scan) (tables, error) {
	out := tables{}
	var unknown []*catalog.Table
	now := time.Now()
	s.mu.Lock()
	for _, scan := range scans {
		if known, ok := s.known[scan.Table]; ok && now.Sub(known.at) < shapeAge {
			out[scan.Table] = known.columns
		} else {
			unknown = append(unknown, scan.Table)
		}
	}
	s.mu.Unlock()
	if len(unknown) == 0 {
		return out, nil
	}
	columns, err := columnsOf(ctx, c, unknown)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[*catalog.Table]shape{}
	}
	for t, old := range s.known { // tables of older snapshots of the mesh
		if now.Sub(old.at) >= shapeAge {
			delete(s.known, t)
		}
	}
	for _, t := range unknown {
		out[t] = columns[nameOf(t)]
		if len(out[t]) > 0 {
			s.known[t] = shape{out[t], now}
		}
	}
	return out, nil
}

// storage gives what is known of a column.
func (s *shapes) storage(t *catalog.Table, c *catalog.Column) storage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tables{t: s.known[t].columns}.storage(t, c)
}

// storage gives what is known of a column. Every character set has the characters of
// ASCII, at least as far as columns go.
func (known tables) storage(t *catalog.Table, c *catalog.Column) storage {
	p, _ := find(known[t], physicalName(c))
	out := storage{widest: unicode.MaxASCII, missesPrefixes: p.missesPrefixes(), digits: p.digits, year: p.word == "year"}
	switch p.charset {
	case "utf8mb4", "utf16", "utf16le", "utf32":
		out.widest = utf8.MaxRune
	case "utf8mb3", "utf8", "ucs2":
		out.widest = 0xffff
	}
	return out
}

// fits compares the columns a scan reads with their contract.
func (s *Source) fits(scan *plan.Scan, columns []physical) error {
	broken := func(format string, args ...any) error {
		return sqlstate.New(sqlstate.SystemError, "domain %s: source %s could not run its part of the statement", s.of.Domain, s.of.Name).
			WithDetail(format, args...).OwnedBy(sqlstate.OwnerDomain)
	}
	if len(columns) == 0 {
		return broken("A table does not exist there, or the source's user may not read it.")
	}
	for _, ordinal := range scan.Ordinals {
		c := scan.Table.Columns[ordinal]
		p, ok := find(columns, physicalName(c))
		if !ok {
			return broken("Column %s does not exist there.", c.Name)
		}
		if !reads(p, c.Type) {
			return broken("Column %s is %s there, the contract says %s.", c.Name, p.text, pgtype.FormatType(c.Type))
		}
	}
	return nil
}
