package conntest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// with opens the fixture's source under changed limits.
func (f *fixture) with(t testing.TB, change func(*catalog.Source)) (connectors.Source, *catalog.Source) {
	t.Helper()
	changed := *f.definition
	change(&changed)
	s, err := f.connector.Open(&changed, f.secret)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, &changed
}

// testLimits: connections, rows and time of a statement.
func testLimits(t *testing.T, h Harness) {
	f := open(t, h, items(t, 400))
	t.Run("connections", func(t *testing.T) {
		s, definition := f.with(t, func(s *catalog.Source) { s.Limits.Connections = 1 })
		remote, _ := f.bound(t, endless)
		remote.Source = definition
		first, err := s.Read(context.Background(), remote)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		if second, err := s.Read(ctx, remote); err == nil {
			second.Release()
			t.Error("two statements run on one connection")
		}
		first.Release()
		third, err := s.Read(context.Background(), remote)
		if err != nil {
			t.Fatalf("after the first has ended: %v", err)
		}
		third.Release()
	})
	t.Run("rows", func(t *testing.T) {
		s, definition := f.with(t, func(s *catalog.Source) { s.Limits.MaxRows = 100 })
		root := scan(f.tables[0], 0)
		r, err := s.Read(context.Background(), &plan.Remote{Source: definition, Root: root})
		if err == nil {
			_, err = drain(r, root.Cols)
		}
		expectEnd(t, err, sqlstate.ConfigurationLimitExceeded)
	})
	t.Run("time", func(t *testing.T) {
		s, definition := f.with(t, func(s *catalog.Source) { s.Limits.StatementTimeout = 100 * time.Millisecond })
		query := slow
		if h.Slow != "" {
			query = h.Slow
		}
		remote, _ := f.bound(t, query)
		remote.Source = definition
		r, err := s.Read(context.Background(), remote)
		if err == nil {
			_, err = drain(r, remote.Columns())
		}
		if expectEnd(t, err, sqlstate.QueryCanceled); err != nil && !strings.Contains(err.Error(), definition.Domain) {
			t.Errorf("the error does not name the domain: %v", err)
		}
	})
}

// testReach: a source that does not answer fails at its first use, not when opened.
func testReach(t *testing.T, h Harness) {
	f := open(t, h, items(t, 5))
	if h.Unreachable != nil {
		t.Run("unreachable", func(t *testing.T) {
			s, definition := f.with(t, h.Unreachable)
			_, err := s.Read(context.Background(), &plan.Remote{Source: definition, Root: scan(f.tables[0])})
			expectUnreachable(t, err, definition)
			_, err = s.Describe(context.Background(), []*catalog.Table{f.tables[0].Table})
			expectUnreachable(t, err, definition)
		})
	}
	if h.Rejected != "" {
		t.Run("wrong secret", func(t *testing.T) {
			s, err := f.connector.Open(f.definition, h.Rejected)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, err = s.Read(context.Background(), &plan.Remote{Source: f.definition, Root: scan(f.tables[0])})
			expectUnreachable(t, err, f.definition)
			if err != nil && strings.Contains(err.Error(), h.Rejected) {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
	t.Run("missing table", func(t *testing.T) {
		missing := NewTable(t, "not_there", []string{"id bigint"}, nil)
		missing.Source = f.definition
		missing.Physical.Format, missing.Physical.Path = f.tables[0].Physical.Format, strings.Replace(f.tables[0].Physical.Path, "items", "not_there", 1)
		r, err := f.source.Read(context.Background(), &plan.Remote{Source: f.definition, Root: scan(missing)})
		if err == nil {
			_, err = drain(r, scan(missing).Cols)
		}
		expectEnd(t, err, sqlstate.SystemError)
		if sqlstate.From(err).Owner() != sqlstate.OwnerDomain || !strings.Contains(err.Error(), "domain "+f.definition.Domain) {
			t.Errorf("the error is not the domain's: %v", err)
		}
	})
}

func expectUnreachable(t testing.TB, err error, s *catalog.Source) {
	t.Helper()
	if expectEnd(t, err, sqlstate.UnableToConnect); err == nil {
		return
	}
	if want := "domain " + s.Domain + ": source " + s.Name + " cannot be reached"; sqlstate.From(err).Message != want {
		t.Errorf("got %q, want %q", sqlstate.From(err).Message, want)
	}
}

func testReadOnly(t *testing.T, h Harness) {
	if h.Write == nil {
		t.Skip("the connector has no way to send a write")
	}
	f := open(t, h, items(t, 5))
	if err := h.Write(f.source, f.tables[0].Table); err == nil {
		t.Error("a write is not refused")
	}
	if n := len(Rows(t, f.read(t, scan(f.tables[0], 0)), scan(f.tables[0], 0).Cols)); n != 5 {
		t.Errorf("%d rows after a refused write, want 5", n)
	}
}
