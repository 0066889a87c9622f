package mysql

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestRanges: whatever the keys are, each is in exactly one range.
func TestRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		least, most int64
		count       uint64
	}{{1, 2, 16}, {1, 100, 16}, {-5, 5, 3}, {0, 1_000_000, 7}, {math.MinInt64, math.MaxInt64, 16}, {math.MaxInt64 - 3, math.MaxInt64, 16}, {math.MinInt64, math.MinInt64 + 1, 2}} {
		all := ranges(nil, "id", c.least, c.most, c.count)
		if all[0].from != nil || all[len(all)-1].to != nil || uint64(len(all)) > c.count {
			t.Errorf("%+v: %d ranges, from %v to %v", c, len(all), all[0].from, all[len(all)-1].to)
		}
		for i := 1; i < len(all); i++ {
			if *all[i].from != *all[i-1].to || i > 1 && *all[i-1].from >= *all[i].from || *all[i].from <= c.least || *all[i].from > c.most {
				t.Errorf("%+v: range %d begins at %d after one that ends at %d", c, i, *all[i].from, *all[i-1].to)
			}
		}
	}
}

// parallelTables are tables of 4,000 rows with keys of all kinds.
var parallelTables = []struct{ name, key, expression string }{
	{"dense", "id int NOT NULL", "i"},
	{"sparse", "id bigint NOT NULL", "i * i * 1000003 - 5000000000"},
	{"negative", "id int NOT NULL", "-i"},
	{"huge", "id bigint unsigned NOT NULL", "18446744073709551615 - i"},
	{"skewed", "id bigint NOT NULL", "IF(i < 4000, i, 9223372036854775807)"},
	{"pair", "id int NOT NULL, part int NOT NULL DEFAULT 7", "i"},
	{"word", "id varchar(20) NOT NULL", "concat('w', i)"},
}

// openParallel opens a source that reads small tables in parallel too.
func openParallel(t testing.TB, database *testservers.MySQLServer, snapshot string, change func(*catalog.Source)) *Source {
	t.Helper()
	definition := sourceOf(database)
	definition.User = database.User
	definition.Options = map[string]string{"parallelReads": "3", "snapshot": snapshot}
	if change != nil {
		change(definition)
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	open, err := Connector{Allocator: mem}.Open(definition, database.Password)
	if err != nil {
		t.Fatal(err)
	}
	s := open.(*Source)
	s.parallel.rows = 100
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		mem.AssertSize(t, 0)
	})
	return s
}

