package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
	"github.com/sluicemesh/sluice/planner/optimization"
)

// tpchMesh is TPC-H over three stores: orders and lineitem in PostgreSQL, customer,
// nation and region in MariaDB or MySQL, part, supplier and partsupp in Parquet.
var tpchMesh = map[string][]string{
	"trade":   {"orders", "lineitem"},
	"parties": {"customer", "nation", "region"},
	"parts":   {"part", "supplier", "partsupp"},
}

// tpchOracle loads one plain PostgreSQL with all eight tables.
func tpchOracle(t *testing.T, data tpch.Dataset) *pgx.Conn {
	t.Helper()
	db := testservers.Postgres(t).NewDatabase(t)
	if err := data.LoadPostgres(t.Context(), db.DSN); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

// tpchServed loads the three stores and serves a mesh over them.
func tpchServed(t *testing.T, data tpch.Dataset, my *testservers.MySQLServer) *served {
	t.Helper()
	return tpchMeshOver(t, data, testservers.Postgres(t).NewDatabase(t), my.NewDatabase(t)).serve()
}

// tpchMeshOver loads the three stores, two of them servers, and describes them in a mesh.
func tpchMeshOver(t testing.TB, data tpch.Dataset, pg *testservers.PostgresServer, my *testservers.MySQLServer) *meshFixture {
	t.Helper()
	m := newMesh(t)
	m.user("reader", "", "readers")
	ctx := context.Background()
	must(t, data.LoadPostgres(ctx, pg.DSN, tpchMesh["trade"]...))
	must(t, data.LoadMySQL(ctx, my.DSN, tpchMesh["parties"]...))
	must(t, os.MkdirAll(m.dir+"/lake", 0o755))
	must(t, data.WriteParquet(ctx, m.dir+"/lake", tpchMesh["parts"]...))
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.domain("parties", m.serverSource(my.Kind(), my.Host, my.Port, my.Database, my.User, my.Password))
	m.domain("parts", "type: files\npath: lake\n")
	for domain, tables := range tpchMesh {
		for _, name := range tables {
			path := ""
			if domain == "parts" {
				path = name + ".parquet"
			}
			m.tpchProduct(domain, name, path, data)
		}
	}
	return m
}

// tpchProduct publishes a TPC-H table and grants it to readers.
func (m *meshFixture) tpchProduct(domain, name, path string, data tpch.Dataset) {
	m.t.Helper()
	table, err := data.Table(name)
	must(m.t, err)
	var columns []fixtureColumn
	for _, c := range table.Columns {
		more := "required: true"
		if at := slices.Index(table.Key, c.Name); at >= 0 {
			more += fmt.Sprintf(", primaryKey: true, primaryKeyPosition: %d", at+1)
		}
		columns = append(columns, fixtureColumn{c.Name, c.SQLType(), more})
	}
	m.product(domain, name, path, columns...)
	m.grant(domain, name, "readers", "")
}

// serverSource is the YAML of a source that is a server. Its password lies in a file beside the mesh.
func (m *meshFixture) serverSource(kind, host string, port int, database, user, password string) string {
	m.t.Helper()
	f, err := os.CreateTemp(m.t.TempDir(), "secret")
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := f.WriteString(password); err != nil {
		m.t.Fatal(err)
	}
	_ = f.Close()
	schema := ""
	return fmt.Sprintf("type: %s\nhost: %s\nport: %d\ndatabase: %s\nuser: %s\nsecretRef: {file: %s}\ntls: {mode: disable}\nlimits: {connections: 8}\n%s",
		kind, host, port, database, user, f.Name(), schema)
}

// TestTPCH proves that the federation answers as one PostgreSQL does: the 22 queries and
// those of testdata/federated, with all rules, without any, and with random halves of
// them; over MySQL fewer of these.
func TestTPCH(t *testing.T) {
	data := tpch.Dataset{Scale: 0.01}
	oracle := tpchOracle(t, data)
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	testservers.MySQLFamily(t, func(t *testing.T, my *testservers.MySQLServer) {
		settings := []string{"", "all", half(random), half(random)}
		if my.Product == "MySQL" {
			settings = []string{"", half(random)}
		}
		s := tpchServed(t, data, my)
		conn := s.connect(t, "reader")
		compareTPCH(t, oracle, conn, settings)
		expectTops(t, oracle, conn, random)
		expectLookUps(t, oracle, conn, s.app.gateway.PlansReused)
	})
}

// compareTPCH asks every query under every setting of the rules.
func compareTPCH(t *testing.T, oracle, conn *pgx.Conn, settings []string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), "SET search_path = trade, parties, parts"); err != nil {
		t.Fatal(err)
	}
	for _, q := range tpch.Queries() {
		expectSame(t, oracle, conn, q, settings...)
		expectLeast(t, oracle, q)
	}
	for _, q := range federatedQueries(t) {
		if want := expectSame(t, oracle, conn, q, settings[:2]...); len(want.rows) == 0 {
			t.Errorf("%s selects nothing", q.Name)
		}
		expectLeast(t, oracle, q)
	}
	must(t, set(t.Context(), conn, ""))
	expectReduced(t, conn)
	expectFew(t, conn)
}

