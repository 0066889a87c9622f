package planner

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// CreateTable is CREATE TEMPORARY TABLE with a list of columns.
type CreateTable struct {
	source
	Name        string
	IfNotExists bool
	OnCommit    OnCommit
	whole       string
	elements    []*pg_query.Node
}

// CreateTableAs is CREATE TEMPORARY TABLE … AS, or SELECT … INTO TEMPORARY.
type CreateTableAs struct {
	source
	Name        string
	Columns     []string // names that replace those of the query, from the left
	Query       *Select
	IfNotExists bool
	NoData      bool
	OnCommit    OnCommit
}

// Definition gives what a CREATE TABLE defines. Constraints of the whole table come last.
// own tells what the session's own tables are, for LIKE.
func (c *CreateTable) Definition(env bind.Environment, own func(Relation) (TableDefinition, bool)) (TableDefinition, error) {
	t := &definition{env: env, text: c.whole, table: c.Name, own: own}
	var later []*pg_query.Constraint
	for _, e := range c.elements {
		var err error
		switch {
		case e.GetColumnDef() != nil:
			err = t.column(e.GetColumnDef())
		case e.GetTableLikeClause() != nil:
			err = t.like(e.GetTableLikeClause())
		default:
			later = append(later, e.GetConstraint())
		}
		if err != nil {
			return TableDefinition{}, err
		}
	}
	t.likeKeys()
	for _, n := range later {
		if err := t.constraint(n); err != nil {
			return TableDefinition{}, err
		}
	}
	return t.TableDefinition, nil
}

func notNull(d *pg_query.ColumnDef) bool {
	for _, n := range d.Constraints {
		if n.GetConstraint().GetContype() == pg_query.ConstrType_CONSTR_NOTNULL {
			return true
		}
	}
	return d.IsNotNull
}

func createTable(at source, text string, n *pg_query.CreateStmt) (Statement, error) {
	temporary, err := isTemporary(text, n.Relation)
	if err != nil {
		return nil, err
	}
	if !temporary {
		return nil, refused(&pg_query.Node{Node: &pg_query.Node_CreateStmt{CreateStmt: n}})
	}
	if len(n.InhRelations) > 0 || n.Partspec != nil || n.Partbound != nil || n.OfTypename != nil {
		return nil, sqlstate.Unsupported("a temporary table that is more than a list of columns")
	}
	c := &CreateTable{source: at, whole: text, Name: n.Relation.Relname, IfNotExists: n.IfNotExists, OnCommit: onCommits[n.Oncommit]}
	for _, e := range slices.Concat(n.TableElts, n.Constraints) {
		if d := e.GetColumnDef(); d != nil {
			if err := collated(d); err != nil {
				return nil, err
			}
		}
		c.elements = append(c.elements, e)
	}
	return c, nil
}

// collated refuses a column that does not compare by bytes.
func collated(d *pg_query.ColumnDef) error {
	if d.CollClause != nil {
		collation := names(d.CollClause.Collname)
		switch collation[len(collation)-1] {
		case "C", "POSIX", "default", "ucs_basic":
		default:
			return sqlstate.Unsupported("COLLATE %q", strings.Join(collation, "."))
		}
	}
	return nil
}

func createTableAs(at source, text string, n *pg_query.CreateTableAsStmt) (Statement, error) {
	node := &pg_query.Node{Node: &pg_query.Node_CreateTableAsStmt{CreateTableAsStmt: n}}
	if n.Objtype != pg_query.ObjectType_OBJECT_TABLE {
		return nil, sqlstate.New(sqlstate.ReadOnlySQLTransaction, "cannot execute CREATE MATERIALIZED VIEW in a read-only transaction")
	}
	temporary, err := isTemporary(text, n.Into.Rel)
	switch query := n.Query.GetSelectStmt(); {
	case err != nil:
		return nil, err
	case !temporary:
		return nil, refused(node)
	case query == nil:
		return nil, sqlstate.Unsupported("CREATE TABLE AS %s", commandName(n.Query))
	default:
		return tableAs(at, text, n.Into, query, n.IfNotExists), nil
	}
}

// selectInto takes the INTO out of a SELECT; only the first of a set operation may have one.
func selectInto(at source, text string, n *pg_query.SelectStmt) (Statement, error) {
	temporary, err := isTemporary(text, n.IntoClause.Rel)
	if err != nil {
		return nil, err
	}
	if !temporary {
		return nil, sqlstate.New(sqlstate.ReadOnlySQLTransaction, "cannot execute SELECT INTO in a read-only transaction").
			WithHint("SELECT INTO TEMPORARY keeps rows for your session.")
	}
	into := n.IntoClause
	n.IntoClause = nil // the tree is this statement's alone
	return tableAs(at, text, into, n, false), nil
}

func tableAs(at source, text string, into *pg_query.IntoClause, query *pg_query.SelectStmt, ifNotExists bool) Statement {
	return &CreateTableAs{
		source: at, Name: into.Rel.Relname, Columns: names(into.ColNames), Query: &Select{source: at, whole: text, tree: query},
		IfNotExists: ifNotExists, NoData: into.SkipData, OnCommit: onCommits[into.OnCommit],
	}
}

// Outputs gives the columns a query's rows are stored in: those of the query, renamed.
func (c *CreateTableAs) Outputs(output []plan.OutputColumn) ([]plan.Column, error) {
	if len(c.Columns) > len(output) {
		return nil, sqlstate.New(sqlstate.SyntaxError, "too many column names were specified")
	}
	columns := make([]plan.Column, len(output))
	for i, o := range output {
		columns[i] = plan.Column{Name: o.Name, Type: o.Type}
		if i < len(c.Columns) {
			columns[i].Name = c.Columns[i]
		}
		if _, _, named := o.Type.Relation(); named {
			return nil, sqlstate.Unsupported("a stored column of the row type of a table")
		}
		if info, ok := pgtype.TypeByOID(o.Type.OID); ok && info.Kind == 'p' {
			return nil, sqlstate.New(sqlstate.InvalidTableDefinition, "column %q has pseudo-type %s", columns[i].Name, pgtype.SQLName(o.Type.OID))
		}
	}
	return columns, nil
}
