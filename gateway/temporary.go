package gateway

import (
	"context"
	"maps"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// temporary is a session's own tables. What they hold was governed when it was put in:
// rows that the session has been given already. No source ever sees them.
type temporary struct {
	tables temporaryTables
	made   []*spool.Spool // everything that was stored and is not freed yet
	budget *spool.Budget
	nextID uint32
}

// temporaryTables are the tables there are at one moment, by name. Neither map nor
// tables ever change, so that a mark of a transaction is just a copy.
type temporaryTables map[string]*temporaryTable

// temporaryTable is a table with its rows, in the order they were put in.
type temporaryTable struct {
	table    *catalog.Table
	onCommit planner.OnCommit
	contents []*spool.Spool
}

// temporarySource is where all temporary tables say they lie.
var temporarySource = &catalog.Source{Domain: temporarySchema, Name: "session", Kind: catalog.Temporary}

// temporarySchema is the name of a session's own schema.
const temporarySchema = "pg_temp"

// firstTemporaryOID keeps away from the OIDs of the mesh and of the system catalog.
const firstTemporaryOID = 0xf0000000

// find gives the temporary table a name means, if it means one.
func (t *temporary) find(schema, name string) (*temporaryTable, bool) {
	if schema != "" && schema != temporarySchema {
		return nil, false
	}
	found, ok := t.tables[name]
	return found, ok
}

// set puts a table in place; nil takes it away.
func (t *temporary) set(name string, table *temporaryTable) {
	tables := maps.Clone(t.tables)
	if tables == nil {
		tables = temporaryTables{}
	}
	if table == nil {
		delete(tables, name)
	} else {
		tables[name] = table
	}
	t.tables = tables
}

// endTransaction does what ON COMMIT asks for, and frees rows that no table holds any more.
func (t *temporary) endTransaction(commit bool) {
	for name, one := range t.tables {
		switch {
		case !commit || one.onCommit == planner.PreserveRows:
		case one.onCommit == planner.DropTable:
			t.set(name, nil)
		case len(one.contents) > 0:
			t.set(name, one.with(nil))
		}
	}
	used := map[*spool.Spool]bool{}
	for _, one := range t.tables {
		for _, s := range one.contents {
			used[s] = true
		}
	}
	t.made = slices.DeleteFunc(t.made, func(s *spool.Spool) bool {
		if !used[s] {
			s.Release()
		}
		return !used[s]
	})
}

// with gives the table with other rows.
func (t *temporaryTable) with(contents []*spool.Spool) *temporaryTable {
	return &temporaryTable{table: t.table, onCommit: t.onCommit, contents: contents}
}

// define makes a table with rows; nil for none.
func (t *temporary) define(name string, columns []plan.Column, onCommit planner.OnCommit, contents *spool.Spool) error {
	t.nextID++
	table := &catalog.Table{
		OID: firstTemporaryOID + t.nextID, Object: name, Status: "active",
		Addresses: []catalog.Address{{Schema: temporarySchema, Name: name}}, Source: temporarySource,
	}
	for i, c := range columns {
		if slices.ContainsFunc(columns[:i], func(other plan.Column) bool { return other.Name == c.Name }) {
			return sqlstate.New(sqlstate.DuplicateColumn, "column %q specified more than once", c.Name)
		}
		table.Columns = append(table.Columns, &catalog.Column{Name: c.Name, Ordinal: i + 1, Physical: c.Name, Type: c.Type, NotNull: c.NotNull})
	}
	made := &temporaryTable{table: table, onCommit: onCommit}
	if contents != nil {
		made.contents = []*spool.Spool{contents}
	}
	t.set(name, made)
	return nil
}

// free tells whether a name is free for a new table. With ifNotExists one that is not
// gets a notice instead of an error.
func (s *session) free(name string, ifNotExists bool) (bool, error) {
	if _, taken := s.temporary.find(temporarySchema, name); !taken {
		return true, nil
	}
	if !ifNotExists {
		return false, sqlstate.New(sqlstate.DuplicateTable, "relation %q already exists", name)
	}
	s.notice("NOTICE", sqlstate.DuplicateTable, "relation %q already exists, skipping", name)
	return false, nil
}

// createTable runs CREATE TEMPORARY TABLE with columns.
func (s *session) createTable(st *planner.CreateTable) error {
	now, err := s.moment()
	if err != nil {
		return err
	}
	columns, err := st.Definitions(now.env)
	if err != nil {
		return err
	}
	free, err := s.free(st.Name, st.IfNotExists)
	if err != nil || !free {
		return err
	}
	return s.temporary.define(st.Name, columns, st.OnCommit, nil)
}

// createTableAs runs CREATE TEMPORARY TABLE AS and SELECT INTO: the query is decided on
// and recorded as any other, its rows stay here.
func (s *session) createTableAs(ctx context.Context, st *planner.CreateTableAs, p *portal) (pgwire.Rows, error) {
	free, err := s.free(st.Name, st.IfNotExists)
	if err != nil || !free {
		return done("CREATE TABLE AS"), err
	}
	columns, err := st.Outputs(p.bound.Query.Output)
	if err != nil {
		return nil, err
	}
	if st.NoData {
		return done("CREATE TABLE AS"), s.temporary.define(st.Name, columns, st.OnCommit, nil)
	}
	stored, err := s.store(ctx, p, placement{columns: columns, relation: st.Name})
	if err != nil {
		return nil, err
	}
	tag := done("SELECT " + itoa(stored.Rows()))
	return tag, s.temporary.define(st.Name, columns, st.OnCommit, stored)
}
