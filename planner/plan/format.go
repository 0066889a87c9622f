package plan

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// Format gives a plan as readable, stable text: one node a line, inputs indented
// below, columns as name:ID. A subquery stands as #1 in its expression; its plan
// follows below the node, under "#1:".
func Format(n Node) string {
	f := &formatter{}
	f.node(n, 0)
	return f.out.String()
}

// FormatQuery gives a query's plan and, first, what the client sees.
func FormatQuery(q Query) string {
	names := make([]string, len(q.Output))
	for i, c := range q.Output {
		names[i] = columnText(c.Name, c.ID) + " " + typeText(c.Type)
	}
	return "Output [" + strings.Join(names, ", ") + "]\n" + Format(q.Root)
}

type formatter struct {
	out        strings.Builder
	subqueries []Node // met so far; #n is subqueries[n-1]
}

func (f *formatter) node(n Node, depth int) {
	before := len(f.subqueries)
	f.line(depth, f.head(n))
	after := len(f.subqueries)
	for i := before; i < after; i++ {
		f.line(depth+1, "#"+strconv.Itoa(i+1)+":")
		f.node(f.subqueries[i], depth+2)
	}
	if w, ok := n.(*With); ok {
		f.with(w, depth)
		return
	}
	for _, in := range n.Inputs() {
		f.node(in, depth+1)
	}
}

func (f *formatter) with(n *With, depth int) {
	for _, c := range n.CTEs {
		text := fmt.Sprintf("cte %d %s", c.ID, c.Name)
		if c.Materialized != "" {
			text += " materialized " + strings.ToLower(c.Materialized)
		}
		f.line(depth+1, text+":")
		f.node(c.Plan, depth+2)
	}
	f.node(n.Body, depth+1)
}

func (f *formatter) line(depth int, text string) {
	f.out.WriteString(strings.Repeat("  ", depth))
	f.out.WriteString(text)
	f.out.WriteByte('\n')
}

// head gives the line of one node.
func (f *formatter) head(n Node) string {
	switch n := n.(type) {
	case *Scan:
		return "Scan " + tableText(n.Table) + aliasText(n.Alias, n.Table) + columnsText(n.Cols)
	case *Governed:
		return f.governed(n)
	case *Values:
		return f.values(n)
	case *Filter:
		return "Filter " + f.list(n.Conjuncts)
	case *Project:
		return "Project " + f.items(n.Items)
	case *Join:
		return f.join(n)
	case *Aggregate:
		return f.aggregate(n)
	case *Window:
		return "Window " + f.items(n.Items)
	case *ProjectSet:
		return "ProjectSet " + f.items(n.Items)
	case *FunctionScan:
		return f.functionScan(n)
	case *Sort:
		return "Sort [" + f.keys(n.Keys) + "]"
	case *Limit:
		return f.limit(n)
	case *Deduplicate:
		if n.On == nil {
			return "Deduplicate"
		}
		return "Deduplicate on " + f.list(n.On)
	case *SetOperation:
		return setText(n) + columnsText(n.Cols)
	case *With:
		return "With"
	case *CTERef:
		return fmt.Sprintf("CTERef %d %s", n.CTE, n.Name) + columnsText(n.Cols)
	case *RecursiveUnion:
		return fmt.Sprintf("RecursiveUnion %d", n.CTE) + allText(n.All) + columnsText(n.Cols)
	case *Remote:
		return "Remote " + sourceText(n.Source)
	case *Stage:
		return "Stage"
	default:
		panic(fmt.Sprintf("plan: unhandled node %T", n))
	}
}

func (f *formatter) governed(n *Governed) string {
	text := "Governed " + tableText(n.Table)
	if len(n.Policies) > 0 {
		text += " policies " + strings.Join(n.Policies, ", ")
	}
	if n.Filtered {
		text += " filtered"
	}
	if len(n.Masked) > 0 {
		text += " masked"
		for _, id := range n.Masked {
			text += " :" + strconv.Itoa(int(id))
		}
	}
	return text
}

func (f *formatter) values(n *Values) string {
	rows := make([]string, len(n.Rows))
	for i, r := range n.Rows {
		rows[i] = "(" + f.exprs(r) + ")"
	}
	text := "Values" + columnsText(n.Cols)
	if len(rows) > 0 {
		text += " " + strings.Join(rows, ", ")
	}
	return text
}

func (f *formatter) join(n *Join) string {
	kind := [...]string{"Join", "LeftJoin", "RightJoin", "FullJoin", "SemiJoin", "AntiJoin"}[n.Kind]
	if n.Lateral {
		kind += " lateral"
	}
	if len(n.On) == 0 {
		return kind
	}
	return kind + " on " + f.list(n.On)
}

func (f *formatter) aggregate(n *Aggregate) string {
	text := "Aggregate"
	if n.Single != nil {
		text = "PartialAggregate"
	}
	if len(n.Groups) > 0 {
		text += " by " + f.items(n.Groups)
	}
	if n.Sets != nil {
		text += " sets " + strings.ReplaceAll(fmt.Sprint(n.Sets), " ", ",")
	}
	if len(n.Aggs) > 0 {
		text += " " + f.items(n.Aggs)
	}
	return text
}

func (f *formatter) functionScan(n *FunctionScan) string {
	text := "FunctionScan " + f.list(n.Calls)
	if n.Ordinality {
		text += " with ordinality"
	}
	return text + columnsText(n.Cols)
}

func (f *formatter) limit(n *Limit) string {
	text := "Limit"
	if n.Count != nil {
		text += " " + f.expr(n.Count)
	}
	if n.WithTies {
		text += " with ties"
	}
	if n.Offset != nil {
		text += " offset " + f.expr(n.Offset)
	}
	return text
}

func (f *formatter) items(items []Item) string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = columnText(item.Column.Name, item.Column.ID)
		if c, ok := item.Expr.(*ColumnRef); !ok || c.ID != item.Column.ID {
			out[i] += " = " + f.expr(item.Expr)
		}
	}
	return "[" + strings.Join(out, ", ") + "]"
}

func setText(n *SetOperation) string {
	return [...]string{"Union", "Intersect", "Except"}[n.Kind] + allText(n.All)
}

func allText(all bool) string {
	if all {
		return " all"
	}
	return ""
}

func columnsText(cols []Column) string {
	out := make([]string, len(cols))
	for i, c := range cols {
		out[i] = columnText(c.Name, c.ID)
	}
	return " [" + strings.Join(out, ", ") + "]"
}

func columnText(name string, id ColumnID) string { return name + ":" + strconv.Itoa(int(id)) }

func tableText(t *catalog.Table) string {
	if t == nil || len(t.Addresses) == 0 {
		return "?"
	}
	return t.Address().Schema + "." + t.Address().Name
}

// aliasText names the alias where it differs from the table's own name.
func aliasText(alias string, t *catalog.Table) string {
	if alias == "" || t != nil && len(t.Addresses) > 0 && t.Address().Name == alias {
		return ""
	}
	return " as " + alias
}

func sourceText(s *catalog.Source) string {
	if s == nil {
		return "?"
	}
	return s.ID()
}
