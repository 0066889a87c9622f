package rules

import "github.com/sluicemesh/sluice/planner/plan"

const removeUnusedJoinName = "RemoveUnusedJoin"

// removeUnusedJoins drops a table that is joined for columns nobody reads.
//
//	Project[a](LeftJoin[a = k](A, B))  =>  Project[a](A)        k is a key of B
//
// A left join keeps each row of A, and finds at most one in B where it goes by a key: of
// B's contract, or by which B is grouped. An inner join might drop rows. It is the
// contract that is relied on here, as PostgreSQL relies on its unique index.
func (c *Context) removeUnusedJoins(root plan.Node, output []plan.OutputColumn) plan.Node {
	if c.options.Disabled[removeUnusedJoinName] {
		return root
	}
	for range rounds {
		j := unusedJoin(root, output)
		if j == nil {
			break
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: removeUnusedJoinName, Node: "*plan.Join"})
		root = exchanged(root, j, j.Left)
	}
	return root
}

// unusedJoin gives one that can go; nil where there is none.
func unusedJoin(root plan.Node, output []plan.OutputColumn) *plan.Join {
	for _, j := range leftJoinsByKey(root) {
		unread := *j
		unread.Right, unread.On = &plan.Values{Cols: j.Right.Columns()}, nil
		read := plan.ColumnSet{}
		for _, o := range output {
			read[o.ID] = true
		}
		markNamed(read, exchanged(root, j, &unread))
		if !read.Meets(plan.Produced(j.Right)) {
			return j
		}
	}
	return nil
}

// leftJoinsByKey lists the left joins whose conditions fix a key of the right side.
func leftJoinsByKey(root plan.Node) []*plan.Join {
	var all []*plan.Join
	plan.Walk(root, func(n plan.Node) bool {
		j, ok := n.(*plan.Join)
		if ok && j.Kind == plan.LeftJoin && !j.Lateral && uniqueBy(j.Right, fixed(j)) {
			all = append(all, j)
		}
		return true
	})
	return all
}

// fixed gives the columns of a join's right side that equal one of the left, or a constant.
func fixed(j *plan.Join) plan.ColumnSet {
	right, columns := plan.Produced(j.Right), plan.ColumnSet{}
	for _, e := range plan.Conjuncts(j.On) {
		call, ok := e.(*plan.Call)
		if !ok || call.Operator != "=" || len(call.Args) != 2 {
			continue
		}
		for i, other := range []int{1, 0} {
			r, is := call.Args[i].(*plan.ColumnRef)
			if is && right[r.ID] && !right.Meets(plan.References(call.Args[other])) {
				columns[r.ID] = true
			}
		}
	}
	return columns
}

// exchanged gives a plan with one node in the place of another, in subqueries too.
func exchanged(root, old, new plan.Node) plan.Node {
	return plan.Transform(root, func(n plan.Node) plan.Node {
		if n == old {
			return new
		}
		return n
	})
}
