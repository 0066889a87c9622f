package postgres

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

var (
	_ connectors.LookUps = (*Source)(nil)
	_ connectors.LookUp  = (*lookUpStatement)(nil)
)

// lookUpStatement is a look-up whose values are parameters: it is written once.
type lookUpStatement struct {
	source  *Source
	remote  *plan.Remote
	columns []plan.Column
	written atomic.Pointer[writtenLookUp]
}

// writtenLookUp is where a look-up is asked, as is right under what is known of the columns.
type writtenLookUp struct {
	gathering  *gathering
	collations int32
	checked    time.Time // when the columns were last seen to fit
}

// LookUp makes a read by key ready.
func (s *Source) LookUp(r *plan.Remote) (connectors.LookUp, bool) {
	if _, ok := keyValues(r.Root); !ok || !s.mayLookUp(mostFound) || len(r.Reductions) > 0 {
		return nil, false
	}
	return &lookUpStatement{source: s, remote: r, columns: r.Columns()}, true
}

// Rows reads on the caller's goroutine, or has that of another look-up read along.
func (l *lookUpStatement) Rows(ctx context.Context, values [][]byte, before func() error) (arrow.RecordBatch, bool, error) {
	now := time.Now()
	g, err := l.gathering(ctx, now, before)
	if err != nil {
		return nil, false, err
	}
	return g.rows(&lookingUp{ctx: ctx, values: values, came: now, before: before, apart: l.remote.Off[optimization.GatherLookUps]})
}

// By tells that it is prepared, and gathered unless the session wants it alone.
func (l *lookUpStatement) By() []optimization.Name {
	by := []optimization.Name{optimization.PrepareLookUps}
	if !l.remote.Off[optimization.GatherLookUps] {
		by = append(by, optimization.GatherLookUps)
	}
	return by
}

// gathering gives where the statement is asked.
func (l *lookUpStatement) gathering(ctx context.Context, now time.Time, before func() error) (*gathering, error) {
	w, s := l.written.Load(), l.source
	if w != nil && w.collations == s.collations.Load() && now.Sub(w.checked) < checkedFor {
		return w.gathering, nil
	}
	if err := before(); err != nil {
		return nil, err
	}
	connection, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer connection.Release()
	fresh := &writtenLookUp{collations: s.collations.Load(), checked: now}
	text, _, err := s.checkedText(ctx, connection.Conn().PgConn(), l.remote, sqlwriter.Options{Numbered: true})
	if err != nil {
		return nil, err
	}
	fresh.gathering = s.gatherings.of(s, lookUpTextOf(text, l.columns), l.columns)
	l.written.Store(fresh)
	return fresh.gathering, nil
}

// gatherings are those of a source: plans of several principals may come to one statement.
type gatherings struct {
	mu  sync.Mutex
	all map[lookUpText]*gathering
}

// mostGatherings bounds the memory they take; when they are too many they begin anew.
const mostGatherings = 1024

func (g *gatherings) of(s *Source, text lookUpText, columns []plan.Column) *gathering {
	g.mu.Lock()
	defer g.mu.Unlock()
	if known := g.all[text]; known != nil {
		return known
	}
	if g.all == nil || len(g.all) >= mostGatherings {
		g.all = map[lookUpText]*gathering{}
	}
	made := &gathering{source: s, text: text, columns: columns}
	g.all[text] = made
	return made
}
