package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// CopyFrom is COPY table FROM STDIN. Only a temporary table can take it.
type CopyFrom struct {
	source
	Table   Relation
	Columns []string // nil: all
	Options CopyOptions
	Refused error // what cannot be done even there
}

func copyFrom(at source, text string, n *pg_query.CopyStmt) Statement {
	c := &CopyFrom{source: at, Table: relation(n.Relation), Columns: names(n.Attlist)}
	c.Options, c.Refused = copyOptions(text, n.Options, true)
	switch {
	case c.Refused != nil:
	case n.WhereClause != nil:
		c.Refused = sqlstate.Unsupported("COPY FROM … WHERE")
	}
	return c
}

// Insert is the INSERT of rows of texts; nil is NULL.
func (c *CopyFrom) Insert(columns []Target, rows [][]*string) *Insert {
	lists := make([]*pg_query.Node, len(rows))
	for i, row := range rows {
		items := make([]*pg_query.Node, len(row))
		for j, text := range row {
			if items[j] = nullNode; text != nil {
				items[j] = pg_query.MakeAConstStrNode(*text, -1)
			}
		}
		lists[i] = pg_query.MakeListNode(items)
	}
	return &Insert{source: c.source, Table: c.Table, Columns: columns, tree: &pg_query.SelectStmt{
		ValuesLists: lists, Op: pg_query.SetOperation_SETOP_NONE, LimitOption: pg_query.LimitOption_LIMIT_OPTION_DEFAULT,
	}}
}

var nullNode = &pg_query.Node{Node: &pg_query.Node_AConst{AConst: &pg_query.A_Const{Isnull: true, Location: -1}}}
