package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// pullSubqueryThroughJoin takes a condition that looks into another source above the joins of its
// table to others of the same source, which would be kept apart by it.
//
//	Join[x = y](Filter[exists(b)](a1), a2)  =>  Filter[exists(b)](Join[x = y](a1, a2))        a1, a2 in one source, b in another
//
// Inner joins keep or drop each row of a1 as a whole, so the condition may as well be asked
// afterwards. groupJoinsBySource then brings the relations together.
var pullSubqueryThroughJoin = Rule{"PullSubqueryThroughJoin", func(_ *Context, n plan.Node) (plan.Node, bool) {
	root, ok := n.(*plan.Join)
	if !ok || root.Kind != plan.InnerJoin || root.Lateral {
		return n, false
	}
	t := &joinTree{}
	t.flatten(root)
	var out plan.Node = root
	var above []plan.Expr
	for i, relation := range t.relations {
		f, ok := relation.(*plan.Filter)
		if !ok || !t.hasNeighbour(i, owner(f.Input)) {
			continue
		}
		up, stay := partition(f.Conjuncts, func(e plan.Expr) bool { return asksElsewhere(e, owner(f.Input)) })
		if len(up) > 0 {
			out, above = replaceNode(out, f, filter(f.Input, stay)), append(above, up...)
		}
	}
	return filter(out, above), len(above) > 0
}}

// hasNeighbour tells whether a relation is joined to another of a source.
func (t *joinTree) hasNeighbour(i int, source string) bool {
	for k := range t.relations {
		if k != i && source != "" && t.ownerBelow(k) == source && t.connects(t.produced[i], t.produced[k]) {
			return true
		}
	}
	return false
}

// ownerBelow is the owner of a relation without conditions that ask elsewhere.
func (t *joinTree) ownerBelow(i int) string {
	if f, ok := t.relations[i].(*plan.Filter); ok && t.owners[i] == "" {
		return owner(f.Input)
	}
	return t.owners[i]
}

// asksElsewhere tells whether a condition reads tables of other sources than one, and cannot fail:
// which rows are asked changes.
func asksElsewhere(e plan.Expr, source string) bool {
	if functions.Fails(e) {
		return false
	}
	elsewhere := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		s, ok := e.(*plan.Subquery)
		elsewhere = elsewhere || ok && slices.ContainsFunc(tables(s.Plan), func(id string) bool { return id != source })
		return !elsewhere
	})
	return elsewhere
}

// tables lists the sources of a plan's tables.
func tables(root plan.Node) []string {
	var all []string
	plan.Walk(root, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok {
			all = append(all, s.Table.Source.ID())
		}
		return true
	})
	return all
}
