package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
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
	SetNotNull
	DropNotNull
)

// Alteration is one step.
type Alteration struct {
	Kind AlterationKind
	Name string // of the column; of AddColumn the new one's
	To   string // the new name
	// Unless is IF EXISTS of DropColumn, IF NOT EXISTS of AddColumn.
	Unless bool
	column *pg_query.ColumnDef
}

// Definition gives the column that AddColumn defines.
func (a *AlterTable) Definition(env bind.Environment, step Alteration) (plan.Column, error) {
	return columnOf(env, a.whole, step.column)
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
		return step, plainColumn(step.column)
	case pg_query.AlterTableType_AT_DropColumn:
		step.Kind = DropColumn
	case pg_query.AlterTableType_AT_SetNotNull:
		step.Kind = SetNotNull
	case pg_query.AlterTableType_AT_DropNotNull:
		step.Kind = DropNotNull
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
	default:
		return nil
	}
	a.Steps = []Alteration{step}
	return a
}
