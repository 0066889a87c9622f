package conntest

import (
	"slices"
	"testing"
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// bound binds a query over the fixture's tables, as a whole for its source.
func (f *fixture) bound(t testing.TB, text string) (*plan.Remote, plan.Query) {
	t.Helper()
	tree, err := pg_query.Parse(text)
	if err != nil {
		t.Fatalf("%v\nin: %s", err, text)
	}
	b, err := bind.Query(f.environment(), text, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
	if err != nil {
		t.Fatalf("%v\nin: %s", err, text)
	}
	return &plan.Remote{Source: f.definition, Root: b.Query.Root}, b.Query
}

func (f *fixture) environment() bind.Environment {
	now := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	return bind.Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) {
			for _, table := range f.tables {
				if (schema == "" || schema == "public") && table.Addresses[0].Name == name {
					return table.Table, nil
				}
			}
			return nil, sqlstate.New(sqlstate.UndefinedTable, "relation %q does not exist", name)
		},
		Setting: func(string) (string, bool) { return "", false },
		User:    "tester", Database: "mesh", SearchPath: []string{"public"}, DateOrder: "MDY",
		TransactionStart: now, StatementStart: now, TimeZone: time.UTC,
	}
}

// shown gives rows of a plan in the order of the query's output, and that output.
func shown(q plan.Query, root []plan.Column, rows [][]string) ([][]string, []plan.Column) {
	var columns []plan.Column
	var at []int
	for _, o := range q.Output {
		i := slices.IndexFunc(root, func(c plan.Column) bool { return c.ID == o.ID })
		at = append(at, i)
		columns = append(columns, root[i])
	}
	out := make([][]string, len(rows))
	for r, row := range rows {
		for _, i := range at {
			out[r] = append(out[r], row[i])
		}
	}
	return out, columns
}
