package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
)

// groupClause is GROUP BY.
type groupClause struct {
	written bool
	targets []*target   // what is grouped by, each once
	sets    [][]int     // grouping sets as indexes into targets; nil without ROLLUP and its like
	items   []plan.Item // parallel to targets; then columns that depend on those
	copies  []plan.Item // of expressions grouped by twice, to be made below the groups
}

// bindGroup binds GROUP BY.
func (s *selection) bindGroup(list []*pg_query.Node, distinct bool) error {
	if len(list) == 0 {
		return nil
	}
	s.groups.written = true
	list = flattenRows(list)
	var sets [][]int
	plain := true
	for i, n := range list {
		alternatives, err := s.groupingSets(n)
		if err != nil {
			return err
		}
		plain = plain && n.GetGroupingSet() == nil
		if i == 0 {
			sets = alternatives
		} else if sets, err = s.cross(sets, alternatives, list[0]); err != nil {
			return err
		}
	}
	if plain {
		return nil
	}
	if distinct {
		sets = distinctSets(sets)
	}
	if len(s.groups.targets) == 0 && len(sets) == 1 {
		return nil // GROUP BY (): one group of all
	}
	s.groups.sets = sets
	return nil
}

// flattenRows makes of GROUP BY (a, b) what it means: GROUP BY a, b.
func flattenRows(list []*pg_query.Node) []*pg_query.Node {
	var flat []*pg_query.Node
	for _, n := range list {
		if row := implicitRow(n); row != nil {
			flat = append(flat, flattenRows(row.Args)...)
		} else {
			flat = append(flat, n)
		}
	}
	return flat
}

// implicitRow gives (a, b) written without ROW; nil for everything else.
func implicitRow(n *pg_query.Node) *pg_query.RowExpr {
	row := n.GetRowExpr()
	if row.GetRowFormat() == pg_query.CoercionForm_COERCE_IMPLICIT_CAST {
		return row
	}
	return nil
}

// groupIndex binds one grouping expression and gives its index into targets.
func (s *selection) groupIndex(n *pg_query.Node) (int, error) {
	t, err := s.namedTarget(s.in(clauseGroupBy), n, "GROUP BY")
	if err != nil {
		return 0, err
	}
	if err := s.resolveTarget(t); err != nil {
		return 0, err
	}
	for i, other := range s.groups.targets {
		if other == t {
			return i, nil
		}
	}
	if _, err := s.b.equality(t.expr.Type(), s.b.position(location(n))); err != nil {
		return 0, err
	}
	s.groups.targets = append(s.groups.targets, t)
	return len(s.groups.targets) - 1, nil
}

// grouped tells whether the query gives groups instead of rows.
func (s *selection) grouped() bool {
	return s.groups.written || len(s.aggregates) > 0 || len(s.groupings) > 0 || s.having != nil
}

// aggregateNode groups the rows of n.
func (s *selection) aggregateNode(n plan.Node) plan.Node {
	if !s.grouped() {
		return n
	}
	n = extend(n, s.groups.copies)
	return &plan.Aggregate{Input: n, Groups: s.groups.items, Sets: s.groups.sets, Aggs: s.aggregates}
}
