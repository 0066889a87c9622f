package planner

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Insert is INSERT. Only a temporary table can take it.
type Insert struct {
	source
	Table   Relation
	Columns []Target // nil: all, in their order
	Refused error    // what cannot be done even there
	// Returning is the query for what RETURNING gives, of a table that holds the new rows
	// only; nil for none.
	Returning  *Select
	Conflict   *Conflict // nil: a key that is there is an error
	overriding bool      // OVERRIDING SYSTEM VALUE
	whole      string
	tree       *pg_query.SelectStmt // nil: DEFAULT VALUES
}

// Target is a column that INSERT names, and where.
type Target struct {
	Name     string
	Position int // in characters from 1
}

func insert(at source, text string, n *pg_query.InsertStmt) (Statement, error) {
	i := &Insert{source: at, whole: text, Table: pointed(text, n.Relation), tree: n.SelectStmt.GetSelectStmt()}
	for _, c := range n.Cols {
		target := c.GetResTarget()
		i.Columns = append(i.Columns, Target{target.Name, position(text, target.Location)})
		if len(target.Indirection) > 0 {
			i.Refused = sqlstate.Unsupported("INSERT into a part of a column")
		}
	}
	i.Returning, i.Refused = returning(at, text, n.Relation, n.ReturningList, i.Refused)
	i.overriding = n.Override == pg_query.OverridingKind_OVERRIDING_SYSTEM_VALUE
	switch {
	case n.Override == pg_query.OverridingKind_OVERRIDING_USER_VALUE:
		i.Refused = sqlstate.Unsupported("OVERRIDING USER VALUE")
	case n.WithClause != nil && i.tree.GetWithClause() != nil:
		i.Refused = sqlstate.Unsupported("two WITH clauses of one INSERT")
	case n.WithClause != nil && i.tree != nil:
		i.tree.WithClause = n.WithClause
	}
	if n.OnConflictClause != nil && i.Refused == nil {
		i.Conflict, i.Refused = conflict(at, text, n.Relation, n.OnConflictClause)
	}
	return i, nil
}

// returning gives the query for what RETURNING asks of the rows a statement changed.
func returning(at source, text string, table *pg_query.RangeVar, list []*pg_query.Node, refused error) (*Select, error) {
	if len(list) == 0 || refused != nil {
		return nil, refused
	}
	for _, n := range list {
		bind.EachNode(n.ProtoReflect(), func(m protoreflect.Message) {
			if _, ok := m.Interface().(*pg_query.SubLink); ok {
				refused = sqlstate.Unsupported("a subquery in RETURNING")
			}
		})
	}
	s := ofTemporary(table, list)
	s.source, s.whole = at, text
	return s, refused
}

// Complete gives the statement for a table of such columns: what is numbered is left out
// where each row asks for its default.
func (i *Insert) Complete(columns []ColumnDefinition) (*Insert, error) {
	if i.tree == nil {
		return i.ofDefaults(columns), nil
	}
	if err := i.withoutList(columns); err != nil {
		return nil, err
	}
	done := *i
	rows := i.tree.ValuesLists
	if done.Columns == nil && len(rows) > 0 && len(rows[0].GetList().GetItems()) <= len(columns) {
		for _, c := range columns[:len(rows[0].GetList().GetItems())] {
			done.Columns = append(done.Columns, Target{Name: c.Name})
		}
	}
	for at := 0; at < len(done.Columns); {
		c := slices.IndexFunc(columns, func(c ColumnDefinition) bool { return c.Name == done.Columns[at].Name })
		defaults := 0
		for _, row := range rows {
			if items := row.GetList().GetItems(); at < len(items) && items[at].GetSetToDefault() != nil {
				defaults++
			}
		}
		switch {
		case c < 0 || !columns[c].Numbered && columns[c].Generated == nil || defaults == 0 && columns[c].Generated == nil && (!columns[c].Always || i.overriding):
			at++
		case columns[c].Generated != nil && (defaults < len(rows) || len(rows) == 0):
			return nil, sqlstate.New(sqlstate.GeneratedAlways, "cannot insert a non-DEFAULT value into column %q", columns[c].Name).
				WithDetail("Column %q is a generated column.", columns[c].Name)
		case defaults < len(rows) && columns[c].Always && !i.overriding || len(rows) == 0:
			return nil, sqlstate.New(sqlstate.GeneratedAlways, "cannot insert a non-DEFAULT value into column %q", columns[c].Name).
				WithDetail("Column %q is an identity column defined as GENERATED ALWAYS.", columns[c].Name).WithHint("Use OVERRIDING SYSTEM VALUE to override.")
		case defaults < len(rows):
			return nil, sqlstate.Unsupported("DEFAULT of a numbered column in some rows only")
		case len(done.Columns) == 1 && len(rows) == 1:
			return i.ofDefaults(columns), nil
		case len(done.Columns) == 1:
			return nil, sqlstate.Unsupported("rows of nothing but DEFAULT")
		default:
			done.Columns = slices.Delete(slices.Clone(done.Columns), at, at+1)
			rows = without(rows, at)
		}
	}
	if t := i.tree; len(t.ValuesLists) > 0 {
		done.tree = &pg_query.SelectStmt{ValuesLists: rows, WithClause: t.WithClause, SortClause: t.SortClause,
			LimitOffset: t.LimitOffset, LimitCount: t.LimitCount, LimitOption: t.LimitOption, Op: t.Op}
	}
	return &done, nil
}

