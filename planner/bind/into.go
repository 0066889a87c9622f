package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Into binds a query whose rows are to be stored in columns, as INSERT does: each value
// is brought to its column's type by an assignment cast, unknown literals become values
// of that type at once. A row may be shorter than columns; it has as many columns as written.
// Behind those stand the defaults of the columns that it is shorter by, and of others.
// The lengths of char(n) and varchar(n) are left to whoever stores the rows.
func Into(env Environment, text string, stmt *pg_query.SelectStmt, parameterTypes []pgtype.OID, columns, others []StoredColumn) (Bound, error) {
	b := newBinder(env, text, parameterTypes)
	q, err := b.into(stmt, columns)
	if err == nil {
		q, err = b.withDefaults(q, slices.Concat(columns[min(len(q.columns), len(columns)):], others))
	}
	if err != nil {
		return Bound{}, err
	}
	return b.bound(q)
}

// StoredColumn is a column of a table that takes rows, and what it holds where a row gives
// nothing: nil is NULL.
type StoredColumn struct {
	plan.Column
	Default *pg_query.Node
}

// CheckDefault tells whether an expression can be the default of a column.
func CheckDefault(env Environment, text string, column plan.Column, n *pg_query.Node) error {
	b := newBinder(env, text, nil)
	var refused error
	EachNode(n.ProtoReflect(), func(m protoreflect.Message) {
		if ref, ok := m.Interface().(*pg_query.ColumnRef); ok {
			refused = sqlstate.New(sqlstate.FeatureNotSupported, "cannot use column reference in DEFAULT expression").At(b.position(ref.Location))
		}
	})
	if refused != nil {
		return refused
	}
	_, err := b.defaultOf(StoredColumn{column, n})
	return err
}

func (b *binder) defaultOf(c StoredColumn) (plan.Expr, error) {
	if c.Default == nil {
		return &plan.Literal{Of: assigned(c.Type), Null: true}, nil
	}
	e, err := b.expr(nil, c.Default)
	if err != nil {
		return nil, err
	}
	return b.assign(e, c.Type, b.position(location(c.Default)), func(from, to pgtype.Type, _ int) error {
		return sqlstate.New(sqlstate.DatatypeMismatch, "column \"%s\" is of type %s but default expression is of type %s",
			c.Name, pgtype.SQLName(to.OID), pgtype.SQLName(from.OID)).WithHint("You will need to rewrite or cast the expression.")
	})
}

// withDefaults adds the defaults of columns to a query's rows.
func (b *binder) withDefaults(q boundQuery, columns []StoredColumn) (boundQuery, error) {
	var items []plan.Item
	for _, c := range q.node.Columns() {
		items = append(items, plan.Item{Column: c, Expr: &plan.ColumnRef{Column: c}})
	}
	written := len(items)
	for _, c := range columns {
		if c.Default == nil {
			continue
		}
		e, err := b.defaultOf(c)
		if err != nil {
			return q, err
		}
		column := b.column(c.Name, e.Type(), false)
		items = append(items, plan.Item{Column: column, Expr: e})
		q.columns = append(q.columns, plan.OutputColumn{ID: column.ID, Name: c.Name, Type: column.Type})
		q.positions = append(q.positions, 0)
	}
	if len(items) > written {
		q.node = &plan.Project{Input: q.node, Items: items}
	}
	return q, nil
}

// Arguments binds the arguments of EXECUTE, which are assigned to the statement's
// parameters, and gives them as the one row of a VALUES.
func Arguments(env Environment, text string, arguments []*pg_query.Node, types []pgtype.Type) (Bound, error) {
	b := newBinder(env, text, nil)
	columns := make([]StoredColumn, len(types))
	for i, t := range types {
		columns[i].Type = t
	}
	q, err := b.rows([]*pg_query.Node{pg_query.MakeListNode(arguments)}, columns, func(i int, from, to pgtype.Type, position int) error {
		return sqlstate.New(sqlstate.DatatypeMismatch, "parameter $%d of type %s cannot be coerced to the expected type %s",
			i+1, pgtype.SQLName(from.OID), pgtype.SQLName(to.OID)).At(position).WithHint("You will need to rewrite or cast the expression.")
	})
	if err != nil {
		return Bound{}, err
	}
	return b.bound(q)
}

