package bind

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// setOperation binds UNION, INTERSECT and EXCEPT with the ORDER BY and LIMIT of the whole.
func (b *binder) setOperation(parent *scope, stmt *pg_query.SelectStmt, mode queryMode) (boundQuery, error) {
	var leaves operands
	q, err := b.setTree(parent, stmt, mode, &leaves)
	if err != nil {
		return boundQuery{}, err
	}
	if len(stmt.LockingClause) > 0 {
		return boundQuery{}, sqlstate.New(sqlstate.FeatureNotSupported, "%s is not allowed with UNION/INTERSECT/EXCEPT",
			lockingStrength(stmt.LockingClause[0].GetLockingClause()))
	}
	s := b.newSelection(parent)
	s.scope.entries = leaves.relations
	q.positions = leaves.positions
	keys, err := s.orderOfSet(q, stmt.SortClause)
	if err != nil {
		return boundQuery{}, err
	}
	s.scope.relations = nil
	l, err := b.bindLimit(s.scope, stmt)
	if err != nil {
		return boundQuery{}, err
	}
	if len(keys) > 0 {
		q.node = &plan.Sort{Input: q.node, Keys: keys}
	}
	q.node = l.over(q.node)
	return q, nil
}

// operands are the queries a set operation combines, as hints name them.
type operands struct {
	relations []*relation
	positions []int // of the first one's columns, which are those of the whole
}

func (o *operands) add(q boundQuery) {
	r := relationOf(q)
	r.alias = fmt.Sprintf("*SELECT* %d", len(o.relations)+1)
	o.relations = append(o.relations, r)
	if len(o.relations) == 1 {
		o.positions = q.positions
	}
}

// setTree binds one operation; an operand with ORDER BY, LIMIT or WITH is a query of its own.
// Its columns are noted in leaves, for hints.
func (b *binder) setTree(parent *scope, stmt *pg_query.SelectStmt, mode queryMode, leaves *operands) (boundQuery, error) {
	if stmt.Op == pg_query.SetOperation_SETOP_NONE || mode.leaf(stmt) {
		q, err := b.queryAs(&scope{parent: parent, entries: leaves.relations}, stmt, queryMode{keepUnknown: true})
		if err == nil {
			leaves.add(q)
		}
		return q, err
	}
	below := queryMode{operand: true}
	left, err := b.setTree(parent, stmt.Larg, below, leaves)
	if err != nil {
		return boundQuery{}, err
	}
	right, err := b.setTree(parent, stmt.Rarg, below, leaves)
	if err != nil {
		return boundQuery{}, err
	}
	left, right, columns, err := b.matchColumns(stmt, left, right)
	if err != nil {
		return boundQuery{}, err
	}
	q := boundQuery{}
	for i, c := range columns {
		q.positions = append(q.positions, chosenPosition(left, right, i, c.Type))
		q.columns = append(q.columns, plan.OutputColumn{ID: c.ID, Name: left.columns[i].Name, Type: c.Type})
	}
	q.node = &plan.SetOperation{Kind: setKind(stmt.Op), All: stmt.All, Left: left.node, Right: right.node, Cols: columns}
	return q, nil
}

// chosenPosition is that of the operand whose type a column took.
func chosenPosition(left, right boundQuery, i int, t pgtype.Type) int {
	if left.columns[i].Type.OID != t.OID && right.columns[i].Type.OID == t.OID {
		return right.positions[i]
	}
	return left.positions[i]
}

// leaf tells whether an operand is bound by itself.
func (m queryMode) leaf(stmt *pg_query.SelectStmt) bool {
	return m.operand && (len(stmt.SortClause) > 0 || stmt.LimitCount != nil || stmt.LimitOffset != nil ||
		len(stmt.LockingClause) > 0 || stmt.WithClause != nil)
}

func setKind(op pg_query.SetOperation) plan.SetKind {
	switch op {
	case pg_query.SetOperation_SETOP_INTERSECT:
		return plan.Intersect
	case pg_query.SetOperation_SETOP_EXCEPT:
		return plan.Except
	}
	return plan.Union
}

func setName(op pg_query.SetOperation) string {
	return [...]string{"UNION", "INTERSECT", "EXCEPT"}[setKind(op)]
}

