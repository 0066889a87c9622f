package bind

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// equality gives the equality of a type, or 42883 "could not identify an equality operator for type …".
func (b *binder) equality(t pgtype.OID, position int) (*pgtype.Procedure, error) {
	return nil, sqlstate.Unsupported("equality")
}

// ordering fails with 42883 where values of a type have no order.
func (b *binder) ordering(t pgtype.OID, position int) error {
	return sqlstate.Unsupported("ordering")
}

// compare binds "left operator right" of two bound expressions, such as the = of USING.
func (b *binder) compare(operator string, left, right plan.Expr, position int) (plan.Expr, error) {
	return nil, sqlstate.Unsupported("operator")
}

// conjuncts splits a condition at its ANDs.
func (b *binder) conjuncts(e plan.Expr) []plan.Expr {
	and, ok := e.(*plan.And)
	if !ok {
		return []plan.Expr{e}
	}
	var all []plan.Expr
	for _, a := range and.Args {
		all = append(all, b.conjuncts(a)...)
	}
	return all
}
