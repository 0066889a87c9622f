package planner

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Altered gives what a table is after AddColumn, SetType, SetDefault, DropDefault or
// AddConstraint. Its columns keep their places; what is new comes last.
func (a *AlterTable) Altered(env bind.Environment, table string, of TableDefinition, step Alteration) (TableDefinition, error) {
	t := &definition{TableDefinition: of, env: env, text: a.whole, table: table}
	t.Columns, t.Keys, t.Checks = slices.Clone(of.Columns), slices.Clip(of.Keys), slices.Clip(of.Checks)
	var err error
	switch step.Kind {
	case AddColumn:
		err = t.column(step.column)
	case AddConstraint:
		err = t.constraint(step.constraint)
	default:
		i := slices.IndexFunc(t.Columns, func(c ColumnDefinition) bool { return c.Name == step.Name })
		if i < 0 {
			return of, sqlstate.New(sqlstate.UndefinedColumn, "column %q of relation %q does not exist", step.Name, table)
		}
		err = t.alterColumn(&t.Columns[i], step)
	}
	return t.TableDefinition, err
}

// alterColumn changes the type or the default of a column.
func (t *definition) alterColumn(c *ColumnDefinition, step Alteration) error {
	switch {
	case c.Generated != nil && step.Kind == SetType:
		return sqlstate.Unsupported("ALTER COLUMN TYPE of a generated column")
	case c.Generated != nil:
		return sqlstate.New(sqlstate.SyntaxError, "column %q of relation %q is a generated column", c.Name, t.table)
	case step.Kind == SetType && t.GeneratedFrom(c.Name) != "":
		return sqlstate.New(sqlstate.FeatureNotSupported, "cannot alter type of a column used by a generated column").
			WithDetail("Column %q is used by generated column %q.", c.Name, t.GeneratedFrom(c.Name))
	case c.Numbered:
		return sqlstate.Unsupported("ALTER COLUMN of a numbered column")
	case step.Kind == DropDefault:
		c.Default = nil
		return nil
	case step.Kind == SetDefault:
		if err := bind.CheckDefault(t.env, t.text, c.Column, step.value); err != nil {
			return err
		}
		c.Default = unplaced(step.value)
		return nil
	case c.Default != nil:
		return sqlstate.Unsupported("ALTER COLUMN TYPE of a column with a default")
	}
	of, err := bind.TypeOf(t.env, t.text, step.column.TypeName)
	c.Type = of
	return err
}

// Retype is the UPDATE that brings the rows of a table to the new type of a column.
func (a *AlterTable) Retype(table string, step Alteration) (*Edit, error) {
	value, using := step.value, step.value != nil
	if !using {
		value = pg_query.MakeColumnRefNode([]*pg_query.Node{pg_query.MakeStrNode(step.Name)}, -1)
	}
	var refused error
	bind.EachNode(value.ProtoReflect(), func(m protoreflect.Message) {
		if link, ok := m.Interface().(*pg_query.SubLink); ok {
			refused = sqlstate.New(sqlstate.FeatureNotSupported, "cannot use subquery in transform expression").At(position(a.whole, link.Location))
		}
	})
	e := a.edit(table, step.Name, value)
	e.mismatch = func(_, to pgtype.Type) *sqlstate.Error {
		if using {
			return sqlstate.New(sqlstate.DatatypeMismatch, "result of USING clause for column %q cannot be cast automatically to type %s", step.Name, pgtype.SQLName(to.OID)).
				WithHint("You might need to add an explicit cast.")
		}
		return sqlstate.New(sqlstate.DatatypeMismatch, "column %q cannot be cast automatically to type %s", step.Name, pgtype.SQLName(to.OID)).
			WithHint(`You might need to specify "USING %s::%s".`, step.Name, pgtype.FormatType(to))
	}
	return e, refused
}

// Fill is the UPDATE that stores the default of a column in the rows there are.
func (a *AlterTable) Fill(table, column string) *Edit { return a.edit(table, column, nil) }

// edit stores a value in a column of every row.
func (a *AlterTable) edit(table, column string, value *pg_query.Node) *Edit {
	return &Edit{source: a.source, whole: a.whole, Command: "ALTER TABLE", Table: Relation{Name: table},
		Columns: []Target{{Name: column}}, values: []*pg_query.Node{value}, tree: bind.Edit{Target: ofSession(table, table)}}
}

// Renamed gives a check in which a column has another name.
func (c Check) Renamed(column, to string) Check {
	return Check{Name: c.Name, condition: renamed(c.condition, column, to)}
}

// Renamed gives a generated column that is computed from another by its new name.
func (c ColumnDefinition) Renamed(column, to string) ColumnDefinition {
	if c.Generated != nil {
		c.Generated = renamed(c.Generated, column, to)
	}
	return c
}

func renamed(n *pg_query.Node, column, to string) *pg_query.Node {
	made := proto.Clone(n).(*pg_query.Node)
	eachColumn(made, func(ref *pg_query.ColumnRef) {
		if last := ref.Fields[len(ref.Fields)-1].GetString_(); last.GetSval() == column {
			last.Sval = to
		}
	})
	return made
}

// Columns are those that a check names.
func (c Check) Columns() []string { return columnsNamed(c.condition) }

func eachColumn(n *pg_query.Node, do func(*pg_query.ColumnRef)) {
	bind.EachNode(n.ProtoReflect(), func(m protoreflect.Message) {
		if ref, ok := m.Interface().(*pg_query.ColumnRef); ok && len(ref.Fields) > 0 {
			do(ref)
		}
	})
}
