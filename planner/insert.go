package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Insert is INSERT. Only a temporary table can take it.
type Insert struct {
	source
	Table   Relation
	Columns []Target // nil: all, in their order
	Refused error    // what cannot be done even there
	whole   string
	tree    *pg_query.SelectStmt // nil: DEFAULT VALUES
}

// Target is a column that INSERT names, and where.
type Target struct {
	Name     string
	Position int // in characters from 1
}

func insert(at source, text string, n *pg_query.InsertStmt) (Statement, error) {
	i := &Insert{source: at, whole: text, Table: pointed(text, n.Relation), tree: n.SelectStmt.GetSelectStmt()}
	for _, c := range n.Cols {
		target := c.GetResTarget()
		i.Columns = append(i.Columns, Target{target.Name, position(text, target.Location)})
		if len(target.Indirection) > 0 {
			i.Refused = sqlstate.Unsupported("INSERT into a part of a column")
		}
	}
	switch {
	case len(n.ReturningList) > 0:
		i.Refused = sqlstate.Unsupported("INSERT … RETURNING")
	case n.OnConflictClause != nil:
		i.Refused = sqlstate.Unsupported("INSERT … ON CONFLICT")
	case n.WithClause != nil && i.tree.GetWithClause() != nil:
		i.Refused = sqlstate.Unsupported("two WITH clauses of one INSERT")
	case n.WithClause != nil && i.tree != nil:
		i.tree.WithClause = n.WithClause
	}
	return i, nil
}

// Bind gives the rows to store, for the columns that the statement names.
func (i *Insert) Bind(env bind.Environment, columns []plan.Column, parameterTypes []pgtype.OID) (bind.Bound, error) {
	if i.tree == nil {
		return bind.Bound{Query: plan.Query{Root: &plan.Values{Rows: [][]plan.Expr{{}}}}, NextID: 1}, nil
	}
	bound, err := bind.Into(env, i.whole, i.tree, parameterTypes, columns)
	if err == nil && i.Columns != nil && len(bound.Query.Output) < len(columns) {
		err = sqlstate.New(sqlstate.SyntaxError, "INSERT has more target columns than expressions").
			At(i.Columns[len(bound.Query.Output)].Position)
	}
	return bound, err
}
