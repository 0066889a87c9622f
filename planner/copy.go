package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Copy is COPY … TO STDOUT, of a query or of a table.
type Copy struct {
	source
	Query   *Select  // nil: Table
	Table   Relation // with Columns; nil Columns are all of them
	Columns []string
	Options CopyOptions
	whole   string
}

// Select gives the query behind COPY of a table, over the columns given.
func (c *Copy) Select(columns []string) *Select {
	var targets []*pg_query.Node
	for _, name := range columns {
		targets = append(targets, pg_query.MakeResTargetNodeWithVal(pg_query.MakeColumnRefNode([]*pg_query.Node{pg_query.MakeStrNode(name)}, -1), -1))
	}
	from := &pg_query.RangeVar{Schemaname: c.Table.Schema, Relname: c.Table.Name, Inh: true, Relpersistence: "p", Location: -1}
	return &Select{source: c.source, whole: c.whole, tree: &pg_query.SelectStmt{
		TargetList: targets, FromClause: []*pg_query.Node{{Node: &pg_query.Node_RangeVar{RangeVar: from}}},
		Op: pg_query.SetOperation_SETOP_NONE, LimitOption: pg_query.LimitOption_LIMIT_OPTION_DEFAULT,
	}}
}

func copyStatement(at source, text string, n *pg_query.CopyStmt) (Statement, error) {
	if err := copyRefused(n); err != nil {
		return nil, err
	}
	if n.IsFrom {
		return copyFrom(at, text, n), nil
	}
	options, err := copyOptions(text, n.Options, false)
	if err != nil {
		return nil, err
	}
	c := &Copy{source: at, whole: text, Options: options, Table: relation(n.Relation), Columns: names(n.Attlist)}
	if n.Query == nil {
		return c, nil
	}
	query := n.Query.GetSelectStmt()
	switch {
	case query == nil:
		return nil, refused(n.Query)
	case query.IntoClause != nil:
		return nil, sqlstate.Unsupported("COPY (SELECT INTO)")
	}
	c.Query = &Select{source: at, whole: text, tree: query}
	return c, nil
}

// copyRefused refuses everything but the client's own side, in PostgreSQL's order.
func copyRefused(n *pg_query.CopyStmt) error {
	hint := "Anyone can COPY to stdout. psql's \\copy command also works for anyone."
	denied := func(role, what string) error {
		return sqlstate.New(sqlstate.InsufficientPrivilege, "must be superuser or have privileges of the %s role to COPY %s", role, what).WithHint("%s", hint)
	}
	switch {
	case n.IsProgram:
		return denied("pg_execute_server_program", "to or from an external program")
	case n.Filename != "" && n.IsFrom:
		return denied("pg_read_server_files", "from a file")
	case n.Filename != "":
		return denied("pg_write_server_files", "to a file")
	}
	return nil
}
