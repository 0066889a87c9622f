package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Relation is a table's name as written; Schema is "" where there is none.
type Relation struct {
	Schema, Name string
	Position     int // in characters from 1; 0 where errors do not point at it
}

func relation(n *pg_query.RangeVar) Relation {
	return Relation{Schema: n.GetSchemaname(), Name: n.GetRelname()}
}

// pointed is a relation that errors point at, as those of INSERT, UPDATE and DELETE do.
func pointed(text string, n *pg_query.RangeVar) Relation {
	r := relation(n)
	r.Position = position(text, n.GetLocation())
	return r
}

// isTemporary tells whether a CREATE makes a temporary table.
func isTemporary(text string, n *pg_query.RangeVar) (bool, error) {
	temporary := n.GetRelpersistence() == "t"
	switch {
	case temporary && n.Schemaname != "" && !catalog.InTemporary(n.Schemaname):
		return false, sqlstate.New(sqlstate.InvalidTableDefinition, "cannot create temporary relation in non-temporary schema").At(position(text, n.Location))
	case catalog.InTemporary(n.Schemaname):
		return true, nil
	}
	return temporary, nil
}

// OnCommit is what happens to a temporary table's rows, or to itself, at COMMIT.
type OnCommit uint8

// What ON COMMIT can ask for.
const (
	PreserveRows OnCommit = iota
	DeleteRows
	DropTable
)

var onCommits = map[pg_query.OnCommitAction]OnCommit{
	pg_query.OnCommitAction_ONCOMMIT_DELETE_ROWS: DeleteRows,
	pg_query.OnCommitAction_ONCOMMIT_DROP:        DropTable,
}

// names gives the strings of a list.
func names(list []*pg_query.Node) []string {
	var all []string
	for _, n := range list {
		all = append(all, n.GetString_().GetSval())
	}
	return all
}
