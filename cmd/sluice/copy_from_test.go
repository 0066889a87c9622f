package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// TestCopyFrom fills temporary tables by COPY FROM STDIN here and on a PostgreSQL, from data
// that comes whole and byte by byte, and compares tags, errors and rows.
func TestCopyFrom(t *testing.T) {
	gateway, oracle := newSessionMesh(t)
	ours, theirs := gateway.connect(t, "reader").PgConn(), connectTo(t, oracle.DSN).PgConn()
	for _, c := range []*pgconn.PgConn{ours, theirs} {
		_, err := c.Exec(t.Context(), "SET TimeZone = 'UTC'; CREATE TEMP TABLE t (a int, b text, c varchar(4), d numeric(6,2), e timestamptz NOT NULL, f bool, g int[], h bytea, i json)").ReadAll()
		must(t, err)
	}
	for _, c := range []struct{ columns, options, data string }{
		{"(a, b, e)", "", "1\tone\t2024-01-01\n2\t\\N\tepoch\n"},
		{"", "", "3\tx\ty\t1.234\t2024-02-29 10:00+02\tt\t{1,2}\t\\\\x00ff\t{\"a\": 1}\n"},
		{"(a, b, e)", "", "4\ta\\tb\\nc\\\\d\\x41\\101\\v\\q\t2024-01-01"},
		{"(b, e)", "", "\\\t\t2024-01-01\n"},
		{"(a, b, e)", "", "5\tcrlf\t2024-01-01\r\n6\tcrlf\t2024-01-01\r\n"},
		{"(a, b, e)", "", "7\tend\t2024-01-01\n\\.\n8\tbehind\t2024-01-01\n"},
		{"(a, b, e)", "", ""},
		{"(a, b, e)", "(DELIMITER '|', NULL 'nil')", "9|nil|2024-01-01\n10||2024-01-01\n"},
		{"(a, b, e)", "CSV HEADER", "a,b,e\n11,\"a,\"\"b\"\"\nc\",2024-01-01\n12,,2024-01-01\n13,\"\",2024-01-01\n14, x ,2024-01-01"},
		{"(a, b, e)", "(FORMAT csv, QUOTE '''', ESCAPE '\\')", "15,'it\\'s \\\\ x',2024-01-01\n"},
		{"(a, b, e)", "CSV", "16,\"crlf\",2024-01-01\r\n17,x,2024-01-01\r\n"},
		// what is refused
		{"(a, b, e)", "", "1\tone\n"}, {"(a, b, e)", "", "1\tone\t2024-01-01\tmore\n"}, {"(a, b, e)", "", "x\tone\t2024-01-01\n"}, {"(a, b, e)", "", "1\tone\t\\N\n"},
		{"(a, c, e)", "", "1\ttoo long\t2024-01-01\n"}, {"(a, d, e)", "", "1\t123456\t2024-01-01\n"}, {"(a, b, e)", "CSV", "1,\"open,2024-01-01\n"},
		{"(a, b, e)", "", "1\tx\t2024-01-01\n2\ty\rz\t2024-01-01\n"}, {"(a, b, e)", "CSV", "1,x,2024-01-01\n2,y\rz,2024-01-01\n"}, {"(a, b, e)", "", "18\tone\t2024-01-01\r19\ttwo\t2024-01-01\r"},
		{"(a, nix)", "", "1\n"}, {"(a, a)", "", "1\t1\n"}, {"", "(FORCE_QUOTE *)", ""}, {"", "(FORMAT csv, FORCE_QUOTE *)", ""}, {"", "(FORMAT nix)", ""}, {"", "(DELIMITER 'ab')", ""},
		{"(a, b, e)", "", "1\t\xff\t2024-01-01\n"},
	} {
		for _, bytewise := range []bool{false, true} {
			sql := "COPY t " + c.columns + " FROM STDIN " + c.options
			if got, want := copied(t, ours, sql, c.data, bytewise), copied(t, theirs, sql, c.data, bytewise); got != want {
				t.Errorf("%s\n%q\ngot  %s\nwant %s", sql, c.data, got, want)
			}
		}
	}
	var whole strings.Builder
	_, err := theirs.CopyTo(t.Context(), &whole, `COPY (SELECT 20, 'bin'::text, 'v'::varchar, 1.25::numeric(6,2), '2024-01-01'::timestamptz, true, ARRAY[1,NULL], '\x00ff'::bytea, '{"a":1}'::json
		UNION ALL SELECT NULL, NULL, NULL, NULL, 'infinity', NULL, '{}', '', NULL) TO STDOUT (FORMAT binary)`)
	must(t, err)
	data := whole.String()
	for _, damaged := range []string{
		data, data[:len(data)-2], data[:40], data + "x", "PGCOPX" + data[6:], "", data[:11] + "\x00\x01\x00\x00" + data[15:], data[:19] + "\x00\x08" + data[21:],
		data[:21] + "\xff\xff\xff\xfe" + data[25:], data[:19] + "\xff\xff",
	} {
		for _, bytewise := range []bool{false, true} {
			const sql = "COPY t FROM STDIN (FORMAT binary)"
			if got, want := copied(t, ours, sql, damaged, bytewise), copied(t, theirs, sql, damaged, bytewise); got != want {
				t.Errorf("%q\ngot  %s\nwant %s", damaged, got, want)
			}
		}
	}
	for _, c := range []*pgconn.PgConn{ours, theirs} {
		_, err := c.CopyFrom(t.Context(), iotest.ErrReader(errors.New("changed my mind")), "COPY t (a, e) FROM STDIN")
		if stated, ok := err.(*pgconn.PgError); !ok || stated.Code != "57014" || stated.Message != "COPY from stdin failed: changed my mind" {
			t.Errorf("a client that gives up: %v", err)
		}
	}
	var many strings.Builder
	for n := range 20000 {
		fmt.Fprintf(&many, "%d\trow %d\t2024-01-01\n", n, n)
	}
	for _, sql := range []string{"COPY t (a, b, e) FROM STDIN", "COPY nix FROM STDIN"} {
		if got, want := copied(t, ours, sql, many.String(), false), copied(t, theirs, sql, many.String(), false); got != want {
			t.Errorf("%s\ngot  %.2000s\nwant %.2000s", sql, got, want)
		}
	}
}

