package planner

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// Statement is one parsed statement: one of the types below.
type Statement interface {
	// Source is the statement's own text, as the client wrote it.
	Source() string
}

type source struct{ text string }

// Source gives the statement's text.
func (s source) Source() string { return strings.TrimSpace(s.text) }

// Select is a query: SELECT, VALUES, TABLE, WITH.
type Select struct {
	source
	whole string // the text the tree's locations point into
	tree  *pg_query.SelectStmt
}

// Refused is a statement Sluice does not run. Its turn may not come: statements
// before it run first, as PostgreSQL does it.
type Refused struct {
	source
	Reason error
}

// statement turns one raw statement into ours. What Sluice does not run fails when its
// turn comes, not before.
func statement(text string, raw *pg_query.RawStmt) Statement {
	at := source{text: sourceText(text, raw)}
	s, err := known(at, text, raw.Stmt)
	if err != nil {
		return &Refused{source: at, Reason: err}
	}
	return s
}

func known(at source, text string, stmt *pg_query.Node) (Statement, error) {
	switch n := stmt.Node.(type) {
	case *pg_query.Node_SelectStmt:
		if n.SelectStmt.IntoClause != nil {
			return selectInto(at, text, n.SelectStmt)
		}
		return &Select{source: at, whole: text, tree: n.SelectStmt}, nil
	case *pg_query.Node_ExplainStmt:
		return explain(at, text, n.ExplainStmt)
	case *pg_query.Node_VariableSetStmt:
		return variableSet(at, n.VariableSetStmt)
	case *pg_query.Node_VariableShowStmt:
		return &Show{source: at, Name: strings.ToLower(n.VariableShowStmt.Name)}, nil
	case *pg_query.Node_TransactionStmt:
		return transaction(at, n.TransactionStmt)
	case *pg_query.Node_PrepareStmt:
		return prepare(at, text, n.PrepareStmt)
	case *pg_query.Node_ExecuteStmt:
		return execute(at, text, n.ExecuteStmt), nil
	case *pg_query.Node_DeallocateStmt:
		return &Deallocate{source: at, Name: n.DeallocateStmt.Name}, nil
	case *pg_query.Node_DiscardStmt:
		return discard(at, n.DiscardStmt), nil
	case *pg_query.Node_CopyStmt:
		return copyStatement(at, text, n.CopyStmt)
	case *pg_query.Node_DeclareCursorStmt:
		return declare(at, text, n.DeclareCursorStmt)
	case *pg_query.Node_FetchStmt:
		return fetch(at, n.FetchStmt), nil
	case *pg_query.Node_ClosePortalStmt:
		return &CloseCursor{source: at, Name: n.ClosePortalStmt.Portalname}, nil
	case *pg_query.Node_CreateStmt:
		return createTable(at, text, n.CreateStmt)
	case *pg_query.Node_CreateTableAsStmt:
		return createTableAs(at, text, n.CreateTableAsStmt)
	case *pg_query.Node_InsertStmt:
		return insert(at, text, n.InsertStmt)
	default:
		return change(at, text, stmt)
	}
}
