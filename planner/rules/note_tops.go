package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// noteTops notes on Remotes that only their first rows in order are needed, as far as these
// have partners in all they are joined to.
//
//	Limit[n](Sort[a](Join[a.x = b.y](Remote(A), Remote(B))))  =>  … Remote(A; first n by a, if x has a partner y)
//
// The executor finds out: it reads the first rows of A, for keys of B where it has them,
// and looks for their partners. Each join must be one equality of
// keys: with a second condition, one that has a partner by the first may have none.
func (c *Context) noteTops(root plan.Node) plan.Node {
	if c.careful {
		return root
	}
	tops, rules := map[*plan.Remote]*plan.Top{}, map[*plan.Remote]optimization.Name{}
	plan.Walk(root, func(n plan.Node) bool {
		if t, ok := topOf(n); ok && !c.options.Disabled[t.rule()] {
			if r, noted := c.noteTop(t); noted != nil {
				tops[r], rules[r] = noted, t.rule()
			}
		}
		_, remote := n.(*plan.Remote)
		return !remote
	})
	if len(tops) == 0 {
		return root
	}
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		if tops[r] == nil {
			return r
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: rules[r], Node: "*plan.Remote"})
		out := *r
		out.Top = tops[r]
		return &out
	})
}

// noteTop gives the Remote that decides an order, and what is needed of it; nil where none does.
func (c *Context) noteTop(t top) (*plan.Remote, *plan.Top) {
	s := &star{}
	if !s.add(t.joined, plan.InnerJoin) || len(s.relations) == 1 && !t.windows {
		return nil, nil
	}
	for i, r := range s.relations {
		t, decides := t.of(r.remote)
		if r.kind != plan.InnerJoin || !decides {
			continue
		}
		if partners, ok := s.around(i); ok {
			if _, able := c.absorbTop(r.remote, t.keys, t.rows, false); able {
				return r.remote, &plan.Top{Keys: t.keys, Count: t.rows, Whole: t.whole, Partners: partners}
			}
		}
		break
	}
	return nil, nil
}

// star is joined Remotes of which one may stand in the middle.
type star struct {
	relations  []relation
	conditions []joinCondition
}

// relation is a Remote with the kind of the join that brings it, as seen from the others.
type relation struct {
	remote   *plan.Remote
	kind     plan.JoinKind
	produced plan.ColumnSet
}

type joinCondition struct {
	condition plan.Expr
	kind      plan.JoinKind
}

// add takes a tree of joins apart; false where there is anything but Remotes, or one that is
// brought by an outer, semi- or anti-join is itself joined to others below it.
func (s *star) add(n plan.Node, kind plan.JoinKind) bool {
	if r, ok := n.(*plan.Remote); ok {
		s.relations = append(s.relations, relation{r, kind, plan.Produced(r)})
		return true
	}
	j, ok := n.(*plan.Join)
	if !ok || j.Lateral || kind != plan.InnerJoin {
		return false
	}
	left, right, kind := j.Left, j.Right, j.Kind
	switch kind {
	case plan.InnerJoin, plan.LeftJoin, plan.SemiJoin, plan.AntiJoin:
	case plan.RightJoin:
		left, right, kind = j.Right, j.Left, plan.LeftJoin
	default:
		return false
	}
	for _, e := range plan.Conjuncts(j.On) {
		s.conditions = append(s.conditions, joinCondition{e, kind})
	}
	return s.add(left, plan.InnerJoin) && s.add(right, kind)
}

// around gives the partners of a relation that all others are joined to, each by one equality
// of keys of the join that brings it, and not to each other; false where they are joined
// otherwise.
func (s *star) around(centre int) (partners []plan.Partner, ok bool) {
	own := s.relations[centre].produced
	joined := map[int]bool{centre: true}
	for _, c := range s.conditions {
		a, b, equal := columnsEqual(c.condition)
		if equal == nil {
			return nil, false
		}
		if !own[a.ID] {
			a, b = b, a
		}
		other := slices.IndexFunc(s.relations, func(r relation) bool { return r.produced[b.ID] })
		if !own[a.ID] || other < 0 || joined[other] || s.relations[other].kind != c.kind {
			return nil, false
		}
		joined[other] = true
		partners = append(partners, plan.Partner{Own: a.ID, Of: b.ID, Kind: c.kind})
	}
	return partners, len(joined) == len(s.relations)
}
