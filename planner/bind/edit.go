package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Edit is UPDATE or DELETE as a question: which rows of a table, and what is to be
// stored in them.
type Edit struct {
	With   *pg_query.WithClause
	Target *pg_query.RangeVar
	From   []*pg_query.Node // FROM of UPDATE, USING of DELETE
	Where  *pg_query.Node
	Set    []Assignment // none: DELETE
	// Beside is set where each row of From belongs to the row of Target of the same number.
	Beside bool
}

// Assignment is one column of SET. A nil Value is DEFAULT.
type Assignment struct {
	Column StoredColumn
	Value  *pg_query.Node
	// Mismatch is the error for a value of a type that cannot be stored; nil: that of UPDATE.
	Mismatch func(from, to pgtype.Type) *sqlstate.Error
}

// Query binds an edit. The plan gives the numbers of the rows that are meant
// (catalog.RowNumber), in order and each once, then the values for each of Set. Where
// several rows of FROM meet one row, one of them counts, as in PostgreSQL.
func (e Edit) Query(env Environment, text string, parameterTypes []pgtype.OID) (Bound, error) {
	b := newBinder(env, text, parameterTypes)
	body := func(parent *scope) (boundQuery, error) { return b.edit(parent, e) }
	var q boundQuery
	var err error
	if e.With != nil {
		q, err = b.with(nil, e.With, body)
	} else {
		q, err = body(nil)
	}
	if err != nil {
		return Bound{}, err
	}
	return b.bound(q)
}

func (b *binder) edit(parent *scope, e Edit) (boundQuery, error) {
	s := b.newSelection(parent)
	target := &pg_query.Node{Node: &pg_query.Node_RangeVar{RangeVar: e.Target}}
	if err := s.bindFrom(append([]*pg_query.Node{target}, e.From...)); err != nil {
		return boundQuery{}, err
	}
	row := s.scope.relations[0].rowNumber()
	items := []plan.Item{{Column: row, Expr: &plan.ColumnRef{Column: row}}}
	for _, a := range e.Set {
		value, err := s.assignment(a)
		if err != nil {
			return boundQuery{}, err
		}
		items = append(items, plan.Item{Column: b.column(a.Column.Name, value.Type(), false), Expr: value})
	}
	where, err := s.condition(e.Where, clauseWhere)
	if err != nil {
		return boundQuery{}, err
	}
	if e.Beside {
		same, err := b.equals(&plan.ColumnRef{Column: row}, &plan.ColumnRef{Column: s.scope.relations[1].rowNumber()}, "ON CONFLICT", 0)
		if err != nil {
			return boundQuery{}, err
		}
		where = append([]plan.Expr{same}, where...)
	}
	return numbered(filter(s.from, where), items, len(e.From) > 0 && !e.Beside), nil
}

// rowNumber is the column that numbers a table's rows.
func (r *relation) rowNumber() plan.Column {
	for _, c := range r.system {
		if c.name == catalog.RowNumber {
			return c.expr.Column
		}
	}
	panic("bind: the table " + r.alias + " does not number its rows")
}

// assignment binds the value of a column of SET.
func (s *selection) assignment(a Assignment) (plan.Expr, error) {
	if a.Value == nil {
		return s.b.defaultOf(a.Column)
	}
	value, err := s.b.expr(s.in(clauseUpdate), a.Value)
	if err != nil {
		return nil, err
	}
	return s.b.assign(value, a.Column.Type, s.b.position(location(a.Value)), func(from, to pgtype.Type, position int) error {
		if a.Mismatch != nil {
			return a.Mismatch(from, to)
		}
		return notAssignable(a.Column.Name, from, to).At(position)
	})
}

func notAssignable(column string, from, to pgtype.Type) *sqlstate.Error {
	return sqlstate.New(sqlstate.DatatypeMismatch, "column \"%s\" is of type %s but expression is of type %s",
		column, pgtype.SQLName(to.OID), pgtype.SQLName(from.OID)).
		WithHint("You will need to rewrite or cast the expression.")
}

// numbered gives rows in the order of their numbers; each once, where one may come
// several times.
func numbered(n plan.Node, items []plan.Item, several bool) boundQuery {
	number := &plan.ColumnRef{Column: items[0].Column}
	n = &plan.Sort{Input: &plan.Project{Input: n, Items: items}, Keys: []plan.SortKey{{Expr: number}}}
	if several {
		n = &plan.Deduplicate{Input: n, On: []plan.Expr{number}}
	}
	q := boundQuery{node: n}
	for _, item := range items {
		q.columns = append(q.columns, plan.OutputColumn{ID: item.Column.ID, Name: item.Column.Name, Type: item.Column.Type})
		q.positions = append(q.positions, 0)
	}
	return q
}
