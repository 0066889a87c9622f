package auth

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// chooseMasks finds the mask of each column read: of those that bind the principal the
// strongest. Two different ones of equal strength are refused when published; should
// they meet here all the same, the value is hidden whole.
func (g *governing) chooseMasks() error {
	g.masks = map[int]plan.Expr{}
	for _, i := range g.read {
		c := g.column(i)
		var best *catalog.AppliedMask
		for _, m := range g.who.mesh.MasksOf(g.table, c) {
			if g.who.exempt(m.Policy, g.scopes, []string{c.Name}) {
				continue
			}
			switch {
			case best == nil || m.Rule.Mask.Stronger(best.Rule.Mask):
				best = &m
			case m.Rule.Mask == best.Rule.Mask && !m.Rule.SameMask(best.Rule):
				best = &catalog.AppliedMask{Policy: m.Policy, Rule: catalog.Rule{Mask: catalog.MaskNull}}
			}
		}
		if best == nil {
			continue
		}
		g.masks[i] = &plan.Literal{} // tells stored that the query's ID is taken by the mask
		stored := &plan.ColumnRef{Column: g.stored(g.scan.Ordinals[i])}
		mask, kind, err := g.mask(best, stored)
		if err != nil {
			return err
		}
		g.masks[i] = mask
		if !slices.Contains(g.policies, best.Policy.ID) {
			g.policies = append(g.policies, best.Policy.ID)
		}
		g.decision.Masks = append(g.decision.Masks, ColumnMask{Column: c.Name, Mask: kind, Policy: best.Policy.ID})
	}
	return nil
}

// mask gives the expression that stands for a column, of its type, and what kind it is:
// a mask that the type or the mesh cannot carry hides the value whole.
func (g *governing) mask(m *catalog.AppliedMask, stored *plan.ColumnRef) (plan.Expr, catalog.MaskKind, error) {
	t := stored.Type()
	switch m.Rule.Mask {
	case catalog.MaskConstant:
		text, ok := m.Rule.Constant(t)
		if !ok {
			return nil, "", undecided(g.table, m.Policy.ID, nil)
		}
		return &plan.Literal{Of: t, Text: text, Secret: true}, catalog.MaskConstant, nil
	case catalog.MaskHash:
		if catalog.HashFits(t) && g.who.mesh.Settings.HashKey != (catalog.SecretRef{}) {
			return hashed(stored, g.keyName(m.Rule.MaskArgs()["key"])), catalog.MaskHash, nil
		}
	case catalog.MaskPartial:
		if catalog.PartialFits(t) {
			e, err := partial(m.Rule.Args, stored)
			if err != nil {
				return nil, "", undecided(g.table, m.Policy.ID, err)
			}
			return e, catalog.MaskPartial, nil
		}
	}
	return &plan.Literal{Of: t, Null: true}, catalog.MaskNull, nil
}

// keyName names the key of a hash. Who shares a key can join on the hashes.
func (g *governing) keyName(scope string) string {
	switch scope {
	case "mesh":
		return "mesh"
	case "domain":
		return "domain:" + g.table.Product.Domain.Name
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
func notNull(mask plan.Expr, stored bool) bool {
	if l, ok := mask.(*plan.Literal); ok {
		return !l.Null
	}
	return stored
}

// hidden stands for the part of a value that is not shown. Its length is always the
// same, so it does not tell the length of what it hides.
const hidden = "***"

// partial shows a part of a text:
//
//	keep: domain   '***' || right(x, strpos(reverse(x), '@'))      from the last @, which ends the local part
//	first: n       CASE WHEN length(x) > n THEN left(x, n) || '***' ELSE '***' END
//	last: n        CASE WHEN length(x) > n THEN '***' || right(x, n) ELSE '***' END
//
// A value no longer than what would be shown is hidden whole.
func partial(args map[string]string, stored *plan.ColumnRef) (plan.Expr, error) {
	b := &builder{}
	x, stars := b.asText(stored), literal(pgtype.Text, hidden)
	var shown plan.Expr
	switch {
	case args["keep"] == "domain":
		at := b.call("strpos", b.call("reverse", x), literal(pgtype.Text, "@"))
		shown = b.concat(stars, b.call("right", x, at))
		// NULL in, NULL out: || and its arguments are strict.
	case args["first"] != "":
		n := b.count(args["first"])
		shown = b.whereLonger(x, n, b.concat(b.call("left", x, n), stars), stars)
	default:
		n := b.count(args["last"])
		shown = b.whereLonger(x, n, b.concat(stars, b.call("right", x, n)), stars)
	}
	return b.as(shown, stored.Type()), b.err
}

// whereLonger is long where a text has more than n characters, NULL where it is NULL.
func (b *builder) whereLonger(x, n, long, short plan.Expr) plan.Expr {
	return &plan.Case{
		Whens: []plan.When{
			{Condition: &plan.IsNull{Arg: x}, Result: &plan.Literal{Of: pgtype.Of(pgtype.Text), Null: true}},
			{Condition: b.operator(">", b.call("length", x), n), Result: long},
		},
		Else: short, Of: pgtype.Of(pgtype.Text),
	}
}

// count reads n of first and last.
func (b *builder) count(text string) plan.Expr {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.fail("a count of characters")
	}
	return literal(pgtype.Int4, strconv.Itoa(n))
}
