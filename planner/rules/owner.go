package rules

import (
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// owner gives the id of the one source that all tables of a plan lie in, those of its
// subqueries too; "" where there is none or more than one.
func owner(n plan.Node) string {
	id, many := "", false
	plan.Walk(n, func(n plan.Node) bool {
		source := ""
		switch n := n.(type) {
		case *plan.Scan:
			source = n.Table.Source.ID()
		case *plan.Remote:
			source = n.Source.ID()
		}
		if source != "" {
			many = many || id != "" && id != source
			id = source
		}
		return !many
	})
	if many {
		return ""
	}
	return id
}

func copySet(s plan.ColumnSet) plan.ColumnSet {
	out := make(plan.ColumnSet, len(s))
	add(out, s)
	return out
}

func add(to, from plan.ColumnSet) {
	for id := range from {
		to[id] = true
	}
}

// key gives a set as text, to compare sets by.
func key(s plan.ColumnSet) string {
	ids := make([]int, 0, len(s))
	for id := range s {
		ids = append(ids, int(id))
	}
	slices.Sort(ids)
	return fmt.Sprint(ids)
}