// parted reads a plan and tells into how many statements it was split.
func parted(t testing.TB, s *Source, root plan.Node) (rows [][]string, parts int) {
	t.Helper()
	remote := &plan.Remote{Source: s.of, Root: root}
	ctx := context.Background()
	c, err := s.pool.acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	known, err := s.shapes.check(ctx, s, c, root)
	if err != nil {
		t.Fatal(err)
	}
	text, err := write(&plan.Remote{Root: root}, known.storage)
	if err != nil {
		t.Fatal(err)
	}
	if p := s.split(ctx, c, remote, text, known); p != nil {
		parts = len(p.texts)
		r, err := s.readParts(ctx, p, remote.Columns())
		if err != nil {
			t.Fatal(err)
		}
		return conntest.Rows(t, r, remote.Columns()), parts
	}
	r, err := s.read(ctx, c, text, remote.Columns(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return conntest.Rows(t, r, remote.Columns()), 0
}

// TestParallelReads compares the rows of split reads with those of whole ones.
func TestParallelReads(t *testing.T) { testservers.MySQLFamily(t, testParallelReads) }

func testParallelReads(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o, tables := parallelOracle(t, server)
	whole := o.source
	for _, snapshot := range []string{"lock", "near"} {
		s := openParallel(t, o.mysql, snapshot, nil)
		for _, table := range tables {
			name := table.Addresses[0].Name
			for _, c := range []struct {
				query string
				split bool
			}{
				{"SELECT * FROM " + name, true},
				{"SELECT v + 0.5 AS w FROM " + name + " WHERE v > 1000", true},
				{"SELECT count(*) FROM " + name, false},
				{"SELECT v FROM " + name + " ORDER BY v", false},
				{"SELECT v FROM " + name + " LIMIT 3000", false},
				{"SELECT DISTINCT v FROM " + name, false},
				{"SELECT v FROM " + name + " WHERE k = 7", false}, // an index serves it
				{"SELECT a.v FROM " + name + " a JOIN " + name + " b ON a.k = b.k", false},
				{"SELECT v FROM " + name + " WHERE EXISTS (SELECT 1 FROM " + name + " b WHERE b.v = 1)", false},
			} {
				root := o.bind(t, c.query).Root
				got, parts := parted(t, s, root)
				want, _ := parted(t, whole, root)
				sortRows(got)
				sortRows(want)
				if !slices.EqualFunc(got, want, slices.Equal) || len(got) == 0 {
					t.Errorf("%s: %s: %d rows, want %d", snapshot, c.query, len(got), len(want))
				}
				if split := c.split && name != "word" && name != "huge"; split != (parts > 1) {
					t.Errorf("%s: %s: %d parts", snapshot, c.query, parts)
				}
			}
		}
		if free := len(s.pool.slots); free != 0 {
			t.Errorf("%d sessions are not given back", free)
		}
	}
}

func sortRows(rows [][]string) { slices.SortFunc(rows, slices.Compare) }

// parallelOracle loads parallelTables; their contracts lack the key, as they may.
func parallelOracle(t *testing.T, server *testservers.MySQLServer) (*oracle, []*conntest.Table) {
	t.Helper()
	database := server.NewDatabase(t)
	var tables []*conntest.Table
	database.Exec(t, "CREATE TABLE n (i int PRIMARY KEY)", "INSERT INTO n VALUES "+numbered(4000))
	for _, p := range parallelTables {
		database.Exec(t, fmt.Sprintf("CREATE TABLE %s (%s, v decimal(12,2) NOT NULL, k int NOT NULL, PRIMARY KEY (id%s), INDEX (k)) ENGINE=InnoDB", p.name, p.key, strings.Repeat(", part", strings.Count(p.key, "part "))),
			fmt.Sprintf("INSERT INTO %s (id, v, k) SELECT %s, i, i FROM n", p.name, p.expression), "ANALYZE TABLE "+p.name)
		tables = append(tables, conntest.NewTable(t, p.name, []string{"v numeric(12,2) not null", "k integer not null"}, nil))
	}
	return newOracleOver(t, database, tables), tables
}

func numbered(count int) string {
	var all []string
	for i := range count {
		all = append(all, fmt.Sprintf("(%d)", i+1))
	}
	return strings.Join(all, ", ")
}

// TestParallelSnapshot moves money between the ends of a table while it is read: under
// `lock` no read sees a transaction in part, whichever connection reads which end.
func TestParallelSnapshot(t *testing.T) { testservers.MySQLFamily(t, testParallelSnapshot) }

func testParallelSnapshot(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o, tables := parallelOracle(t, server)
	s := openParallel(t, o.mysql, "lock", nil)
	writer := openParallel(t, o.mysql, "lock", nil)
	c, err := writer.pool.acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer writer.pool.release(c, false)
	if err := c.exec(t.Context(), "SET SESSION TRANSACTION READ WRITE"); err != nil {
		t.Fatal(err)
	}
	stop, stopped, moved := make(chan struct{}), make(chan error, 1), 0
	go func() {
		for {
			select {
			case <-stop:
				stopped <- nil
				return
			default:
			}
			for _, text := range []string{"BEGIN", "UPDATE dense SET v = v - 1 WHERE id = 1", "UPDATE dense SET v = v + 1 WHERE id = 3999", "COMMIT"} {
				if err := c.exec(context.Background(), text); err != nil {
					stopped <- err
					return
				}
			}
			moved++
		}
	}()
	root, reads := o.bind(t, "SELECT v FROM dense").Root, 0
	for range 40 {
		rows, parts := parted(t, s, root)
		sum := 0.0
		for _, row := range rows {
			var v float64
			fmt.Sscan(row[0], &v)
			sum += v
		}
		if sum != 4000*4001/2 || len(rows) != 4000 {
			t.Fatalf("%d rows with a sum of %v, in %d parts", len(rows), sum, parts)
		}
		if parts > 1 {
			reads++
		}
	}
	close(stop)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of 40 reads were split, %d transactions meanwhile", reads, moved)
	if reads == 0 || moved == 0 {
		t.Error("nothing is proven")
	}
	_ = tables
}

// TestParallelBesideOpenWriter: a writer that does not end keeps a read from being split,
// not from being answered.
func TestParallelBesideOpenWriter(t *testing.T) { testservers.MySQLFamily(t, testOpenWriter) }

func testOpenWriter(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o, _ := parallelOracle(t, server)
	s := openParallel(t, o.mysql, "lock", nil)
	c, err := s.pool.acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"SET SESSION TRANSACTION READ WRITE", "BEGIN", "DELETE FROM dense WHERE id = 1"} {
		if err := c.exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	rows, parts := parted(t, s, o.bind(t, "SELECT v FROM dense").Root)
	if len(rows) != 4000 || parts != 0 {
		t.Errorf("%d rows in %d parts, want 4000 in one statement", len(rows), parts)
	}
	s.pool.release(c, false)
	if taken := len(s.pool.slots); taken != 0 {
		t.Errorf("%d sessions are not given back", taken)
	}
}

// TestParallelEnds ends split reads by their context, by Release and by the limits.
func TestParallelEnds(t *testing.T) { testservers.MySQLFamily(t, testParallelEnds) }

func testParallelEnds(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o, _ := parallelOracle(t, server)
	root := o.bind(t, "SELECT v FROM dense").Root
	read := func(s *Source, ctx context.Context) error {
		r, err := s.Read(ctx, &plan.Remote{Source: s.of, Root: root})
		if err != nil {
			return err
		}
		defer r.Release()
		for r.Next() {
		}
		return r.Err()
	}
	s := openParallel(t, o.mysql, "near", func(of *catalog.Source) { of.Limits.MaxRows = 3000 })
	if err := read(s, t.Context()); sqlstate.From(err).Code != sqlstate.ConfigurationLimitExceeded {
		t.Errorf("rows: %v", err)
	}
	s = openParallel(t, o.mysql, "near", nil)
	r, err := s.Read(t.Context(), &plan.Remote{Source: s.of, Root: root})
	if err != nil {
		t.Fatal(err)
	}
	r.Release()
	ctx, cancel := context.WithCancel(t.Context())
	if r, err = s.Read(ctx, &plan.Remote{Source: s.of, Root: root}); err != nil {
		t.Fatal(err)
	}
	cancel()
	for r.Next() {
	}
	if sqlstate.From(r.Err()).Code != sqlstate.QueryCanceled {
		t.Errorf("cancelled: %v", r.Err())
	}
	r.Release()
	if err := read(s, t.Context()); err != nil {
		t.Errorf("after all that: %v", err)
	}
}

func TestParallelOptions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reads, snapshot string
		ok              bool
	}{{"", "", true}, {"4", "lock", true}, {"1", "near", true}, {"4", "", false}, {"", "lock", false}, {"0", "lock", false}, {"65", "lock", false}, {"4", "some", false}, {"x", "near", false}} {
		_, err := Connector{}.Open(&catalog.Source{Domain: "d", Name: "s", Options: map[string]string{"parallelReads": c.reads, "snapshot": c.snapshot}}, "")
		if (err == nil) != c.ok {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
