package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
)

// fromSubselect binds a query in FROM. Without LATERAL it sees the queries around, not
// the relations beside it.
func (s *selection) fromSubselect(n *pg_query.RangeSubselect, left []*relation) (fromItem, error) {
	if !n.Lateral {
		left = nil
	}
	q, err := s.b.query(s.lateral(clauseSubquery, left), n.Subquery.GetSelectStmt())
	if err != nil {
		return fromItem{}, err
	}
	r := relationOf(q)
	r.hidden = n.Alias == nil
	if r.hidden {
		r.alias = "unnamed_subquery"
	}
	if err := r.rename(n.Alias); err != nil {
		return fromItem{}, err
	}
	return s.item(q.node, r), nil
}

// relationOf gives the columns of a bound query as a relation.
func relationOf(q boundQuery) *relation {
	r := &relation{}
	for i, c := range q.node.Columns() {
		out := q.columns[i]
		c.Name = out.Name
		r.columns = append(r.columns, scopeColumn{
			name: out.Name, expr: &plan.ColumnRef{Column: c}, unqualified: true, table: out.Table, attribute: out.Attribute,
		})
	}
	return r
}
