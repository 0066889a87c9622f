package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// rowFilters gives the conditions on rows: the OR of the grants' scopes, what denying
// grants leave, and every row filter of a policy that binds the principal. A row stays
// where all are true; NULL is not true.
func (g *governing) rowFilters() ([]plan.Expr, error) {
	columns := make([]plan.Column, len(g.table.Columns))
	for i := range columns {
		columns[i] = g.stored(i)
	}
	var all []plan.Expr
	for _, add := range []func([]plan.Column) ([]plan.Expr, error){g.scopeFilter, g.denyFilters, g.policyFilters} {
		conjuncts, err := add(columns)
		if err != nil {
			return nil, err
		}
		all = append(all, conjuncts...)
	}
	g.filtered = len(all) > 0
	return all, nil
}

func (g *governing) scopeFilter(columns []plan.Column) ([]plan.Expr, error) {
	var any []plan.Expr
	for _, s := range g.scopes {
		for _, grant := range s.grants {
			if !slices.Contains(g.decision.Grants, grant.ID) {
				g.decision.Grants = append(g.decision.Grants, grant.ID)
			}
		}
		if s.filter == "" {
			return nil, nil
		}
		id := s.grants[len(s.grants)-1].ID
		e, err := g.condition(s.filter, id, g.table, columns)
		if err != nil {
			return nil, err
		}
		g.decision.RowFilters = append(g.decision.RowFilters, id)
		any = append(any, e)
	}
	if len(any) == 1 {
		return conjuncts(any[0]), nil
	}
	return []plan.Expr{&plan.Or{Args: any}}, nil
}

// denyFilters leaves the rows of which a denying grant is certainly false: where it is
// NULL nobody knows, and that is no permission.
func (g *governing) denyFilters(columns []plan.Column) ([]plan.Expr, error) {
	var all []plan.Expr
	for _, grant := range g.access.deny {
		if grant.RowFilter == "" {
			continue
		}
		e, err := g.condition(grant.RowFilter, grant.ID, g.table, columns)
		if err != nil {
			return nil, err
		}
		g.decision.RowFilters = append(g.decision.RowFilters, grant.ID)
		all = append(all, &plan.BooleanTest{Arg: e, Is: "FALSE"})
	}
	return all, nil
}

func (g *governing) policyFilters(columns []plan.Column) ([]plan.Expr, error) {
	var all []plan.Expr
	for _, p := range g.who.mesh.Policies {
		rules := g.who.mesh.RowFiltersOf(p, g.table)
		if len(rules) == 0 || g.who.exempt(p, g.scopes, g.readNames()) {
			continue
		}
		for _, r := range rules {
			e, err := g.condition(r.RowFilter, p.ID, g.table, columns)
			if err != nil {
				return nil, err
			}
			all = append(all, conjuncts(e)...)
		}
		g.policies = append(g.policies, p.ID)
		g.decision.RowFilters = append(g.decision.RowFilters, p.ID)
	}
	return all, nil
}

// conjuncts splits a condition at its top ANDs.
func conjuncts(e plan.Expr) []plan.Expr {
	and, ok := e.(*plan.And)
	if !ok {
		return []plan.Expr{e}
	}
	var all []plan.Expr
	for _, a := range and.Args {
		all = append(all, conjuncts(a)...)
	}
	return all
}