// matchColumns brings the columns of both operands to common types and makes those of the result.
func (b *binder) matchColumns(stmt *pg_query.SelectStmt, left, right boundQuery) (l, r boundQuery, columns []plan.Column, err error) {
	if len(left.columns) != len(right.columns) {
		position := 0
		if len(right.positions) > 0 {
			position = right.positions[0]
		}
		return l, r, nil, sqlstate.New(sqlstate.SyntaxError, "each %s query must have the same number of columns", setName(stmt.Op)).At(position)
	}
	lefts, rights := operandExprs(left.node), operandExprs(right.node)
	for i := range lefts {
		pair, t, err := b.unify(setName(stmt.Op), []plan.Expr{lefts[i], rights[i]}, []int{left.positions[i], right.positions[i]})
		if err != nil {
			return l, r, nil, err
		}
		if !stmt.All {
			if _, err := b.equality(t, left.positions[i]); err != nil {
				return l, r, nil, err
			}
		}
		notNull := neverNull(lefts[i]) && neverNull(rights[i])
		lefts[i], rights[i] = pair[0], pair[1]
		columns = append(columns, b.column(left.columns[i].Name, t, notNull))
	}
	left.node, right.node = b.coerceOperand(left.node, lefts), b.coerceOperand(right.node, rights)
	return left, right, columns, nil
}

// operandExprs gives each column of an operand as an expression: the unknown literal or
// parameter itself where it is one, for that still takes any type.
func operandExprs(n plan.Node) []plan.Expr {
	exprs := make([]plan.Expr, len(n.Columns()))
	for i, c := range n.Columns() {
		exprs[i] = &plan.ColumnRef{Column: c}
		if untyped(exprs[i]) {
			if e := definition(n, c.ID); e != nil {
				exprs[i] = e
			}
		}
	}
	return exprs
}

// definition finds the expression that a projection below computes a column by.
func definition(n plan.Node, id plan.ColumnID) plan.Expr {
	if p, ok := n.(*plan.Project); ok {
		for _, item := range p.Items {
			ref, passed := item.Expr.(*plan.ColumnRef)
			if item.Column.ID == id && (!passed || ref.ID != id) {
				return item.Expr
			}
		}
	}
	for _, in := range n.Inputs() {
		if e := definition(in, id); e != nil {
			return e
		}
	}
	return nil
}

// coerceOperand makes an operand give the expressions: literals take their type where
// they stand, other columns are cast above.
func (b *binder) coerceOperand(n plan.Node, exprs []plan.Expr) plan.Node {
	items := make([]plan.Item, len(exprs))
	cast := false
	for i, c := range n.Columns() {
		ref, plain := exprs[i].(*plan.ColumnRef)
		switch {
		case plain && ref.ID == c.ID:
			items[i] = plan.Item{Column: c, Expr: ref}
		case untyped(&plan.ColumnRef{Column: c}):
			n = retype(n, c.ID, exprs[i])
			c.Type = exprs[i].Type()
			items[i] = plan.Item{Column: c, Expr: &plan.ColumnRef{Column: c}}
		default:
			cast = true
			items[i] = plan.Item{Column: b.column(c.Name, exprs[i].Type(), c.NotNull), Expr: exprs[i]}
		}
	}
	if !cast {
		return n
	}
	return &plan.Project{Input: n, Items: items}
}

// retype replaces the definition of a column of unknown type, and its type above.
func retype(n plan.Node, id plan.ColumnID, e plan.Expr) plan.Node {
	if p, ok := n.(*plan.Project); ok {
		items := append([]plan.Item{}, p.Items...)
		for i, item := range items {
			if item.Column.ID != id {
				continue
			}
			column := item.Column
			column.Type = e.Type()
			items[i] = plan.Item{Column: column, Expr: e}
			if ref, passed := item.Expr.(*plan.ColumnRef); passed && ref.ID == id {
				items[i].Expr = &plan.ColumnRef{Column: column}
			}
		}
		n = &plan.Project{Input: p.Input, Items: items}
	}
	inputs := append([]plan.Node{}, n.Inputs()...)
	for i := range inputs {
		inputs[i] = retype(inputs[i], id, e)
	}
	return n.WithInputs(inputs)
}

// orderOfSet binds ORDER BY of a set operation: names and numbers of the result only.
func (s *selection) orderOfSet(q boundQuery, list []*pg_query.Node) ([]plan.SortKey, error) {
	r := relationOf(q)
	r.alias, r.hidden = "*SELECT*", true
	s.item(q.node, r)
	s.scope.relations = []*relation{r}
	for i, c := range r.columns {
		s.targets = append(s.targets, &target{label: c.name, expr: s.b.reference(c, q.positions[i]), position: q.positions[i], column: c.expr.Column})
	}
	if err := s.bindOrder(list); err != nil {
		return nil, err
	}
	for _, item := range s.order {
		if item.target.hidden {
			return nil, sqlstate.New(sqlstate.FeatureNotSupported, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause").
				WithDetail("Only result column names can be used, not expressions or functions.").
				WithHint("Add the expression/function to every SELECT, or move the UNION into a FROM clause.").
				At(item.target.position)
		}
	}
	return sortKeys(s.order), nil
}

func untyped(e plan.Expr) bool { return e.Type().OID == pgtype.Unknown }
