package mysql

import (
	"fmt"
	"math"
	"strconv"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// node writes a plan as one SELECT in the making.
func (w *writer) node(n plan.Node) *block {
	if w.err != nil {
		return &block{cols: map[plan.ColumnID]value{}}
	}
	w.exact(n)
	switch n := n.(type) {
	case *plan.Scan:
		return w.scan(n)
	case *plan.Governed:
		return w.node(n.Input) // shares the WHERE of what is around it, none of which can fail
	case *plan.Filter:
		return w.filter(n)
	case *plan.Project:
		return w.project(n)
	case *plan.Join:
		return w.join(n)
	case *plan.Aggregate:
		return w.aggregate(n)
	case *plan.Sort:
		return w.sort(n)
	case *plan.Limit:
		return w.limit(n)
	case *plan.Deduplicate:
		return w.deduplicate(n)
	case *plan.Values, *plan.Window, *plan.ProjectSet, *plan.FunctionScan, *plan.SetOperation,
		*plan.With, *plan.CTERef, *plan.RecursiveUnion, *plan.Remote, *plan.Stage:
		w.refuse("%T", n)
		return &block{cols: map[plan.ColumnID]value{}}
	}
	panic(fmt.Sprintf("mysql: unhandled node %T", n))
}

// exact refuses what the function table does not call exact, and what is compared or
// sorted by a collation. The optimizer asks for neither; a wrong row is worse than its
// mistake.
func (w *writer) exact(n plan.Node) {
	for _, e := range n.Exprs() {
		if functions.Supports(e, functions.MySQL) != functions.Exact {
			w.refuse("%s", functions.Missing(e, functions.MySQL))
		}
	}
	var keys []plan.Expr
	switch n := n.(type) {
	case *plan.Sort:
		for _, k := range n.Keys {
			keys = append(keys, k.Expr)
		}
	case *plan.Aggregate:
		for _, g := range n.Groups {
			keys = append(keys, g.Expr)
			if _, constant := g.Expr.(*plan.Literal); constant {
				w.refuse("grouping by a constant")
			}
		}
	case *plan.Deduplicate:
		for _, c := range n.Columns() {
			keys = append(keys, &plan.ColumnRef{Column: c})
		}
	}
	for _, k := range keys {
		if !ordered[k.Type().OID] {
			w.refuse("order of %s", functions.TypeName(k.Type().OID))
		}
	}
}

// ordered are the types whose order and equality are PostgreSQL's.
var ordered = map[pgtype.OID]bool{
	pgtype.Bool: true, pgtype.Int2: true, pgtype.Int4: true, pgtype.Int8: true, pgtype.Numeric: true, pgtype.Date: true, pgtype.Time: true,
	pgtype.Timestamp: true, pgtype.Timestamptz: true, pgtype.Float4: true, pgtype.Float8: true,
}

// filter goes into WHERE.
func (w *writer) filter(n *plan.Filter) *block {
	b := w.upTo(w.node(n.Input), atWhere)
	b.where, b.stage = append(b.where, w.conditions(b, n.Conjuncts)...), atWhere
	return b
}

// conditions writes conjuncts over a block.
func (w *writer) conditions(b *block, conjuncts []plan.Expr) []sqlparser.Expr {
	var out []sqlparser.Expr
	w.within(b, func() {
		for _, e := range conjuncts {
			out = append(out, w.expr(e).expr)
		}
	})
	return out
}

// project computes columns in the select list of its input.
func (w *writer) project(n *plan.Project) *block {
	b := w.node(n.Input)
	if b.distinct || b.stage < atOrder && len(w.scopes) == 0 && repeats(n, b) {
		b = w.wrap(b)
	}
	cols := make(map[plan.ColumnID]value, len(n.Items))
	w.within(b, func() {
		for _, item := range n.Items {
			cols[item.Column.ID] = w.expr(item.Expr)
		}
	})
	b.cols, b.columns = cols, n.Columns()
	return b
}

// longest is the text up to which a computed column is written again where it is used
// twice, rather than given a name in a derived table.
const longest = 120

// repeats tells whether the items use a long computed column more than once. Within a
// correlated subquery nothing is wrapped: a derived table cannot see around itself.
func repeats(n *plan.Project, b *block) bool {
	uses := map[plan.ColumnID]int{}
	for _, item := range n.Items {
		plan.WalkExpr(item.Expr, func(e plan.Expr) bool {
			if c, ok := e.(*plan.ColumnRef); ok {
				uses[c.ID]++
			}
			return true
		})
	}
	for id, count := range uses {
		if v, ok := b.cols[id]; ok && count > 1 && !v.strict && len(sqlparser.String(v.expr)) > longest {
			return true
		}
	}
	return false
}

// sort writes ORDER BY, with the place of NULLs spelled out: MySQL has them first in
// ascending and last in descending order, and no clause to say otherwise. A constant
// orders nothing, and would be read as a column's position.
func (w *writer) sort(n *plan.Sort) *block {
	b := w.node(n.Input)
	if b.stage >= atDistinct {
		b = w.wrap(b)
	}
	var order sqlparser.OrderBy
	w.within(b, func() {
		for _, k := range n.Keys {
			if v := w.expr(k.Expr).expr; !constant(v) {
				order = append(order, sortKey(k, v)...)
			}
		}
	})
	b.order, b.stage = order, atOrder
	return b
}

// sortKey writes one key, v.
func sortKey(k plan.SortKey, v sqlparser.Expr) []*sqlparser.Order {
	direction := sqlparser.AscOrder
	if k.Descending {
		direction = sqlparser.DescOrder
	}
	key := sqlparser.NewOrder(v, direction)
	column, ok := k.Expr.(*plan.ColumnRef)
	if ok && column.NotNull || k.NullsFirst == !k.Descending {
		return []*sqlparser.Order{key}
	}
	nulls := sqlparser.NewOrder(&sqlparser.IsExpr{Left: paren(v), Right: sqlparser.IsNullOp}, direction)
	return []*sqlparser.Order{nulls, key}
}

// allRows is the count of a LIMIT that has only an OFFSET (MySQL manual, SELECT: "use
// some large number").
const allRows = "18446744073709551615"

func (w *writer) limit(n *plan.Limit) *block {
	if n.WithTies {
		w.refuse("FETCH FIRST … WITH TIES")
	}
	b := w.upTo(w.node(n.Input), atOrder)
	count := w.rowCount(n.Count, "LIMIT", sqlstate.InvalidRowCountInLimit)
	offset := w.rowCount(n.Offset, "OFFSET", sqlstate.InvalidRowCountInOffset)
	if offset == "0" {
		offset = ""
	}
	if count == "" && offset == "" {
		return b
	}
	l := &sqlparser.Limit{Rowcount: sqlparser.NewIntLiteral(allRows)}
	if count != "" {
		l.Rowcount = sqlparser.NewIntLiteral(count)
	}
	if offset != "" {
		l.Offset = sqlparser.NewIntLiteral(offset)
	}
	b.limit, b.stage = l, atLimit
	return b
}

// rowCount reads LIMIT's or OFFSET's number; "" where there is none. NULL is none.
func (w *writer) rowCount(e plan.Expr, clause string, negative sqlstate.Code) string {
	if e == nil {
		return ""
	}
	l, ok := e.(*plan.Literal)
	if !ok {
		w.refuse("%s with an expression", clause)
		return ""
	}
	if l.Null {
		return ""
	}
	count, err := strconv.ParseInt(l.Text, 10, 64)
	if err != nil || count < 0 || count > math.MaxInt64 {
		w.fail(sqlstate.New(negative, "%s must not be negative", clause))
	}
	return strconv.FormatInt(count, 10)
}

// deduplicate removes duplicates over all columns.
func (w *writer) deduplicate(n *plan.Deduplicate) *block {
	if len(n.On) > 0 {
		w.refuse("DISTINCT ON")
	}
	b := w.node(n.Input)
	if b.stage >= atDistinct {
		b = w.wrap(b)
	}
	if len(b.columns) == 0 {
		b.limit, b.stage = &sqlparser.Limit{Rowcount: sqlparser.NewIntLiteral("1")}, atLimit
		return b
	}
	b.distinct, b.stage = true, atDistinct
	return b
}
