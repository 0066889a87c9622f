package planner

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Edit is UPDATE or DELETE. Only a temporary table can take it.
type Edit struct {
	source
	Command string // UPDATE or DELETE
	Table   Relation
	Columns []Target // of UPDATE, as SET names them
	Refused error    // what cannot be done even there
	// Returning is that of Insert.
	Returning *Select
	values    []*pg_query.Node
	whole     string
	tree      bind.Edit
	generates bool                                       // what Generate says
	mismatch  func(from, to pgtype.Type) *sqlstate.Error // nil: that of UPDATE
}

func update(at source, text string, n *pg_query.UpdateStmt) Statement {
	e := &Edit{
		source: at, whole: text, Command: "UPDATE", Table: pointed(text, n.Relation),
		tree: bind.Edit{With: n.WithClause, Target: n.Relation, From: n.FromClause, Where: n.WhereClause},
	}
	e.returning(at, text, n.Relation, n.ReturningList)
	e.set(n.TargetList)
	// PostgreSQL chooses types in RETURNING before it comes to SET.
	set, shown := parametersIn(n.TargetList), parametersIn(n.ReturningList)
	if slices.ContainsFunc(shown, func(p int32) bool { return slices.Contains(set, p) }) && e.Refused == nil {
		e.Refused = sqlstate.Unsupported("one parameter in both SET and RETURNING")
	}
	return e
}

// parametersIn gives the numbers of the parameters in expressions.
func parametersIn(list []*pg_query.Node) (all []int32) {
	for _, n := range list {
		bind.EachNode(n.ProtoReflect(), func(m protoreflect.Message) {
			if p, ok := m.Interface().(*pg_query.ParamRef); ok {
				all = append(all, p.Number)
			}
		})
	}
	return all
}

// set notes the assignments of SET.
func (e *Edit) set(list []*pg_query.Node) {
	for _, item := range list {
		target := item.GetResTarget()
		value, refused := assignedValue(e.whole, target)
		if refused != nil {
			e.Refused = refused
		}
		e.Columns = append(e.Columns, Target{target.Name, position(e.whole, target.Location)})
		e.values = append(e.values, value)
	}
}

func remove(at source, text string, n *pg_query.DeleteStmt) Statement {
	e := &Edit{
		source: at, whole: text, Command: "DELETE", Table: pointed(text, n.Relation),
		tree: bind.Edit{With: n.WithClause, Target: n.Relation, From: n.UsingClause, Where: n.WhereClause},
	}
	e.returning(at, text, n.Relation, n.ReturningList)
	return e
}

// returning notes what RETURNING asks, which may be of the table alone.
func (e *Edit) returning(at source, text string, table *pg_query.RangeVar, list []*pg_query.Node) {
	e.Returning, e.Refused = returning(at, text, table, list, nil)
	switch {
	case e.Returning != nil && len(e.tree.From) > 0:
		e.Refused = sqlstate.Unsupported("%s … RETURNING with other tables", e.Command)
	case e.tree.Where.GetCurrentOfExpr() != nil:
		e.Refused = sqlstate.Unsupported("WHERE CURRENT OF")
	}
}

// assignedValue gives what one column of SET is given; nil for DEFAULT. Of SET (a, b) =
// ROW(x, y) each column has its own.
func assignedValue(text string, target *pg_query.ResTarget) (*pg_query.Node, error) {
	if len(target.Indirection) > 0 {
		return nil, sqlstate.Unsupported("UPDATE of a part of a column")
	}
	value := target.Val
	if several := value.GetMultiAssignRef(); several != nil {
		row := several.Source.GetRowExpr()
		switch {
		case row == nil:
			return nil, sqlstate.Unsupported("UPDATE of several columns by one subquery")
		case len(row.Args) != int(several.Ncolumns):
			return nil, sqlstate.New(sqlstate.SyntaxError, "number of columns does not match number of values").At(position(text, row.Location))
		}
		value = row.Args[several.Colno-1]
	}
	if value.GetSetToDefault() != nil {
		return nil, nil
	}
	return value, nil
}

// Bind asks which rows are meant and what is to be stored in columns, which are those of
// the table that SET names.
func (e *Edit) Bind(env bind.Environment, columns []ColumnDefinition, parameterTypes []pgtype.OID) (bind.Bound, error) {
	tree := e.tree
	for i, c := range stored(columns) {
		switch {
		case e.generates:
		case columns[i].Generated != nil && e.values[i] != nil:
			return bind.Bound{}, sqlstate.New(sqlstate.GeneratedAlways, "column %q can only be updated to DEFAULT", c.Name).
				WithDetail("Column %q is a generated column.", c.Name)
		case columns[i].Always && e.values[i] != nil:
			return bind.Bound{}, sqlstate.New(sqlstate.GeneratedAlways, "column %q can only be updated to DEFAULT", c.Name).
				WithDetail("Column %q is an identity column defined as GENERATED ALWAYS.", c.Name)
		case columns[i].Numbered && e.values[i] == nil:
			return bind.Bound{}, sqlstate.Unsupported("UPDATE of a numbered column to DEFAULT")
		}
		tree.Set = append(tree.Set, bind.Assignment{Column: c, Value: e.values[i], Mismatch: e.mismatch})
	}
	if !e.generates {
		return tree.Query(env, e.whole, parameterTypes)
	}
	unsteady := false
	env.Unsteady = func() { unsteady = true }
	bound, err := tree.Query(env, e.whole, parameterTypes)
	switch {
	case err != nil:
		return bound, err
	case unsteady || bound.Stable:
		return bound, sqlstate.New(sqlstate.InvalidObjectDefinition, "generation expression is not immutable")
	}
	return bound, checkImmutable(bound.Query)
}
