package bind

import (
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// FuzzQuery binds whatever parses as a query: it never panics, and what it binds is a
// sound plan.
func FuzzQuery(f *testing.F) {
	for _, q := range queries(f) {
		f.Add(q.text)
	}
	m := typedIn()
	f.Fuzz(func(t *testing.T, text string) {
		tree, err := pg_query.Parse(text)
		if err != nil || len(tree.Stmts) != 1 {
			return
		}
		stmt := tree.Stmts[0].Stmt.GetSelectStmt()
		if stmt == nil {
			return
		}
		bound, err := Query(m.environment(), text, stmt, nil)
		if err != nil {
			if e := sqlstate.From(err); e.Code == sqlstate.InternalError {
				t.Fatalf("%s\n%v", text, err)
			}
			return
		}
		if err := checkPlan(bound); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		plan.FormatQuery(bound.Query)
	})
}

// typedIn has the tables most queries name, without a server.
func typedIn() *mirror {
	m := &mirror{tables: map[catalog.Address]*catalog.Table{}}
	add := func(schema, name string, columns ...any) {
		t := &catalog.Table{OID: uint32(20000 + len(m.tables)), Addresses: []catalog.Address{{Schema: schema, Name: name}}}
		for i := 0; i < len(columns); i += 2 {
			t.Columns = append(t.Columns, &catalog.Column{
				Name: columns[i].(string), Type: pgtype.Of(columns[i+1].(pgtype.OID)), Ordinal: i/2 + 1,
			})
		}
		m.tables[t.Addresses[0]] = t
	}
	add("public", "t", "a", pgtype.Int4, "b", pgtype.Text, "c", pgtype.Numeric, "d", pgtype.Date)
	add("public", "u", "a", pgtype.Int8, "b", pgtype.Varchar, "e", pgtype.Float8, "f", pgtype.Bool)
	add("public", "p", "id", pgtype.Int4, "name", pgtype.Text, "price", pgtype.Numeric, "made", pgtype.Date)
	m.tables[catalog.Address{Schema: "public", Name: "p"}].Keys = []catalog.Key{{Columns: []int{0}, Primary: true}}
	add("public", "q", "id", pgtype.Int4, "p_id", pgtype.Int4, "line", pgtype.Int2, "note", pgtype.Varchar)
	add("public", "every", "i4", pgtype.Int4, "j", pgtype.JSON, "jb", pgtype.JSONB, "ia", pgtype.Int4Array,
		"ta", pgtype.TextArray, "v", pgtype.Varchar, "iv", pgtype.Interval, "ts", pgtype.Timestamp, "u", pgtype.UUID)
	add("other", "t", "a", pgtype.Int4, "z", pgtype.Text)
	return m
}
