package bind

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// coerce turns e into another type as context allows (42846 "cannot cast type …").
func (b *binder) coerce(e plan.Expr, to pgtype.Type, context plan.CastContext, position int) (plan.Expr, error) {
	return nil, sqlstate.Unsupported("cast")
}

// unify brings the branches of a construct ("UNION", "CASE", "VALUES") to one type.
func (b *binder) unify(construct string, exprs []plan.Expr, positions []int) ([]plan.Expr, pgtype.Type, error) {
	return nil, pgtype.Type{}, sqlstate.Unsupported("%s", construct)
}

// resolveUnknown makes an unknown literal or parameter text, and leaves others alone.
// It fails for a parameter that was taken to be something else before (42P08).
func (b *binder) resolveUnknown(e plan.Expr, position int) (plan.Expr, error) {
	return nil, sqlstate.Unsupported("unknown")
}
