package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// subLink binds a subquery in an expression.
func (b *binder) subLink(s *scope, n *pg_query.SubLink) (plan.Expr, error) {
	position := b.position(n.Location)
	q, err := b.query(s, n.Subselect.GetSelectStmt())
	if err != nil {
		return nil, err
	}
	switch n.SubLinkType {
	case pg_query.SubLinkType_EXISTS_SUBLINK:
		return &plan.Subquery{Kind: plan.ExistsSubquery, Plan: q.node, Of: boolean}, nil
	case pg_query.SubLinkType_EXPR_SUBLINK, pg_query.SubLinkType_ARRAY_SUBLINK:
		return b.valueSubquery(n, q, position)
	case pg_query.SubLinkType_ANY_SUBLINK, pg_query.SubLinkType_ALL_SUBLINK:
		return b.quantified(s, n, q, position)
	}
	return nil, sqlstate.Unsupported("subquery of kind %s", n.SubLinkType).At(position)
}

// valueSubquery is (SELECT …) and ARRAY(SELECT …).
func (b *binder) valueSubquery(n *pg_query.SubLink, q boundQuery, position int) (plan.Expr, error) {
	if len(q.columns) != 1 {
		return nil, sqlstate.New(sqlstate.SyntaxError, "subquery must return only one column").At(position)
	}
	if b.names == nil {
		b.names = map[*pg_query.SubLink]string{}
	}
	b.names[n] = q.columns[0].Name
	of := q.columns[0].Type
	if n.SubLinkType == pg_query.SubLinkType_EXPR_SUBLINK {
		return &plan.Subquery{Kind: plan.ScalarSubquery, Plan: q.node, Of: of}, nil
	}
	if _, nested := pgtype.ElementOf(of.OID); nested {
		column := columnsOf(q)[:1]
		item := shaped(column[0])
		return &plan.Subquery{Kind: plan.ArraySubquery, Plan: b.projected(q, column, []plan.Expr{item}), Of: item.Type()}, nil
	}
	array, err := arrayType(of, position)
	if err != nil {
		return nil, err
	}
	return &plan.Subquery{Kind: plan.ArraySubquery, Plan: q.node, Of: array}, nil
}

// quantified is "left op ANY (SELECT …)", ALL and IN.
func (b *binder) quantified(s *scope, n *pg_query.SubLink, q boundQuery, position int) (plan.Expr, error) {
	name := "="
	if len(n.OperName) > 0 {
		_, name = splitName(n.OperName)
	}
	left, err := b.expr(s, n.Testexpr)
	if err != nil {
		return nil, err
	}
	list := []plan.Expr{left}
	if n.Testexpr.GetRowExpr() != nil {
		list = fields(left)
	}
	kind := plan.AnySubquery
	if n.SubLinkType == pg_query.SubLinkType_ALL_SUBLINK {
		kind = plan.AllSubquery
	}
	return b.compareToRows(kind, name, list, q, position)
}

// compareToRows compares expressions with the columns of each row of a query. Where an
// operator takes another type than a column has, the column is cast in the subquery.
func (b *binder) compareToRows(kind plan.SubqueryKind, name string, left []plan.Expr, q boundQuery, position int) (plan.Expr, error) {
	if err := sameWidth(left, q, position); err != nil {
		return nil, err
	}
	if len(left) > 1 && name != "=" && name != "<>" {
		return b.compareInside(kind, name, left, q, position)
	}
	right := columnsOf(q)
	calls, err := b.pairwise(name, left, right, position)
	if err != nil {
		return nil, err
	}
	x := &plan.Subquery{Kind: kind, Operator: name, Of: boolean}
	cast := make([]plan.Expr, len(calls))
	for i, c := range calls {
		call := c.(*plan.Call)
		x.Left = append(x.Left, call.Args[0])
		x.Procedures = append(x.Procedures, call.Procedure)
		cast[i] = call.Args[1]
	}
	x.Plan = b.projected(q, right, cast)
	return x, nil
}

func sameWidth(left []plan.Expr, q boundQuery, position int) error {
	switch {
	case len(left) < len(q.columns):
		return sqlstate.New(sqlstate.SyntaxError, "subquery has too many columns").At(position)
	case len(left) > len(q.columns):
		return sqlstate.New(sqlstate.SyntaxError, "subquery has too few columns").At(position)
	}
	return nil
}

// compareInside compares rows in the subquery itself, which then gives booleans:
//
//	(a, b) < ANY (SELECT c, d …)   is   true = ANY (SELECT (a, b) < (c, d) …)
//	(a, b) = (SELECT c, d …)       is   (SELECT (a, b) = (c, d) …)
func (b *binder) compareInside(kind plan.SubqueryKind, name string, left []plan.Expr, q boundQuery, position int) (plan.Expr, error) {
	if err := sameWidth(left, q, position); err != nil {
		return nil, err
	}
	e, err := b.compareRows(name, left, columnsOf(q), position)
	if err != nil {
		return nil, err
	}
	inside := &plan.Project{Input: q.node, Items: []plan.Item{{Column: b.column("compared", boolean, false), Expr: e}}}
	if kind == plan.ScalarSubquery {
		return &plan.Subquery{Kind: kind, Plan: inside, Of: boolean}, nil
	}
	equal, err := pgtype.ResolveOperator("=", pgtype.Bool, pgtype.Bool)
	if err != nil {
		return nil, err
	}
	return &plan.Subquery{Kind: kind, Plan: inside, Left: []plan.Expr{truth(true)}, Operator: "=",
		Procedures: []*pgtype.Procedure{equal.Procedure}, Of: boolean}, nil
}

func columnsOf(q boundQuery) []plan.Expr {
	columns := q.node.Columns()
	refs := make([]plan.Expr, len(q.columns))
	for i, c := range q.columns {
		column := plan.Column{ID: c.ID, Name: c.Name, Type: c.Type}
		for _, made := range columns {
			if made.ID == c.ID {
				column = made
			}
		}
		refs[i] = &plan.ColumnRef{Column: column}
	}
	return refs
}

// projected computes exprs over a query's columns, where they are not these themselves.
func (b *binder) projected(q boundQuery, columns, exprs []plan.Expr) plan.Node {
	changed := false
	items := make([]plan.Item, len(exprs))
	for i, e := range exprs {
		column := columns[i].(*plan.ColumnRef).Column
		if e != columns[i] {
			changed = true
			column = b.column(column.Name, e.Type(), column.NotNull)
		}
		items[i] = plan.Item{Column: column, Expr: e}
	}
	if !changed {
		return q.node
	}
	return &plan.Project{Input: q.node, Items: items}
}

// rowSubquery is "ROW(…) op (SELECT …)", the subquery giving at most one row.
func (b *binder) rowSubquery(s *scope, n *pg_query.A_Expr, link *pg_query.SubLink) (plan.Expr, error) {
	q, err := b.query(s, link.Subselect.GetSelectStmt())
	if err != nil {
		return nil, err
	}
	left, err := b.expr(s, n.Lexpr)
	if err != nil {
		return nil, err
	}
	_, name := splitName(n.Name)
	return b.compareInside(plan.ScalarSubquery, name, fields(left), q, b.position(n.Location))
}
