package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// way is how expressions are asked: over which store, by which sessions.
type way struct {
	name            string
	store           *store // nil: as constants
	oracle, gateway *pgx.Conn
	all, equal      int // answers
}

// newWays opens the sessions: constants, and for each store columns with all rules and
// with none; then the same over PostgreSQL under settings that nobody has by default.
func (m *samplesMesh) newWays(t testing.TB, gateway *served) []*way {
	t.Helper()
	open := func(name string, s *store, settings string) *way {
		w := &way{name: name, store: s, oracle: connectTo(t, m.oracle.DSN), gateway: gateway.connect(t, "reader")}
		path := "post"
		if s != nil {
			path = s.name
		}
		for _, conn := range []*pgx.Conn{w.oracle, w.gateway} {
			_, err := conn.Exec(t.Context(), "SET search_path = "+path+"; SET TimeZone = 'UTC'; SET statement_timeout = '20s';"+settings)
			must(t, err)
		}
		return w
	}
	unusual := "SET TimeZone = 'America/New_York'; SET DateStyle = 'SQL, DMY'; SET IntervalStyle = 'iso_8601'; SET bytea_output = 'escape'; SET extra_float_digits = 0;"
	ways := []*way{open("constants", nil, ""), open("constants, other settings", nil, unusual)}
	for _, s := range m.stores {
		ways = append(ways, open(s.name+" pushed", s, ""), open(s.name+" local", s, ""))
	}
	for _, s := range m.stores {
		ways = append(ways, open(s.name+" pushed, other settings", s, unusual))
	}
	ways = append(ways, open("post local, other settings", m.stores[0], unusual))
	for _, w := range ways {
		if strings.Contains(w.name, "local") {
			must(t, set(t.Context(), w.gateway, "all"))
		}
	}
	return ways
}

// reply is one expression's rows, or the code of an error.
type reply struct {
	of   string // name and type of the column
	rows string
	err  *pgconn.PgError
}

func (r reply) String() string {
	if r.err != nil {
		return "error " + r.err.Code
	}
	return r.of + " " + r.rows
}

// request asks by the extended protocol; formats are those of the columns.
func request(ctx context.Context, conn *pgx.Conn, sql string, formats []int16) (columns []string, rows [][][]byte, failed *pgconn.PgError) {
	reader := conn.PgConn().ExecParams(ctx, sql, nil, nil, nil, formats)
	for reader.NextRow() {
		row := make([][]byte, len(reader.Values()))
		for i, v := range reader.Values() {
			row[i] = slices.Clone(v)
			if v != nil && row[i] == nil {
				row[i] = []byte{}
			}
		}
		rows = append(rows, row)
	}
	for _, f := range reader.FieldDescriptions() {
		columns = append(columns, fmt.Sprintf("%s:%s:%d", f.Name, typeOID(f.DataTypeOID), f.TypeModifier))
	}
	if _, err := reader.Close(); err != nil {
		if !errors.As(err, &failed) {
			failed = &pgconn.PgError{Code: "?????", Message: err.Error()}
		}
	}
	return columns, rows, failed
}

func cellOf(cell []byte, binary bool) string {
	switch {
	case cell == nil:
		return "∅"
	case binary && len(cell) > 20 && isArray(cell):
		return fmt.Sprintf("%x", cell[:7]) + "?" + fmt.Sprintf("%x", cell[8:]) // a slice of an array keeps the mark that the array had NULLs
	case binary && (string(cell) == "\xff\xf8\x00\x00\x00\x00\x00\x00" || string(cell) == "\xff\xc0\x00\x00"):
		return "7" + fmt.Sprintf("%x", cell)[1:] // the processor's NaN has a sign, that of others none: both are NaN
	case binary:
		return fmt.Sprintf("%x", cell)
	}
	return string(cell)
}

// isArray tells an array: its dimensions, a mark of NULLs, the type of elements.
func isArray(cell []byte) bool {
	return string(cell[:3]) == "\x00\x00\x00" && cell[3] >= 1 && cell[3] <= 6 && string(cell[4:7]) == "\x00\x00\x00" && cell[7] <= 1 && string(cell[8:10]) == "\x00\x00"
}

// whole asks a query and gives its rows as one reply.
func whole(ctx context.Context, conn *pgx.Conn, sql string, binary bool) reply {
	columns, rows, err := request(ctx, conn, sql, format(binary))
	if err != nil {
		return reply{err: err}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			cells[j] = cellOf(cell, binary)
		}
		lines[i] = strings.Join(cells, "|")
	}
	return reply{of: strings.Join(columns, " | "), rows: strings.Join(lines, " ⏎ ")}
}

func format(binary bool) []int16 {
	if binary {
		return []int16{1}
	}
	return []int16{0}
}

// overColumns asks for rows of a template over columns, one reply for each; all fail
// together.
func overColumns(ctx context.Context, conn *pgx.Conn, c template, rows [][]int, binary bool) ([]reply, *pgconn.PgError) {
	formats := append(make([]int16, len(c.slots)), format(binary)[0])
	columns, answer, err := request(ctx, conn, c.asColumns(rows), formats)
	if err != nil {
		return nil, err
	}
	byKey := map[string][]string{}
	for _, row := range answer {
		var key []string
		for _, cell := range row[:len(c.slots)] {
			key = append(key, string(cell))
		}
		k := strings.Join(key, " ")
		byKey[k] = append(byKey[k], cellOf(row[len(c.slots)], binary))
	}
	replies := make([]reply, len(rows))
	for i, row := range rows {
		replies[i] = reply{of: columns[len(c.slots)], rows: strings.Join(byKey[strings.Trim(fmt.Sprint(row), "[]")], " ⏎ ")}
	}
	return replies, nil
}

// asConstants asks for rows of a template as expressions of one SELECT.
func asConstants(ctx context.Context, conn *pgx.Conn, c template, rows [][]int, binary bool) ([]reply, *pgconn.PgError) {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = c.asConstant(row)
	}
	columns, answer, err := request(ctx, conn, "SELECT "+strings.Join(list, ", "), format(binary))
	if err != nil {
		return nil, err
	}
	replies := make([]reply, len(rows))
	for i := range rows {
		cells := make([]string, len(answer))
		for j, line := range answer {
			cells[j] = cellOf(line[i], binary)
		}
		replies[i] = reply{of: columns[i], rows: strings.Join(cells, " ⏎ ")}
	}
	return replies, nil
}

// replies asks for rows of a template: all at once, and each by itself if that fails. What
// is refused before anything is computed is refused for each.
func (w *way) replies(ctx context.Context, conn *pgx.Conn, c template, rows [][]int, binary bool) []reply {
	if len(rows) == 0 {
		return nil
	}
	ask := overColumns
	if w.store == nil {
		ask = asConstants
	}
	list, err := ask(ctx, conn, c, rows, binary)
	if err == nil {
		return list
	}
	if len(rows) == 1 {
		return []reply{{err: err}}
	}
	half := len(rows) / 2
	return append(w.replies(ctx, conn, c, rows[:half], binary), w.replies(ctx, conn, c, rows[half:], binary)...)
}
