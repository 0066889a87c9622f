package planner

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Drop is DROP TABLE.
type Drop struct {
	source
	Tables   []Relation
	IfExists bool
}

// Truncate is TRUNCATE.
type Truncate struct {
	source
	Tables  []Relation
	Restart bool // RESTART IDENTITY
}

// Change is a statement that changes tables in a way a temporary table does not take
// either; Tag is set where it has no effect that could be seen there (an index).
type Change struct {
	source
	Tables  []Relation
	Command string
	Tag     string
	Columns []string // that must be there
	Key     string   // the name of the unique index that it makes; "" for none
}

// Lock is LOCK TABLE.
type Lock struct {
	source
	Tables []Relation
	Shared bool // ACCESS SHARE, which reading takes too
}

// Accepted is a statement that has nothing to do here, and its command tag.
type Accepted struct {
	source
	Tag string
}

// accessShare is AccessShareLock (storage/lockdefs.h).
const accessShare = 1

// change gives the statements that would write, and those without effect.
func change(at source, text string, stmt *pg_query.Node) (Statement, error) {
	switch n := stmt.Node.(type) {
	case *pg_query.Node_DropStmt:
		if n.DropStmt.RemoveType == pg_query.ObjectType_OBJECT_TABLE {
			return drop(at, n.DropStmt)
		}
	case *pg_query.Node_TruncateStmt:
		return &Truncate{source: at, Tables: relations(n.TruncateStmt.Relations), Restart: n.TruncateStmt.RestartSeqs}, nil
	case *pg_query.Node_UpdateStmt:
		return update(at, text, n.UpdateStmt), nil
	case *pg_query.Node_DeleteStmt:
		return remove(at, text, n.DeleteStmt), nil
	case *pg_query.Node_AlterTableStmt:
		if n.AlterTableStmt.Objtype == pg_query.ObjectType_OBJECT_TABLE {
			return alterTable(at, text, n.AlterTableStmt), nil
		}
	case *pg_query.Node_RenameStmt:
		if r := rename(at, text, n.RenameStmt); r != nil {
			return r, nil
		}
	case *pg_query.Node_IndexStmt:
		return createIndex(at, n.IndexStmt), nil
	case *pg_query.Node_VacuumStmt:
		return vacuum(at, n.VacuumStmt), nil
	case *pg_query.Node_LockStmt:
		return &Lock{source: at, Tables: relations(n.LockStmt.Relations), Shared: n.LockStmt.Mode == accessShare}, nil
	case *pg_query.Node_ListenStmt:
		return &Accepted{source: at, Tag: "LISTEN"}, nil
	case *pg_query.Node_UnlistenStmt:
		return &Accepted{source: at, Tag: "UNLISTEN"}, nil
	case *pg_query.Node_NotifyStmt:
		return &Accepted{source: at, Tag: "NOTIFY"}, nil
	case *pg_query.Node_ConstraintsSetStmt:
		return &Accepted{source: at, Tag: "SET CONSTRAINTS"}, nil
	case *pg_query.Node_CheckPointStmt:
		return nil, sqlstate.New(sqlstate.InsufficientPrivilege, "must be superuser or have privileges of pg_checkpoint to do CHECKPOINT")
	}
	return nil, refused(stmt)
}

// createIndex is without effect, but where it would refuse rows.
func createIndex(at source, n *pg_query.IndexStmt) Statement {
	c := &Change{source: at, Command: "CREATE INDEX", Tables: []Relation{relation(n.Relation)}}
	for _, p := range n.IndexParams {
		if name := p.GetIndexElem().GetName(); name != "" {
			c.Columns = append(c.Columns, name)
		}
	}
	plain := n.WhereClause == nil && !n.NullsNotDistinct && len(c.Columns) == len(n.IndexParams) && len(n.IndexIncludingParams) == 0
	switch {
	case !n.Unique:
		c.Tag = c.Command
	case plain:
		c.Tag, c.Key = c.Command, n.Idxname
		if c.Key == "" {
			c.Key = n.Relation.Relname + "_" + strings.Join(c.Columns, "_") + "_idx"
		}
	}
	return c
}

func drop(at source, n *pg_query.DropStmt) (Statement, error) {
	d := &Drop{source: at, IfExists: n.MissingOk}
	for _, o := range n.Objects {
		switch parts := names(o.GetList().GetItems()); len(parts) {
		case 1:
			d.Tables = append(d.Tables, Relation{Name: parts[0]})
		case 2:
			d.Tables = append(d.Tables, Relation{Schema: parts[0], Name: parts[1]})
		default:
			return nil, sqlstate.Unsupported("DROP TABLE %s", strings.Join(parts, "."))
		}
	}
	return d, nil
}

// vacuum is VACUUM or ANALYZE of some tables, or of all.
func vacuum(at source, n *pg_query.VacuumStmt) Statement {
	c := &Change{source: at, Command: map[bool]string{true: "VACUUM", false: "ANALYZE"}[n.IsVacuumcmd]}
	c.Tag = c.Command
	for _, r := range n.Rels {
		c.Tables = append(c.Tables, relation(r.GetVacuumRelation().GetRelation()))
	}
	return c
}

func relations(list []*pg_query.Node) []Relation {
	var all []Relation
	for _, n := range list {
		all = append(all, relation(n.GetRangeVar()))
	}
	return all
}

// ReadOnly is the error for a command that would write what a domain owns.
func ReadOnly(command string) error {
	return sqlstate.New(sqlstate.ReadOnlySQLTransaction, "cannot execute %s in a read-only transaction", command).
		WithHint("Sluice reads data products; change the data in the domain that owns it.")
}
