package executor

import (
	"context"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
)

// How long what a source says of its tables is taken for true, and how long a statement
// waits to hear it the first time: without it the statement is only slower.
const (
	statisticsAge  = 10 * time.Minute
	statisticsWait = time.Second
)

// statistics remembers what sources say of their tables' sizes.
type statistics struct {
	mu     sync.Mutex
	tables map[tableKey]*described
}

// tableKey names a table across reloads of the mesh.
type tableKey struct {
	source   string
	physical catalog.Physical
}

type described struct {
	at    time.Time // of the answer; zero: none yet
	found *catalog.Statistics
	asked chan struct{} // closed when the question that is under way has been answered
}

// of gives the statistics of tables of one source, nil where they are unknown. It waits
// only for those it has never heard of; older ones are renewed behind its back.
func (s *statistics) of(ctx context.Context, source connectors.Source, tables []*catalog.Table) map[*catalog.Table]*catalog.Statistics {
	wait := s.ask(source, tables)
	timeout := time.NewTimer(statisticsWait)
	defer timeout.Stop()
	for _, answered := range wait {
		select {
		case <-answered:
		case <-timeout.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[*catalog.Table]*catalog.Statistics{}
	for _, t := range tables {
		known[t] = s.tables[keyOf(t)].found
	}
	return known
}

func keyOf(t *catalog.Table) tableKey { return tableKey{t.Source.ID(), t.Physical} }

// ask has the source describe tables that are unknown or were described long ago, and
// gives what to wait for.
func (s *statistics) ask(source connectors.Source, tables []*catalog.Table) (wait []chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tables == nil {
		s.tables = map[tableKey]*described{}
	}
	var stale []*catalog.Table
	answered := make(chan struct{})
	for _, t := range tables {
		d := s.tables[keyOf(t)]
		if d == nil {
			d = &described{}
			s.tables[keyOf(t)] = d
		}
		if d.asked == nil && time.Since(d.at) > statisticsAge {
			d.asked, stale = answered, append(stale, t)
		}
		if d.at.IsZero() {
			wait = append(wait, d.asked)
		}
	}
	if len(stale) > 0 {
		go s.describe(source, stale, answered)
	}
	return wait
}

// describe is not bound to the statement that happened to ask first.
func (s *statistics) describe(source connectors.Source, tables []*catalog.Table, answered chan struct{}) {
	defer close(answered)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	all, err := source.Describe(ctx, tables)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, t := range tables {
		d := s.tables[keyOf(t)]
		d.at, d.asked = time.Now(), nil
		if err == nil && i < len(all) {
			d.found = all[i].Statistics
		}
	}
}
