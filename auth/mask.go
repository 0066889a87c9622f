package auth

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// chosenMask is the mask that holds for a column.
type chosenMask struct {
	boundMask
	kind catalog.MaskKind // what the column's type and the mesh let it be
}

// chooseMasks finds the mask of each column read: of those that bind the principal the
// strongest. Two different ones of equal strength are refused when published; should
// they meet here all the same, the value is hidden whole.
func (g *governing) chooseMasks() error {
	g.masks, g.chosen = map[int]plan.Expr{}, map[int]*chosenMask{}
	for _, i := range g.read {
		bound, err := g.masksOn(g.who, g.table, g.column(i), g.scopes)
		if err != nil {
			return undecided(g.table, addressText(g.table), err)
		}
		if len(bound) == 0 {
			continue
		}
		g.chosen[i] = &chosenMask{boundMask: strongest(bound)}
		g.masks[i] = &plan.Literal{} // tells stored that the query's ID is taken by the mask
	}
	for _, i := range g.read {
		if m := g.chosen[i]; m != nil {
			if err := g.applyMask(i, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// strongest gives the mask that hides most.
func strongest(bound []boundMask) boundMask {
	best := bound[0]
	for _, m := range bound[1:] {
		switch {
		case m.rule.Mask.Stronger(best.rule.Mask):
			best = m
		case m.rule.Mask == best.rule.Mask && !m.rule.SameMask(best.rule):
			best.rule = catalog.Rule{Mask: catalog.MaskNull, RefusePredicate: best.rule.RefusePredicate || m.rule.RefusePredicate}
		}
	}
	return best
}

func (g *governing) applyMask(i int, m *chosenMask) error {
	stored := &plan.ColumnRef{Column: g.stored(g.scan.Ordinals[i])}
	mask, err := g.mask(m, stored)
	if err != nil {
		return err
	}
	g.masks[i] = mask
	g.applied(m.policy)
	g.decision.Masks = append(g.decision.Masks, ColumnMask{Column: g.column(i).Name, Mask: m.kind, Policy: m.policy.ID})
	if m.rule.RefusePredicate {
		g.restrict(g.scan.Cols[i].ID).refusePredicate = true
	}
	return nil
}

// mask gives the expression that stands for a column, of its type, and notes what kind
// it is: a mask that the type or the mesh cannot carry hides the value whole.
func (g *governing) mask(m *chosenMask, stored *plan.ColumnRef) (plan.Expr, error) {
	t := stored.Type()
	m.kind = m.rule.Mask
	switch m.rule.Mask {
	case catalog.MaskConstant:
		text, ok := m.rule.Constant(t)
		if !ok {
			return nil, undecided(g.table, m.policy.ID, nil)
		}
		return &plan.Literal{Of: t, Text: text, Secret: true}, nil
	case catalog.MaskHash:
		if catalog.HashFits(t) && g.who.mesh.Settings.HashKey != (catalog.SecretRef{}) {
			return hashed(stored, g.keyName(m.rule.MaskArgs()["key"], m.table)), nil
		}
	case catalog.MaskPartial:
		if catalog.PartialFits(t) {
			return g.built(m, func() (plan.Expr, error) { return partial(m.rule.Args, stored) })
		}
	case catalog.MaskGeneralise:
		if m.rule.GeneraliseFits(t) {
			return g.built(m, func() (plan.Expr, error) { return generalised(m.rule, stored) })
		}
	case catalog.MaskSQL:
		return g.maskSQL(m, t)
	}
	m.kind = catalog.MaskNull
	return &plan.Literal{Of: t, Null: true}, nil
}

func (g *governing) built(m *chosenMask, build func() (plan.Expr, error)) (plan.Expr, error) {
	e, err := build()
	if err != nil {
		return nil, undecided(g.table, m.policy.ID, err)
	}
	return e, nil
}

// keyName names the key of a hash. Who shares a key can join on the hashes.
func (g *governing) keyName(scope string, t *catalog.Table) string {
	switch scope {
	case "mesh":
		return "mesh"
	case "domain":
		return "domain:" + t.Product.Domain.Name
	}
	var ids []string
	for _, s := range g.scopes {
		for _, grant := range s.grants {
			if !slices.Contains(ids, grant.ID) {
				ids = append(ids, grant.ID)
			}
		}
	}
	slices.Sort(ids)
	return "grant:" + strings.Join(ids, ",")
}

// notNull tells whether a masked column can hold NULL: hashes and parts of a value are
// NULL only where it is.
func (m *chosenMask) notNull(stored bool) bool {
	switch m.kind {
	case catalog.MaskConstant:
		return true
	case catalog.MaskHash, catalog.MaskPartial:
		return stored
	}
	return false
}
