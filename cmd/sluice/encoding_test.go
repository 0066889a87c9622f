package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestClientEncoding speaks to the gateway and to PostgreSQL in character sets of one byte
// and compares the bytes that come back.
func TestClientEncoding(t *testing.T) {
	gateway, oracle := newSessionMesh(t)
	ours, theirs := gateway.connect(t, "reader").PgConn(), connectTo(t, oracle.DSN).PgConn()
	for _, encoding := range []string{"latin1", "WIN1252", "iso-8859-7", "KOI8-R", "SQL_ASCII", "UTF8"} {
		for _, c := range []*pgconn.PgConn{ours, theirs} {
			_, err := c.Exec(t.Context(), "SET client_encoding = '"+encoding+"'").ReadAll()
			must(t, err)
		}
		if got, want := ours.ParameterStatus("client_encoding"), theirs.ParameterStatus("client_encoding"); got != want {
			t.Errorf("%s is %q, want %q", encoding, got, want)
		}
		for _, text := range []string{
			"SHOW client_encoding", "SELECT pg_client_encoding()", "SELECT chr(233), chr(8364), chr(945)", "SELECT chr(233) AS \"\xe9\", '\xe4\xf6' AS x, length('\xe4\xf6'), ascii('\xe4')",
			"SELECT array[chr(228), 'b'], '{\"a\": \"' || chr(228) || '\"}'", "SELECT '\x81'", "SELECT chr(9731)", "SELECT nothing AS \"\xe9\" FROM \"t\xe4\"", "SELECT \"n\xe4\"",
			"SELECT row(chr(228), 1)", "SELECT g, chr(220 + g) FROM generate_series(1, 3) g",
		} {
			if encoding == "UTF8" || encoding == "SQL_ASCII" {
				text = strings.ToValidUTF8(text, "é")
			}
			if got, want := bytesOf(t, ours, text), bytesOf(t, theirs, text); got != want {
				t.Errorf("%s: %q\ngot  %q\nwant %q", encoding, text, got, want)
			}
		}
		const copied = "COPY (SELECT chr(228) AS name, 'a,' || chr(233)) TO STDOUT (FORMAT csv, HEADER)"
		if got, want := copiedBytes(t, ours, copied), copiedBytes(t, theirs, copied); got != want {
			t.Errorf("%s: COPY gives %q, want %q", encoding, got, want)
		}
		for _, p := range []struct {
			value  string
			format int16
		}{{"\xe4\xf6", 0}, {"\xe4\xf6", 1}, {"plain", 1}, {"\x81", 0}} {
			for _, form := range []int16{0, 1} {
				if got, want := executed(t, ours, p.value, p.format, form), executed(t, theirs, p.value, p.format, form); got != want {
					t.Errorf("%s: parameter %q in format %d, result in %d\ngot  %q\nwant %q", encoding, p.value, p.format, form, got, want)
				}
			}
		}
	}
}

// bytesOf writes down all of an answer.
func bytesOf(t *testing.T, conn *pgconn.PgConn, text string) string {
	t.Helper()
	results, err := conn.Exec(t.Context(), text).ReadAll()
	return answerText(results, err)
}

func copiedBytes(t *testing.T, conn *pgconn.PgConn, text string) string {
	t.Helper()
	var b strings.Builder
	_, err := conn.CopyTo(t.Context(), &b, text)
	return answerText(nil, err) + b.String()
}

// executed gives a text of the extended protocol back, with its length and two more forms.
func executed(t *testing.T, conn *pgconn.PgConn, value string, format, form int16) string {
	t.Helper()
	r := conn.ExecParams(t.Context(), "SELECT $1::text, length($1), array[$1], upper($1)", [][]byte{[]byte(value)}, []uint32{25}, []int16{format}, []int16{form}).Read()
	return answerText([]*pgconn.Result{r}, r.Err)
}

func answerText(results []*pgconn.Result, err error) string {
	var b strings.Builder
	for _, r := range results {
		for _, f := range r.FieldDescriptions {
			fmt.Fprintf(&b, "%s ", f.Name)
		}
		for _, row := range r.Rows {
			fmt.Fprintf(&b, "%s\n", row)
		}
	}
	if stated, ok := err.(*pgconn.PgError); ok {
		return stated.Code + " " + stated.Message
	}
	return b.String() + fmt.Sprint(err)
}
