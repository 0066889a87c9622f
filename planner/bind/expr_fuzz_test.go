package bind

import (
	"strings"
	"testing"
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// FuzzExpressions: whatever parses is bound or refused with an error of the statement's
// making; nothing panics and nothing is called a bug of ours.
func FuzzExpressions(f *testing.F) {
	for _, statement := range oracleStatements(f) {
		f.Add(statement)
	}
	env := testEnvironment(f)
	f.Fuzz(func(t *testing.T, statement string) {
		if strings.Contains(statement, "\x00") || len(statement) > 2000 {
			return
		}
		tree, err := pg_query.Parse(statement)
		if err != nil || len(tree.Stmts) == 0 || tree.Stmts[0].Stmt.GetSelectStmt() == nil {
			return
		}
		_, err = Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
		if err != nil && sqlstate.From(err).Code == sqlstate.InternalError {
			t.Errorf("%s: %v", statement, err)
		}
	})
}

func testEnvironment(t testing.TB) Environment {
	t.Helper()
	tables := map[string]*catalog.Table{}
	for name, columns := range oracleTables {
		table := &catalog.Table{Addresses: []catalog.Address{{Schema: "public", Name: name}}, OID: 16384}
		for i, c := range columns {
			of, err := pgtype.ParseTypeName(c[1])
			if err != nil {
				t.Fatal(err)
			}
			table.Columns = append(table.Columns, &catalog.Column{Name: c[0], Ordinal: i + 1, Type: of})
		}
		tables[name] = table
	}
	now := time.Date(2024, 2, 29, 12, 34, 56, 789012000, time.UTC)
	return Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) {
			if table, ok := tables[name]; ok && (schema == "" || schema == "public") {
				return table, nil
			}
			if schema != "" {
				name = schema + "." + name
			}
			return nil, sqlstate.New(sqlstate.UndefinedTable, "relation \"%s\" does not exist", name)
		},
		Setting: func(name string) (string, bool) { return "on", name == "standard_conforming_strings" },
		User:    "postgres", Database: "postgres", Version: "PostgreSQL 15", SearchPath: []string{"public"},
		TransactionStart: now, StatementStart: now, TimeZone: time.UTC, DateOrder: "MDY",
	}
}
