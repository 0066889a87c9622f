package postgres

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

func opened(t *testing.T, server *testservers.PostgresServer) *Source {
	t.Helper()
	s, err := Connector{}.Open(sourceOf(server), server.ReaderPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.(*Source)
}

var oneText = []plan.Column{{ID: 1, Name: "v", Type: pgtype.Of(pgtype.Text)}}

func TestServerEndsTheConnection(t *testing.T) {
	server := testservers.Postgres(t).NewDatabase(t)
	s := opened(t, server)
	r, err := readText(s, "SELECT repeat('x', 1000) FROM pg_catalog.generate_series(1, 100000000)", oneText)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	server.Exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sluice' AND datname = current_database()")
	for r.Next() {
	}
	if e := sqlstate.From(r.Err()); e == nil || e.Code != sqlstate.ConnectionFailure || e.Message != "domain sales: the connection to source crm_pg was lost" {
		t.Errorf("got %v", r.Err())
	}
	if r, err := readText(s, "SELECT 'again'", oneText); err != nil {
		t.Errorf("the source does not recover: %v", err)
	} else {
		conntest.Compare(t, conntest.Rows(t, r, oneText), [][]string{{"again"}})
	}
}

func TestErrorsOfStatements(t *testing.T) {
	server := testservers.Postgres(t).NewDatabase(t)
	server.Exec(t, "CREATE SEQUENCE public.s", "GRANT ALL ON SEQUENCE public.s TO "+server.Reader)
	s := opened(t, server)
	tests := []struct {
		text, message string
		code          sqlstate.Code
		owner         sqlstate.Owner
	}{
		{"SELECT (1 / (n - 5))::text FROM generate_series(1, 9) AS s(n)", "division by zero", sqlstate.DivisionByZero, sqlstate.OwnerUser},
		{"SELECT 'x'::text FROM (SELECT 'abc'::text AS v) q WHERE v::int = 1", `invalid input syntax for type integer: "abc"`, sqlstate.InvalidTextRepresentation, sqlstate.OwnerUser},
		{"SELECT secret_name FROM secret_table", "domain sales: source crm_pg could not run its part of the statement", sqlstate.SystemError, sqlstate.OwnerDomain},
		{"SELECT pg_catalog.pg_read_file('secret')", "domain sales: source crm_pg could not run its part of the statement", sqlstate.SystemError, sqlstate.OwnerDomain},
		{"SELECT nextval('public.s')::text", "domain sales: source crm_pg could not run its part of the statement", sqlstate.SystemError, sqlstate.OwnerDomain},
	}
	for _, test := range tests {
		r, err := readText(s, test.text, oneText)
		if err == nil {
			for r.Next() {
			}
			err = r.Err()
			r.Release()
		}
		e := sqlstate.From(err)
		if e == nil {
			t.Errorf("%s gives no error", test.text)
			continue
		}
		if e.Code != test.code || e.Message != test.message || e.Owner() != test.owner {
			t.Errorf("%s\n got %v (owner %v)\nwant %s %s", test.text, err, e.Owner(), test.code, test.message)
		}
		if test.owner == sqlstate.OwnerDomain && (strings.Contains(e.Detail, "secret") || e.Detail == "") {
			t.Errorf("%s: detail %q", test.text, e.Detail)
		}
	}
}

func TestEncodings(t *testing.T) {
	server := testservers.Postgres(t)
	for _, test := range []struct{ encoding, insert, want string }{
		{"LATIN1", `convert_from('\xe4', 'LATIN1')`, "ä"},
		{"SQL_ASCII", `'ok'`, "ok"},
		{"SQL_ASCII", `convert_from('\xe4', 'SQL_ASCII')`, "!22021"},
	} {
		t.Run(test.encoding+" "+test.want, func(t *testing.T) {
			name := "encoded_" + strings.ToLower(test.encoding)
			server.Exec(t, "CREATE DATABASE "+name+" TEMPLATE template0 LOCALE 'C' ENCODING '"+test.encoding+"'")
			t.Cleanup(func() { server.Exec(t, "DROP DATABASE "+name+" WITH (FORCE)") })
			changed := *server
			changed.Database, changed.DSN = name, sourceDSN(server, name)
			changed.Exec(t, "CREATE TABLE public.t AS SELECT "+test.insert+"::text AS v")
			s := opened(t, &changed)
			r, err := readText(s, "SELECT v FROM public.t", oneText)
			if err != nil {
				t.Fatal(err)
			}
			if code, fails := strings.CutPrefix(test.want, "!"); fails {
				defer r.Release()
				for r.Next() {
				}
				if e := sqlstate.From(r.Err()); e == nil || string(e.Code) != code {
					t.Errorf("got %v, want %s", r.Err(), code)
				}
				return
			}
			conntest.Compare(t, conntest.Rows(t, r, oneText), [][]string{{test.want}})
		})
	}
}

// TestCollations: a column whose collation finds different texts equal is compared by bytes.
func TestCollations(t *testing.T) {
	server := testservers.Postgres(t).NewDatabase(t)
	server.Exec(t, `CREATE COLLATION public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
		`CREATE TABLE public.t (v text COLLATE public.loose)`, `INSERT INTO public.t VALUES ('a'), ('A')`)
	s := opened(t, server)
	table := conntest.NewTable(t, "t", []string{"v text"}, nil)
	table.Physical.Schema = "public"
	column := plan.Column{ID: 1, Name: "v", Type: pgtype.Of(pgtype.Text)}
	root := &plan.Deduplicate{Input: &plan.Scan{Table: table.Table, Ordinals: []int{0}, Cols: []plan.Column{column}}}
	r, err := s.Read(context.Background(), &plan.Remote{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	if rows := conntest.Rows(t, r, root.Columns()); len(rows) != 2 {
		t.Errorf("DISTINCT gives %v, want both", rows)
	}
}
