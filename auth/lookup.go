package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// lookUp secures the subqueries of a condition with the rights of its author:
//
//	customer IN (SELECT id FROM crm.vips)  =>  customer IN (… Governed(Scan crm.vips) …)
//
// What an author owns is read as it is stored; what others granted them, under the
// policies on it.
func (g *governing) lookUp(e plan.Expr, author Principal, id string) (plan.Expr, error) {
	if !plan.HasSubquery(e) {
		return e, nil
	}
	inner := g.inner(author, "policy "+id)
	inner.readers, inner.view = nil, nil // it is the author who looks things up, for nobody
	root, err := inner.secure(plan.Query{Root: &plan.Filter{Input: &plan.Values{}, Conjuncts: []plan.Expr{e}}})
	g.take(inner)
	if err != nil {
		return nil, err
	}
	return root.Exprs()[0], nil
}

// inner begins to secure a plan inside the one under way, for another principal.
func (g *governing) inner(who Principal, via string) *securing {
	return &securing{
		ctx: g.ctx, who: who, binder: g.binder, next: g.next, nextCTE: g.nextCTE, via: via, decision: who.decision(),
		trail: append(slices.Clone(g.trail), g.table), readers: g.readers, view: g.view, authors: g.authors, fails: g.fails,
	}
}

// take goes on where an inner securing has ended.
func (g *governing) take(inner *securing) {
	g.next, g.nextCTE = inner.next, inner.nextCTE
	g.securing.decision.Tables = append(g.securing.decision.Tables, inner.decision.Tables...)
}

// recursion refuses a policy that, to be applied, would have to be applied before.
func recursion(t *catalog.Table) *sqlstate.Error {
	return sqlstate.New(sqlstate.InvalidObjectDefinition, "infinite recursion detected in policy for relation %q", t.Address().Name).
		OwnedBy(sqlstate.OwnerPolicy)
}
