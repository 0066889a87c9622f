package conntest

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/sqlstate"
)

// pushed are queries that run at the source as a whole, or that its dialect refuses.
// Those with ORDER BY at the end are compared in order.
var pushed = []string{
	"SELECT id, label FROM items WHERE grp = 3 ORDER BY id",
	"SELECT id FROM items WHERE label = 'a' ORDER BY id",
	"SELECT id FROM items WHERE label < 'a' ORDER BY id",
	"SELECT id FROM items WHERE label <> 'A' ORDER BY id",
	"SELECT id FROM items WHERE label IN ('a', 'B', '') ORDER BY id",
	"SELECT id FROM items WHERE label LIKE 'a%' ORDER BY id",
	"SELECT id FROM items WHERE label LIKE 'a\\_b' ORDER BY id",
	"SELECT id FROM items WHERE code = 'ab' ORDER BY id",
	"SELECT id FROM items WHERE price > 100.005 ORDER BY id",
	"SELECT id FROM items WHERE price BETWEEN -10 AND 10.5 ORDER BY id",
	"SELECT id FROM items WHERE day >= date '2022-03-01' ORDER BY id",
	"SELECT id FROM items WHERE at < timestamp '2024-06-01 12:00:00' ORDER BY id",
	"SELECT id FROM items WHERE ok ORDER BY id",
	"SELECT id FROM items WHERE ok IS NOT TRUE ORDER BY id",
	"SELECT id FROM items WHERE NOT (grp > 2 AND ok) ORDER BY id",
	"SELECT id FROM items WHERE grp IS NULL OR label IS NULL ORDER BY id",
	"SELECT id FROM items WHERE grp IS DISTINCT FROM 3 ORDER BY id",
	"SELECT id, label FROM items ORDER BY label, id",
	"SELECT id, label FROM items ORDER BY label DESC, id",
	"SELECT id, label FROM items ORDER BY label NULLS FIRST, id DESC",
	"SELECT id, price FROM items ORDER BY price DESC NULLS LAST, id LIMIT 7",
	"SELECT id FROM items ORDER BY id LIMIT 5 OFFSET 10",
	"SELECT id FROM items ORDER BY id LIMIT 0",
	"SELECT count(*) FROM items",
	"SELECT count(*), count(label), min(label), max(label) FROM items",
	"SELECT sum(price), avg(price), min(price), max(price) FROM items",
	"SELECT sum(id), avg(id), sum(grp), avg(grp) FROM items",
	"SELECT sum(price), count(*) FROM items WHERE id < 0",
	"SELECT grp, count(*), sum(price) FROM items GROUP BY grp ORDER BY grp",
	"SELECT label, count(*) FROM items GROUP BY label ORDER BY label",
	"SELECT grp, count(DISTINCT label) FROM items GROUP BY grp ORDER BY grp NULLS FIRST",
	"SELECT grp, sum(price) FROM items GROUP BY grp HAVING count(*) > 30 ORDER BY 1",
	"SELECT DISTINCT label FROM items ORDER BY label",
	"SELECT DISTINCT code FROM items ORDER BY code",
	"SELECT i.id, g.title FROM items i JOIN groups g ON i.grp = g.id ORDER BY i.id",
	"SELECT i.id, g.title FROM items i LEFT JOIN groups g ON i.grp = g.id ORDER BY i.id",
	"SELECT g.id, count(i.id) FROM items i RIGHT JOIN groups g ON i.grp = g.id GROUP BY g.id ORDER BY g.id",
	"SELECT id FROM items WHERE EXISTS (SELECT FROM groups g WHERE g.id = items.grp) ORDER BY id",
	"SELECT id FROM items WHERE grp NOT IN (SELECT id FROM groups) ORDER BY id",
	"SELECT g.id, (SELECT max(i.price) FROM items i WHERE i.grp = g.id) FROM groups g ORDER BY g.id",
	"SELECT id FROM items WHERE grp = 1 UNION SELECT id FROM groups ORDER BY 1",
	"SELECT grp FROM items EXCEPT SELECT id FROM groups ORDER BY 1",
	"SELECT id, id % 3, id / 2, -id, grp * 2 + 1 FROM items ORDER BY id",
	"SELECT id, price * 2, price + 0.001, price / 3 FROM items ORDER BY id",
	"SELECT id, ratio * 2, ratio - 0.1 FROM items ORDER BY id",
	"SELECT id, upper(label), length(label), label || '!' FROM items ORDER BY id",
	"SELECT id, substring(label, 2, 3), code || '|', length(code) FROM items ORDER BY id",
	"SELECT id, coalesce(label, '?'), nullif(grp, 3), CASE WHEN ok THEN 1 WHEN NOT ok THEN 0 END FROM items ORDER BY id",
	"SELECT id, extract(year FROM day), day + 1 FROM items ORDER BY id",
	"SELECT id, row_number() OVER (PARTITION BY grp ORDER BY label, id), sum(price) OVER (PARTITION BY grp ORDER BY id) FROM items ORDER BY id",
	"SELECT 1 / (id - 1) FROM items WHERE id = 1",
	"SELECT (2000000000 + grp) * 2 FROM items WHERE id = 1",
}

// testPushdown compares queries that run at the source with the same on PostgreSQL:
// rows, types, order, and errors of values.
func testPushdown(t *testing.T, h Harness) {
	f := open(t, h, items(t, 400), groups(t))
	refused := 0
	for _, query := range pushed {
		remote, q := f.bound(t, query)
		if _, err := f.source.Text(remote); isUnsupported(err) {
			refused++
			t.Logf("refused: %v: %s", err, query)
			continue
		}
		check := func(t *testing.T) {
			r, err := f.source.Read(t.Context(), remote)
			var rows [][]string
			if err == nil {
				rows, err = drain(r, remote.Columns())
			}
			rows, columns := shown(q, remote.Columns(), rows)
			want, wantCode := postgresAnswer(t, f.oracle.DSN, query, columns)
			if wantCode != "" {
				if err == nil || string(sqlstate.From(err).Code) != wantCode {
					t.Errorf("got %v, want SQLSTATE %s", err, wantCode)
				}
				return
			}
			if err != nil {
				text, _ := f.source.Text(remote)
				t.Fatalf("%v\nsent: %s", err, text)
			}
			if !strings.Contains(query, "ORDER BY") {
				slices.SortFunc(rows, slices.Compare)
				slices.SortFunc(want, slices.Compare)
			}
			Compare(t, rows, want)
		}
		t.Run(query, check)
		few := *remote
		few.Few = true
		remote = &few
		t.Run(query+" if few rows are expected", check)
		t.Run(query+" again", check)
	}
	if refused > len(pushed)/2 {
		t.Errorf("%d of %d queries are refused", refused, len(pushed))
	}
}

func isUnsupported(err error) bool {
	var e *sqlstate.Error
	return errors.As(err, &e) && e.Code == sqlstate.FeatureNotSupported
}
