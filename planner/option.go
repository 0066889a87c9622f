package planner

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// optionText gives the value of an option or setting as text.
func optionText(n *pg_query.Node) string {
	if n == nil {
		return ""
	}
	switch v := n.Node.(type) {
	case *pg_query.Node_AConst:
		return constantText(v.AConst)
	case *pg_query.Node_String_:
		return v.String_.Sval
	case *pg_query.Node_Boolean:
		return map[bool]string{true: "on", false: "off"}[v.Boolean.Boolval]
	case *pg_query.Node_Integer:
		return itoa(int64(v.Integer.Ival))
	case *pg_query.Node_Float:
		return v.Float.Fval
	case *pg_query.Node_TypeCast: // SET TIME ZONE INTERVAL '…'
		return optionText(v.TypeCast.Arg)
	case *pg_query.Node_TypeName:
		return strings.Join(names(v.TypeName.GetNames()), ".") // FORMAT text, say: words are read as types
	case *pg_query.Node_ColumnRef:
		var parts []string
		for _, f := range v.ColumnRef.Fields {
			parts = append(parts, f.GetString_().GetSval())
		}
		return strings.Join(parts, ".")
	default:
		return ""
	}
}

func constantText(c *pg_query.A_Const) string {
	switch v := c.Val.(type) {
	case *pg_query.A_Const_Sval:
		return v.Sval.Sval
	case *pg_query.A_Const_Ival:
		return itoa(int64(v.Ival.Ival))
	case *pg_query.A_Const_Fval:
		return v.Fval.Fval
	case *pg_query.A_Const_Boolval:
		return map[bool]string{true: "on", false: "off"}[v.Boolval.Boolval]
	default:
		return ""
	}
}

// optionTrue reads a boolean option; one without a value is on.
func optionTrue(n *pg_query.Node) bool {
	if n == nil {
		return true
	}
	switch strings.ToLower(optionText(n)) {
	case "off", "false", "no", "0", "f":
		return false
	default:
		return true
	}
}
