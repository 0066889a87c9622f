package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// with binds the queries of WITH, then the query they are for.
func (b *binder) with(parent *scope, n *pg_query.WithClause, body func(*scope) (boundQuery, error)) (boundQuery, error) {
	if err := b.checkNames(n); err != nil {
		return boundQuery{}, err
	}
	s := &scope{parent: parent, ctes: map[string]*cteBinding{}, later: map[string]bool{}}
	list := n.Ctes
	for _, item := range list {
		s.later[item.GetCommonTableExpr().Ctename] = true
	}
	if n.Recursive {
		var err error
		if list, err = b.sortByDependency(list); err != nil {
			return boundQuery{}, err
		}
	}
	var bindings []*cteBinding
	for _, item := range list {
		c, err := b.cte(s, item.GetCommonTableExpr(), n.Recursive)
		if err != nil {
			return boundQuery{}, err
		}
		s.ctes[c.name] = c
		delete(s.later, c.name)
		bindings = append(bindings, c)
	}
	q, err := body(s)
	if err != nil {
		return boundQuery{}, err
	}
	q.node = withUsed(bindings, q.node)
	return q, nil
}

// withUsed puts the CTEs before a query. One that nothing refers to never runs.
func withUsed(bindings []*cteBinding, body plan.Node) plan.Node {
	used := map[int]bool{}
	note := func(n plan.Node) bool {
		if ref, ok := n.(*plan.CTERef); ok {
			used[ref.CTE] = true
		}
		return true
	}
	plan.Walk(body, note)
	var ctes []plan.CTE
	for _, c := range slices.Backward(bindings) {
		if used[c.id] {
			plan.Walk(c.node, note)
			ctes = append(ctes, plan.CTE{ID: c.id, Name: c.name, Plan: c.node, Materialized: c.materialized})
		}
	}
	if len(ctes) == 0 {
		return body
	}
	slices.Reverse(ctes)
	return &plan.With{CTEs: ctes, Body: body}
}

func (b *binder) checkNames(n *pg_query.WithClause) error {
	seen := map[string]bool{}
	for _, item := range n.Ctes {
		c := item.GetCommonTableExpr()
		if seen[c.Ctename] {
			return sqlstate.New(sqlstate.DuplicateAlias, "WITH query name \"%s\" specified more than once", c.Ctename).At(b.position(c.Location))
		}
		seen[c.Ctename] = true
		if c.Ctequery.GetSelectStmt() == nil {
			return sqlstate.New(sqlstate.ReadOnlySQLTransaction, "cannot execute %s in a read-only transaction", commandOf(c.Ctequery))
		}
	}
	return nil
}

func commandOf(n *pg_query.Node) string {
	switch n.GetNode().(type) {
	case *pg_query.Node_InsertStmt:
		return "INSERT"
	case *pg_query.Node_UpdateStmt:
		return "UPDATE"
	case *pg_query.Node_DeleteStmt:
		return "DELETE"
	}
	return "MERGE"
}

// cte binds one query of WITH.
func (b *binder) cte(s *scope, n *pg_query.CommonTableExpr, recursive bool) (*cteBinding, error) {
	b.nextCTE++
	c := &cteBinding{id: b.nextCTE, name: n.Ctename, materialized: materialized(n.Ctematerialized)}
	stmt := n.Ctequery.GetSelectStmt()
	if recursive && refersTo(n.Ctequery, n.Ctename) {
		if err := b.recursiveCTE(s, n, c); err != nil {
			return nil, err
		}
		return c, nil
	}
	if len(added(n)) > 0 {
		return nil, sqlstate.New(sqlstate.SyntaxError, "WITH query is not recursive").At(b.position(n.Location))
	}
	q, err := b.query(s, stmt)
	if err != nil {
		return nil, err
	}
	c.node, c.columns = q.node, q.columns
	return c, b.nameColumns(c, n)
}

// nameColumns applies WITH name (names).
func (b *binder) nameColumns(c *cteBinding, n *pg_query.CommonTableExpr) error {
	if len(n.Aliascolnames) > len(c.columns) {
		return sqlstate.New(sqlstate.InvalidColumnReference, "WITH query \"%s\" has %d columns available but %d columns specified",
			c.name, len(c.columns), len(n.Aliascolnames)).At(b.position(n.Location))
	}
	c.columns = append([]plan.OutputColumn{}, c.columns...)
	for i, name := range n.Aliascolnames {
		c.columns[i].Name = name.GetString_().GetSval()
	}
	return nil
}

func materialized(m pg_query.CTEMaterialize) string {
	switch m {
	case pg_query.CTEMaterialize_CTEMaterializeAlways:
		return "ALWAYS"
	case pg_query.CTEMaterialize_CTEMaterializeNever:
		return "NEVER"
	}
	return ""
}

// cte finds what a name means among the WITH queries of this and the queries around.
func (s *scope) cte(name string) *cteBinding {
	for ; s != nil; s = s.parent {
		if c := s.ctes[name]; c != nil {
			return c
		}
	}
	return nil
}

// isLater tells whether a name is a WITH query that comes after the place it is used at.
func (s *scope) isLater(name string) bool {
	for ; s != nil; s = s.parent {
		if s.later[name] {
			return true
		}
	}
	return false
}

// fromCTE reads a WITH query; every reading has columns of its own.
func (s *selection) fromCTE(c *cteBinding, n *pg_query.RangeVar) (fromItem, error) {
	ref := &plan.CTERef{CTE: c.id, Name: c.name}
	r := &relation{alias: c.name}
	var made []plan.Column
	if c.node != nil {
		made = c.node.Columns()
	} else {
		s.recursive = true
	}
	for i, out := range c.columns {
		notNull := made != nil && made[i].NotNull
		column := s.b.column(out.Name, out.Type, notNull)
		ref.Cols = append(ref.Cols, column)
		r.columns = append(r.columns, scopeColumn{
			name: out.Name, expr: &plan.ColumnRef{Column: column}, unqualified: true, table: out.Table, attribute: out.Attribute,
		})
	}
	if c.node == nil { // its own query does not see what SEARCH and CYCLE add
		own := len(r.columns) - c.added
		r.columns, r.system = r.columns[:own], r.columns[own:]
	}
	if err := r.rename(n.Alias); err != nil {
		return fromItem{}, err
	}
	return s.item(ref, r), nil
}
