package datetime_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// oracle evaluates expressions in a real PostgreSQL.
type oracle struct{ conn *pgx.Conn }

func newOracle(t *testing.T) *oracle {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, testservers.Postgres(t).NewDatabase(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	_, err = conn.PgConn().Exec(ctx, `
		CREATE FUNCTION pg_temp.value_of(expressions text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
		DECLARE e text; v text; m text; s text;
		BEGIN
			FOREACH e IN ARRAY expressions LOOP
				BEGIN
					EXECUTE 'SELECT (' || e || ')::text' INTO v;
					RETURN NEXT v;
				EXCEPTION WHEN OTHERS THEN
					GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT;
					RETURN NEXT s || ' ' || m;
				END;
			END LOOP;
		END $$`).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return &oracle{conn}
}

// set sets a parameter of the session.
func (o *oracle) set(t *testing.T, name, value string) {
	t.Helper()
	if _, err := o.conn.Exec(context.Background(), "SELECT set_config($1, $2, false)", name, value); err != nil {
		t.Fatal(err)
	}
}

// values gives the text of each expression, "SQLSTATE message" for an error, nil for NULL.
func (o *oracle) values(t *testing.T, expressions []string) []*string {
	t.Helper()
	rows, err := o.conn.Query(context.Background(), "SELECT pg_temp.value_of($1)", expressions)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[*string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// now gives the start of a transaction that stays open, so that 'now' means the same
// to both sides.
func (o *oracle) now(t *testing.T) time.Time {
	t.Helper()
	ctx := context.Background()
	if _, err := o.conn.Exec(ctx, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	var now time.Time
	if err := o.conn.QueryRow(ctx, "SELECT now()").Scan(&now); err != nil {
		t.Fatal(err)
	}
	return now
}

// trial is an expression and our answer to it.
type trial struct{ sql, ours string }

// answer prints a value or an error as the oracle does.
func answer[T any](format func(T) string, value T, err error) string {
	if err == nil {
		return format(value)
	}
	var e *sqlstate.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	return string(e.Code) + " " + e.Message
}

func compare(t *testing.T, o *oracle, trials []trial) {
	t.Helper()
	sql := make([]string, len(trials))
	for i, tr := range trials {
		sql[i] = tr.sql
	}
	equal, known := 0, 0
	for i, want := range o.values(t, sql) {
		if w := deref(want); w == trials[i].ours {
			equal++
		} else if knownDifference(trials[i], w) {
			known++
		} else if i-equal-known < 60 {
			t.Errorf("%s\n got %q\nwant %q", trials[i].sql, trials[i].ours, w)
		}
	}
	t.Logf("%d of %d equal, %d known differences", equal, len(trials), known)
}

func deref(s *string) string {
	if s == nil {
		return "NULL"
	}
	return *s
}

// lateYear finds years that PostgreSQL holds in a timestamp and we do not.
var lateYear = regexp.MustCompile(`^29424[7-9]|^2942[5-7]`)

// knownDifference lists where we refuse what PostgreSQL takes: timestamps after
// 294247-01-10, the age of infinity (PostgreSQL 15 takes it for the year 294247), and POSIX zones with daylight saving time (nearly any word with a digit in
// it), whose rules are the machine's.
func knownDifference(tr trial, theirs string) bool {
	return strings.HasPrefix(tr.ours, "22008 timestamp out of range") && lateYear.MatchString(theirs) ||
		posixDaylight.MatchString(tr.ours) ||
		strings.HasPrefix(tr.sql, "age(") && strings.Contains(tr.sql, "infinity") && strings.HasPrefix(tr.ours, "22008")
}

var posixDaylight = regexp.MustCompile(`^22023 time zone ".*\d.*" not recognized`)
