package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Conflict is ON CONFLICT of INSERT: what becomes of a row whose key is there.
type Conflict struct {
	Columns    []Target // of the key that is meant
	Constraint string   // or its name; with neither any key is meant
	// Update stores values in the row that is there (DO UPDATE); nil: the new row is left out.
	Update *Edit
}

// The row that is there and the one that was proposed are rows of two tables of the
// session, whose names nobody writes.
const (
	ExistingRows = "rows that exist"
	ProposedRows = "rows that are proposed"
)

// conflict reads ON CONFLICT of an INSERT into a relation.
func conflict(at source, text string, table *pg_query.RangeVar, n *pg_query.OnConflictClause) (*Conflict, error) {
	c := &Conflict{Constraint: n.Infer.GetConname()}
	for _, e := range n.Infer.GetIndexElems() {
		e := e.GetIndexElem()
		if e.Expr != nil || len(e.Collation) > 0 || len(e.Opclass) > 0 {
			return nil, sqlstate.Unsupported("ON CONFLICT with more than columns")
		}
		c.Columns = append(c.Columns, Target{e.Name, position(text, n.Infer.Location)})
	}
	switch {
	case n.Infer.GetWhereClause() != nil:
		return nil, sqlstate.Unsupported("ON CONFLICT … WHERE with the condition of an index")
	case n.Action != pg_query.OnConflictAction_ONCONFLICT_UPDATE:
		return c, nil
	case n.Infer == nil:
		return nil, sqlstate.New(sqlstate.SyntaxError, "ON CONFLICT DO UPDATE requires inference specification or constraint name").
			At(position(text, n.Location)).WithHint("For example, ON CONFLICT (column_name).")
	}
	name := table.Alias.GetAliasname()
	if name == "" {
		name = table.Relname
	}
	c.Update = &Edit{source: at, whole: text, Command: "INSERT", Table: relation(table), tree: bind.Edit{
		Target: ofSession(ExistingRows, name), From: []*pg_query.Node{{Node: &pg_query.Node_RangeVar{RangeVar: ofSession(ProposedRows, "excluded")}}},
		Where: n.WhereClause, Beside: true,
	}}
	c.Update.set(n.TargetList)
	return c, c.Update.Refused
}

// ofSession names a table of the session's.
func ofSession(name, alias string) *pg_query.RangeVar {
	return &pg_query.RangeVar{Schemaname: catalog.TemporarySchema, Relname: name, Alias: &pg_query.Alias{Aliasname: alias}, Inh: true, Relpersistence: "p", Location: -1}
}

// Conditional tells whether DO UPDATE leaves some rows as they are.
func (c *Conflict) Conditional() bool { return c.Update != nil && c.Update.tree.Where != nil }
