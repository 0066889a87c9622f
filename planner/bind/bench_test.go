package bind

import (
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// BenchmarkQuery binds, without parsing, a query that groups, sorts and limits.
func BenchmarkQuery(b *testing.B) {
	const text = `SELECT t.a, count(*), sum(c) FROM t JOIN u ON u.a = t.a LEFT JOIN p ON p.id = u.a
		WHERE t.a > 1 AND t.b LIKE 'x%' AND d < date '2024-01-01' GROUP BY t.a HAVING count(*) > 2 ORDER BY 2 DESC LIMIT 3`
	m := typedIn()
	tree, err := pg_query.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Query(m.environment(), text, tree.Stmts[0].Stmt.GetSelectStmt(), nil); err != nil {
			b.Fatal(err)
		}
	}
}
