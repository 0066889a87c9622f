package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// PostgreSQL's limits (parse_agg.c, parse_clause.c).
const (
	maxGroupingSets = 4096
	maxCube         = 12
)

// groupingSets gives the alternatives an item of GROUP BY stands for, each as indexes
// of what is grouped by.
func (s *selection) groupingSets(n *pg_query.Node) ([][]int, error) {
	set := n.GetGroupingSet()
	if set == nil {
		unit, err := s.groupingUnit(n)
		return [][]int{unit}, err
	}
	switch set.Kind {
	case pg_query.GroupingSetKind_GROUPING_SET_EMPTY:
		return [][]int{{}}, nil
	case pg_query.GroupingSetKind_GROUPING_SET_SETS:
		return s.listedSets(set)
	}
	var units [][]int
	for _, c := range set.Content {
		unit, err := s.groupingUnit(c)
		if err != nil {
			return nil, err
		}
		units = append(units, unit)
	}
	if set.Kind == pg_query.GroupingSetKind_GROUPING_SET_ROLLUP {
		return rollup(units), nil
	}
	if len(units) > maxCube {
		return nil, sqlstate.New(sqlstate.TooManyColumns, "CUBE is limited to %d elements", maxCube).At(s.b.position(set.Location))
	}
	return cube(units), nil
}

func (s *selection) listedSets(set *pg_query.GroupingSet) ([][]int, error) {
	var all [][]int
	for _, c := range set.Content {
		sets, err := s.groupingSets(c)
		if err != nil {
			return nil, err
		}
		all = append(all, sets...)
	}
	return all, nil
}

// groupingUnit gives what an expression, or a list in parentheses, groups by.
func (s *selection) groupingUnit(n *pg_query.Node) ([]int, error) {
	unit := []int{}
	for _, e := range flattenRows([]*pg_query.Node{n}) {
		i, err := s.groupIndex(e)
		if err != nil {
			return nil, err
		}
		unit = union(unit, []int{i})
	}
	return unit, nil
}

// rollup of a, b: (a, b), (a), ().
func rollup(units [][]int) [][]int {
	var sets [][]int
	for n := len(units); n >= 0; n-- {
		set := []int{}
		for _, u := range units[:n] {
			set = union(set, u)
		}
		sets = append(sets, set)
	}
	return sets
}

// cube of a, b: every subset.
func cube(units [][]int) [][]int {
	var sets [][]int
	for bits := 1<<len(units) - 1; bits >= 0; bits-- {
		set := []int{}
		for i, u := range units {
			if bits>>i&1 == 1 {
				set = union(set, u)
			}
		}
		sets = append(sets, set)
	}
	return sets
}

// cross joins each set of one item with each of the next.
func (s *selection) cross(left, right [][]int, at *pg_query.Node) ([][]int, error) {
	if len(left)*len(right) > maxGroupingSets {
		return nil, sqlstate.New(sqlstate.StatementTooComplex, "too many grouping sets present (maximum %d)", maxGroupingSets).
			At(s.b.position(rawLocation(at)))
	}
	var sets [][]int
	for _, l := range left {
		for _, r := range right {
			sets = append(sets, union(l, r))
		}
	}
	return sets, nil
}

func union(left, right []int) []int {
	out := slices.Clone(left)
	for _, i := range right {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// distinctSets drops sets that group by the same as one before (GROUP BY DISTINCT).
func distinctSets(sets [][]int) [][]int {
	var out [][]int
	for _, set := range sets {
		equal := func(other []int) bool { return len(union(set, other)) == len(set) && len(set) == len(other) }
		if !slices.ContainsFunc(out, equal) {
			out = append(out, set)
		}
	}
	return out
}
