package bind

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// values binds VALUES: a SELECT of all columns of a relation that holds the rows.
func (b *binder) values(parent *scope, stmt *pg_query.SelectStmt, mode queryMode) (boundQuery, error) {
	s := b.newSelection(parent)
	n, positions, err := s.valuesNode(stmt.ValuesLists)
	if err != nil {
		return boundQuery{}, err
	}
	r := &relation{alias: "*VALUES*"}
	for i, c := range n.Cols {
		column := scopeColumn{name: c.Name, expr: &plan.ColumnRef{Column: c}, unqualified: true}
		r.columns = append(r.columns, column)
		s.targets = append(s.targets, &target{label: c.Name, expr: b.reference(column, positions[i]), position: positions[i]})
	}
	item := s.item(n, r)
	s.from, s.scope.relations = item.node, item.relations
	return s.finish(stmt, mode)
}

// valuesNode binds the rows and brings each column to one type.
func (s *selection) valuesNode(lists []*pg_query.Node) (*plan.Values, []int, error) {
	rows := make([][]plan.Expr, len(lists))
	for i, list := range lists {
		items := list.GetList().GetItems()
		if first := lists[0].GetList().GetItems(); len(items) != len(first) {
			return nil, nil, sqlstate.New(sqlstate.SyntaxError, "VALUES lists must all be the same length").
				At(s.b.position(rawLocation(items[0])))
		}
		for _, n := range items {
			e, err := s.b.expr(s.in(clauseValues), n)
			if err != nil {
				return nil, nil, err
			}
			rows[i] = append(rows[i], e)
		}
	}
	n := &plan.Values{Rows: rows}
	first := make([]int, len(rows[0]))
	for c := range rows[0] {
		column, err := s.b.valuesColumn(rows, lists, c)
		if err != nil {
			return nil, nil, err
		}
		n.Cols = append(n.Cols, column)
		first[c] = s.b.position(location(lists[0].GetList().GetItems()[c]))
	}
	return n, first, nil
}

func (b *binder) valuesColumn(rows [][]plan.Expr, lists []*pg_query.Node, c int) (plan.Column, error) {
	cells, positions := make([]plan.Expr, len(rows)), make([]int, len(rows))
	for i := range rows {
		cells[i], positions[i] = rows[i][c], b.position(location(lists[i].GetList().GetItems()[c]))
	}
	cells, t, err := b.unify("VALUES", cells, positions)
	if err != nil {
		return plan.Column{}, err
	}
	notNull := true
	for i := range rows {
		rows[i][c] = cells[i]
		notNull = notNull && neverNull(cells[i])
	}
	return b.column(fmt.Sprintf("column%d", c+1), t, notNull), nil
}
