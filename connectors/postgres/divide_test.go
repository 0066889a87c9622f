package postgres

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// dividingServer holds tables of a few hundred blocks, and a source that divides them.
func dividingServer(t *testing.T, mem memory.Allocator, connections int) (*Source, *testservers.PostgresServer) {
	t.Helper()
	server := testservers.Postgres(t).NewDatabase(t)
	fill := "SELECT i, 100, repeat('x', 100) FROM generate_series(1, 20000) AS i"
	server.Exec(t,
		"CREATE TABLE public.t (id int, v int, pad text)", "INSERT INTO public.t "+fill, "CREATE INDEX ON public.t (id)",
		"CREATE TABLE public.p (id int, v int, pad text) PARTITION BY RANGE (id)",
		"CREATE TABLE public.p1 PARTITION OF public.p FOR VALUES FROM (0) TO (15000)",
		"CREATE TABLE public.p2 PARTITION OF public.p FOR VALUES FROM (15000) TO (30000)", "INSERT INTO public.p "+fill,
		"CREATE TABLE public.parent (id int, v int, pad text)", "CREATE TABLE public.child () INHERITS (public.parent)",
		"INSERT INTO public.parent "+fill, "INSERT INTO public.child "+fill,
		// Partitions of very different sizes, one without rows, one with its columns in another order.
		"CREATE TABLE public.q (id int, v int, pad text) PARTITION BY LIST (v)", "CREATE TABLE public.q0 PARTITION OF public.q FOR VALUES IN (0)",
		"CREATE TABLE public.q1 (pad text, v int, gone int, id int)", "ALTER TABLE public.q1 DROP gone", "ALTER TABLE public.q ATTACH PARTITION public.q1 FOR VALUES IN (1)",
		"CREATE TABLE public.q2 PARTITION OF public.q FOR VALUES IN (2) PARTITION BY RANGE (id)", "CREATE TABLE public.q21 PARTITION OF public.q2 DEFAULT",
		"INSERT INTO public.q SELECT i, 1 + (i % 50) / 49, repeat('y', 100) FROM generate_series(1, 20000) AS i",
		// Children of a parent without rows of its own, small each.
		"CREATE TABLE public.heirs (id int, v int, pad text)",
		"CREATE TABLE public.heir1 (more int) INHERITS (public.heirs)", "CREATE TABLE public.heir2 () INHERITS (public.heir1)",
		"INSERT INTO public.heir1 SELECT i, 7, 'z' FROM generate_series(1, 1500) AS i", "INSERT INTO public.heir2 SELECT i, 8, 'z' FROM generate_series(1, 1500) AS i",
		"CREATE VIEW public.w AS SELECT * FROM public.t", "CREATE MATERIALIZED VIEW public.m AS SELECT * FROM public.t",
		"GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+server.Reader, "ANALYZE",
	)
	of := sourceOf(server)
	of.Limits.Connections = connections
	s, err := Connector{Allocator: mem}.Open(of, server.ReaderPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	open := s.(*Source)
	open.dividing.blocks, open.dividing.rows = 10, 1000
	return open, server
}

// divisible reads columns id and v of a table.
func divisible(t testing.TB, name string, conditions ...plan.Expr) *plan.Remote {
	table := conntest.NewTable(t, name, []string{"id integer", "v integer"}, nil)
	table.Physical.Schema = "public"
	var root plan.Node = &plan.Scan{Table: table.Table, Ordinals: []int{0, 1}, Cols: dividedColumns}
	if conditions != nil {
		root = &plan.Filter{Input: root, Conjuncts: conditions}
	}
	return &plan.Remote{Root: root, Divisible: true}
}

var dividedColumns = []plan.Column{{ID: 1, Name: "id", Type: pgtype.Of(pgtype.Int4)}, {ID: 2, Name: "v", Type: pgtype.Of(pgtype.Int4)}}

// compared is column op constant.
func compared(t testing.TB, column int, operator string, constant int) plan.Expr {
	t.Helper()
	return operation(t, operator, &plan.ColumnRef{Column: dividedColumns[column]}, pgtype.Int4, strconv.Itoa(constant))
}

// parts asks how a read would be divided.
func parts(t *testing.T, s *Source, r *plan.Remote) []part {
	t.Helper()
	c, err := s.acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	text, scans, err := s.write(r, sqlwriter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s.divide(t.Context(), c.Conn().PgConn(), r, text, scans)
}

// TestDivide: what is large and read whole is read in parts, and gives the same rows.
func TestDivide(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	s, server := dividingServer(t, mem, 8)
	few := compared(t, 0, "<", 20)
	most := compared(t, 0, ">", 20)
	tests := []struct {
		table   string
		where   []plan.Expr
		text    string
		divided bool
	}{
		{"t", nil, "t", true},
		{"t", []plan.Expr{most}, "t WHERE id > 20", true},
		{"t", []plan.Expr{few}, "t WHERE id < 20", false}, // an index serves
		{"p", nil, "p", true},
		{"parent", nil, "parent", true},
		{"q", nil, "q", true},
		{"q", []plan.Expr{compared(t, 1, "=", 1)}, "q WHERE v = 1", true}, // the others are pruned
		{"q", []plan.Expr{compared(t, 1, "=", 3)}, "q WHERE v = 3", false},
		{"heirs", nil, "heirs", true},
		{"m", nil, "m", true},
		{"w", nil, "w", false}, // its rows have no places
	}
	for _, test := range tests {
		r := divisible(t, test.table, test.where...)
		if got := parts(t, s, r) != nil; got != test.divided {
			t.Errorf("%s: divided %v, want %v", test.text, got, test.divided)
		}
		rows, err := s.Read(t.Context(), r)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if inParts := rows.(*connectors.Stream).Parts > 1; inParts != test.divided {
			t.Errorf("%s: read in parts %v, want %v", test.text, inParts, test.divided)
		}
		got := conntest.Rows(t, rows, dividedColumns)
		want := conntest.PostgresRows(t, server.DSN, "SELECT id, v FROM public."+test.text, dividedColumns)
		slices.SortFunc(got, slices.Compare)
		slices.SortFunc(want, slices.Compare)
		conntest.Compare(t, got, want)
	}
	if whole := divisible(t, "t"); parts(t, s, &plan.Remote{Root: whole.Root}) != nil {
		t.Error("divided without leave")
	}
	_ = s.Close()
	mem.AssertSize(t, 0)
}

// TestSizesOfPartitions: a table is as large as its partitions and children are together.
func TestSizesOfPartitions(t *testing.T) {
	s, _ := dividingServer(t, memory.NewGoAllocator(), 8)
	names := map[string]float64{"t": 20_000, "p": 20_000, "q": 20_000, "parent": 40_000, "heirs": 3_000}
	for name, want := range names {
		table := conntest.NewTable(t, name, []string{"id integer", "v integer"}, nil)
		found, err := s.Describe(t.Context(), []*catalog.Table{table.Table})
		if err != nil || found[0].Statistics == nil || found[0].Statistics.Rows != want || found[0].Statistics.Columns[0].Distinct == 0 {
			t.Errorf("%s: %+v, %v, want %v rows", name, found[0].Statistics, err, want)
		}
	}
}

// TestRanges: parts have about as many blocks, whatever the partitions are like.
func TestRanges(t *testing.T) {
	for _, c := range []struct {
		blocks []int
		parts  int
		want   []part
	}{
		{[]int{800}, 4, []part{blockRange{0, 200}, blockRange{200, 400}, blockRange{400, 600}, blockRange{600, 0}}},
		{[]int{0, 10, 10, 780}, 4, []part{partitionsRange{blockRange{0, 180}}, partitionsRange{blockRange{180, 380}}, partitionsRange{blockRange{380, 580}}, partitionsRange{blockRange{580, 0}}}},
		{[]int{100, 100, 100, 100}, 2, []part{partitionsRange{blockRange{0, 50}}, partitionsRange{blockRange{50, 0}}}},
		{[]int{1, 1, 1, 1, 1, 1, 1, 1}, 4, []part{partitionsRange{blockRange{0, 1}}, partitionsRange{blockRange{1, 0}}}},
	} {
		if got := (tableSize{blocks: c.blocks}).ranges(c.parts); !slices.Equal(got, c.want) {
			t.Errorf("%v in %d: %v, want %v", c.blocks, c.parts, got, c.want)
		}
	}
}

// TestDividedSnapshot: the parts are of one moment, though rows change between them.
func TestDividedSnapshot(t *testing.T) {
	s, server := dividingServer(t, nil, 8)
	server.Exec(t, "CREATE INDEX ON public.p (id)")
	ctx, stop := context.WithCancel(t.Context())
	moved := make(chan struct{})
	go func() {
		defer close(moved)
		for i := 1; ctx.Err() == nil; i++ {
			from, to := i%100+1, 20000-i%100
			server.Exec(t, fmt.Sprintf("UPDATE public.t SET v = v + CASE id WHEN %d THEN -7 ELSE 7 END WHERE id IN (%d, %d)", from, from, to))
		}
	}()
	for range 20 {
		rows, err := s.Read(t.Context(), divisible(t, "t"))
		if err != nil {
			t.Fatal(err)
		}
		sum, count := int64(0), int64(0)
		for rows.Next() {
			b := rows.RecordBatch()
			for i := range int(b.NumRows()) {
				sum += int64(b.Column(1).(*array.Int32).Value(i))
			}
			count += b.NumRows()
		}
		if rows.Err() != nil || sum != 2_000_000 || count != 20000 {
			t.Errorf("%d rows add up to %d (%v)", count, sum, rows.Err())
		}
		rows.Release()
	}
	stop()
	<-moved
}

// TestDividedAlone: without a second connection, or a snapshot to share, one reads all.
func TestDividedAlone(t *testing.T) {
	s, _ := dividingServer(t, nil, 1)
	rows, err := s.Read(t.Context(), divisible(t, "t"))
	if err != nil {
		t.Fatal(err)
	}
	if got := conntest.Rows(t, rows, dividedColumns); len(got) != 20000 {
		t.Errorf("%d rows", len(got))
	}
	s, _ = dividingServer(t, nil, 8)
	if c, ok := s.joinSnapshot(t.Context(), "00000003-0000001B-1"); ok {
		c.Release()
		t.Error("joined a snapshot that is none")
	}
	rows, err = s.Read(t.Context(), divisible(t, "t"))
	if err != nil {
		t.Fatal(err)
	}
	if got := conntest.Rows(t, rows, dividedColumns); len(got) != 20000 {
		t.Errorf("%d rows", len(got))
	}
}

// TestDividedEnds: what fails in one part ends all, and so does whoever stops reading.
func TestDividedEnds(t *testing.T) {
	s, _ := dividingServer(t, nil, 8)
	divide, err := pgtype.ResolveOperator("/", pgtype.Int4, pgtype.Int4)
	if err != nil {
		t.Fatal(err)
	}
	by := compared(t, 0, "-", 19999)
	r := divisible(t, "t")
	hundred := &plan.Literal{Of: pgtype.Of(pgtype.Int4), Text: "100"}
	item := plan.Item{Column: plan.Column{ID: 3, Name: "q", Type: pgtype.Of(pgtype.Int4)}, Expr: &plan.Call{
		Procedure: divide.Procedure, Operator: "/", Of: pgtype.Of(pgtype.Int4), Args: []plan.Expr{hundred, by},
	}}
	rows, err := s.Read(t.Context(), &plan.Remote{Root: &plan.Project{Input: r.Root, Items: []plan.Item{item}}, Divisible: true})
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
	}
	if e := sqlstate.From(rows.Err()); e == nil || e.Code != sqlstate.DivisionByZero {
		t.Errorf("got %v", rows.Err())
	}
	rows.Release()
	ctx, cancel := context.WithCancel(t.Context())
	if rows, err = s.Read(ctx, r); err != nil {
		t.Fatal(err)
	}
	if !rows.Next() {
		t.Fatal(rows.Err())
	}
	cancel()
	for rows.Next() {
	}
	if e := sqlstate.From(rows.Err()); e == nil || e.Code != sqlstate.QueryCanceled {
		t.Errorf("got %v", rows.Err())
	}
	rows.Release()
	if rows, err = s.Read(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	rows.Release() // without reading
	s.running.Wait()
	for range s.pool.Stat().MaxConns() {
		c, err := s.acquire(t.Context())
		if err != nil {
			t.Fatalf("a connection is not given back: %v", err)
		}
		defer c.Release()
	}
}
