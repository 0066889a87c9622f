package bind

import pg_query "github.com/pganalyze/pg_query_go/v6"

// label gives the name of a column without AS (parse_target.c: FigureColname).
func (b *binder) label(n *pg_query.Node) string {
	if name, strength := b.figure(n); strength > 0 {
		return name
	}
	return "?column?"
}

// How good a name is: a type's or CASE is taken only where nothing inside gives a better one.
const (
	noName = iota
	weakName
	goodName
)

func (b *binder) figure(n *pg_query.Node) (string, int) {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_ColumnRef:
		return lastName(n.ColumnRef.Fields)
	case *pg_query.Node_AIndirection:
		if name, strength := lastName(n.AIndirection.Indirection); strength > noName {
			return name, strength
		}
		return b.figure(n.AIndirection.Arg)
	case *pg_query.Node_FuncCall:
		return lastName(n.FuncCall.Funcname)
	case *pg_query.Node_TypeCast:
		name, strength := b.figure(n.TypeCast.Arg)
		if strength <= weakName && n.TypeCast.TypeName != nil {
			name, _ = lastName(n.TypeCast.TypeName.Names)
			return name, weakName
		}
		return name, strength
	case *pg_query.Node_CollateClause:
		return b.figure(n.CollateClause.Arg)
	case *pg_query.Node_CaseExpr:
		if name, strength := b.figure(n.CaseExpr.Defresult); strength > weakName {
			return name, strength
		}
		return "case", weakName
	case *pg_query.Node_SubLink:
		return b.figureSubLink(n.SubLink)
	}
	if name := constructName(n); name != "" {
		return name, goodName
	}
	return "", noName
}

// lastName gives the last word of a qualified name, if any.
func lastName(list []*pg_query.Node) (string, int) {
	for i := len(list) - 1; i >= 0; i-- {
		if s := list[i].GetString_(); s != nil {
			return s.Sval, goodName
		}
	}
	return "", noName
}

// constructName names what is always called the same.
func constructName(node *pg_query.Node) string {
	switch n := node.GetNode().(type) {
	case *pg_query.Node_AExpr:
		if n.AExpr.Kind == pg_query.A_Expr_Kind_AEXPR_NULLIF {
			return "nullif"
		}
	case *pg_query.Node_GroupingFunc:
		return "grouping"
	case *pg_query.Node_AArrayExpr:
		return "array"
	case *pg_query.Node_RowExpr:
		return "row"
	case *pg_query.Node_CoalesceExpr:
		return "coalesce"
	case *pg_query.Node_MinMaxExpr:
		if n.MinMaxExpr.Op == pg_query.MinMaxOp_IS_LEAST {
			return "least"
		}
		return "greatest"
	case *pg_query.Node_SqlvalueFunction:
		return valueNames[n.SqlvalueFunction.Op]
	}
	return jsonName(node)
}

var valueNames = map[pg_query.SQLValueFunctionOp]string{
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE:        "current_date",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME:        "current_time",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:      "current_time",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:   "current_timestamp",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME:           "localtime",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME_N:         "localtime",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:      "localtimestamp",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:    "localtimestamp",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_ROLE:        "current_role",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_USER:        "current_user",
	pg_query.SQLValueFunctionOp_SVFOP_USER:                "user",
	pg_query.SQLValueFunctionOp_SVFOP_SESSION_USER:        "session_user",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:     "current_catalog",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:      "current_schema",
}

// figureSubLink: a scalar subquery is called as its column is, which is known once it is bound.
func (b *binder) figureSubLink(n *pg_query.SubLink) (string, int) {
	switch n.SubLinkType {
	case pg_query.SubLinkType_EXISTS_SUBLINK:
		return "exists", goodName
	case pg_query.SubLinkType_ARRAY_SUBLINK:
		return "array", goodName
	case pg_query.SubLinkType_EXPR_SUBLINK:
		if name, ok := b.names[n]; ok {
			return name, goodName
		}
	}
	return "", noName
}
