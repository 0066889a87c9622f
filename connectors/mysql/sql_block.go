package mysql

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/planner/plan"
)

// stage is how much of a SELECT is written already. A node goes into the SELECT of its
// input while the input's stage comes before what the node needs.
type stage uint8

// The stages in the order SQL evaluates them. There is no HAVING: names mean other
// things there than elsewhere.
const (
	atFrom stage = iota
	atWhere
	atGroup
	atDistinct
	atOrder
	atLimit
)

// block is one SELECT in the making.
type block struct {
	stage    stage
	from     sqlparser.TableExpr // nil: one row, no columns
	joined   bool                // from is a join
	where    []sqlparser.Expr
	group    []sqlparser.Expr
	order    sqlparser.OrderBy
	limit    *sqlparser.Limit
	distinct bool
	// single: an aggregate without groups. It gives one row, whether the SELECT list names
	// an aggregate or not.
	single  bool
	sorts   bool // rows are sorted for their groups (sortsGroups)
	columns []plan.Column
	cols    map[plan.ColumnID]value
	// outer: it reads columns of the query around it.
	outer bool
}

// statement is the SELECT with these columns; without any it gives a 1 for each row.
func (b *block) statement(list []sqlparser.SelectExpr) *sqlparser.Select {
	if len(list) == 0 {
		list = []sqlparser.SelectExpr{sqlparser.NewAliasedExpr(sqlparser.NewIntLiteral("1"), "one")}
	}
	s := &sqlparser.Select{SelectExprs: &sqlparser.SelectExprs{Exprs: list}, Distinct: b.distinct, OrderBy: b.order, Limit: b.limit}
	if b.from != nil {
		s.From = []sqlparser.TableExpr{b.from}
	}
	if len(b.where) > 0 {
		s.Where = sqlparser.NewWhere(sqlparser.WhereClause, all(b.where))
	}
	if b.single && !sqlparser.ContainsAggregation(s.SelectExprs) {
		s.Having = sqlparser.NewWhere(sqlparser.HavingClause, &sqlparser.ComparisonExpr{
			Operator: sqlparser.GreaterEqualOp, Left: &sqlparser.CountStar{}, Right: sqlparser.NewIntLiteral("0"),
		})
	}
	if len(b.group) > 0 {
		s.GroupBy = &sqlparser.GroupBy{Exprs: b.group}
		s.SQLBigResult = b.sorts
	}
	return s
}

// selectColumns is the SELECT with some of the block's columns, each named c<ID>.
func (w *writer) selectColumns(b *block, columns []plan.Column) *sqlparser.Select {
	list := make([]sqlparser.SelectExpr, len(columns))
	for i, c := range columns {
		v, ok := b.cols[c.ID]
		if !ok {
			v = w.column(c)
		}
		list[i] = sqlparser.NewAliasedExpr(v.expr, columnName(c.ID))
	}
	return b.statement(list)
}

// wrap makes the block a derived table of a new one. A derived table cannot see the
// query around it (MariaDB, and MySQL before 8.0.14).
func (w *writer) wrap(b *block) *block {
	if b.outer {
		w.refuse("a correlated derived table")
	}
	alias := w.alias()
	out := &block{columns: b.columns, cols: map[plan.ColumnID]value{}}
	out.from = sqlparser.NewAliasedTableExpr(sqlparser.NewDerivedTable(false, w.selectColumns(b, b.columns)), alias)
	for _, c := range b.columns {
		out.cols[c.ID] = value{expr: columnOf(alias, columnName(c.ID)), text: b.cols[c.ID].text, storage: b.cols[c.ID].storage, strict: true}
	}
	return out
}

// upTo wraps the block where it has gone beyond a stage.
func (w *writer) upTo(b *block, s stage) *block {
	if b.stage > s {
		return w.wrap(b)
	}
	return b
}

func columnOf(table, column string) sqlparser.Expr {
	return sqlparser.NewColNameWithQualifier(column, sqlparser.NewTableName(table))
}

// all joins conditions by AND.
func all(conditions []sqlparser.Expr) sqlparser.Expr {
	out := conditions[0]
	for _, c := range conditions[1:] {
		out = &sqlparser.AndExpr{Left: out, Right: c}
	}
	return out
}
