package main

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// wire is a connection on which every message of the server is kept.
type wire struct {
	conn     net.Conn
	frontend *pgproto3.Frontend
	// startup is what the server said of itself, without the key for cancelling.
	startup string
	// alike replaces what differs between two gateways though it tells nothing: their directories.
	alike *strings.Replacer
}

// tap logs a user in and takes the connection over after the login.
func tap(t testing.TB, s *served, user string, alike *strings.Replacer) *wire {
	t.Helper()
	conn, err := pgconn.Connect(t.Context(), s.dsn(user))
	must(t, err)
	taken, err := conn.Hijack()
	must(t, err)
	t.Cleanup(func() { _ = taken.Conn.Close() })
	return &wire{conn: taken.Conn, frontend: taken.Frontend, startup: fmt.Sprint(taken.ParameterStatuses), alike: alike}
}

// script is what a client sends up to a point where it waits for ReadyForQuery.
type script []pgproto3.FrontendMessage

func simple(sql string) script { return script{&pgproto3.Query{String: sql}} }

// extended parses, describes, binds and runs a statement, a few rows at a time.
func extended(sql string, rows uint32, parameters ...string) script {
	values := make([][]byte, len(parameters))
	for i, p := range parameters {
		values[i] = []byte(p)
	}
	s := script{
		&pgproto3.Parse{Query: sql}, &pgproto3.Describe{ObjectType: 'S'},
		&pgproto3.Bind{Parameters: values}, &pgproto3.Describe{ObjectType: 'P'}, &pgproto3.Execute{MaxRows: rows},
	}
	if rows > 0 {
		s = append(s, &pgproto3.Execute{MaxRows: rows}, &pgproto3.Execute{})
	}
	return append(s, &pgproto3.Sync{})
}

// heard is one message of the server: its type and its bytes.
type heard struct {
	kind string
	text string
}

// hear sends a script and gives every message up to ReadyForQuery.
func (w *wire) hear(s script) ([]heard, error) {
	_ = w.conn.SetDeadline(time.Now().Add(time.Minute))
	for _, m := range s {
		w.frontend.Send(m)
	}
	if err := w.frontend.Flush(); err != nil {
		return nil, err
	}
	var all []heard
	for {
		m, err := w.frontend.Receive()
		if err != nil {
			return all, err
		}
		bytes, err := m.Encode(nil)
		if err != nil {
			return all, err
		}
		kind := strings.TrimPrefix(fmt.Sprintf("%T", m), "*pgproto3.")
		text := string(bytes[5:]) // without the length, which directories in the text would change
		all = append(all, heard{kind, w.alike.Replace(text)})
		if kind == "ReadyForQuery" {
			return all, nil
		}
	}
}

// exec runs a statement that must succeed.
func (w *wire) exec(t testing.TB, sql string) {
	t.Helper()
	all, err := w.hear(simple(sql))
	must(t, err)
	for _, m := range all {
		if m.kind == "ErrorResponse" {
			t.Fatalf("%s: %q", sql, m.text)
		}
	}
}

// unordered sorts the rows, each in the place of one: SQL leaves the order open where none
// is asked for. A portal that is run in pieces has rows in several places.
func unordered(all []heard) []heard {
	all = slices.Clone(all)
	for i, m := range all { // the header of a binary COPY stands before its first row
		all[i].text = strings.TrimPrefix(m.text, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	}
	for _, kind := range []string{"DataRow", "CopyData"} {
		var rows []heard
		for _, m := range all {
			if m.kind == kind {
				rows = append(rows, m)
			}
		}
		slices.SortFunc(rows, func(x, y heard) int { return strings.Compare(x.text, y.text) })
		for i, m := range all {
			if m.kind == kind {
				all[i], rows = rows[0], rows[1:]
			}
		}
	}
	return all
}

// firstDifference tells where two recordings part, "" where they are equal.
func firstDifference(a, b []heard) string {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			at := func(all []heard) string {
				if i >= len(all) {
					return "nothing"
				}
				return fmt.Sprintf("%s %.300q", all[i].kind, all[i].text)
			}
			return fmt.Sprintf("message %d of %d and %d:\n  %s\n  %s", i, len(a), len(b), at(a), at(b))
		}
	}
	return ""
}

// failed gives the error the server said, "" for none.
func failed(all []heard) string {
	for _, m := range all {
		if m.kind == "ErrorResponse" {
			return m.text
		}
	}
	return ""
}
