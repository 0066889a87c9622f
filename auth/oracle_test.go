package auth_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// What the principals of oracle.sql ask. All of them may read these columns.
var questions = []string{
	"SELECT id, email, phone, country, amount, margin FROM sales.orders",
	"SELECT count(email), count(phone), sum(amount), max(margin), min(country) FROM sales.orders",
	"SELECT id FROM sales.orders WHERE email = 'a@b.example' AND country IS NOT NULL",
	"SELECT id, country FROM sales.orders WHERE email LIKE '***@%'",
	"SELECT id, country FROM sales.orders WHERE email = '***'",
	"SELECT id, country FROM sales.orders WHERE phone IS NULL",
	"SELECT id, country FROM sales.orders WHERE phone LIKE '03%'",
	"SELECT id, country FROM sales.orders WHERE margin > 1",
	"SELECT o.id, p.id, o.country, p.country FROM sales.orders o JOIN sales.orders p ON o.email = p.email",
	"SELECT o.id, p.country FROM sales.orders o LEFT JOIN sales.orders p ON o.id = p.id AND p.phone > '0' AND o.country = 'DE'",
	"SELECT country, count(amount), max(email) FROM sales.orders GROUP BY country HAVING count(id) > 1",
	"SELECT DISTINCT margin, country FROM sales.orders",
	"SELECT id, (SELECT count(i.id) FROM sales.orders i WHERE i.country = o.country) FROM sales.orders o",
	"SELECT id, country FROM sales.orders o WHERE EXISTS (SELECT 1 FROM sales.orders i WHERE i.id <> o.id AND i.country = o.country)",
	"SELECT id, country FROM sales.orders WHERE email IN (SELECT email FROM sales.orders WHERE country = 'FR')",
	"SELECT id, country FROM sales.orders WHERE 1 / (id - 3) >= 0",
	"SELECT id, country FROM sales.orders WHERE amount / (id - 5) > 0",
	"SELECT 10 / (length(email) - 3), country FROM sales.orders",
	"WITH x AS (SELECT email, country FROM sales.orders) SELECT a.email, b.country FROM x a, x b WHERE a.country = b.country",
	"SELECT id, country FROM sales.orders UNION ALL SELECT amount::bigint, email FROM sales.orders",
	"SELECT id, country FROM sales.orders EXCEPT SELECT id, country FROM sales.orders WHERE email IS NOT NULL",
	"SELECT id, country, row_number() OVER (PARTITION BY phone ORDER BY id) FROM sales.orders",
	"SELECT id, country, coalesce(phone, email, 'none'), email || phone FROM sales.orders ORDER BY amount DESC, id LIMIT 3",
}

// TestLikeSecurityBarrierViews asks PostgreSQL twice: over the views of oracle.sql, and
// with what Secure made of the question over the stored rows. Both answer alike, in
// rows, types and errors.
func TestLikeSecurityBarrierViews(t *testing.T) {
	t.Parallel()
	schema, err := os.ReadFile("testdata/oracle.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, string(schema))
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	m := mesh(t)
	for _, user := range []string{"all", "pii", "germany", "nowhere", "rows_denied", "scopes"} {
		who := principal(t, m, user)
		for _, question := range questions {
			want := answer(t, conn.PgConn(), strings.ReplaceAll(question, "sales.orders", "seen_by_"+user+".orders"))
			s, err := secure(t, m, who, question)
			if err != nil {
				t.Errorf("%s as %s: %v", question, user, err)
				continue
			}
			text, err := sqlwriter.Postgres(s.Query().Root, sqlwriter.Options{}.ForQuery(s.Query()))
			if err != nil {
				t.Errorf("%s as %s: %v", question, user, err)
				continue
			}
			if got := answer(t, conn.PgConn(), "SET search_path = raw; "+text); got != want {
				t.Errorf("%s as %s\n--- got\n%s--- want\n%s--- by\n%s", question, user, got, want, text)
			}
		}
	}
}

// answer gives a statement's types and rows as text, sorted, or the code of its error.
func answer(t *testing.T, conn *pgconn.PgConn, sql string) string {
	t.Helper()
	results, err := conn.Exec(t.Context(), sql).ReadAll()
	if err != nil {
		var pg *pgconn.PgError
		if !errors.As(err, &pg) {
			t.Fatalf("%s: %v", sql, err)
		}
		if pg.Code[:2] != "22" {
			t.Errorf("%s: %v", sql, err)
		}
		return pg.Code + "\n"
	}
	last := results[len(results)-1]
	var types, rows []string
	for _, f := range last.FieldDescriptions {
		types = append(types, fmt.Sprintf("%d.%d", f.DataTypeOID, f.TypeModifier))
	}
	for _, r := range last.Rows {
		var fields []string
		for _, v := range r {
			if v == nil {
				fields = append(fields, "NULL")
			} else {
				fields = append(fields, fmt.Sprintf("%q", v))
			}
		}
		rows = append(rows, strings.Join(fields, " "))
	}
	slices.Sort(rows)
	return strings.Join(types, " ") + "\n" + strings.Join(append(rows, ""), "\n")
}