// federatedQueries are our own, over the same tables.
func federatedQueries(t testing.TB) []tpch.Query {
	t.Helper()
	queries, err := tpch.ReadQueries(os.DirFS("../../testdata/federated"), "*.sql")
	must(t, err)
	return queries
}

// expectSame asks PostgreSQL once, and the gateway with each set of rules turned off.
func expectSame(t *testing.T, oracle, conn *pgx.Conn, q tpch.Query, settings ...string) answer {
	t.Helper()
	want := ask(t.Context(), oracle, q.SQL)
	if want.code != "" {
		t.Errorf("%s: %s", q.Name, want)
	}
	for _, off := range settings {
		must(t, set(t.Context(), conn, off))
		start := time.Now()
		got := ask(t.Context(), conn, q.SQL)
		t.Logf("%s without [%s]: %d rows in %v", q.Name, off, len(got.rows), time.Since(start).Round(time.Millisecond))
		if d := difference(got, want); d != "" {
			t.Errorf("%s without [%s]: %s", q.Name, off, d)
		}
	}
	return want
}

// expectLeast runs what counts the rows that must move: each is one number.
func expectLeast(t *testing.T, oracle *pgx.Conn, q tpch.Query) {
	t.Helper()
	if len(q.Least) == 0 {
		t.Errorf("%s says of no store how many rows it must send", q.Name)
	}
	for store, sql := range q.Least {
		if _, known := tpchMesh[store]; !known {
			t.Errorf("%s: no store %s", q.Name, store)
		}
		got := ask(t.Context(), oracle, sql)
		if got.code != "" || len(got.rows) != 1 || len(got.rows[0]) != 1 {
			t.Errorf("%s: least of %s: %s", q.Name, store, got)
		}
	}
}

// expectReduced checks that keys of the small sources reached the large one, or the
// test above has proven less than it seems to.
func expectReduced(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	for _, q := range tpch.Queries() {
		if !slices.Contains([]string{"q03", "q08", "q17", "q19", "q20", "q21"}, q.Name) {
			continue
		}
		if got := ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+q.SQL).String(); !strings.Contains(got, "(reduced: ") {
			t.Errorf("%s: nothing was reduced:\n%s", q.Name, got)
		}
	}
}

// expectFew checks that look-ups were merged as few rows, or the comparison above was none
// of that.
func expectFew(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	ways := map[string]executor.Merged{"f06": executor.FewInEngine, "f11": executor.FewByHand, "f12": executor.FewByHand}
	for _, q := range federatedQueries(t) {
		if got := ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+q.SQL).String(); !strings.Contains(got, "Merge: "+string(ways[q.Name])) && ways[q.Name] != "" {
			t.Errorf("%s is not merged as %s:\n%s", q.Name, ways[q.Name], got)
		}
	}
}

// expectLookUps looks rows up by keys through joins of stores, there and not there, by one
// plan that is kept for all of them.
func expectLookUps(t *testing.T, oracle, conn *pgx.Conn, reused func() uint64) {
	t.Helper()
	before, asked := reused(), 0
	for _, q := range joinLookUps {
		for key := -1; key < 60; key++ {
			asked++
			number := strconv.Itoa(key)
			if d := difference(ask(t.Context(), conn, replaceKey(q.gateway, number)), ask(t.Context(), oracle, replaceKey(q.whole, number))); d != "" {
				t.Errorf("%s with %d: %s", q.name, key, d)
			}
		}
	}
	if is := int(reused() - before); is < asked/2 {
		t.Errorf("%d of %d look-ups had a plan that was kept", is, asked)
	}
}

func set(ctx context.Context, conn *pgx.Conn, off string) error {
	_, err := conn.Exec(ctx, "SET sluice.disabled_rules = '"+off+"'")
	return err
}

// half names a random half of the optimizations.
func half(random *rand.Rand) string {
	var names []string
	for _, i := range random.Perm(len(optimization.Table))[:len(optimization.Table)/2] {
		names = append(names, string(optimization.Table[i].Name))
	}
	return strings.Join(names, ",")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
