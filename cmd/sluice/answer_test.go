package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// answer is what a server says to one statement: columns with types, rows as text, or an error.
type answer struct {
	columns []string
	rows    [][]string
	code    string
	message string
	// position is where in the statement an error points, 0 where it does not.
	position int32
}

// ask runs a statement by the simple protocol and takes the last result.
func ask(ctx context.Context, conn *pgx.Conn, sql string) answer {
	results, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		var e *pgconn.PgError
		if errors.As(err, &e) {
			return answer{code: e.Code, message: e.Message, position: e.Position}
		}
		return answer{code: "?????", message: err.Error()}
	}
	var a answer
	if len(results) == 0 {
		return a
	}
	last := results[len(results)-1]
	for _, f := range last.FieldDescriptions {
		a.columns = append(a.columns, fmt.Sprintf("%s:%s:%d", f.Name, typeOID(f.DataTypeOID), f.TypeModifier))
	}
	for _, r := range last.Rows {
		row := make([]string, len(r))
		for i, v := range r {
			row[i] = string(v)
			if v == nil {
				row[i] = "NULL"
			}
		}
		a.rows = append(a.rows, row)
	}
	return a
}

// sorted gives the answer with its rows in an order of their own.
func (a answer) sorted() answer {
	a.rows = slices.Clone(a.rows)
	slices.SortFunc(a.rows, func(x, y []string) int { return strings.Compare(strings.Join(x, "\x00"), strings.Join(y, "\x00")) })
	return a
}

// untyped gives the answer without type modifiers: of a CASE that PostgreSQL decides while it plans,
// a simple query tells that of the branch it takes, a described statement that of all branches.
func (a answer) untyped() answer {
	a.columns = slices.Clone(a.columns)
	for i, c := range a.columns {
		a.columns[i] = c[:strings.LastIndex(c, ":")]
	}
	return a
}

// String is the answer as a text that a difference can be read from.
func (a answer) String() string {
	if a.code != "" {
		return a.code + ": " + a.message + "\n"
	}
	var b strings.Builder
	b.WriteString(strings.Join(a.columns, " | ") + "\n")
	for _, r := range a.rows {
		b.WriteString(strings.Join(r, " | ") + "\n")
	}
	return b.String()
}

// difference tells where two answers part; "" where they are equal.
func difference(got, want answer) string {
	g, w := strings.Split(got.String(), "\n"), strings.Split(want.String(), "\n")
	if slices.Equal(g, w) {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d rows, want %d\n", len(got.rows), len(want.rows))
	shown := 0
	for i := 0; i < max(len(g), len(w)) && shown < 5; i++ {
		if line(g, i) != line(w, i) {
			fmt.Fprintf(&b, "  line %d\n    got  %s\n    want %s\n", i, line(g, i), line(w, i))
			shown++
		}
	}
	return b.String()
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(none)"
}

// typeOID gives a type's OID; of the row type of a table only that it is one, since its OID is
// each server's own.
func typeOID(oid uint32) string {
	if oid >= 16384 {
		return "row"
	}
	return fmt.Sprint(oid)
}
