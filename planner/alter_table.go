package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// AlterTable is ALTER TABLE. Only a temporary table can take it.
type AlterTable struct {
	source
	Table    Relation
	IfExists bool
	Steps    []Alteration
	Refused  error // what cannot be done even there
	whole    string
}

// AlterationKind is what one step of ALTER TABLE does.
type AlterationKind uint8

// What can be done to a temporary table.
const (
	AddColumn AlterationKind = iota
	DropColumn
	RenameColumn
	RenameTable
	RenameConstraint
	SetNotNull
	DropNotNull
	SetDefault
	DropDefault
	SetType
	AddConstraint
	DropConstraint
)

// Alteration is one step.
type Alteration struct {
	Kind AlterationKind
	Name string // of the column; of AddColumn the new one's
	To   string // the new name
	// Unless is IF EXISTS of DropColumn and DropConstraint, IF NOT EXISTS of AddColumn.
	Unless     bool
	NotValid   bool                 // AddConstraint does not look at the rows there are
	column     *pg_query.ColumnDef  // of AddColumn and SetType
	value      *pg_query.Node       // of SetDefault, or USING of SetType
	constraint *pg_query.Constraint // of AddConstraint
}

func alterTable(at source, text string, n *pg_query.AlterTableStmt) Statement {
	a := &AlterTable{source: at, whole: text, Table: relation(n.Relation), IfExists: n.MissingOk}
	for _, item := range n.Cmds {
		step, err := alteration(item.GetAlterTableCmd())
		if err != nil {
			a.Refused = err
		}
		a.Steps = append(a.Steps, step)
	}
	return a
}

func alteration(n *pg_query.AlterTableCmd) (Alteration, error) {
	step := Alteration{Name: n.Name, Unless: n.MissingOk}
	switch n.Subtype {
	case pg_query.AlterTableType_AT_AddColumn:
		step.Kind, step.column = AddColumn, n.Def.GetColumnDef()
		step.Name = step.column.Colname
		return step, collated(step.column)
	case pg_query.AlterTableType_AT_DropColumn:
		step.Kind = DropColumn
	case pg_query.AlterTableType_AT_SetNotNull:
		step.Kind = SetNotNull
	case pg_query.AlterTableType_AT_DropNotNull:
		step.Kind = DropNotNull
	case pg_query.AlterTableType_AT_ColumnDefault:
		step.Kind, step.value = SetDefault, n.Def
		if n.Def == nil {
			step.Kind = DropDefault
		}
	case pg_query.AlterTableType_AT_AlterColumnType:
		step.Kind, step.column, step.value = SetType, n.Def.GetColumnDef(), n.Def.GetColumnDef().GetRawDefault()
		return step, collated(step.column)
	case pg_query.AlterTableType_AT_AddConstraint:
		step.Kind, step.constraint = AddConstraint, n.Def.GetConstraint()
		step.NotValid = step.constraint.SkipValidation
	case pg_query.AlterTableType_AT_DropConstraint:
		step.Kind = DropConstraint
	default:
		return step, sqlstate.Unsupported("this ALTER TABLE of a temporary table")
	}
	return step, nil
}

// rename gives ALTER TABLE … RENAME; nil for other objects.
func rename(at source, text string, n *pg_query.RenameStmt) Statement {
	a := &AlterTable{source: at, whole: text, Table: relation(n.Relation), IfExists: n.MissingOk}
	step := Alteration{Name: n.Subname, To: n.Newname}
	switch {
	case n.RenameType == pg_query.ObjectType_OBJECT_TABLE:
		step.Kind = RenameTable
	case n.RenameType == pg_query.ObjectType_OBJECT_COLUMN && n.RelationType == pg_query.ObjectType_OBJECT_TABLE:
		step.Kind = RenameColumn
	case n.RenameType == pg_query.ObjectType_OBJECT_TABCONSTRAINT:
		step.Kind = RenameConstraint
	default:
		return nil
	}
	a.Steps = []Alteration{step}
	return a
}
