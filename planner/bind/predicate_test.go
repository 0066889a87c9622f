package bind

import (
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

func ordersTable() (*catalog.Table, []plan.Column) {
	table := &catalog.Table{Addresses: []catalog.Address{{Schema: "sales", Name: "orders"}}}
	columns := []plan.Column{
		{ID: 7, Name: "region", Type: pgtype.Of(pgtype.Text)},
		{ID: 8, Name: "total", Type: pgtype.Of(pgtype.Int4)},
	}
	for i, c := range columns {
		table.Columns = append(table.Columns, &catalog.Column{Name: c.Name, Ordinal: i + 1, Type: c.Type})
	}
	return table, columns
}

func policyEnvironment() Environment {
	return Environment{Resolve: func(schema, name string) (*catalog.Table, error) {
		table, _ := ordersTable()
		if name == "orders" {
			return table, nil
		}
		return nil, sqlstate.New(sqlstate.UndefinedTable, "relation \"%s\" does not exist", name)
	}}
}

func bindPolicy(text string) (plan.Expr, plan.ColumnID, error) {
	table, columns := ordersTable()
	who := Principal{User: "ann", Groups: []string{"eu", "a \"b\""}, Attributes: map[string]string{"region": "EU"}, Purpose: "audit"}
	return Predicate(policyEnvironment(), text, table, columns, who, 20)
}

func TestPredicateReadsColumnsAndPrincipal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"true", "true"},
		{"region = principal.user", "region:7 = 'ann'"},
		{"orders.region = principal.attributes.region", "region:7 = 'EU'"},
		{"sales.orders.region = principal.attributes.missing", "region:7 = null::text"},
		{"region = ANY (principal.groups)", `region:7 = any('{eu,"a \"b\""}'::text[])`},
		{"principal.purpose = 'audit' AND total > 5", "('audit' = 'audit') and (total:8 > 5)"},
		{"total > 5 -- a comment at the end", "total:8 > 5"},
		{"region IN (SELECT o.region FROM sales.orders o)", "region:7 = any(#1)"},
	} {
		e, next, err := bindPolicy(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if e.Type().OID != pgtype.Bool || next < 20 {
			t.Errorf("%s: type %v, next ID %d", c.text, e.Type(), next)
		}
		if got := plan.FormatExpr(e); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
}

func TestPredicateRefusesWhatIsNoCondition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		code     sqlstate.Code
		position int
	}{
		{"total", sqlstate.DatatypeMismatch, 1},
		{"total = nope", sqlstate.UndefinedColumn, 9},
		{"é.x = 1", sqlstate.UndefinedTable, 1},
		{"total = principal.nope", sqlstate.UndefinedColumn, 9},
		{"count(*) > 1", sqlstate.GroupingError, 1},
		{"row_number() OVER () = 1", sqlstate.WindowingError, 1},
		{"generate_series(1, 2) = 1", sqlstate.FeatureNotSupported, 1},
		{"total = $1", sqlstate.UndefinedParameter, 0},
		{"true) UNION SELECT (true", sqlstate.SyntaxError, 0},
		{"true), (true", sqlstate.SyntaxError, 0},
		{"true, true", sqlstate.SyntaxError, 0},
		{"true) FROM orders WHERE (true", sqlstate.SyntaxError, 0},
		{"true); SELECT (true", sqlstate.SyntaxError, 0},
		{"true) LIMIT (1", sqlstate.SyntaxError, 0},
		{"true) AS (x", sqlstate.SyntaxError, 0},
		{"", sqlstate.SyntaxError, 0},
		{"total = (SELECT 1 FROM missing)", sqlstate.UndefinedTable, 0},
	} {
		_, _, err := bindPolicy(c.text)
		if err == nil {
			t.Errorf("%q: bound", c.text)
			continue
		}
		e := sqlstate.From(err)
		if e.Code != c.code || c.position != 0 && e.Position != c.position {
			t.Errorf("%q: got %s at %d (%s), want %s at %d", c.text, e.Code, e.Position, e.Message, c.code, c.position)
		}
	}
}