func (b *binder) into(stmt *pg_query.SelectStmt, columns []StoredColumn) (boundQuery, error) {
	mismatch := func(i int, from, to pgtype.Type, position int) error {
		return notAssignable(columns[i].Name, from, to).At(position)
	}
	if len(stmt.ValuesLists) > 0 && stmt.WithClause == nil && stmt.SortClause == nil && stmt.LimitCount == nil && stmt.LimitOffset == nil {
		return b.rows(stmt.ValuesLists, columns, mismatch)
	}
	q, err := b.queryAs(nil, stmt, queryMode{keepUnknown: true})
	if err != nil {
		return q, err
	}
	exprs := operandExprs(q.node)
	for i, e := range exprs {
		if i >= len(columns) {
			return q, tooMany(q.positions[i])
		}
		if exprs[i], err = b.assign(e, columns[i].Type, q.positions[i], func(from, to pgtype.Type, position int) error {
			return mismatch(i, from, to, position)
		}); err != nil {
			return q, err
		}
	}
	q.node = b.coerceOperand(q.node, exprs)
	for i, c := range q.node.Columns() {
		q.columns[i].ID, q.columns[i].Type = c.ID, assigned(columns[i].Type)
	}
	return q, nil
}

// rows binds rows of VALUES, each expression for its own column.
func (b *binder) rows(lists []*pg_query.Node, columns []StoredColumn, mismatch func(i int, from, to pgtype.Type, position int) error) (boundQuery, error) {
	s := b.newSelection(nil)
	n := &plan.Values{}
	width := len(lists[0].GetList().GetItems())
	for _, list := range lists {
		items := list.GetList().GetItems()
		if len(items) != width {
			return boundQuery{}, sqlstate.New(sqlstate.SyntaxError, "VALUES lists must all be the same length").At(b.position(location(items[0])))
		}
		row := make([]plan.Expr, len(items))
		for i, item := range items {
			position := b.position(location(item))
			if i >= len(columns) {
				return boundQuery{}, tooMany(position)
			}
			if item.GetSetToDefault() != nil {
				var err error
				if row[i], err = b.defaultOf(columns[i]); err != nil {
					return boundQuery{}, err
				}
				continue
			}
			e, err := b.expr(s.in(clauseValues), item)
			if err != nil {
				return boundQuery{}, err
			}
			if row[i], err = b.assign(e, columns[i].Type, position, func(from, to pgtype.Type, position int) error {
				return mismatch(i, from, to, position)
			}); err != nil {
				return boundQuery{}, err
			}
		}
		n.Rows = append(n.Rows, row)
	}
	q := boundQuery{node: n}
	for _, c := range columns[:width] {
		column := b.column(c.Name, assigned(c.Type), false)
		n.Cols = append(n.Cols, column)
		q.columns = append(q.columns, plan.OutputColumn{ID: column.ID, Name: c.Name, Type: column.Type})
	}
	return q, nil
}

func tooMany(position int) error {
	return sqlstate.New(sqlstate.SyntaxError, "INSERT has more expressions than target columns").At(position)
}

// assign coerces as an assignment does.
func (b *binder) assign(e plan.Expr, to pgtype.Type, position int, mismatch func(from, to pgtype.Type, position int) error) (plan.Expr, error) {
	from, to := e.Type(), assigned(to)
	if from.OID != pgtype.Unknown && from.OID != to.OID {
		if _, row := e.(*plan.Row); !row {
			if _, ok := pgtype.FindCast(from.OID, to.OID, pgtype.Assignment); !ok {
				return nil, mismatch(from, to, position)
			}
		}
	}
	if from.OID == pgtype.Unknown && to.Mod >= 0 { // a length is enforced on the value, not read by its input function
		var err error
		if e, err = b.coerce(e, pgtype.Of(to.OID), plan.CastAssignment, position); err != nil {
			return nil, err
		}
	}
	return b.coerce(e, to, plan.CastAssignment, position)
}

// assigned is the type a value has when it is handed over to be stored.
func assigned(t pgtype.Type) pgtype.Type {
	if t.OID == pgtype.Varchar || t.OID == pgtype.Bpchar {
		return pgtype.Of(t.OID)
	}
	return t
}

// TypeOf gives the type a CREATE TABLE or PREPARE names.
func TypeOf(env Environment, text string, n *pg_query.TypeName) (pgtype.Type, error) {
	return newBinder(env, text, nil).typeName(n)
}
