package postgres

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// gatheringOf asks a statement of the test's own, which gives one text.
func gatheringOf(s *Source, text string) *gathering {
	return &gathering{source: s, text: lookUpTextOf(text, oneText), columns: oneText}
}

// batchOf are look-ups by values, one of which may have another context.
func batchOf(values ...string) *batch {
	b := &batch{}
	for _, v := range values {
		b.all = append(b.all, &lookingUp{ctx: context.Background(), values: [][]byte{[]byte(v)}, told: make(chan *batch, 1)})
	}
	return b
}

// send asks for a batch; between is called in another goroutine once it is sent.
func send(t *testing.T, g *gathering, b *batch, between func(processID uint32)) (closed bool) {
	t.Helper()
	c, err := g.source.acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	p := g.source.preparedLookUp(context.Background(), c.Conn().PgConn(), g.text, g.columns)
	if p == nil {
		t.Fatalf("%s is not prepared", g.text.text)
	}
	d, err := g.source.decoding(memory.DefaultAllocator, c, g.columns, p.wire)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if between != nil {
			between(c.Conn().PgConn().PID())
		}
	}()
	g.source.find(c, p.name, d, b)
	<-ended
	return c.Conn().IsClosed()
}

// outcomes tells in short what each look-up of a batch was given.
func outcomes(s *Source, b *batch) string {
	var all []string
	for i, l := range b.all {
		all = append(all, outcomeOf(s, l, i == 0))
	}
	return strings.Join(all, " ")
}

func outcomeOf(s *Source, l *lookingUp, leads bool) string {
	if !leads {
		if retry := <-l.told; retry != nil {
			return "again"
		}
	}
	if l.state == again {
		return "again"
	}
	found, ok, err := l.outcome(s)
	switch {
	case err != nil:
		return string(sqlstate.From(err).Code)
	case !ok:
		return "refused"
	case found == nil:
		return "none"
	}
	return strings.Join(textsOf(found.Column(0).(*array.String)), ",")
}

func textsOf(c *array.String) []string {
	all := make([]string, c.Len())
	for i := range all {
		all[i] = c.Value(i)
	}
	return all
}

// untilSleeping waits until so many statements of a database sleep.
func untilSleeping(t *testing.T, server *testservers.PostgresServer, count int) {
	t.Helper()
	const sleeping = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); runtime.Gosched() {
		if len(conntest.PostgresRows(t, server.DSN, sleeping, nil)) == count {
			return
		}
	}
	t.Errorf("not %d statements run", count)
}

// TestBatches: what each of several look-ups is given that are sent together, whatever
// becomes of one of them.
func TestBatches(t *testing.T) {
	server := testservers.Postgres(t).NewDatabase(t)
	s := opened(t, server)
	const divide = "SELECT (10 / ($1::integer - 5))::text"
	const some = "SELECT n::text FROM generate_series(1, $1::integer) AS s(n)"
	const sleep = "SELECT concat(pg_sleep($1::float8), 'slept')"
	cancelled, cancel := context.WithCancel(context.Background())
	tests := []struct {
		name, text string
		values     []string
		change     func(*batch)
		between    func(processID uint32, b *batch)
		want       string
		closed     bool
	}{
		{name: "all are answered, each its own", text: divide, values: []string{"6", "7", "15"}, want: "10 5 1"},
		{name: "numbers of rows", text: some, values: []string{"2", "0", "1"}, want: "1,2 none 1"},
		{name: "an error in the middle", text: divide, values: []string{"6", "5", "7", "15"}, want: "10 refused again again"},
		{name: "an error at the beginning", text: divide, values: []string{"5", "6"}, want: "refused again"},
		{name: "an error at the end", text: divide, values: []string{"6", "5"}, want: "10 refused"},
		{name: "what is no value of the type", text: divide, values: []string{"6", "x", "7"}, want: "10 refused again"},
		{name: "more rows than a key gives", text: some, values: []string{"1", "513", "2"}, want: "1 refused again", closed: true},
		{
			name: "the connection is lost", text: sleep, values: []string{"0", "60", "0"}, closed: true, want: "slept 08006 08006",
			between: func(processID uint32, _ *batch) {
				untilSleeping(t, server, 1)
				server.Exec(t, fmt.Sprintf("SELECT pg_terminate_backend(%d)", processID))
			},
		},
		{
			name: "who leads is cancelled", text: sleep, values: []string{"60", "0", "0"}, closed: true, want: "57014 again again",
			change:  func(b *batch) { b.all[0].ctx = cancelled },
			between: func(uint32, *batch) { untilSleeping(t, server, 1); cancel() },
		},
		{
			name: "one takes too long", text: sleep, values: []string{"0", "60", "0"}, closed: true, want: "again again again",
			between: func(_ uint32, b *batch) { untilSleeping(t, server, 1); b.cut() },
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := batchOf(test.values...)
			if test.change != nil {
				test.change(b)
			}
			closed := send(t, gatheringOf(s, test.text), b, func(processID uint32) {
				if test.between != nil {
					test.between(processID, b)
				}
			})
			if got := outcomes(s, b); got != test.want || closed != test.closed {
				t.Errorf("got %s (connection closed: %t), want %s (%t)", got, closed, test.want, test.closed)
			}
			after := batchOf("7", "8")
			if send(t, gatheringOf(s, divide), after, nil); outcomes(s, after) != "5 3" {
				t.Error("the source's next look-ups are not answered")
			}
		})
	}
}

// TestStatementIsLost: a pooler, or somebody at the source, drops what was prepared.
func TestStatementIsLost(t *testing.T) {
	s := opened(t, testservers.Postgres(t).NewDatabase(t))
	g := gatheringOf(s, "SELECT $1::text")
	b := batchOf("a", "b", "c")
	send(t, g, batchOf("first"), nil)
	c, err := s.acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	err = c.Conn().PgConn().Exec(context.Background(), "DEALLOCATE ALL").Close()
	c.Release()
	if err != nil {
		t.Fatal(err)
	}
	if send(t, g, b, nil); outcomes(s, b) != "refused again again" {
		t.Error("a statement that is not there was run")
	}
	if b = batchOf("a", "b"); send(t, g, b, nil) || outcomes(s, b) != "a b" {
		t.Error("the statement is not prepared again")
	}
}

// TestTextsOfSeveralTypes: contracts with other lengths ask by the same text, and each has
// its own length checked. What is too long is the error of its own look-up.
func TestTextsOfSeveralTypes(t *testing.T) {
	s := opened(t, testservers.Postgres(t).NewDatabase(t))
	for length, want := range map[int32]string{9: "abc abcdef ab", 3: "abc 22001 ab"} {
		columns := slices.Clone(oneText)
		columns[0].Type = pgtype.Type{OID: pgtype.Varchar, Mod: length + 4}
		b := batchOf("abc", "abcdef", "ab")
		closed := send(t, s.gatherings.of(s, lookUpTextOf("SELECT $1::varchar", columns), columns), b, nil)
		if got := outcomes(s, b); got != want || closed {
			t.Errorf("varchar(%d): got %s (connection closed: %t), want %s", length, got, closed, want)
		}
	}
}
