package mysql

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/jackc/pgx/v5/pgconn"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// oracle is a MariaDB or MySQL source beside a PostgreSQL with the same rows.
type oracle struct {
	source   *Source
	postgres *testservers.PostgresServer
	mysql    *testservers.MySQLServer
	conn     *pgconn.PgConn
	tables   []*conntest.Table
}

// newOracle creates tables by the statements given, for both servers, and fills them.
func newOracle(t *testing.T, server *testservers.MySQLServer, tables []*conntest.Table, alter ...string) *oracle {
	t.Helper()
	database := server.NewDatabase(t)
	load(t, database, tables)
	database.Exec(t, alter...)
	return newOracleOver(t, database, tables)
}

// newOracleOver takes a database that holds the tables already.
func newOracleOver(t *testing.T, database *testservers.MySQLServer, tables []*conntest.Table) *oracle {
	t.Helper()
	o := &oracle{postgres: testservers.Postgres(t).NewDatabase(t), mysql: database, tables: tables}
	conntest.LoadPostgres(t, o.postgres, tables)
	var err error
	if o.conn, err = pgconn.Connect(t.Context(), o.postgres.DSN); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.conn.Close(context.Background()) })
	if err := o.conn.Exec(t.Context(), "SET TimeZone = 'UTC'").Close(); err != nil {
		t.Fatal(err)
	}
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	definition := sourceOf(o.mysql)
	for _, table := range tables {
		table.Source = definition
	}
	s, err := Connector{Allocator: mem}.Open(definition, o.mysql.ReaderPassword)
	if err != nil {
		t.Fatal(err)
	}
	o.source = s.(*Source)
	t.Cleanup(func() {
		if err := o.source.Close(); err != nil {
			t.Error(err)
		}
		mem.AssertSize(t, 0)
	})
	return o
}

// answer is PostgreSQL's, over one connection: there are thousands of questions.
func (o *oracle) answer(t testing.TB, query string, columns []plan.Column) [][]string {
	t.Helper()
	results, err := o.conn.Exec(context.Background(), query).ReadAll()
	if err != nil {
		t.Fatalf("PostgreSQL: %v\nin: %s", err, query)
	}
	rows := make([][]string, len(results[0].Rows))
	for i, fields := range results[0].Rows {
		for c, f := range fields {
			text := conntest.Null
			if f != nil {
				text = number64(string(f), columns[c].Type.OID)
			}
			rows[i] = append(rows[i], text)
		}
	}
	return rows
}

