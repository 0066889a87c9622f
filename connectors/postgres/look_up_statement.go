package postgres

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
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

// writtenLookUp is the text of a look-up, as it is right under what is known of the columns.
type writtenLookUp struct {
	text       string
	collations int32
	checked    time.Time // when the columns were last seen to fit
}

// LookUp makes a read by key ready.
func (s *Source) LookUp(r *plan.Remote) (connectors.LookUp, bool) {
	if _, ok := keyValues(r.Root); !ok || !s.mayLookUp() || len(r.Reductions) > 0 {
		return nil, false
	}
	return &lookUpStatement{source: s, remote: r, columns: r.Columns()}, true
}

// Rows reads on the caller's goroutine.
func (l *lookUpStatement) Rows(ctx context.Context, values [][]byte) (arrow.RecordBatch, bool, error) {
	connection, err := l.source.acquire(ctx)
	if err != nil {
		return nil, false, err
	}
	defer connection.Release()
	text, err := l.text(ctx, connection)
	if err != nil {
		return nil, false, err
	}
	p := l.source.preparedLookUp(ctx, connection.Conn().PgConn(), text, l.columns)
	if p == nil {
		return nil, false, nil
	}
	if p.decoding == nil {
		if p.decoding, err = l.source.decoding(memory.DefaultAllocator, connection, l.columns, p.wire); err != nil {
			return nil, false, err
		}
	}
	return l.source.found(ctx, connection, p.name, p.decoding, values)
}

// text gives the statement.
func (l *lookUpStatement) text(ctx context.Context, connection *pgxpool.Conn) (string, error) {
	w, s := l.written.Load(), l.source
	if w != nil && w.collations == s.collations.Load() && time.Since(w.checked) < checkedFor {
		return w.text, nil
	}
	now := &writtenLookUp{collations: s.collations.Load(), checked: time.Now()}
	var err error
	if now.text, _, err = s.checkedText(ctx, connection.Conn().PgConn(), l.remote, sqlwriter.Options{Numbered: true}); err != nil {
		return "", err
	}
	l.written.Store(now)
	return now.text, nil
}
