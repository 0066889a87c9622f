package rules

import "github.com/sluicemesh/sluice/planner/plan"

// groupJoinsBySource reorders a tree of inner joins so that relations of one source
// that are joined to each other stand together, where growth can hand them over whole.
//
//	(a1 ⋈ b1) ⋈ a2   =>   (a1 ⋈ a2) ⋈ b1        a1, a2 in one source, joined by a condition
//
// The order within a group and among groups stays as written where it can: the engines
// that run them have their own statistics. Rows and columns are the same; inner joins
// commute. Column order is the concern of the Project above, never of a join.
var groupJoinsBySource = Rule{"GroupJoinsBySource", func(c *Context, n plan.Node) (plan.Node, bool) {
	root, ok := n.(*plan.Join)
	if !ok || root.Kind != plan.InnerJoin || root.Lateral {
		return n, false
	}
	t := &joinTree{}
	t.flatten(root)
	groups := t.groups()
	if len(groups) == len(t.relations) || t.grouped(root) {
		return n, false
	}
	return t.build(groups), true
}}

// joinTree is a flattened tree of inner joins.
type joinTree struct {
	relations  []plan.Node
	produced   []plan.ColumnSet
	owners     []string // source id of each relation; "" where there is no single one
	conditions []plan.Expr
	used       []bool // parallel to conditions, while building
}

func (t *joinTree) flatten(n plan.Node) {
	j, ok := n.(*plan.Join)
	if !ok || j.Kind != plan.InnerJoin || j.Lateral {
		t.relations = append(t.relations, n)
		t.produced = append(t.produced, plan.Produced(n))
		t.owners = append(t.owners, owner(n))
		return
	}
	t.flatten(j.Left)
	t.flatten(j.Right)
	t.conditions = append(t.conditions, plan.Conjuncts(j.On)...)
	t.used = make([]bool, len(t.conditions))
}

// groups gives sets of relations, by index: those of one source that conditions connect.
func (t *joinTree) groups() [][]int {
	var groups [][]int
	placed := make([]bool, len(t.relations))
	for i := range t.relations {
		if placed[i] {
			continue
		}
		group, columns := []int{i}, copySet(t.produced[i])
		placed[i] = true
		for grown := true; grown && t.owners[i] != ""; {
			grown = false
			for k := range t.relations {
				if !placed[k] && t.owners[k] == t.owners[i] && t.connects(columns, t.produced[k]) {
					group, placed[k], grown = append(group, k), true, true
					add(columns, t.produced[k])
				}
			}
		}
		groups = append(groups, group)
	}
	return groups
}

// connects tells whether a condition reads columns of both sides and of no other.
func (t *joinTree) connects(a, b plan.ColumnSet) bool {
	for _, e := range t.conditions {
		if refs := plan.References(e); a.Meets(refs) && b.Meets(refs) && within(refs, a, b) {
			return true
		}
	}
	return false
}

func within(refs, a, b plan.ColumnSet) bool {
	for id := range refs {
		if !a[id] && !b[id] {
			return false
		}
	}
	return true
}

// grouped tells whether the tree already has the shape build would give it: every
// group's relations meet below a join that holds no relation of another group.
func (t *joinTree) grouped(root *plan.Join) bool {
	want := map[string]bool{}
	for _, g := range t.groups() {
		want[key(t.members(g))] = true
	}
	have := map[string]bool{}
	var visit func(plan.Node) plan.ColumnSet
	visit = func(n plan.Node) plan.ColumnSet {
		s := plan.Produced(n)
		have[key(s)] = true
		if j, ok := n.(*plan.Join); ok && j.Kind == plan.InnerJoin && !j.Lateral {
			visit(j.Left)
			visit(j.Right)
		}
		return s
	}
	visit(root)
	for k := range want {
		if !have[k] {
			return false
		}
	}
	return true
}

func (t *joinTree) members(group []int) plan.ColumnSet {
	s := plan.ColumnSet{}
	for _, i := range group {
		add(s, t.produced[i])
	}
	return s
}

// build joins each group, then the groups, preferring at each step the first that a
// condition connects to what is there: a cross join only where nothing else is left.
func (t *joinTree) build(groups [][]int) plan.Node {
	parts := make([]plan.Node, len(groups))
	for i, g := range groups {
		nodes := make([]plan.Node, len(g))
		for k, r := range g {
			nodes[k] = t.relations[r]
		}
		parts[i] = t.joinAll(nodes)
	}
	root := t.joinAll(parts)
	var left []plan.Expr
	for i, e := range t.conditions {
		if !t.used[i] {
			left = append(left, e)
		}
	}
	return filter(root, left)
}

func (t *joinTree) joinAll(nodes []plan.Node) plan.Node {
	root := t.withConditions(nodes[0], nil)
	rest := append([]plan.Node{}, nodes[1:]...)
	for len(rest) > 0 {
		next := 0
		have := plan.Produced(root)
		for i, n := range rest {
			if t.connects(have, plan.Produced(n)) {
				next = i
				break
			}
		}
		root = t.withConditions(root, rest[next])
		rest = append(rest[:next], rest[next+1:]...)
	}
	return root
}

// withConditions joins two nodes by every unused condition they can answer together.
func (t *joinTree) withConditions(left, right plan.Node) plan.Node {
	if right == nil {
		return left
	}
	have := plan.Produced(left)
	add(have, plan.Produced(right))
	j := &plan.Join{Kind: plan.InnerJoin, Left: left, Right: right}
	for i, e := range t.conditions {
		if refs := plan.References(e); !t.used[i] && t.own(refs, have) {
			t.used[i] = true
			j.On = append(j.On, e)
		}
	}
	return j
}

// own tells whether the columns of refs that belong to this tree are all in have;
// others are of a query around it.
func (t *joinTree) own(refs, have plan.ColumnSet) bool {
	for id := range refs {
		if have[id] {
			continue
		}
		for _, p := range t.produced {
			if p[id] {
				return false
			}
		}
	}
	return true
}
