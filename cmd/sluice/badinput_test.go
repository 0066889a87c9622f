package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// smallMesh is one domain over a PostgreSQL source with one table of a few rows.
func smallMesh(t testing.TB) (*meshFixture, *testservers.PostgresServer) {
	t.Helper()
	source := testservers.Postgres(t).NewDatabase(t)
	source.Exec(t, "CREATE TABLE things (id integer PRIMARY KEY, name text)", "INSERT INTO things SELECT i, 'thing ' || i FROM generate_series(1, 500) i")
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.domain("shop", m.serverSource("postgres", source.Host, source.Port, source.Database, source.User, source.Password))
	m.product("shop", "things", "", fixtureColumn{"id", "integer", "required: true"}, fixtureColumn{"name", "text", ""})
	m.grant("shop", "things", "readers", "")
	return m, source
}

// addLake adds a domain of one CSV file.
func (m *meshFixture) addLake(rows string) {
	m.write("lake/pets.csv", "id,name\n"+rows)
	m.domain("lake", "type: files\npath: lake\n")
	m.product("lake", "pets", "pets.csv", fixtureColumn{"id", "integer", ""}, fixtureColumn{"name", "text", ""})
	m.grant("lake", "pets", "readers", "")
}

// dialed counts the messages of a login.
type dialed struct {
	code, message string
	messages      int
}

// login tries to log in and tells how that ended.
func (s *served) login(t *testing.T, user, password, database string) dialed {
	t.Helper()
	config, err := pgconn.ParseConfig(s.dsn(user))
	must(t, err)
	config.Password, config.Database = password, database
	var d dialed
	config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		return pgproto3.NewFrontend(&countingReader{r, &d.messages}, w)
	}
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	if err == nil {
		_ = conn.Close(t.Context())
		return d
	}
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	d.code, d.message = e.Code, e.Message
	return d
}

// countingReader counts the reads that gave something: the server's turns.
type countingReader struct {
	inner io.Reader
	turns *int
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.inner.Read(p)
	if n > 0 {
		*r.turns++
	}
	return n, err
}

// TestLogin refuses wrong passwords and unknown users alike.
func TestLogin(t *testing.T) {
	m, _ := smallMesh(t)
	gateway := m.serve()
	if d := gateway.login(t, "reader", testPassword, "mesh"); d.code != "" {
		t.Fatalf("the right password: %+v", d)
	}
	wrong, unknown := gateway.login(t, "reader", "wrong", "mesh"), gateway.login(t, "nosuch", "wrong", "mesh")
	if wrong.code != "28P01" || unknown.code != "28P01" {
		t.Errorf("wrong password %+v, unknown user %+v", wrong, unknown)
	}
	if strings.ReplaceAll(unknown.message, "nosuch", "reader") != wrong.message {
		t.Errorf("messages differ: %q and %q", unknown.message, wrong.message)
	}
	if wrong.messages != unknown.messages {
		t.Errorf("a wrong password takes %d turns of the server, an unknown user %d", wrong.messages, unknown.messages)
	}
	if d := gateway.login(t, "reader", testPassword, "nosuch"); d.code != "3D000" {
		t.Errorf("unknown database: %+v", d)
	}
}

// TestSourceDown refuses what needs a source that is not there, naming its domain, and
// answers everything else.
func TestSourceDown(t *testing.T) {
	m, _ := smallMesh(t)
	m.addLake("1,cat\n")
	for kind, domain := range map[string]string{"postgres": "gone", "mariadb": "lost"} {
		m.domain(domain, m.serverSource(kind, "127.0.0.1", closedPort(t), "x", "x", "x"))
		m.product(domain, "things", "", fixtureColumn{"id", "integer", ""})
		m.grant(domain, "things", "readers", "")
	}
	m.domain("empty", "type: files\npath: nowhere\n")
	m.product("empty", "things", "things.csv", fixtureColumn{"id", "integer", ""})
	m.grant("empty", "things", "readers", "")
	conn := m.serve().connect(t, "reader")
	for _, domain := range []string{"gone", "lost", "empty"} {
		for _, sql := range []string{"SELECT * FROM %s.things", "SELECT count(*) FROM shop.things t JOIN %s.things g ON g.id = t.id"} {
			got := ask(t.Context(), conn, fmt.Sprintf(sql, domain))
			if got.code != "08001" && got.code != "58000" || !strings.Contains(got.message, domain) {
				t.Errorf(sql+": %s", domain, got)
			}
		}
	}
	for _, sql := range []string{"SELECT * FROM shop.things", "SELECT count(*) FROM lake.pets p JOIN shop.things t ON t.id = p.id"} {
		if got := ask(t.Context(), conn, sql); got.code != "" {
			t.Errorf("%s: %s", sql, got)
		}
	}
}