// withoutList refuses an INSERT … SELECT without a list of columns that gives one which takes
// no value.
func (i *Insert) withoutList(columns []ColumnDefinition) error {
	first := slices.IndexFunc(columns, func(c ColumnDefinition) bool { return c.Always && !i.overriding || c.Generated != nil })
	if i.Columns != nil || len(i.tree.ValuesLists) > 0 || first < 0 {
		return nil
	}
	left := i.tree
	for left.Larg != nil {
		left = left.Larg
	}
	for _, target := range left.TargetList {
		fields := target.GetResTarget().GetVal().GetColumnRef().GetFields()
		if len(fields) > 0 && fields[len(fields)-1].GetAStar() != nil {
			return sqlstate.Unsupported("INSERT … SELECT * without a list of columns into a table with columns that are always generated")
		}
	}
	if len(left.TargetList) <= first {
		return nil
	}
	what := "a generated column."
	if columns[first].Generated == nil {
		what = "an identity column defined as GENERATED ALWAYS."
	}
	return sqlstate.New(sqlstate.GeneratedAlways, "cannot insert a non-DEFAULT value into column %q", columns[first].Name).
		WithDetail("Column %q is %s", columns[first].Name, what)
}

// without leaves a column out of the rows of VALUES.
func without(rows []*pg_query.Node, column int) []*pg_query.Node {
	out := make([]*pg_query.Node, len(rows))
	for i, row := range rows {
		out[i] = pg_query.MakeListNode(slices.Delete(slices.Clone(row.GetList().GetItems()), column, column+1))
	}
	return out
}

// ofDefaults is DEFAULT VALUES: a row of the defaults that are expressions.
func (i *Insert) ofDefaults(columns []ColumnDefinition) *Insert {
	done := *i
	done.Columns, done.tree = []Target{}, nil
	var row []*pg_query.Node
	for _, c := range columns {
		if c.Default != nil {
			done.Columns, row = append(done.Columns, Target{Name: c.Name}), append(row, c.Default)
		}
	}
	if row != nil {
		done.tree = &pg_query.SelectStmt{ValuesLists: []*pg_query.Node{pg_query.MakeListNode(row)},
			Op: pg_query.SetOperation_SETOP_NONE, LimitOption: pg_query.LimitOption_LIMIT_OPTION_DEFAULT}
	}
	return &done
}

// Bind gives the rows to store, for the columns that the statement names, then for those
// others that have a default.
func (i *Insert) Bind(env bind.Environment, columns, others []ColumnDefinition, parameterTypes []pgtype.OID) (bind.Bound, error) {
	if i.tree == nil {
		return bind.Bound{Query: plan.Query{Root: &plan.Values{Rows: [][]plan.Expr{{}}}}, NextID: 1}, nil
	}
	bound, err := bind.Into(env, i.whole, i.tree, parameterTypes, stored(columns), stored(others))
	if err == nil && i.Columns != nil && len(bound.Query.Output) < len(columns) {
		err = sqlstate.New(sqlstate.SyntaxError, "INSERT has more target columns than expressions").
			At(i.Columns[len(bound.Query.Output)].Position)
	}
	return bound, err
}

// stored are columns as binding sees them.
func stored(columns []ColumnDefinition) []bind.StoredColumn {
	all := make([]bind.StoredColumn, len(columns))
	for i, c := range columns {
		all[i] = bind.StoredColumn{Column: c.Column, Default: c.Default}
	}
	return all
}
