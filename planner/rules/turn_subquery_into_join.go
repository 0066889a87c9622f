package rules

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

const turnSubqueryIntoJoinName = "TurnSubqueryIntoJoin"

// turnSubqueryIntoJoin makes joins of what conditions in the merge look for by equal keys, so that
// what is known of joins holds for them.
//
//	Filter[exists(Filter[b = a](B))](A)      =>  SemiJoin[b = a](A, B)
//	Filter[not exists(Filter[b = a](B))](A)  =>  AntiJoin[b = a](A, B)
//	Filter[a = any(B)](A)                    =>  SemiJoin[a = b](A, B)
//
// B is a Remote: what is looked for is looked up in one source. Not NOT IN, for which a NULL in B
// is more than no partner. After growth, when a source that has all the tables has taken the
// condition as it stands.
func (c *Context) turnSubqueriesIntoJoins(root plan.Node) plan.Node {
	if c.careful || c.options.Disabled[turnSubqueryIntoJoinName] {
		return root
	}
	return c.withJoins(root)
}

func (c *Context) withJoins(n plan.Node) plan.Node {
	switch n.(type) {
	case *plan.Remote, *plan.Stage:
		return n
	}
	inputs := n.Inputs()
	out := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		out[i] = c.withJoins(in)
	}
	if len(inputs) > 0 {
		n = n.WithInputs(out)
	}
	n = plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
		s, ok := e.(*plan.Subquery)
		if !ok {
			return e
		}
		copied := *s
		copied.Plan = c.withJoins(s.Plan)
		return &copied
	})
	if f, ok := n.(*plan.Filter); ok {
		return c.filterAsJoins(f)
	}
	return n
}

// filterAsJoins joins what conditions of a filter look for to the rows that the others leave.
func (c *Context) filterAsJoins(f *plan.Filter) plan.Node {
	var joins []*plan.Join
	var stay []plan.Expr
	for _, e := range f.Conjuncts {
		if j, ok := lookedFor(e, plan.Produced(f.Input)); ok {
			joins = append(joins, j)
		} else {
			stay = append(stay, e)
		}
	}
	if len(joins) == 0 {
		return f
	}
	out := filter(f.Input, stay)
	for _, j := range joins {
		j.Left, out = out, j
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: turnSubqueryIntoJoinName, Node: "*plan.Filter"})
	}
	return out
}

// lookedFor gives the join that a condition is, without its left side, whose columns are outer.
func lookedFor(e plan.Expr, outer plan.ColumnSet) (*plan.Join, bool) {
	kind := plan.SemiJoin
	if not, ok := e.(*plan.Not); ok {
		e, kind = not.Arg, plan.AntiJoin
	}
	s, ok := e.(*plan.Subquery)
	if !ok {
		return nil, false
	}
	switch {
	case s.Kind == plan.ExistsSubquery:
		return existing(kind, s.Plan, outer)
	case s.Kind == plan.AnySubquery && kind == plan.SemiJoin && s.Operator == "=" && len(s.Left) == 1:
		return member(s, outer)
	}
	return nil, false
}

// member makes a join of a = ANY (Remote).
func member(s *plan.Subquery, outer plan.ColumnSet) (*plan.Join, bool) {
	right, ok := s.Plan.(*plan.Remote)
	if !ok {
		return nil, false
	}
	column := &plan.ColumnRef{Column: right.Columns()[0]}
	equal := &plan.Call{Procedure: s.Procedures[0], Operator: "=", Args: []plan.Expr{s.Left[0], column}, Of: pgtype.Of(pgtype.Bool)}
	a, _, keys := columnsEqual(equal)
	return &plan.Join{Kind: plan.SemiJoin, Right: right, On: []plan.Expr{equal}}, keys != nil && outer[a.ID]
}

// existing makes a join of EXISTS (Filter(Remote)), if its conditions are of columns outside, by
// keys among others. The list of what it selects is never computed.
func existing(kind plan.JoinKind, root plan.Node, outer plan.ColumnSet) (*plan.Join, bool) {
	for p, ok := root.(*plan.Project); ok; p, ok = root.(*plan.Project) {
		root = p.Input
	}
	f, ok := root.(*plan.Filter)
	if !ok {
		return nil, false
	}
	right, ok := f.Input.(*plan.Remote)
	if !ok {
		return nil, false
	}
	own, byKeys := plan.Produced(right), false
	for _, e := range f.Conjuncts {
		if functions.Fails(e) || functions.Volatile(e) || plan.HasSubquery(e) || !within(plan.References(e), own, outer) {
			return nil, false
		}
		a, b, equal := columnsEqual(e)
		byKeys = byKeys || equal != nil && own[a.ID] != own[b.ID]
	}
	return &plan.Join{Kind: kind, Right: right, On: f.Conjuncts}, byKeys
}
