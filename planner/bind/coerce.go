package bind

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// coerce turns e into another type as context allows (42846 "cannot cast type …").
// An explicit cast also takes a modifier away; elsewhere a target without modifier
// leaves that of a value of the same type alone.
func (b *binder) coerce(e plan.Expr, to pgtype.Type, context plan.CastContext, position int) (plan.Expr, error) {
	e, err := b.recordOf(e, position)
	if err != nil {
		return nil, err
	}
	from := e.Type()
	if _, array := pgtype.ElementOf(to.OID); array && from.Shaped {
		to.Shaped = true
	}
	if from.OID == pgtype.Unknown {
		return b.coerceUnknown(e, to, context, position)
	}
	if from == to || from.OID == to.OID && to.Mod < 0 && (context != plan.CastExplicit || from.Row != "" || from.Shaped) {
		return b.withFields(e, to, position)
	}
	if from.OID != to.OID {
		if _, ok := pgtype.FindCast(from.OID, to.OID, castContexts[context]); !ok {
			return nil, cannotCast(from, to, position)
		}
	}
	return b.foldCast(&plan.Cast{Arg: e, To: to, Context: context}), nil
}

// castContexts are the names of the catalog for those of the plan.
var castContexts = map[plan.CastContext]pgtype.CastContext{
	plan.CastExplicit:   pgtype.Explicit,
	plan.CastAssignment: pgtype.Assignment,
	plan.CastImplicit:   pgtype.Implicit,
}

func cannotCast(from, to pgtype.Type, position int) error {
	return sqlstate.New(sqlstate.CannotCoerce, "cannot cast type %s to %s",
		pgtype.SQLName(from.OID), pgtype.SQLName(to.OID)).At(position)
}

// coerceUnknown gives a literal or parameter its type, then the modifier.
func (b *binder) coerceUnknown(e plan.Expr, to pgtype.Type, context plan.CastContext, position int) (plan.Expr, error) {
	switch e := e.(type) {
	case *plan.Literal:
		return b.typedLiteral(e, to, position)
	case *plan.Parameter:
		p, err := b.inferParameter(e, to.OID, position)
		if err != nil {
			return nil, err
		}
		return b.coerce(p, to, context, position)
	}
	if to.OID == pgtype.Unknown {
		return e, nil
	}
	return &plan.Cast{Arg: e, To: to, Context: context}, nil
}

// coerceArgument coerces to what a procedure declares. Where it takes "any", an
// unknown literal is text, as the functions that take "any" read it.
func (b *binder) coerceArgument(e plan.Expr, to pgtype.OID, position int) (plan.Expr, error) {
	e, err := b.recordOf(e, position)
	if err != nil {
		return nil, err
	}
	if info, ok := pgtype.TypeByOID(to); to == pgtype.Unknown || ok && info.Kind == 'p' && to != pgtype.Record {
		if l, ok := e.(*plan.Literal); ok && l.Of.OID == pgtype.Unknown {
			return b.typedLiteral(l, pgtype.Of(pgtype.Text), position)
		}
		return e, nil
	}
	return b.coerce(e, pgtype.Of(to), plan.CastImplicit, position)
}

// resolveUnknown makes an unknown literal or parameter text, and leaves others alone.
// It fails for a parameter that was taken to be something else before (42P08).
// A row becomes a record.
func (b *binder) resolveUnknown(e plan.Expr, position int) (plan.Expr, error) {
	if _, ok := e.(*plan.Row); ok {
		return b.recordOf(e, position)
	}
	if e.Type().OID != pgtype.Unknown {
		return e, nil
	}
	return b.coerce(e, pgtype.Of(pgtype.Text), plan.CastImplicit, position)
}