func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// TestGarbage sends what is no protocol. That connection ends; others never notice.
func TestGarbage(t *testing.T) {
	m, _ := smallMesh(t)
	gateway := m.serve()
	witness := gateway.connect(t, "reader")
	startup := (&pgproto3.StartupMessage{ProtocolVersion: pgproto3.ProtocolVersionNumber, Parameters: map[string]string{"user": "reader", "database": "mesh"}})
	begin, err := startup.Encode(nil)
	must(t, err)
	for name, bytes := range map[string][]byte{
		"nothing": {}, "zeros": make([]byte, 64), "http": []byte("GET / HTTP/1.1\r\nHost: mesh\r\n\r\n"), "short length": {0, 0, 0, 3, 0, 3, 0, 0},
		"huge startup": {0x7f, 0xff, 0xff, 0xff, 0, 3, 0, 0}, "negative length": {0xff, 0xff, 0xff, 0xff, 0, 3, 0, 0},
		"truncated startup": begin[:len(begin)-5], "unterminated parameters": append(append([]byte{}, begin[:len(begin)-1]...), 'x'),
		"query before login": append(append([]byte{}, begin...), 'Q', 0, 0, 0, 9, 'S', 'E', 'L', 'E', 0),
		"huge password":      append(append([]byte{}, begin...), 'p', 0x7f, 0xff, 0xff, 0xff),
		"protocol 2":         {0, 0, 0, 8, 0, 2, 0, 0}, "bad cancel": {0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 1, 0, 0, 0, 2},
	} {
		conn, err := net.Dial("tcp", gateway.address.String())
		must(t, err)
		_, _ = conn.Write(bytes)
		_ = conn.(*net.TCPConn).CloseWrite()
		must(t, conn.SetReadDeadline(time.Now().Add(20*time.Second)))
		for err = nil; err == nil; {
			_, err = conn.Read(make([]byte, 4096))
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection stays open", name)
		}
		_ = conn.Close()
		if got := ask(t.Context(), witness, "SELECT count(*) FROM shop.things"); got.code != "" {
			t.Errorf("after %s another session is told %s", name, got)
		}
	}
}

// TestBrokenMessages sends broken messages on a session that is logged in.
func TestBrokenMessages(t *testing.T) {
	m, _ := smallMesh(t)
	gateway := m.serve()
	witness := gateway.connect(t, "reader")
	for name, bytes := range map[string][]byte{
		"unknown type": {'?', 0, 0, 0, 4}, "short length": {'Q', 0, 0, 0, 3}, "negative length": {'Q', 0xff, 0xff, 0xff, 0xf0},
		"oversized": {'Q', 0x7f, 0xff, 0xff, 0xff}, "unterminated query": {'Q', 0, 0, 0, 8, 'S', 'E', 'L', 'E'},
		"truncated bind": {'B', 0, 0, 0, 9, 0, 0, 0xff, 0xff, 0xff}, "copy data": {'d', 0, 0, 0, 5, 'x'},
		"invalid UTF-8": {'Q', 0, 0, 0, 14, 'S', 'E', 'L', 'E', 'C', 'T', ' ', '\'', 0xff, 0},
	} {
		conn := gateway.connect(t, "reader").PgConn()
		raw, err := conn.Hijack()
		must(t, err)
		_, _ = raw.Conn.Write(append(bytes, 'S', 0, 0, 0, 4))
		must(t, raw.Conn.SetReadDeadline(time.Now().Add(20*time.Second)))
		if tcp, ok := raw.Conn.(*net.TCPConn); ok {
			_ = tcp.CloseWrite()
		}
		for err = nil; err == nil; {
			_, err = raw.Conn.Read(make([]byte, 4096))
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the connection stays open", name)
		}
		_ = raw.Conn.Close()
		if got := ask(t.Context(), witness, "SELECT count(*) FROM shop.things"); got.code != "" {
			t.Errorf("after %s another session is told %s", name, got)
		}
	}
}

