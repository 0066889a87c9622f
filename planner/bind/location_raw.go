package bind

import pg_query "github.com/pganalyze/pg_query_go/v6"

// rawLocation is where an expression begins before it is bound, as some errors point at
// it: of "date '2024-01-01'" the word date, where location gives the literal's place.
func rawLocation(n *pg_query.Node) int32 {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_TypeCast:
		return leftmost(leftmost(n.TypeCast.Location, n.TypeCast.TypeName.GetLocation()), rawLocation(n.TypeCast.Arg))
	case *pg_query.Node_AExpr:
		return leftmost(n.AExpr.Location, rawLocation(n.AExpr.Lexpr))
	case *pg_query.Node_FuncCall:
		return leftmost(n.FuncCall.Location, locations(n.FuncCall.Args))
	}
	return location(n)
}
