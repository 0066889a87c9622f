package bind

import (
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
)

// TestExpressionShapes shows what each construct becomes: casts where PostgreSQL inserts
// them, constants read, syntax taken apart.
func TestExpressionShapes(t *testing.T) {
	t.Parallel()
	env := testEnvironment(t)
	for _, c := range []struct{ expression, want string }{
		{"i4 + 1.5", "i4:3::numeric + '1.5'::numeric"},
		{"i4 BETWEEN 1 AND 2", "(i4:3 >= 1) and (i4:3 <= 2)"},
		{"i4 NOT BETWEEN SYMMETRIC 1 AND i8", "((i4:3 < 1) or (i4:3 > i8:4)) and ((i4:3 < i8:4) or (i4:3 > 1))"},
		{"i4 IN (1, 2, i2)", "(i4:3 in (1, 2)) or (i4:3 = i2:2)"},
		{"i4 NOT IN (1, 2)", "i4:3 not in (1, 2)"},
		{"i4 NOT IN (1, 2, i8)", "(i4:3 not in (1, 2)) and (i4:3 <> i8:4)"},
		{"vc IN ('a','b')", "vc:10::text in ('a', 'b')"},
		{"(i4, txt) = (1, 'a')", "(i4:3 = 1) and (txt:9 = 'a')"},
		{"(i4, d) < (1, '2024-01-01')", "row(i4:3, d:15) < row(1, '2024-01-01'::date)"},
		{"(i4, txt) IN (SELECT xy, name FROM u)", "row(i4:3, txt:9) = any(#1)"},
		{"i8 IN (SELECT i4 FROM u)", "i8:4 = any(#1)"},
		{"(i4, i8) < ALL (SELECT xy, ya FROM u)", "true = all(#1)"},
		{"(i4, i8) = (SELECT xy, ya FROM u)", "(#1)"},
		{"CASE i4 WHEN 1 THEN 'a' WHEN 2 THEN txt END", "case when i4:3 = 1 then 'a' when i4:3 = 2 then txt:9 end"},
		{"coalesce(i4, 1.5)", "coalesce(i4:3::numeric, '1.5'::numeric)"},
		{"nullif(i4, 1.5)", "nullif(i4:3::numeric, '1.5'::numeric)"},
		{"i4 IS DISTINCT FROM 1", "i4:3 is distinct from 1"},
		{"i4 IS NOT DISTINCT FROM NULL", "i4:3 is null"},
		{"(i4, txt) IS NULL", "(i4:3 is null) and (txt:9 is null)"},
		{"ROW(i4, txt) IS NOT NULL", "(i4:3 is not null) and (txt:9 is not null)"},
		{"concat_ws(',', VARIADIC ta)", "concat_ws(',', ta:29)"},
		{"make_interval(days => 3)", "make_interval(0, 0, 0, 3, 0, 0, '0'::double precision)"},
		{"json_build_object('a', 1)", "json_build_object('a', 1)"},
		{"txt LIKE 'a%' ESCAPE '!'", "txt:9 ~~ like_escape('a%', '!')"},
		{"ts AT TIME ZONE 'UTC'", "timezone('UTC', ts:17)"},
		{"extract(year from d)", "extract('year', d:15)"},
		{"n122::numeric(5,1)", "n122:8::numeric(5,1)"},
		{"'12345'::numeric(5,2)", "'12345'::numeric::numeric(5,2)"},
		{"1.5::int", "2"},
		{"vc5 = 'x'", "vc5:11::text = 'x'"},
		{"i4 = ANY ('{1,2}')", "i4:3 = any('{1,2}'::integer[])"},
		{"i4a[1:2]", "i4a:28[1:2]"},
		{"ARRAY[1, 2.5]", "array['1'::numeric, '2.5'::numeric]"},
		{"txt COLLATE \"C\" < 'b'", "txt:9 < 'b'"},
		{"b AND i4 = 1 AND NOT b", "b:1 and (i4:3 = 1) and (not b:1)"},
		{"$1 + i4", "$1 + i4:3"},
		{"overlay(txt placing 'a' from 1)", "overlay(txt:9, 'a', 1)"},
	} {
		statement := statementOf(c.expression)
		tree, err := pg_query.Parse(statement)
		if err != nil {
			t.Fatal(err)
		}
		bound, err := Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
		if err != nil {
			t.Errorf("%s: %v", c.expression, err)
			continue
		}
		if got := plan.FormatExpr(bound.Query.Root.Exprs()[0]); got != c.want {
			t.Errorf("%s\n    got  %s\n    want %s", c.expression, got, c.want)
		}
	}
}
