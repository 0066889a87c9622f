package bind

import (
	"fmt"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// sqlOf writes a plan as one PostgreSQL query, node by node, so that PostgreSQL can say
// which rows the plan means. Columns are named c<ID>; as IDs are unique, a name without
// qualification reaches the right column, of outer queries too.
func sqlOf(n plan.Node) string {
	switch n := n.(type) {
	case *plan.Scan:
		return sqlScan(n)
	case *plan.Values:
		return sqlValues(n)
	case *plan.Filter:
		return "SELECT * FROM " + sqlInput(n.Input) + " WHERE " + sqlAnd(n.Conjuncts)
	case *plan.Project:
		return "SELECT " + sqlItems(n.Items) + " FROM " + sqlInput(n.Input)
	case *plan.Join:
		return sqlJoin(n)
	case *plan.Aggregate:
		return sqlAggregate(n)
	case *plan.Window:
		return "SELECT *, " + sqlItems(n.Items) + " FROM " + sqlInput(n.Input)
	case *plan.ProjectSet:
		return "SELECT *, " + sqlItems(n.Items) + " FROM " + sqlInput(n.Input)
	case *plan.FunctionScan:
		ordinality := ""
		if n.Ordinality {
			ordinality = " WITH ORDINALITY"
		}
		return "SELECT * FROM ROWS FROM (" + sqlList(n.Calls) + ")" + ordinality + " f" + sqlNames(n.Cols)
	case *plan.Sort:
		return "SELECT * FROM " + sqlInput(n.Input) + " ORDER BY " + sqlKeys(n.Keys)
	case *plan.Limit:
		return sqlLimit(n)
	case *plan.Deduplicate:
		return sqlDistinct(n)
	case *plan.SetOperation:
		kind := [...]string{"UNION", "INTERSECT", "EXCEPT"}[n.Kind] + sqlAll(n.All)
		return "SELECT * FROM ((" + sqlOf(n.Left) + ") " + kind + " (" + sqlOf(n.Right) + ")) s" + sqlNames(n.Cols)
	case *plan.With:
		return sqlWith(n)
	case *plan.CTERef:
		items := make([]string, len(n.Cols))
		for i, c := range n.Cols {
			items[i] = fmt.Sprintf("k%d AS c%d", i, c.ID)
		}
		return fmt.Sprintf("SELECT %s FROM cte%d", strings.Join(items, ", "), n.CTE)
	case *plan.RecursiveUnion:
		return "(" + sqlOf(n.Base) + ") UNION" + sqlAll(n.All) + " (" + sqlOf(n.Step) + ")"
	}
	panic(fmt.Sprintf("unhandled node %T", n))
}

func sqlInput(n plan.Node) string { return "(" + sqlOf(n) + ") i" }

func sqlAll(all bool) string {
	if all {
		return " ALL"
	}
	return ""
}

func sqlScan(n *plan.Scan) string {
	items := make([]string, len(n.Cols))
	for i, c := range n.Cols {
		items[i] = fmt.Sprintf("%q AS c%d", n.Table.Columns[n.Ordinals[i]].Name, c.ID)
	}
	return fmt.Sprintf("SELECT %s FROM %q.%q", strings.Join(items, ", "), n.Table.Address().Schema, n.Table.Address().Name)
}

func sqlValues(n *plan.Values) string {
	if len(n.Cols) == 0 {
		return "SELECT"
	}
	rows := make([]string, len(n.Rows))
	for i, r := range n.Rows {
		rows[i] = "(" + sqlList(r) + ")"
	}
	return "SELECT * FROM (VALUES " + strings.Join(rows, ", ") + ") v" + sqlNames(n.Cols)
}

func sqlNames(columns []plan.Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = fmt.Sprintf("c%d", c.ID)
	}
	return "(" + strings.Join(names, ", ") + ")"
}

func sqlItems(items []plan.Item) string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = fmt.Sprintf("%s AS c%d", sqlExpr(item.Expr), item.Column.ID)
	}
	return strings.Join(out, ", ")
}