// TestBrokenDomains leaves out what is broken, names it with its place, and serves the rest.
func TestBrokenDomains(t *testing.T) {
	for _, c := range []struct{ name, file, text, says string }{
		{"bad YAML", "domains/bad/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: [bad\n", "domains/bad/domain.yaml:"},
		{"unknown field", "domains/bad/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: bad\nowner: someone\nonwer: x\n", "domains/bad/domain.yaml:5:1:"},
		{"a cycle", "domains/bad/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: bad\nowner: &a [*a]\n", "domains/bad/domain.yaml:4:"},
		{"an alias bomb", "domains/bad/domain.yaml", aliasBomb(), "domains/bad/domain.yaml:"},
		{"a path out of the mesh", "domains/bad/sources/origin.source.yaml", "apiVersion: mesh/v1\nkind: Source\nname: origin\ntype: files\npath: ../../../etc\n", "domains/bad/sources/origin.source.yaml:5:7:"},
		{"a literal password", "domains/bad/sources/origin.source.yaml", "apiVersion: mesh/v1\nkind: Source\nname: origin\ntype: postgres\nhost: localhost\nport: 5432\ndatabase: x\nuser: x\npassword: hunter2\n", "domains/bad/sources/origin.source.yaml:9:1:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, _ := smallMesh(t)
			m.domain("bad", "type: files\npath: lake\n")
			m.product("bad", "things", "things.csv", fixtureColumn{"id", "integer", ""})
			m.grant("bad", "things", "readers", "")
			m.write(c.file, c.text)
			report, err := sluice(t, "check", "--mesh", m.dir).CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(report), c.says) {
				t.Errorf("check: %v, does not name %s:\n%s", err, c.says, report)
			}
			if strings.Contains(string(report), "hunter2") {
				t.Errorf("check tells the password:\n%s", report)
			}
			conn := m.serve().connect(t, "reader")
			if got := ask(t.Context(), conn, "SELECT count(*) FROM shop.things"); got.code != "" {
				t.Errorf("the domain beside it: %s", got)
			}
			if got := ask(t.Context(), conn, "SELECT * FROM bad.things"); got.code != "42P01" {
				t.Errorf("the broken domain: %s", got)
			}
		})
	}
}

func aliasBomb() string {
	var b strings.Builder
	b.WriteString("apiVersion: mesh/v1\nkind: Domain\nname: bad\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10), ", "))
	}
	return b.String()
}

// locked holds a table of the source so that statements on it wait, until release.
func locked(t *testing.T, source *testservers.PostgresServer, table string) (release func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), source.DSN)
	must(t, err)
	_, err = conn.Exec(t.Context(), "BEGIN; LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE")
	must(t, err)
	release = func() { _ = conn.Close(context.Background()) }
	t.Cleanup(release)
	return release
}

