package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
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
	for _, add := range []func([]plan.Column) ([]plan.Expr, error){g.scopeFilter, g.denyFilters, g.policyFilters, g.readersFilters} {
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
		e, err := g.condition(rule{text: s.filter, id: id, domain: s.grants[len(s.grants)-1].Domain}, columns, g.who)
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
		e, err := g.condition(rule{text: grant.RowFilter, id: grant.ID, domain: grant.Domain}, columns, g.who)
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
		if len(rules) == 0 || !g.binds(p, g.readNames()) {
			continue
		}
		more, err := g.filtersOf(p, rules, columns, g.who)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// readersFilters are the row filters that bind those for whom a derived product is
// read: its definer's rights open its inputs, they do not lift the policies on them.
func (g *governing) readersFilters(columns []plan.Column) ([]plan.Expr, error) {
	var all []plan.Expr
	for _, reader := range g.readers {
		scopes := reader.accessTo(g.table).allScopes()
		for _, p := range reader.mesh.Policies {
			rules := reader.mesh.RowFiltersOf(p, g.table)
			if len(rules) == 0 || released(p, g.table, g.readNames(), g.view) || !g.bindsReader(reader, p, scopes, g.readNames()) {
				continue
			}
			more, err := g.filtersOf(p, rules, columns, reader)
			if err != nil {
				return nil, err
			}
			all = append(all, more...)
		}
	}
	return all, nil
}

// filtersOf binds a policy's row filters for a principal.
func (g *governing) filtersOf(p *catalog.Policy, rules []catalog.Rule, columns []plan.Column, who Principal) ([]plan.Expr, error) {
	var all []plan.Expr
	for _, r := range rules {
		e, err := g.condition(rule{text: r.RowFilter, id: p.ID, domain: p.Domain}, columns, who)
		if err != nil {
			return nil, err
		}
		all = append(all, conjuncts(e)...)
	}
	g.applied(p)
	if !slices.Contains(g.decision.RowFilters, p.ID) {
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
