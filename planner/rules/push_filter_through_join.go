package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterThroughJoin moves a condition to the side whose columns it reads.
//
//	Filter[p(a)](Join(A, B))  =>  Join(Filter[p(a)](A), B)
//
// Not to a side the join may pad with NULLs: LEFT JOIN takes conditions to the left only,
// FULL JOIN none (a counter-example: WHERE b IS NULL keeps padded rows).
var pushFilterThroughJoin = Rule{"PushFilterThroughJoin", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	j, ok := f.Input.(*plan.Join)
	if !ok {
		return n, false
	}
	left, right := plan.Produced(j.Left), plan.Produced(j.Right)
	var toLeft, toRight, stay []plan.Expr
	for _, e := range f.Conjuncts {
		refs := plan.References(e)
		switch {
		case leftKept(j.Kind) && !right.Meets(refs) && left.Meets(refs):
			toLeft = append(toLeft, e)
		case rightKept(j.Kind) && !left.Meets(refs) && right.Meets(refs):
			toRight = append(toRight, e)
		default:
			stay = append(stay, e)
		}
	}
	if len(stay) == len(f.Conjuncts) {
		return n, false
	}
	out := *j
	out.Left, out.Right = filter(j.Left, toLeft), filter(j.Right, toRight)
	return filter(&out, stay), true
}}

// leftKept tells whether every row that leaves the join has its left side unpadded.
func leftKept(k plan.JoinKind) bool { return k != plan.RightJoin && k != plan.FullJoin }

func rightKept(k plan.JoinKind) bool { return k == plan.InnerJoin || k == plan.RightJoin }
