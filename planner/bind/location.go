package bind

import pg_query "github.com/pganalyze/pg_query_go/v6"

// location gives the byte offset at which an expression begins, as errors point at
// it (nodeFuncs.c: exprLocation); -1 where nobody knows.
func location(n *pg_query.Node) int32 {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_AConst:
		return n.AConst.Location
	case *pg_query.Node_ColumnRef:
		return n.ColumnRef.Location
	case *pg_query.Node_ParamRef:
		return n.ParamRef.Location
	case *pg_query.Node_AExpr:
		if isDistinctFromNull(n.AExpr) {
			return leftmost(n.AExpr.Location, location(n.AExpr.Rexpr))
		}
		return leftmost(n.AExpr.Location, location(n.AExpr.Lexpr))
	case *pg_query.Node_FuncCall:
		return callLocation(n.FuncCall)
	case *pg_query.Node_TypeCast:
		return castLocation(n.TypeCast)
	case *pg_query.Node_CollateClause:
		return location(n.CollateClause.Arg)
	case *pg_query.Node_AIndirection:
		return location(n.AIndirection.Arg)
	case *pg_query.Node_BoolExpr:
		return leftmost(n.BoolExpr.Location, locations(n.BoolExpr.Args))
	case *pg_query.Node_SubLink:
		return leftmost(n.SubLink.Location, location(n.SubLink.Testexpr))
	case *pg_query.Node_NullTest:
		return leftmost(n.NullTest.Location, location(n.NullTest.Arg))
	case *pg_query.Node_BooleanTest:
		return leftmost(n.BooleanTest.Location, location(n.BooleanTest.Arg))
	case *pg_query.Node_NamedArgExpr:
		return leftmost(n.NamedArgExpr.Location, location(n.NamedArgExpr.Arg))
	case *pg_query.Node_ResTarget:
		return n.ResTarget.Location
	case *pg_query.Node_SortBy:
		return location(n.SortBy.Node)
	case *pg_query.Node_List:
		return locations(n.List.Items)
	}
	return ownLocation(n)
}

// isDistinctFromNull tells NULL IS [NOT] DISTINCT FROM x, which PostgreSQL reads as x IS [NOT] NULL.
func isDistinctFromNull(n *pg_query.A_Expr) bool {
	distinct := n.Kind == pg_query.A_Expr_Kind_AEXPR_DISTINCT || n.Kind == pg_query.A_Expr_Kind_AEXPR_NOT_DISTINCT
	return distinct && n.Lexpr.GetAConst().GetIsnull() && !n.Rexpr.GetAConst().GetIsnull()
}

// ownLocation is that of nodes which begin with their own first word.
func ownLocation(n *pg_query.Node) int32 {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_AArrayExpr:
		return n.AArrayExpr.Location
	case *pg_query.Node_CaseExpr:
		return n.CaseExpr.Location
	case *pg_query.Node_CaseWhen:
		return n.CaseWhen.Location
	case *pg_query.Node_RowExpr:
		return n.RowExpr.Location
	case *pg_query.Node_CoalesceExpr:
		return n.CoalesceExpr.Location
	case *pg_query.Node_MinMaxExpr:
		return n.MinMaxExpr.Location
	case *pg_query.Node_SqlvalueFunction:
		return n.SqlvalueFunction.Location
	case *pg_query.Node_GroupingFunc:
		return n.GroupingFunc.Location
	case *pg_query.Node_SetToDefault:
		return n.SetToDefault.Location
	case *pg_query.Node_XmlExpr:
		return n.XmlExpr.Location
	}
	return -1
}

func callLocation(n *pg_query.FuncCall) int32 {
	if k := kindByName(n); k == aggregateCall || k == windowCall {
		return n.Location // an Aggref's own, whatever its arguments
	}
	return leftmost(n.Location, locations(n.Args))
}

// castLocation: a literal keeps its own place whatever it is cast to.
func castLocation(n *pg_query.TypeCast) int32 {
	if n.Arg.GetAConst() != nil {
		return location(n.Arg)
	}
	own := n.Location
	if own < 0 && n.TypeName != nil {
		own = n.TypeName.Location
	}
	return leftmost(own, location(n.Arg))
}

func locations(list []*pg_query.Node) int32 {
	first := int32(-1)
	for _, n := range list {
		first = leftmost(first, location(n))
	}
	return first
}

// leftmost is the smaller of two places; -1 is no place.
func leftmost(a, b int32) int32 {
	switch {
	case a < 0:
		return b
	case b < 0:
		return a
	}
	return min(a, b)
}