// number64 brings a float to the spelling of conntest.Text.
func number64(text string, t pgtype.OID) string {
	bits := map[pgtype.OID]int{pgtype.Float4: 32, pgtype.Float8: 64}[t]
	if bits == 0 {
		return text
	}
	f, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

func (o *oracle) bind(t testing.TB, text string) plan.Query {
	t.Helper()
	q, err := o.tryBind(text)
	if err != nil {
		t.Fatalf("%v\nin: %s", err, text)
	}
	return q
}

func (o *oracle) tryBind(text string) (plan.Query, error) {
	tree, err := pg_query.Parse(text)
	if err != nil {
		return plan.Query{}, err
	}
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	b, err := bind.Query(bind.Environment{
		Resolve: func(_, name string) (*catalog.Table, error) {
			for _, table := range o.tables {
				if table.Addresses[0].Name == name {
					return table.Table, nil
				}
			}
			return nil, sqlstate.New(sqlstate.UndefinedTable, "relation %q does not exist", name)
		},
		Setting: func(string) (string, bool) { return "", false },
		User:    "tester", Database: "mesh", SearchPath: []string{"public"}, DateOrder: "MDY",
		TransactionStart: now, StatementStart: now, TimeZone: time.UTC,
	}, text, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
	if err != nil {
		return plan.Query{}, err
	}
	return b.Query, nil
}

// same runs a query on both and compares the rows. It tells whether MySQL was asked.
func (o *oracle) same(t *testing.T, query string) bool {
	t.Helper()
	q := o.bind(t, query)
	remote := &plan.Remote{Source: o.source.of, Root: q.Root}
	text, err := o.source.Text(remote)
	if err != nil {
		if sqlstate.From(err).Code != sqlstate.FeatureNotSupported {
			t.Errorf("%v\nin: %s", err, query)
		}
		return false
	}
	r, err := o.source.Read(context.Background(), remote)
	if err != nil {
		t.Errorf("%v\nin: %s\nsent: %s", err, query, text)
		return true
	}
	defer r.Release()
	columns := remote.Columns()
	var got [][]string
	for r.Next() {
		batch := r.RecordBatch()
		for row := range int(batch.NumRows()) {
			line := make([]string, len(q.Output))
			for i, out := range q.Output {
				at := slices.IndexFunc(columns, func(c plan.Column) bool { return c.ID == out.ID })
				line[i] = strings.Clone(conntest.Text(batch.Column(at), row, out.Type))
			}
			got = append(got, line)
		}
	}
	shown := make([]plan.Column, len(q.Output))
	for i, out := range q.Output {
		shown[i] = plan.Column{ID: out.ID, Name: out.Name, Type: out.Type}
	}
	want := o.answer(t, query, shown)
	if r.Err() != nil || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("%s\nsent %s\n got %v %v\nwant %v", query, text, got, r.Err(), want)
	}
	return true
}

// mustSame fails where MySQL is not asked.
func (o *oracle) mustSame(t *testing.T, query string) {
	t.Helper()
	if !o.same(t, query) {
		_, err := o.source.Text(&plan.Remote{Source: o.source.of, Root: o.bind(t, query).Root})
		t.Errorf("not pushed: %s: %v", query, err)
	}
}

// texts are those that collations and character sets are fooled by.
var sample = []string{
	"", " ", "a", "A", "a ", " a", "a  ", "b", "B", "ab", "aB", "a_b", "a%b", "%", "_", `a\b`, `\`, "'", `"`, "ß", "ss", "ä", "Ä", "a\u0308", "é", "e",
	"æ", "ae", "😀", "😁", "日本", "日本語", "z", "Z", "\t", "a\n", "ı", "i", "I", "İ", "ﬁ", "fi", "１", "1", "01", "1.0", "ÿ", "\u200b", "a\u200b", "\uffff", "\x01", "a\x01", "ab\t", "a\x1f ",
}

// latin are those that latin1 can hold.
func latin(text string) bool {
	for _, r := range text {
		if r > 0xff {
			return false
		}
	}
	return true
}

// basic are those without characters beyond 16 bits.
func basic(text string) bool { return !strings.ContainsAny(text, "😀😁") }

// listed are the members of an ENUM and a SET.
func listed(text string) bool { return slices.Contains([]string{"", "a", "A", "b", "ab"}, text) }

// stored are columns that hold text each in its own way, with an index.
type textColumn struct {
	name, of string
	holds    func(string) bool
}

var storedText = []textColumn{
	{"general_ci", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", nil},
	{"unicode_ci", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci", nil},
	{"turkish", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_turkish_ci", nil},
	{"bin", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", nil},
	{"latin", "varchar(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci", latin},
	{"german", "varchar(20) CHARACTER SET latin1 COLLATE latin1_german2_ci", latin},
	{"short", "varchar(20) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci", basic},
	{"wide", "varchar(20) CHARACTER SET utf16 COLLATE utf16_unicode_ci", nil},
	{"ucs", "varchar(20) CHARACTER SET ucs2 COLLATE ucs2_general_ci", basic},
	{"code", "enum('b','a','A','ab','') CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", listed},
	{"codes", "set('b','a','ab') CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", func(text string) bool { return text != "A" && listed(text) }},
	{"body", "text CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", nil},
}

// ownText are those of one product: collations that do not pad, and are sensitive to
// other things.
var ownText = map[string][]textColumn{
	"MariaDB": {
		{"nopad_ci", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_nopad_ci", nil},
		{"nopad_bin", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin", nil},
	},
	"MySQL": {
		{"ai_ci", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci", nil},
		{"as_cs", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs", nil},
		{"nopad_bin", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin", nil},
		{"japanese", "varchar(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_ja_0900_as_cs_ks", nil},
		{"german_ai", "text CHARACTER SET utf8mb4 COLLATE utf8mb4_de_pb_0900_ai_ci", nil},
	},
}

// textsOf are the text columns of the table sample.
func textsOf(server *testservers.MySQLServer) []textColumn {
	return slices.Concat(storedText, ownText[server.Product])
}

// textOracle has a column of each kind, all holding the sample as far as they can, and
// padded, a char(6).
func textOracle(t *testing.T, server *testservers.MySQLServer) *oracle {
	t.Helper()
	columns, alter := []string{"id integer not null"}, []string{}
	for _, s := range textsOf(server) {
		columns = append(columns, s.name+" text")
		index := s.name
		if strings.HasPrefix(s.of, "text") {
			index += "(5)"
		}
		alter = append(alter, fmt.Sprintf("ALTER TABLE sample MODIFY %s %s, ADD INDEX (%s)", s.name, s.of, index))
	}
	columns = append(columns, "padded character(6)")
	alter = append(alter, "ALTER TABLE sample ADD INDEX (padded)", "ANALYZE TABLE sample")
	var rows [][]string
	for i, text := range sample {
		row := []string{fmt.Sprint(i)}
		for _, s := range textsOf(server) {
			cell := text
			if s.holds != nil && !s.holds(text) {
				cell = conntest.Null
			}
			row = append(row, cell)
		}
		rows = append(rows, append(row, text))
	}
	nulls := []string{fmt.Sprint(len(rows))}
	for range len(columns) - 1 {
		nulls = append(nulls, conntest.Null)
	}
	table := conntest.NewTable(t, "sample", columns, append(rows, nulls))
	return newOracle(t, server, []*conntest.Table{table}, alter...)
}

func quoted(text string) string {
	return "E'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}

// TestTextPredicates asks every kind of text column every comparison with every text.
func TestTextPredicates(t *testing.T) { testservers.MySQLFamily(t, testTextPredicates) }

func testTextPredicates(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o := textOracle(t, server)
	conditions := []string{"%s = %s", "%s <> %s", "%s < %s", "%s >= %s", "%s IN (%s, 'a', NULL)", "%s NOT IN (%s, 'b')", "NOT (%s = %s)", "%s IS DISTINCT FROM %s"}
	for _, c := range append([]string{"padded"}, names(server)...) {
		for _, text := range sample {
			for _, condition := range conditions {
				o.mustSame(t, fmt.Sprintf("SELECT id FROM sample WHERE "+condition+" ORDER BY id", c, quoted(text)))
			}
			if t.Failed() {
				return
			}
		}
	}
}

func names(server *testservers.MySQLServer) []string {
	var all []string
	for _, s := range textsOf(server) {
		all = append(all, s.name)
	}
	return all
}

// TestPatterns asks every kind of text column for patterns, prefixes among them.
func TestPatterns(t *testing.T) { testservers.MySQLFamily(t, testPatterns) }

func testPatterns(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o := textOracle(t, server)
	patterns := []string{
		"", "%", "_", "__", "a", "a%", "A%", "%a", "a_", "a_b", `a\_b`, `a\%b`, `a\\b`, `\\`, `\a%`, "ä%", "_b", "a ", "a %", "😀", "😀%", "日%", "_本", "ß%", "s%", "%\u0308", "e%", "İ%", "i%", "f%", "' %", "1%", "\uffff%",
	}
	for _, c := range names(server) {
		for _, p := range patterns {
			o.mustSame(t, fmt.Sprintf("SELECT id FROM sample WHERE %s LIKE %s ORDER BY id", c, quoted(p)))
			o.mustSame(t, fmt.Sprintf("SELECT id FROM sample WHERE %s NOT LIKE %s ORDER BY id", c, quoted(p)))
			o.mustSame(t, fmt.Sprintf("SELECT id FROM sample WHERE starts_with(%s, %s) ORDER BY id", c, quoted(p)))
		}
	}
	for _, refused := range []string{`general_ci LIKE 'a\'`, "padded LIKE 'a%'", "general_ci LIKE unicode_ci", "general_ci = bin"} {
		if o.same(t, "SELECT id FROM sample WHERE "+refused) {
			t.Errorf("pushed: %s", refused)
		}
	}
}

// TestTextFunctions computes with every kind of text column.
func TestTextFunctions(t *testing.T) { testservers.MySQLFamily(t, testTextFunctions) }

func testTextFunctions(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o := textOracle(t, server)
	for _, c := range append([]string{"padded"}, names(server)...) {
		for _, e := range []string{
			"%s", "length(%s)", "%s || '!'", "coalesce(%s, 'ä?')", "nullif(%s, 'a')", "CASE WHEN %s = 'a' THEN bin ELSE turkish END", "CASE WHEN id > 3 THEN latin ELSE wide END",
			"btrim(%s)", "ltrim(%s)", "rtrim(%s)", "left(%s, 2)", "right(%s, 1)", "substring(%s, 2)", "substring(%s, 1, 1)", "octet_length(%s::text)", "reverse(%s)",
			"id::text || %s", "coalesce(%s::text, latin, wide, 'x')", "(%s || ' ') = 'a '", "%s::text = 'a'",
		} {
			text := e
			if strings.Contains(e, "%s") {
				text = fmt.Sprintf(e, c)
			}
			o.same(t, "SELECT id, "+text+" FROM sample ORDER BY id")
			o.same(t, "SELECT count(*), count("+text+") FROM sample WHERE "+text+" IS NOT NULL")
		}
	}
}
