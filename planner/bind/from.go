package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// fromItem is a bound item of FROM.
type fromItem struct {
	node      plan.Node
	relations []*relation   // what can be named of it
	columns   []scopeColumn // what it gives, for joins over it
}

// bindFrom binds FROM: its items are cross joined from left to right.
func (s *selection) bindFrom(list []*pg_query.Node) error {
	s.from = oneRow()
	for i, n := range list {
		item, err := s.fromItem(n, s.scope.relations)
		if err != nil {
			return err
		}
		if err := checkAliases(s.scope.relations, item.relations); err != nil {
			return err
		}
		if i == 0 {
			s.from = item.node
		} else {
			s.from = join(plan.InnerJoin, s.from, item.node, nil)
		}
		s.scope.relations = append(s.scope.relations[:len(s.scope.relations):len(s.scope.relations)], item.relations...)
	}
	s.scope.entries = s.tried
	return nil
}

// oneRow is the row a SELECT without FROM reads.
func oneRow() plan.Node { return &plan.Values{Rows: [][]plan.Expr{{}}} }

// fromItem binds one item. left are the relations before it, for LATERAL.
func (s *selection) fromItem(n *pg_query.Node, left []*relation) (fromItem, error) {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_RangeVar:
		return s.fromTable(n.RangeVar)
	case *pg_query.Node_RangeSubselect:
		return s.fromSubselect(n.RangeSubselect, left)
	case *pg_query.Node_RangeFunction:
		return s.fromFunction(n.RangeFunction, left)
	case *pg_query.Node_JoinExpr:
		return s.fromJoin(n.JoinExpr, left)
	case *pg_query.Node_RangeTableSample:
		return fromItem{}, sqlstate.Unsupported("TABLESAMPLE").At(s.b.position(n.RangeTableSample.Location))
	case *pg_query.Node_JsonTable:
		return s.fromJSONTable(n.JsonTable, left)
	case *pg_query.Node_RangeTableFunc:
		return fromItem{}, sqlstate.Unsupported("XMLTABLE").At(s.b.position(n.RangeTableFunc.Location))
	}
	return fromItem{}, sqlstate.Unsupported("item of FROM")
}

// lateral gives the scope in which an item of FROM is bound: with the relations before
// it where it may read them, else they are only known to exist.
func (s *selection) lateral(c clause, visible []*relation) *scope {
	at := s.in(c)
	at.relations = visible
	at.entries = s.tried
	return at
}

// known gives the relations of a scope's FROM, nameable or not.
func (s *scope) known() []*relation {
	if s.entries != nil {
		return s.entries
	}
	return s.relations
}

// names tells whether an alias reaches a relation.
func (s *scope) names(alias string) bool {
	return slices.ContainsFunc(s.relations, func(r *relation) bool { return !r.hidden && r.alias == alias })
}

// checkAliases refuses a name that two relations have. Two tables of different schemas
// may share their own name (parse_relation.c, checkNameSpaceConflicts).
func checkAliases(left, right []*relation) error {
	for _, l := range left {
		for _, r := range right {
			if l.hidden || r.hidden || l.alias != r.alias {
				continue
			}
			if l.table != nil && r.table != nil && !l.aliased && !r.aliased && l.table != r.table {
				continue
			}
			return sqlstate.New(sqlstate.DuplicateAlias, "table name \"%s\" specified more than once", r.alias)
		}
	}
	return nil
}

// join joins two items; lateral where the right one reads the left.
func join(kind plan.JoinKind, left, right plan.Node, on []plan.Expr) plan.Node {
	return &plan.Join{Kind: kind, Left: left, Right: right, On: on, Lateral: reads(right, left.Columns())}
}

// item makes an item of one relation, whose columns are now this query's.
func (s *selection) item(n plan.Node, r *relation) fromItem {
	for i := range r.columns {
		c := &r.columns[i]
		s.b.origins[c.expr.ID] = origin{
			owner: s, kind: scalarCall, relation: r, name: c.name, table: c.table, attribute: c.attribute,
		}
	}
	for i := range r.system {
		c := &r.system[i]
		s.b.origins[c.expr.ID] = origin{owner: s, kind: scalarCall, relation: r, name: c.name}
	}
	s.tried = append(s.tried, r)
	return fromItem{node: n, relations: []*relation{r}, columns: r.columns}
}

// rename applies "AS alias (names)"; the names may be fewer than the columns.
func (r *relation) rename(alias *pg_query.Alias) error { return r.renameAs("table", alias) }

func (r *relation) renameAs(what string, alias *pg_query.Alias) error {
	if alias == nil {
		return nil
	}
	r.alias, r.aliased, r.schema = alias.Aliasname, true, ""
	if len(alias.Colnames) > len(r.columns) {
		return sqlstate.New(sqlstate.InvalidColumnReference, "%s \"%s\" has %d columns available but %d columns specified",
			what, r.alias, len(r.columns), len(alias.Colnames))
	}
	for i, n := range alias.Colnames {
		r.columns[i].name = n.GetString_().GetSval()
	}
	return nil
}
