package charset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestSetsAreThoseOfPostgres converts every byte of every set, and every character that any
// of them has into all of them, as a PostgreSQL does.
func TestSetsAreThoseOfPostgres(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testservers.Postgres(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	symbols := allSymbols()
	for _, table := range tables {
		set := Find(table.name)
		for i := 0x80; i < 0x100; i++ {
			got, failed := set.Decode(string([]byte{byte(i)}))
			want := ask[string](t, conn, fmt.Sprintf(`SELECT convert_from('\x%02x', '%s')`, i, set.Name()))
			check(t, set.Name(), fmt.Sprintf("%#x", i), got, failed, want)
		}
		for _, symbol := range symbols {
			got, failed := set.EncodeFrom([]byte(string(symbol)), 0)
			want := ask[[]byte](t, conn, fmt.Sprintf(`SELECT convert_to(chr(%d), '%s')`, symbol, set.Name()))
			check(t, set.Name(), string(symbol), string(got), failed, answer[string]{string(want.value), want.code})
		}
	}
}

// allSymbols are the characters of all sets.
func allSymbols() (all []rune) {
	for _, table := range tables {
		for symbol := range Find(table.name).bytes {
			if symbol >= utf8.RuneSelf {
				all = append(all, symbol)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(append(all, 0x1F600))
}

type answer[T any] struct {
	value T
	code  string
}

func ask[T any](t *testing.T, conn *pgx.Conn, sql string) (a answer[T]) {
	t.Helper()
	err := conn.QueryRow(t.Context(), sql, pgx.QueryExecModeSimpleProtocol).Scan(&a.value)
	var stated *pgconn.PgError
	if errors.As(err, &stated) {
		a.code = stated.Code
	} else if err != nil {
		t.Fatal(err)
	}
	return a
}

func check(t *testing.T, set, what, got string, failed error, want answer[string]) {
	t.Helper()
	code := ""
	if failed != nil {
		got, code = "", string(sqlstate.From(failed).Code)
	}
	if got != want.value || code != want.code {
		t.Errorf("%s of %s: %q %s, want %q %s", what, set, got, code, want.value, want.code)
	}
}

// TestFind: names are compared as PostgreSQL compares them.
func TestFind(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"latin1": "LATIN1", "ISO-8859-1": "LATIN1", "Windows-1252": "WIN1252", "ISO 8859 15": "LATIN9", "koi8-r": "KOI8R", "UTF8": "", "sjis": "", "": ""} {
		got := ""
		if set := Find(name); set != nil {
			got = set.Name()
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	if got := Find("latin1").Message("a€é"); !bytes.Equal([]byte(got), []byte("a?\xe9")) {
		t.Errorf("%q", got)
	}
}