// waiting waits until as many statements on a table wait at the source.
func waiting(t *testing.T, source *testservers.PostgresServer, want int) {
	t.Helper()
	conn := connectTo(t, source.DSN)
	for end := time.Now().Add(20 * time.Second); ; {
		var n int
		must(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity, pg_sleep(0.01)
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'`).Scan(&n))
		switch {
		case n == want:
			return
		case time.Now().After(end):
			t.Fatalf("%d statements wait at the source, want %d", n, want)
		}
	}
}

// TestCancelEndsRemoteStatement proves that a cancelled statement ends at the source too.
func TestCancelEndsRemoteStatement(t *testing.T) {
	m, source := smallMesh(t)
	m.addLake("1,cat\n")
	gateway := m.serve()
	conn := gateway.connect(t, "reader")
	for _, sql := range []string{"SELECT count(*) FROM shop.things", "SELECT * FROM shop.things t JOIN lake.pets p ON p.id = t.id"} {
		if got := ask(t.Context(), conn, sql); got.code != "" {
			t.Fatal(got)
		}
		release := locked(t, source, "things")
		done := make(chan answer, 1)
		go func() { done <- ask(context.WithoutCancel(t.Context()), conn, sql) }()
		waiting(t, source, 1)
		must(t, conn.PgConn().CancelRequest(t.Context()))
		if got := <-done; got.code != "57014" {
			t.Errorf("%s cancelled: %s", sql, got)
		}
		waiting(t, source, 0)
		release()
		if got := ask(t.Context(), conn, sql); got.code != "" {
			t.Errorf("%s after a cancel: %s", sql, got)
		}
	}
}

// TestDisconnectEndsRemoteStatement proves the same for a client that goes away.
func TestDisconnectEndsRemoteStatement(t *testing.T) {
	m, source := smallMesh(t)
	gateway := m.serve()
	locked(t, source, "things")
	raw, err := gateway.connect(t, "reader").PgConn().Hijack()
	must(t, err)
	query, err := (&pgproto3.Query{String: "SELECT count(*) FROM shop.things"}).Encode(nil)
	must(t, err)
	_, err = raw.Conn.Write(query)
	must(t, err)
	waiting(t, source, 1)
	_ = raw.Conn.Close()
	waiting(t, source, 0)
}

// TestStatementTimeout ends what takes too long, at the source too.
func TestStatementTimeout(t *testing.T) {
	m, source := smallMesh(t)
	conn := m.serve().connect(t, "reader")
	release := locked(t, source, "things")
	_, err := conn.Exec(t.Context(), "SET statement_timeout = '300ms'")
	must(t, err)
	if got := ask(t.Context(), conn, "SELECT count(*) FROM shop.things"); got.code != "57014" || !strings.Contains(got.message, "statement timeout") {
		t.Errorf("at a source: %s", got)
	}
	waiting(t, source, 0)
	release()
	if got := ask(t.Context(), conn, "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b WHERE a + b = 0"); got.code != "57014" {
		t.Errorf("here: %s", got)
	}
	if got := ask(t.Context(), conn, "SET statement_timeout = 0; SELECT count(*) FROM shop.things"); got.code != "" {
		t.Errorf("without: %s", got)
	}
}

// parameterValues are values of every type that a parameter may have.
var parameterValues = map[string][]string{
	"int2": {"-32768", "7"}, "int4": {"2147483647", "0"}, "int8": {"-9223372036854775808", "42"},
	"float4": {"1.5", "NaN", "-Infinity"}, "float8": {"0.1", "1e300", "NaN"}, "numeric": {"0", "-1.50", "123456789012345678901234567890.123456789", "NaN"},
	"bool": {"t", "f"}, "text": {"", "it's é", "a\\b"}, "varchar": {"x"}, "bpchar": {"ab  "}, "bytea": {`\x00ff`, `\x`},
	"date": {"2024-02-29", "infinity", "0044-03-15 BC"}, "time": {"13:45:30.123456", "24:00:00"}, "timetz": {"13:45:30+02"},
	"timestamp": {"2024-02-29 13:45:30.5", "-infinity"}, "timestamptz": {"2024-02-29 13:45:30.5+00", "infinity"},
	"interval": {"1 year 2 mons -3 days +04:05:06.7", "00:00:00"}, "uuid": {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
	"json": {`{"a": [1, null]}`}, "jsonb": {`{"a": [1, null]}`}, "int4[]": {"{1,NULL,3}", "{}"}, "text[]": {`{a,NULL,"b c"}`},
	"numeric[]": {"{1.5,NULL}"}, "date[]": {"{2024-02-29}"}, "bool[]": {"{t,f,NULL}"},
}

// incomparable are types whose equality is refused, or that have none.
var incomparable = []string{"json", "jsonb", "timetz", "numeric[]"}

// TestParameters sends values of every type in both formats and compares what comes
// back, in both formats, with PostgreSQL.
func TestParameters(t *testing.T) {
	m, source := smallMesh(t)
	gateway, oracle := m.serve().connect(t, "reader").PgConn(), connectTo(t, source.DSN).PgConn()
	for name, values := range parameterValues {
		for _, v := range values {
			binary := value(t, oracle, "SELECT $1::"+name, []byte(v), 0, 1)
			if binary.err != "" {
				t.Fatalf("PostgreSQL on %s %q: %s", name, v, binary.err)
			}
			for format, sent := range map[int16][]byte{0: []byte(v), 1: binary.bytes} {
				for _, back := range []int16{0, 1} {
					for _, sql := range []string{"SELECT $1::" + name, "SELECT v FROM (VALUES ($1::" + name + ")) x (v) WHERE v IS NOT DISTINCT FROM $1"} {
						if strings.Contains(sql, "DISTINCT") && slices.Contains(incomparable, name) {
							continue
						}
						got, want := value(t, gateway, sql, sent, format, back), value(t, oracle, sql, sent, format, back)
						if got.String() != want.String() {
							t.Errorf("%s of %q sent in format %d, asked in %d: got %s, want %s", sql, v, format, back, got, want)
						}
					}
				}
			}
		}
	}
}

type oneValue struct {
	bytes []byte
	oid   uint32
	err   string
}

func (v oneValue) String() string { return fmt.Sprintf("%d %q %s", v.oid, v.bytes, v.err) }

// value runs a query of one parameter and one value.
func value(t *testing.T, conn *pgconn.PgConn, sql string, parameter []byte, format, back int16) oneValue {
	t.Helper()
	r := conn.ExecParams(t.Context(), sql, [][]byte{parameter}, nil, []int16{format}, []int16{back}).Read()
	if r.Err != nil {
		var e *pgconn.PgError
		if errors.As(r.Err, &e) {
			return oneValue{err: e.Code + " " + e.Message}
		}
		return oneValue{err: r.Err.Error()}
	}
	if len(r.Rows) == 0 {
		return oneValue{oid: r.FieldDescriptions[0].DataTypeOID, err: "no row"}
	}
	return oneValue{bytes: r.Rows[0][0], oid: r.FieldDescriptions[0].DataTypeOID}
}

// TestPortal takes a result in slices.
func TestPortal(t *testing.T) {
	m, _ := smallMesh(t)
	conn := m.serve().connect(t, "reader").PgConn()
	f := conn.Frontend()
	f.Send(&pgproto3.Query{String: "BEGIN"})
	f.Send(&pgproto3.Parse{Name: "s", Query: "SELECT id FROM shop.things WHERE id > $1 ORDER BY id"})
	f.Send(&pgproto3.Describe{ObjectType: 'S', Name: "s"})
	f.Send(&pgproto3.Bind{DestinationPortal: "p", PreparedStatement: "s", Parameters: [][]byte{[]byte("490")}})
	for range 4 {
		f.Send(&pgproto3.Execute{Portal: "p", MaxRows: 4})
	}
	f.Send(&pgproto3.Close{ObjectType: 'P', Name: "p"})
	f.Send(&pgproto3.Sync{})
	f.Send(&pgproto3.Query{String: "COMMIT"})
	must(t, f.Flush())
	var got []string
	for ready := 0; ready < 3; {
		message, err := f.Receive()
		must(t, err)
		switch message := message.(type) {
		case *pgproto3.DataRow:
			got = append(got, string(message.Values[0]))
		case *pgproto3.ReadyForQuery:
			ready++
			got = append(got, "ready "+string(message.TxStatus))
		case *pgproto3.CommandComplete:
			got = append(got, string(message.CommandTag))
		case *pgproto3.ErrorResponse:
			t.Fatal(message.Message)
		default:
			got = append(got, strings.TrimPrefix(fmt.Sprintf("%T", message), "*pgproto3."))
		}
	}
	want := "BEGIN, ready T, ParseComplete, ParameterDescription, RowDescription, BindComplete, 491, 492, 493, 494, PortalSuspended, " +
		"495, 496, 497, 498, PortalSuspended, 499, 500, SELECT 2, SELECT 0, CloseComplete, ready T, COMMIT, ready I"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
}

// TestPipeline proves that an error skips to the next Sync and no further.
func TestPipeline(t *testing.T) {
	m, _ := smallMesh(t)
	conn := m.serve().connect(t, "reader").PgConn()
	p := conn.StartPipeline(t.Context())
	p.SendQueryParams("SELECT count(*) FROM shop.things", nil, nil, nil, nil)
	p.SendQueryParams("SELECT 1 / 0", nil, nil, nil, nil)
	p.SendQueryParams("SELECT 'skipped'", nil, nil, nil, nil)
	must(t, p.Sync())
	p.SendQueryParams("SELECT 'after'", nil, nil, nil, nil)
	must(t, p.Sync())
	var got []string
	for range 12 {
		results, err := p.GetResults()
		var e *pgconn.PgError
		switch {
		case errors.As(err, &e):
			got = append(got, e.Code)
		case err != nil:
			t.Fatal(err)
		}
		switch r := results.(type) {
		case *pgconn.ResultReader:
			read := r.Read()
			if errors.As(read.Err, &e) {
				got = append(got, e.Code)
			} else {
				got = append(got, string(read.Rows[0][0]))
			}
		case *pgconn.PipelineSync:
			got = append(got, "sync")
		}
	}
	must(t, p.Close())
	if s := strings.Join(got, " "); s != "500 22012 sync after sync" {
		t.Errorf("got %s", s)
	}
}

// sessionScripts run statement by statement on a session here and on one of PostgreSQL:
// answers, codes, tags and the transaction's state must be the same.
var sessionScripts = map[string][]string{
	"several statements": {"SELECT 1; SELECT 2, 'x'; SELECT id FROM things ORDER BY id LIMIT 2", "SELECT 1; SELECT 1 / 0; SELECT 3", "", ";;", "SELECT 1;", "-- nothing", "SELECT 1; SELEC 2"},
	"failed transaction": {"BEGIN", "SELECT 1", "SELECT nope", "SELECT 1", "SHOW timezone", "SAVEPOINT s", "COMMIT", "SELECT 1", "BEGIN; SELECT 1 / 0", "ROLLBACK", "COMMIT", "ROLLBACK"},
	"savepoints": {
		"SAVEPOINT s", "BEGIN", "SAVEPOINT a", "SELECT nope", "ROLLBACK TO a", "SELECT 1", "SAVEPOINT b", "RELEASE a", "ROLLBACK TO b", "ROLLBACK",
		"BEGIN", "SAVEPOINT a", "SET LOCAL timezone = 'Asia/Tokyo'", "SHOW timezone", "ROLLBACK TO SAVEPOINT a", "SHOW timezone", "RELEASE SAVEPOINT nope", "END",
	},
	"settings": {
		"SET timezone = 'Europe/Berlin'", "SHOW timezone", "SELECT timestamptz '2024-07-01 12:00+00'", "BEGIN", "SET LOCAL timezone = 'Asia/Tokyo'", "SHOW timezone", "COMMIT", "SHOW timezone",
		"BEGIN", "SET timezone = 'Asia/Tokyo'", "ROLLBACK", "SHOW timezone", "BEGIN", "SET timezone = 'Asia/Tokyo'", "COMMIT", "SHOW timezone", "RESET timezone", "SHOW timezone",
		"SET datestyle = 'German'", "SELECT date '2024-02-29'", "SHOW datestyle", "RESET ALL", "SHOW datestyle", "SET intervalstyle = iso_8601", "SELECT interval '1 day 2 hours'",
		"SET nosuch = 1", "SHOW nosuch", "SET timezone = 'Nowhere/City'", "SET extra_float_digits = 99", "SET bytea_output = escape", `SELECT '\x6100ff'::bytea`, "SHOW transaction_isolation",
		"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SHOW transaction_isolation", "SET search_path = a, \"B c\"", "SHOW search_path", "SELECT current_setting('search_path')",
	},
	"transactions": {
		"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SHOW transaction_isolation", "COMMIT", "START TRANSACTION", "BEGIN", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "END", "COMMIT",
		"ABORT", "BEGIN; SELECT 1; COMMIT; SELECT 2", "BEGIN", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SELECT 1", "END", "COMMIT AND CHAIN",
	},
	"prepared": {
		"PREPARE p AS SELECT id, name FROM things WHERE id = $1", "EXECUTE p(3)", "EXECUTE p('4')", "EXECUTE p", "EXECUTE p(1, 2)", "EXECUTE p('x')", "PREPARE p AS SELECT 1", "DEALLOCATE p", "EXECUTE p(1)", "DEALLOCATE p",
		"PREPARE q (int, text) AS SELECT $1 + 1, $2 || '!'", "EXECUTE q(1, 'a')", "EXECUTE q(1.6, NULL)", "DEALLOCATE ALL", "EXECUTE q(1, 'a')", "PREPARE r AS SELECT $1", "EXECUTE r('x')", "PREPARE s AS SELECT $1 + $2", "PREPARE u AS SELECT nope",
		"PREPARE v AS SELECT count(*) FROM things WHERE name = ANY ($1)", "EXECUTE v('{thing 1,thing 2}')", "DISCARD ALL", "EXECUTE v('{}')", "DISCARD PLANS",
	},
	"discard": {"SET timezone = 'Asia/Tokyo'", "PREPARE p AS SELECT 1", "DISCARD ALL", "SHOW timezone", "EXECUTE p", "BEGIN", "DISCARD ALL", "ROLLBACK"},
	"errors": {
		"SELECT 1 FROM", "SELECT 'x", "SELECT nope FROM things", "SELECT * FROM nosuch", "SELECT * FROM nosuch.things", "SELECT $1", "SELECT nosuch(1)", "SELECT 1 + 'x'", "SELECT\n  nope\nFROM things", "SELECT 'é', nope FROM things",
		"SELECT * FROM things WHERE id = 'x'", "SELECT 1 / (id - id) FROM things", "EXPLAIN (NOSUCH) SELECT 1",
	},
}

// TestSessions compares sessions with PostgreSQL's.
func TestSessions(t *testing.T) {
	m, source := smallMesh(t)
	source.Exec(t, "CREATE SCHEMA shop", "ALTER TABLE things SET SCHEMA shop")
	m.productIn("shop", "things", "shop", []fixtureColumn{{"id", "integer", "required: true"}, {"name", "text", ""}})
	gateway := m.serve()
	for name, script := range sessionScripts {
		t.Run(name, func(t *testing.T) {
			here, there := inSchema(t, gateway.dsn("reader")), inSchema(t, source.DSN)
			for i, sql := range script {
				got, want := transcript(t, here, sql), transcript(t, there, sql)
				if got != want {
					t.Errorf("%d: %s\ngot  %s\nwant %s", i, sql, got, want)
				}
			}
		})
	}
}

// inSchema opens a session whose default search_path is shop.
func inSchema(t *testing.T, dsn string) *pgconn.PgConn {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	must(t, err)
	config.RuntimeParams["search_path"] = "shop"
	config.RuntimeParams["timezone"] = "UTC"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn.PgConn()
}

// transcript is all that a server says to a simple query.
func transcript(t *testing.T, conn *pgconn.PgConn, sql string) string {
	t.Helper()
	f := conn.Frontend()
	f.Send(&pgproto3.Query{String: sql})
	must(t, f.Flush())
	var b strings.Builder
	for {
		message, err := f.Receive()
		must(t, err)
		switch m := message.(type) {
		case *pgproto3.RowDescription:
			for _, f := range m.Fields {
				fmt.Fprintf(&b, "[%s %d]", f.Name, f.DataTypeOID)
			}
		case *pgproto3.DataRow:
			fmt.Fprintf(&b, "%q", m.Values)
		case *pgproto3.CommandComplete:
			fmt.Fprintf(&b, " %s; ", m.CommandTag)
		case *pgproto3.EmptyQueryResponse:
			b.WriteString(" empty; ")
		case *pgproto3.ErrorResponse:
			fmt.Fprintf(&b, " %s %s at %d; ", m.Severity, m.Code, m.Position)
		case *pgproto3.NoticeResponse:
			fmt.Fprintf(&b, " %s %s; ", m.Severity, m.Code)
		case *pgproto3.ReadyForQuery:
			fmt.Fprintf(&b, "(%c)", m.TxStatus)
			return b.String()
		}
	}
}

// TestExplainForms checks that EXPLAIN's JSON is JSON and that ANALYZE counts rows of each fragment.
func TestExplainForms(t *testing.T) {
	m, _ := smallMesh(t)
	m.addLake("1,cat\n2,dog\n")
	conn := m.serve().connect(t, "reader")
	sql := "SELECT count(*) FROM shop.things t JOIN lake.pets p ON p.id = t.id WHERE t.id < 100"
	for _, options := range []string{"(FORMAT JSON)", "(ANALYZE, FORMAT JSON)"} {
		a := ask(t.Context(), conn, "EXPLAIN "+options+" "+sql)
		var explained []struct {
			Fragments []struct {
				Source string
				SQL    string
				Rows   *int64 `json:"Actual Rows"`
			}
		}
		if a.code != "" || json.Unmarshal([]byte(a.rows[0][0]), &explained) != nil || len(explained) != 1 || len(explained[0].Fragments) != 2 {
			t.Fatalf("EXPLAIN %s: %s", options, a)
		}
		for _, f := range explained[0].Fragments {
			if f.SQL == "" || strings.Contains(options, "ANALYZE") != (f.Rows != nil) {
				t.Errorf("EXPLAIN %s: fragment %+v", options, f)
			}
		}
	}
	if text := ask(t.Context(), conn, "EXPLAIN ANALYZE "+sql).String(); strings.Count(text, "(rows=") != 2 {
		t.Errorf("EXPLAIN ANALYZE: %s", text)
	}
	if a := ask(t.Context(), conn, "SHOW ALL"); len(a.rows) < 20 || len(a.columns) != 3 {
		t.Errorf("SHOW ALL: %s", a)
	}
}

// sluice runs the program itself: the test binary, made to be it (TestMain).
func sluice(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), beSluice+"=1")
	cmd.Dir = filepath.Dir(self)
	return cmd
}
