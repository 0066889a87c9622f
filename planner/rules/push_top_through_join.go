package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// pushTopThroughJoin lets a source send only the first rows in order although they are joined
// with those of others, where the join keeps every one of them.
//
//	Limit[n](Sort[a](LeftJoin(Remote(A), B)))  =>  Limit[n](Sort[a](LeftJoin(Remote(Limit[n](Sort[a](A))), B)))
//
// Each row of A gives one row or more, so n rows of A give the first n. The join's conditions
// must not be able to fail: they are asked of fewer rows then. For inner joins all this is
// not known before keys have been read: see noteTops.
var pushTopThroughJoin = Rule{"PushTopThroughJoin", func(c *Context, n plan.Node) (plan.Node, bool) {
	t, ok := topOf(n)
	if !ok || c.careful {
		return n, false
	}
	kept, ok := preserved(t.joined).(*plan.Remote)
	if !ok || plan.Node(kept) == t.joined || !t.decidedBy(kept) {
		return n, false
	}
	top, ok := c.absorbTop(kept, t.keys, t.rows)
	if !ok {
		return n, false
	}
	return replaceNode(n, kept, top), true
}}

// preserved follows outer joins to the side that keeps all its rows.
func preserved(n plan.Node) plan.Node {
	for {
		j, ok := n.(*plan.Join)
		switch {
		case !ok || slices.ContainsFunc(j.On, fallible):
			return n
		case j.Kind == plan.LeftJoin:
			n = j.Left
		case j.Kind == plan.RightJoin:
			n = j.Right
		default:
			return n
		}
	}
}

func fallible(e plan.Expr) bool { return hasSubquery(e) || !functions.Total(e) }

// top is a limited order over joins.
type top struct {
	rows   int64
	keys   []plan.SortKey // of columns that joined gives
	joined plan.Node
}

// topOf takes apart a Limit of a Sort, if Projects stand between that and what is sorted.
func topOf(n plan.Node) (top, bool) {
	l, ok := n.(*plan.Limit)
	if !ok || l.WithTies {
		return top{}, false
	}
	s, ok := l.Input.(*plan.Sort)
	if !ok {
		return top{}, false
	}
	rows, ok := lastRow(l)
	t := top{rows: rows, keys: s.Keys, joined: s.Input}
	for ok {
		p, is := t.joined.(*plan.Project)
		if !is {
			break
		}
		by := map[plan.ColumnID]plan.Expr{}
		for _, i := range p.Items {
			by[i.Column.ID] = i.Expr
		}
		t.keys, t.joined = slices.Clone(t.keys), p.Input
		for i, k := range t.keys {
			t.keys[i].Expr = plan.Substitute(k.Expr, by)
		}
	}
	return t, ok
}

// decidedBy tells whether the order is of one side's columns alone, and cannot fail: its
// source asks it of rows that would have been dropped.
func (t top) decidedBy(n plan.Node) bool {
	own := plan.Produced(n)
	return len(t.keys) > 0 && !slices.ContainsFunc(t.keys, func(k plan.SortKey) bool {
		return !own.Has(plan.References(k.Expr)) || fallible(k.Expr) || functions.Volatile(k.Expr)
	})
}

// noteTops notes on Remotes that only their first rows in order are needed, as far as these
// have partners in all they are joined to.
//
//	Limit[n](Sort[a](Join[a.x = b.y](Remote(A), Remote(B))))  =>  … Remote(A; first n by a, if x has a partner y)
//
// The executor finds out: it reads the first rows of A, for keys of B where it has them,
// and looks for their partners. Each join must be one equality of
// keys: with a second condition, one that has a partner by the first may have none.
func (c *Context) noteTops(root plan.Node) plan.Node {
	if c.options.Disabled[pushTopThroughJoin.Name] || c.careful {
		return root
	}
	tops := map[*plan.Remote]*plan.Top{}
	plan.Walk(root, func(n plan.Node) bool {
		if t, ok := topOf(n); ok {
			c.noteTop(t, tops)
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
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: pushTopThroughJoin.Name, Node: "*plan.Remote"})
		out := *r
		out.Top = tops[r]
		return &out
	})
}

func (c *Context) noteTop(t top, tops map[*plan.Remote]*plan.Top) {
	if inner(t.joined) == nil {
		return
	}
	tree := &joinTree{}
	tree.flatten(t.joined)
	for i, n := range tree.relations {
		r, ok := n.(*plan.Remote)
		if !ok || len(r.Reductions) == 0 || !t.decidedBy(r) {
			continue
		}
		partners, ok := tree.star(i)
		if _, able := c.absorbTop(r, t.keys, t.rows); ok && able {
			tops[r] = &plan.Top{Keys: t.keys, Count: t.rows, Partners: partners}
		}
		return
	}
}

// star gives the partners of a relation that all others are joined to, each by one equality
// of keys, and not to each other; false where they are joined otherwise.
func (t *joinTree) star(centre int) (partners []plan.Partner, ok bool) {
	joined := map[int]bool{}
	for _, e := range t.conditions {
		a, b, equal := columnsEqual(e)
		if equal == nil {
			return nil, false
		}
		if !t.produced[centre][a.ID] {
			a, b = b, a
		}
		other := slices.IndexFunc(t.produced, func(p plan.ColumnSet) bool { return p[b.ID] })
		if !t.produced[centre][a.ID] || other < 0 || other == centre || joined[other] {
			return nil, false
		}
		joined[other] = true
		partners = append(partners, plan.Partner{Own: a.ID, Of: b.ID})
	}
	for i, n := range t.relations {
		if _, leaf := n.(*plan.Remote); i != centre && (!leaf || !joined[i]) {
			return nil, false
		}
	}
	return partners, true
}
