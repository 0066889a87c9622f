package bind

import pg_query "github.com/pganalyze/pg_query_go/v6"

// label gives the name of a column without AS (FigureColname).
func (b *binder) label(n *pg_query.Node) string { return "?column?" }

// location gives the byte offset at which an expression begins, as errors point at it (exprLocation).
func location(n *pg_query.Node) int32 { return -1 }
