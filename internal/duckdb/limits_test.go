package duckdb

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
)

func TestLimitsChangeWhileLocked(t *testing.T) {
	t.Parallel()
	e := open(t, Options{MemoryLimit: 32 << 20, Threads: 2})
	const large = "SELECT len(list(i::VARCHAR || 'some longer text')) FROM range(1000000) t(i)"
	wantError(t, e, large, "53200", "out of memory")
	must(t, e.Limit(context.Background(), Limits{Memory: 512 << 20, Threads: 1}))
	wantRows(t, e, large, nil, "1000000")
	wantRows(t, e, "SELECT current_setting('threads')", nil, "1")
	must(t, e.Limit(context.Background(), Limits{Memory: 32 << 20, Spill: 1 << 20, Threads: 2}))
	wantError(t, e, large, "53200", "out of memory")
	for _, sql := range []string{"SET GLOBAL temp_directory = '/tmp'", "SET GLOBAL allowed_configs = []", "SET GLOBAL lock_configuration = false", "SET GLOBAL enable_external_access = true"} {
		if err := e.Exec(context.Background(), sql); err == nil {
			t.Errorf("DuckDB allows %s", sql)
		}
	}
}

// TestLimitsOfWhatIsInUse: memory that a statement uses is not taken from it.
func TestLimitsOfWhatIsInUse(t *testing.T) {
	t.Parallel()
	e := open(t, Options{MemoryLimit: 512 << 20})
	r, err := e.Query(context.Background(), "SELECT unnest(l) FROM (SELECT list(i::VARCHAR || 'some longer text') AS l FROM range(1000000) t(i))", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	if err := e.Limit(context.Background(), Limits{Memory: 1 << 20}); err == nil {
		t.Error("memory in use was taken away")
	}
	for r.Next() {
	}
	must(t, r.Err())
}

// purse is a Budget that counts.
type purse struct{ most, used atomic.Int64 }

func (p *purse) Take(bytes int64) bool {
	if p.used.Add(bytes) > p.most.Load() {
		p.used.Add(-bytes)
		return false
	}
	return true
}
func (p *purse) Give(bytes int64) { p.used.Add(-bytes) }

func TestStatesAreBounded(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Aggregates: testAggregates})
	const groups = "SELECT count(s) FROM (SELECT t_sum(i) AS s FROM range(1000000) t(i) GROUP BY i % 100000)"
	p := &purse{}
	e.Charge(p)
	for most, fails := range map[int64]bool{1 << 20: true, 1 << 30: false} {
		p.most.Store(most)
		if fails {
			wantError(t, e, groups, "53200", "the groups of an aggregate need more memory than the statement may use")
		} else {
			wantRows(t, e, groups, nil, "100000")
		}
		if used := p.used.Load(); used != 0 {
			t.Errorf("%d bytes of states are left", used)
		}
	}
}

// TestSpillIsBounded: what may not go to files either is refused, and no file is left.
func TestSpillIsBounded(t *testing.T) {
	t.Parallel()
	e := open(t, Options{MemoryLimit: 64 << 20, TempDir: t.TempDir()})
	const sorted = "SELECT i FROM (SELECT i, md5(i::VARCHAR) AS m FROM range(3000000) t(i)) ORDER BY m LIMIT 1 OFFSET 2999999"
	must(t, e.Limit(context.Background(), Limits{Spill: 8 << 20}))
	if _, err := rows(t, e, sorted, nil); err == nil || !strings.Contains(err.Error(), "53") {
		t.Errorf("got %v", err)
	}
	must(t, e.Limit(context.Background(), Limits{Spill: 1 << 30}))
	if got, err := rows(t, e, sorted, nil); err != nil || len(got) != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
