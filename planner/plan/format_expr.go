package plan

import (
	"fmt"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// FormatExpr gives an expression as readable, SQL-like text, columns as name:ID.
// A subquery stands as #1, #2, …
func FormatExpr(e Expr) string { return (&formatter{}).expr(e) }

func (f *formatter) list(exprs []Expr) string { return "[" + f.exprs(exprs) + "]" }

func (f *formatter) exprs(exprs []Expr) string { return joined(exprs, ", ", f.expr) }

func joined(exprs []Expr, separator string, text func(Expr) string) string {
	out := make([]string, len(exprs))
	for i, e := range exprs {
		out[i] = text(e)
	}
	return strings.Join(out, separator)
}

// atom puts parentheses around what is not one word or call.
func (f *formatter) atom(e Expr) string {
	switch e := e.(type) {
	case *Literal, *Parameter, *ColumnRef, *Coalesce, *NullIf, *Extreme, *Array, *Row, *Grouping,
		*AggregateCall, *WindowCall, *SetCall, *Subscript, *Cast, *Case:
		return f.expr(e)
	case *Call:
		if e.Operator == "" {
			return f.expr(e)
		}
	case *Subquery:
		if len(e.Left) == 0 {
			return f.expr(e)
		}
	}
	return "(" + f.expr(e) + ")"
}

func (f *formatter) expr(e Expr) string {
	switch e := e.(type) {
	case *Literal:
		return literalText(e)
	case *Parameter:
		return fmt.Sprintf("$%d", e.Index)
	case *ColumnRef:
		return columnText(e.Name, e.ID)
	case *Call:
		return f.call(e)
	case *Cast:
		return f.atom(e.Arg) + "::" + typeText(e.To)
	case *And:
		return joined(e.Args, " and ", f.atom)
	case *Or:
		return joined(e.Args, " or ", f.atom)
	case *Not:
		return "not " + f.atom(e.Arg)
	case *IsNull:
		return f.atom(e.Arg) + " is " + not(e.Negated) + "null"
	case *BooleanTest:
		return f.atom(e.Arg) + " is " + not(e.Negated) + strings.ToLower(e.Is)
	case *Distinct:
		return f.atom(e.Left) + " is " + not(e.Negated) + "distinct from " + f.atom(e.Right)
	case *Case:
		return f.caseText(e)
	case *Coalesce:
		return "coalesce(" + f.exprs(e.Args) + ")"
	case *NullIf:
		return "nullif(" + f.expr(e.Left) + ", " + f.expr(e.Right) + ")"
	case *Extreme:
		return extremeName(e) + "(" + f.exprs(e.Args) + ")"
	case *In:
		return f.atom(e.Arg) + " " + not(e.Negated) + "in (" + f.exprs(e.List) + ")"
	case *ArrayCompare:
		return f.atom(e.Left) + " " + e.Operator + " " + quantifier(e.All) + "(" + f.expr(e.Array) + ")"
	case *Array:
		return "array" + f.list(e.Elements)
	case *Subscript:
		return f.subscript(e)
	case *Row:
		return "row(" + f.exprs(e.Fields) + ")"
	case *RowCompare:
		return "row(" + f.exprs(e.Left) + ") " + e.Operator + " row(" + f.exprs(e.Right) + ")"
	case *Subquery:
		return f.subquery(e)
	case *Grouping:
		return "grouping(" + strings.Trim(strings.ReplaceAll(fmt.Sprint(e.Groups), " ", ", "), "[]") + ")"
	case *AggregateCall:
		return f.aggregateCall(e)
	case *WindowCall:
		return f.windowCall(e)
	case *SetCall:
		return procedureName(e.Procedure) + "(" + f.exprs(e.Args) + ")"
	default:
		return f.foreign(e)
	}
}

// foreign writes an expression another package made: stages of planning have their own.
func (f *formatter) foreign(e Expr) string {
	return fmt.Sprintf("%T(", e) + f.exprs(e.Children()) + ")"
}

func (f *formatter) call(e *Call) string {
	switch {
	case e.Operator != "" && len(e.Args) == 2:
		return f.atom(e.Args[0]) + " " + e.Operator + " " + f.atom(e.Args[1])
	case e.Operator != "" && len(e.Args) == 1:
		return e.Operator + " " + f.atom(e.Args[0])
	}
	return procedureName(e.Procedure) + "(" + f.exprs(e.Args) + ")"
}

func (f *formatter) caseText(e *Case) string {
	text := "case"
	for _, w := range e.Whens {
		text += " when " + f.expr(w.Condition) + " then " + f.expr(w.Result)
	}
	if e.Else != nil {
		text += " else " + f.expr(e.Else)
	}
	return text + " end"
}

func (f *formatter) subscript(e *Subscript) string {
	if !e.Slice {
		return f.atom(e.Arg) + "[" + f.expr(e.Index) + "]"
	}
	return f.atom(e.Arg) + "[" + f.open(e.Lower) + ":" + f.open(e.Upper) + "]"
}

func (f *formatter) open(e Expr) string {
	if e == nil {
		return ""
	}
	return f.expr(e)
}

func (f *formatter) subquery(e *Subquery) string {
	left := ""
	switch len(e.Left) {
	case 0:
	case 1:
		left = f.atom(e.Left[0]) + " " + e.Operator + " "
	default:
		left = "row(" + f.exprs(e.Left) + ") " + e.Operator + " "
	}
	f.subqueries = append(f.subqueries, e.Plan)
	number := fmt.Sprintf("(#%d)", len(f.subqueries))
	switch e.Kind {
	case ExistsSubquery:
		return "exists" + number
	case AnySubquery:
		return left + "any" + number
	case AllSubquery:
		return left + "all" + number
	case ArraySubquery:
		return "array" + number
	}
	return number
}

func (f *formatter) aggregateCall(e *AggregateCall) string {
	args := f.exprs(e.Args)
	switch {
	case len(e.Args) == 0 && len(e.WithinGroup) == 0:
		args = "*"
	case e.Distinct:
		args = "distinct " + args
	}
	if len(e.OrderBy) > 0 {
		args += " order by " + f.keys(e.OrderBy)
	}
	text := procedureName(e.Procedure) + "(" + args + ")"
	if len(e.WithinGroup) > 0 {
		text += " within group (order by " + f.keys(e.WithinGroup) + ")"
	}
	return text + f.filter(e.Filter)
}

func (f *formatter) windowCall(e *WindowCall) string {
	args := f.exprs(e.Args)
	if len(e.Args) == 0 && e.Procedure != nil && e.Procedure.Kind == pgtype.AggregateKind {
		args = "*"
	}
	var parts []string
	if len(e.Partition) > 0 {
		parts = append(parts, "partition by "+f.exprs(e.Partition))
	}
	if len(e.OrderBy) > 0 {
		parts = append(parts, "order by "+f.keys(e.OrderBy))
	}
	if text := f.frame(e.Frame); text != "" {
		parts = append(parts, text)
	}
	return procedureName(e.Procedure) + "(" + args + ")" + f.filter(e.Filter) + " over (" + strings.Join(parts, " ") + ")"
}

func (f *formatter) filter(e Expr) string {
	if e == nil {
		return ""
	}
	return " filter (where " + f.expr(e) + ")"
}

// frame is empty for PostgreSQL's default frame.
func (f *formatter) frame(w Frame) string {
	if w.Mode == FrameRange && w.Start.Kind == UnboundedPreceding && w.End.Kind == CurrentRow && w.Exclude == "" {
		return ""
	}
	text := [...]string{"range", "rows", "groups"}[w.Mode] + " between " + f.bound(w.Start) + " and " + f.bound(w.End)
	if w.Exclude != "" {
		text += " exclude " + strings.ToLower(w.Exclude)
	}
	return text
}

func (f *formatter) bound(b Bound) string {
	kind := [...]string{"unbounded preceding", "preceding", "current row", "following", "unbounded following"}[b.Kind]
	if b.Offset != nil {
		return f.atom(b.Offset) + " " + kind
	}
	return kind
}

// keys writes a sort order; NULLS is written where it is not PostgreSQL's default.
func (f *formatter) keys(keys []SortKey) string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = f.expr(k.Expr)
		if k.Descending {
			out[i] += " desc"
		}
		switch {
		case k.NullsFirst && !k.Descending:
			out[i] += " nulls first"
		case !k.NullsFirst && k.Descending:
			out[i] += " nulls last"
		}
	}
	return strings.Join(out, ", ")
}

// literalText writes numbers, truth and text bare, other types with their name.
func literalText(e *Literal) string {
	quoted := "'" + strings.ReplaceAll(e.Text, "'", "''") + "'"
	switch {
	case e.Null:
		return "null::" + typeText(e.Of)
	case e.Of.OID == pgtype.Int4:
		return e.Text
	case e.Of.OID == pgtype.Bool && e.Text == "t":
		return "true"
	case e.Of.OID == pgtype.Bool && e.Text == "f":
		return "false"
	case e.Of == pgtype.Of(pgtype.Text):
		return quoted
	}
	return quoted + "::" + typeText(e.Of)
}

func typeText(t pgtype.Type) string {
	if text := pgtype.FormatType(t); text != "" {
		return text
	}
	return fmt.Sprintf("type %d", t.OID)
}

func procedureName(p *pgtype.Procedure) string {
	if p == nil {
		return "?"
	}
	return p.Name
}

func extremeName(e *Extreme) string {
	if e.Greatest {
		return "greatest"
	}
	return "least"
}

func quantifier(all bool) string {
	if all {
		return "all"
	}
	return "any"
}

func not(negated bool) string {
	if negated {
		return "not "
	}
	return ""
}