// copied runs a COPY FROM and tells how it ended, and what the table holds, which is then
// emptied.
func copied(t *testing.T, conn *pgconn.PgConn, sql, data string, bytewise bool) string {
	t.Helper()
	var b strings.Builder
	reader := iotest.DataErrReader(strings.NewReader(data))
	if bytewise {
		reader = iotest.OneByteReader(strings.NewReader(data))
	}
	tag, err := conn.CopyFrom(t.Context(), reader, sql)
	if stated, ok := err.(*pgconn.PgError); ok {
		fmt.Fprintf(&b, "%s %s\n", stated.Code, stated.Message)
	} else if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	b.WriteString(tag.String() + "\n")
	return b.String() + bytesOf(t, conn, "SELECT * FROM t ORDER BY a, b; TRUNCATE t")
}

// TestCopyFromIsLeft leaves a COPY in its middle: by cancel, by another message, by going
// away. What the client still sends is passed over, and the session goes on.
func TestCopyFromIsLeft(t *testing.T) {
	gateway, _ := newSessionMesh(t)
	for name, leave := range map[string]func(conn *pgconn.PgConn, wire *pgproto3.Frontend) string{
		"cancel": func(conn *pgconn.PgConn, _ *pgproto3.Frontend) string {
			must(t, conn.CancelRequest(t.Context()))
			return "57014"
		},
		"another message": func(_ *pgconn.PgConn, wire *pgproto3.Frontend) string {
			wire.Send(&pgproto3.Query{String: "SELECT 1"})
			return "08P01"
		},
	} {
		conn := gateway.connect(t, "reader").PgConn()
		_, err := conn.Exec(t.Context(), "CREATE TEMP TABLE t (a int)").ReadAll()
		must(t, err)
		wire := conn.Frontend()
		wire.Send(&pgproto3.Query{String: "COPY t FROM STDIN"})
		must(t, wire.Flush())
		if _, ok := receive(t, wire).(*pgproto3.CopyInResponse); !ok {
			t.Fatal("no data is asked for")
		}
		wire.Send(&pgproto3.CopyData{Data: []byte("1\n2\n")})
		must(t, wire.Flush())
		want := leave(conn, wire)
		must(t, wire.Flush())
		if e, ok := receive(t, wire).(*pgproto3.ErrorResponse); !ok || e.Code != want {
			t.Errorf("%s: %v, want %s", name, e, want)
		}
		if m, ok := receive(t, wire).(*pgproto3.ReadyForQuery); !ok || m.TxStatus != 'I' {
			t.Errorf("%s: the session does not go on", name)
		}
		wire.Send(&pgproto3.CopyData{Data: []byte("3\n")})
		wire.Send(&pgproto3.CopyDone{})
		must(t, wire.Flush())
		if got := bytesOf(t, conn, "SELECT count(*) FROM t"); !strings.Contains(got, "[0]") {
			t.Errorf("%s: %s", name, got)
		}
	}
	gone := gateway.connect(t, "reader").PgConn()
	gone.Frontend().Send(&pgproto3.Query{String: "CREATE TEMP TABLE t (a int); COPY t FROM STDIN"})
	must(t, gone.Frontend().Flush())
	must(t, gone.Conn().Close())
}

func receive(t *testing.T, wire *pgproto3.Frontend) pgproto3.BackendMessage {
	t.Helper()
	for {
		m, err := wire.Receive()
		must(t, err)
		switch m.(type) {
		case *pgproto3.CommandComplete, *pgproto3.ParameterStatus, *pgproto3.NoticeResponse:
			continue
		}
		return m
	}
}
