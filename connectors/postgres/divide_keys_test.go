package postgres

import (
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
)

// groupedServer holds tables of three rows for each id: in its order, in none, and ids that may
// be missing.
func groupedServer(t *testing.T, mem memory.Allocator, connections int) (*Source, *testservers.PostgresServer) {
	t.Helper()
	s, server := dividingServer(t, mem, connections)
	rows := "SELECT i / 3, i % 10 FROM generate_series(3, 30002) AS i"
	server.Exec(t,
		"CREATE TABLE public.lines (id int NOT NULL, v int)", "INSERT INTO public.lines "+rows, "CREATE INDEX ON public.lines (id, v)",
		"CREATE TABLE public.mixed (id int NOT NULL, v int)", "INSERT INTO public.mixed SELECT * FROM ("+rows+") AS q ORDER BY md5(q::text)",
		"CREATE INDEX ON public.mixed (id)",
		"CREATE TABLE public.loose (id int, v int)", "INSERT INTO public.loose "+rows, "CREATE INDEX ON public.loose (id)",
		"GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+server.Reader)
	server.Exec(t, "VACUUM (ANALYZE)")
	return s, server
}

// aggregated is a call of an aggregate.
func aggregated(t *testing.T, name string, of ...plan.Expr) plan.Expr {
	t.Helper()
	for _, p := range pgtype.ProceduresByName("", name) {
		if p.Kind == pgtype.AggregateKind && len(p.ArgTypes) == len(of) && (len(of) == 0 || p.ArgTypes[0] == pgtype.Int4) {
			return &plan.AggregateCall{Procedure: p, Args: of, Of: pgtype.Of(p.Result)}
		}
	}
	t.Fatalf("no aggregate %s", name)
	return nil
}

var groupColumns = []plan.Column{{ID: 1, Name: "id", Type: pgtype.Of(pgtype.Int4)}, {ID: 3, Name: "n", Type: pgtype.Of(pgtype.Int8)}}

// grouped counts or adds up what a table has for each id.
func grouped(t *testing.T, table string, aggregate plan.Expr) *plan.Remote {
	a := &plan.Aggregate{
		Input: divisible(t, table).Root, Groups: []plan.Item{plan.PassOn(dividedColumns[0])},
		Aggs: []plan.Item{{Column: groupColumns[1], Expr: aggregate}},
	}
	return &plan.Remote{Root: a, GroupKeys: []plan.ColumnID{1}}
}

// TestDivideGroups: groups of a key in whose order a table lies, or of which an index has all
// that is read, come by ranges of it, and are the same.
func TestDivideGroups(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	s, server := groupedServer(t, mem, 8)
	count, sum := aggregated(t, "count"), aggregated(t, "sum", &plan.ColumnRef{Column: dividedColumns[1]})
	for _, test := range []struct {
		table     string
		aggregate plan.Expr
		text      string
		divided   bool
	}{
		{"lines", count, "count(*)", true},
		{"lines", sum, "sum(v)", true},
		{"mixed", sum, "sum(v)", false},
		{"loose", sum, "sum(v)", false},
	} {
		r := grouped(t, test.table, test.aggregate)
		divided := parts(t, s, r)
		if got := divided != nil; got != test.divided {
			t.Errorf("%s by id of %s: divided %v, want %v", test.text, test.table, got, test.divided)
		}
		rows, err := s.Read(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		sameRows(t, conntest.Rows(t, rows, groupColumns),
			conntest.PostgresRows(t, server.DSN, "SELECT id, "+test.text+" FROM public."+test.table+" GROUP BY 1", groupColumns))
	}
	_ = s.Close()
	mem.AssertSize(t, 0)
}

func sameRows(t *testing.T, got, want [][]string) {
	t.Helper()
	slices.SortFunc(got, slices.Compare)
	slices.SortFunc(want, slices.Compare)
	conntest.Compare(t, got, want)
}

// TestDividePartialGroups: of groups that are put together later blocks do, as many parts as
// there are readers; not where the owner bounds how many rows come.
func TestDividePartialGroups(t *testing.T) {
	s, _ := groupedServer(t, nil, 8)
	r := grouped(t, "mixed", aggregated(t, "sum", &plan.ColumnRef{Column: dividedColumns[1]}))
	r.GroupKeys, r.Divisible = nil, true
	if got := len(parts(t, s, r)); got != s.dividing.readers {
		t.Errorf("%d parts", got)
	}
	rows, err := s.Read(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(conntest.Rows(t, rows, groupColumns)); got <= 10_000 {
		t.Errorf("%d groups of two parts, each with nearly all", got)
	}
	s.of.Limits.MaxRows = 15_000
	if parts(t, s, r) != nil {
		t.Error("divided though more rows come then")
	}
}
