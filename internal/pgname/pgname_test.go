package pgname

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestPrinted writes every key word and names of all sorts, and compares each with what
// PostgreSQL's quote_ident makes of it.
func TestPrinted(t *testing.T) {
	t.Parallel()
	connection, err := pgx.Connect(t.Context(), testservers.Postgres(t).NewDatabase(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(t.Context())
	rows, err := connection.Query(t.Context(), `SELECT name, quote_ident(name) FROM (SELECT word FROM pg_get_keywords()
		UNION ALL VALUES (''), ('a'), ('_'), ('_1'), ('1a'), ('a1'), ('A'), ('aB'), ('a b'), ('a"b'), ('"'), ('é'), ('a$'), ('a-b'), ('a.b'), ('select ')) t(name)`)
	if err != nil {
		t.Fatal(err)
	}
	var name, want string
	n := 0
	if _, err := pgx.ForEachRow(rows, []any{&name, &want}, func() error {
		n++
		if got := Printed(name); got != want {
			t.Errorf("Printed(%q) = %s, PostgreSQL says %s", name, got, want)
		}
		return nil
	}); err != nil || n < 400 {
		t.Fatal(n, err)
	}
}
