package auth

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// maskSQL gives an author's expression over the row. One that can fail is refused,
// unless its author says that it may: the text of an error quotes values.
func (g *governing) maskSQL(m *chosenMask, t pgtype.Type) (plan.Expr, error) {
	if m.table != g.table { // it reads a row that is not here
		m.kind = catalog.MaskNull
		return &plan.Literal{Of: t, Null: true}, nil
	}
	columns := make([]plan.Column, len(g.table.Columns))
	for i := range columns {
		columns[i] = g.stored(i)
	}
	author := g.author(m.policy.Domain)
	e, next, err := g.binder.BindMask(m.rule.Args["expression"], author, g.table, columns, t, g.who, g.next)
	if err != nil {
		return nil, undecided(g.table, m.policy.ID, err)
	}
	g.next = max(g.next, next)
	if e == nil || e.Type() != t || !placeable(e, columnSet(columns)) || !mayStand(m.rule, e) {
		return nil, undecided(g.table, m.policy.ID, nil)
	}
	if e, err = g.lookUp(e, author, m.policy.ID); err != nil {
		return nil, undecided(g.table, m.policy.ID, err)
	}
	return e, nil
}

// mayStand tells whether an expression may stand for a column: it can never fail, or
// its author accepts that it does.
func mayStand(r catalog.Rule, e plan.Expr) bool {
	return r.Args["mayFail"] == "true" || functions.Total(e)
}