func sqlJoin(n *plan.Join) string {
	kind := [...]string{"JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"}[n.Kind]
	if n.Lateral {
		kind += " LATERAL"
	}
	on := "true"
	if len(n.On) > 0 {
		on = sqlAnd(n.On)
	}
	return "SELECT * FROM (" + sqlOf(n.Left) + ") l " + kind + " (" + sqlOf(n.Right) + ") r ON " + on
}

func sqlAggregate(n *plan.Aggregate) string {
	groups := make([]string, len(n.Groups))
	for i, g := range n.Groups {
		groups[i] = sqlExpr(g.Expr)
	}
	aggs := make([]plan.Item, len(n.Aggs))
	for i, a := range n.Aggs {
		aggs[i] = a
		if g, ok := a.Expr.(*plan.Grouping); ok {
			row := &plan.Row{}
			for _, index := range g.Groups {
				row.Fields = append(row.Fields, n.Groups[index].Expr)
			}
			aggs[i].Expr = &groupingText{Row: row}
		}
	}
	text := "SELECT " + sqlItems(append(append([]plan.Item{}, n.Groups...), aggs...)) + " FROM " + sqlInput(n.Input)
	switch {
	case n.Sets != nil:
		sets := make([]string, len(n.Sets))
		for i, set := range n.Sets {
			parts := make([]string, len(set))
			for j, index := range set {
				parts[j] = groups[index]
			}
			sets[i] = "(" + strings.Join(parts, ", ") + ")"
		}
		return text + " GROUP BY GROUPING SETS (" + strings.Join(sets, ", ") + ")"
	case len(groups) > 0:
		return text + " GROUP BY " + strings.Join(groups, ", ")
	}
	return text + " GROUP BY ()"
}

// groupingText is GROUPING with its arguments instead of indexes.
type groupingText struct{ *plan.Row }

func sqlLimit(n *plan.Limit) string {
	text := "SELECT * FROM " + sqlInput(n.Input)
	if sort, ok := n.Input.(*plan.Sort); ok {
		text = sqlOf(sort)
	}
	if n.Offset != nil {
		text += " OFFSET " + sqlExpr(n.Offset)
	}
	switch {
	case n.Count == nil:
	case n.WithTies:
		text += " FETCH FIRST (" + sqlExpr(n.Count) + ") ROWS WITH TIES"
	default:
		text += " LIMIT " + sqlExpr(n.Count)
	}
	return text
}

func sqlDistinct(n *plan.Deduplicate) string {
	if n.On == nil {
		return "SELECT DISTINCT * FROM " + sqlInput(n.Input)
	}
	sort := n.Input.(*plan.Sort)
	return "SELECT DISTINCT ON (" + sqlList(n.On) + ") * FROM " + sqlInput(sort.Input) + " ORDER BY " + sqlKeys(sort.Keys)
}

func sqlWith(n *plan.With) string {
	text := "WITH RECURSIVE "
	for i, c := range n.CTEs {
		names := make([]string, len(c.Plan.Columns()))
		for j := range names {
			names[j] = fmt.Sprintf("k%d", j)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("cte%d (%s) AS (%s)", c.ID, strings.Join(names, ", "), sqlOf(c.Plan))
	}
	return text + " " + sqlOf(n.Body)
}

func sqlAnd(exprs []plan.Expr) string { return sqlJoined(exprs, " AND ") }

func sqlList(exprs []plan.Expr) string { return sqlJoined(exprs, ", ") }

func sqlJoined(exprs []plan.Expr, separator string) string {
	out := make([]string, len(exprs))
	for i, e := range exprs {
		out[i] = sqlExpr(e)
	}
	return strings.Join(out, separator)
}

func sqlKeys(keys []plan.SortKey) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = sqlExpr(k.Expr)
		if k.Descending {
			out[i] += " DESC"
		}
		if k.NullsFirst {
			out[i] += " NULLS FIRST"
		} else {
			out[i] += " NULLS LAST"
		}
	}
	return strings.Join(out, ", ")
}

func sqlType(t pgtype.Type) string { return pgtype.FormatType(t) }
