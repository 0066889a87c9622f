package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

const mapKeysToGroupsName = optimization.MapKeysToGroups

// mapKeysToGroups notes where a key does nothing but lead from the rows that a source adds up
// to the row of another leaf: the source may be told to which group of that leaf's rows each key
// leads, and add up by these groups.
//
//	Aggregate[g; sum(s)](Join[a = k](Remote(PartialAggregate[a; s := sum(x)](A)), Remote(B[k, g])))
//	=>  the same, with a told as the number of a group of the rows of B that differ in k only
//
// Then the number of its group stands for k too, and B is a row for each group. That gives the
// same because nothing else reads a or k, and because what is above adds up partial sums however
// many rows they come in. It holds for inner joins: an outer one would pad keys without rows.
// Whether the groups are few, and k unique in B, the executor sees.
func (c *Context) mapKeysToGroups(root plan.Node) plan.Node {
	if c.options.Disabled[mapKeysToGroupsName] {
		return root
	}
	leading := map[plan.ColumnID]plan.ColumnID{}
	plan.Walk(root, func(n plan.Node) bool {
		if a, ok := n.(*plan.Aggregate); ok && a.Single == nil {
			leadingKeys(a, leading)
		}
		_, remote := n.(*plan.Remote)
		return !remote
	})
	if len(leading) == 0 {
		return root
	}
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		out := *r
		out.Reductions = slices.Clone(r.Reductions)
		fired := false
		for i, one := range r.Reductions {
			if by, ok := leading[one.Column.ID]; ok && slices.Equal(one.By, []plan.ColumnID{by}) {
				out.Reductions[i].Leads, fired = true, true
			}
		}
		if !fired {
			return r
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: mapKeysToGroupsName, Node: "*plan.Remote"})
		return &out
	})
}

// leadingKeys finds, below an aggregate, the groups of partial aggregates that one equality with
// a column of another leaf reads, and nothing else, and that column, of which the same is true.
func leadingKeys(top *plan.Aggregate, leading map[plan.ColumnID]plan.ColumnID) {
	below := &joinedLeaves{read: map[plan.ColumnID]int{}}
	below.count(top.Exprs())
	below.visit(top.Input)
	for _, e := range below.conditions {
		a, b, equal := columnsEqual(e)
		if equal == nil || !isWhole(a.Column.Type) || !isWhole(b.Column.Type) || below.read[a.ID] != 1 || below.read[b.ID] != 1 {
			continue
		}
		for _, pair := range [][2]plan.ColumnID{{a.ID, b.ID}, {b.ID, a.ID}} {
			if of, by := below.leafOf(pair[0]), below.leafOf(pair[1]); of != nil && by != nil && of != by && addsUpBy(of, pair[0]) {
				leading[pair[0]] = pair[1]
			}
		}
	}
}

func isWhole(t pgtype.Type) bool {
	return t.OID == pgtype.Int2 || t.OID == pgtype.Int4 || t.OID == pgtype.Int8
}

// addsUpBy tells whether a leaf is a partial aggregate that has a column among its groups.
func addsUpBy(leaf plan.Node, column plan.ColumnID) bool {
	r, ok := leaf.(*plan.Remote)
	if !ok || r.Source.Kind != catalog.Postgres {
		return false
	}
	a, ok := plan.AggregateOf(r.Root)
	return ok && a.Single != nil && slices.ContainsFunc(a.Groups, func(g plan.Item) bool { return g.Column.ID == column })
}

// joinedLeaves are leaves that only inner joins, conditions and projections stand above, and
// how many expressions up there read each column.
type joinedLeaves struct {
	leaves     []plan.Node
	conditions []plan.Expr
	read       map[plan.ColumnID]int
}

func (j *joinedLeaves) count(all []plan.Expr) {
	for _, e := range all {
		for id := range plan.References(e) {
			j.read[id]++
		}
	}
}

func (j *joinedLeaves) visit(n plan.Node) {
	switch n := n.(type) {
	case *plan.Remote, *plan.Stage:
		j.leaves = append(j.leaves, n)
	case *plan.Filter:
		j.conditions = append(j.conditions, n.Conjuncts...)
		j.count(n.Conjuncts)
		j.visit(n.Input)
	case *plan.Project:
		for _, item := range n.Items {
			if !item.PassesOn() {
				j.count([]plan.Expr{item.Expr})
			}
		}
		j.visit(n.Input)
	case *plan.Join:
		if n.Kind == plan.InnerJoin && !n.Lateral {
			j.conditions = append(j.conditions, n.On...)
			j.count(n.On)
			j.visit(n.Left)
			j.visit(n.Right)
		}
	}
}

func (j *joinedLeaves) leafOf(id plan.ColumnID) plan.Node {
	at := slices.IndexFunc(j.leaves, func(n plan.Node) bool { return plan.Produced(n)[id] })
	if at < 0 {
		return nil
	}
	return j.leaves[at]
}
