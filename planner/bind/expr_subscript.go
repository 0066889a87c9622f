package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// indirection binds what follows a value: subscripts, slices, field names.
func (b *binder) indirection(s *scope, n *pg_query.A_Indirection) (plan.Expr, error) {
	e, steps, err := b.indirectionBase(s, n)
	if err != nil || len(steps) == 0 {
		return e, err
	}
	position := b.position(location(n.Arg))
	var subscripts []*pg_query.A_Indices
	for _, step := range steps {
		switch step := step.GetNode().(type) {
		case *pg_query.Node_AIndices:
			subscripts = append(subscripts, step.AIndices)
		case *pg_query.Node_AStar: // a list of targets expands it before (fieldsOf)
			return nil, sqlstate.New(sqlstate.FeatureNotSupported, `row expansion via "*" is not supported here`).At(position)
		default:
			if len(subscripts) > 0 {
				if _, err := b.subscript(s, e, subscripts, position); err != nil {
					return nil, err
				}
			}
			if e, err = b.field(e, step.(*pg_query.Node_String_).String_.GetSval(), position); err != nil {
				return nil, err
			}
			continue
		}
	}
	if len(subscripts) == 0 {
		return e, nil
	}
	return b.subscript(s, e, subscripts, position)
}

// indirectionBase binds what the steps go on from. A field of a relation's row, (t).c,
// is the column t.c.
func (b *binder) indirectionBase(s *scope, n *pg_query.A_Indirection) (plan.Expr, []*pg_query.Node, error) {
	ref, field := n.Arg.GetColumnRef(), n.Indirection[0].GetString_()
	if ref == nil || field == nil || b.principal != nil {
		e, err := b.expr(s, n.Arg)
		return e, n.Indirection, err
	}
	position := b.position(ref.Location)
	c, r, err := b.lookUp(s, ref)
	switch {
	case err != nil:
		return nil, nil, err
	case r == nil:
		return b.reference(*c, position), n.Indirection, nil
	case r.scalar:
		return b.reference(r.columns[0], position), n.Indirection, nil
	}
	if c, err = r.column(field.Sval, position); err != nil {
		return nil, nil, err
	}
	if c == nil {
		return nil, nil, sqlstate.New(sqlstate.UndefinedColumn, "column %s.%s does not exist", r.alias, field.Sval).At(position)
	}
	return b.reference(*c, position), n.Indirection[1:], nil
}

func (b *binder) fieldError(e plan.Expr, field string, position int) error {
	t := e.Type().OID
	info, ok := pgtype.TypeByOID(pgtype.BaseType(pgtype.Of(t)).OID)
	switch {
	case t == pgtype.Unknown || t == pgtype.Record || ok && info.Kind == 'c':
		return sqlstate.Unsupported("selecting field %s of a composite value", field).At(position)
	}
	return sqlstate.New(sqlstate.WrongObjectType, "column notation .%s applied to type %s, which is not a composite type",
		field, pgtype.SQLName(t)).At(position)
}

// subscript binds a[i] and a[i:j].
func (b *binder) subscript(s *scope, e plan.Expr, list []*pg_query.A_Indices, position int) (plan.Expr, error) {
	container := pgtype.BaseType(e.Type())
	if container.OID == pgtype.JSONB {
		return b.subscriptJSON(s, e, list, position)
	}
	elem, err := subscriptElement(container, e.Type(), position)
	if err != nil {
		return nil, err
	}
	if len(list) > 1 || e.Type().Shaped {
		return b.subscriptShaped(s, e, elem, list, position)
	}
	if list[0].IsSlice {
		x := &plan.Subscript{Arg: e, Slice: true, Of: container}
		if x.Lower, err = b.subscriptIndex(s, list[0].Lidx); err == nil {
			x.Upper, err = b.subscriptIndex(s, list[0].Uidx)
		}
		return x, err
	}
	index, err := b.subscriptIndex(s, list[0].Uidx)
	return &plan.Subscript{Arg: e, Index: index, Of: pgtype.Type{OID: elem, Mod: container.Mod, Row: container.Row}}, err
}

// subscriptElement gives what a subscript of a type yields.
func subscriptElement(container, written pgtype.Type, position int) (pgtype.OID, error) {
	if elem, ok := pgtype.ElementOf(container.OID); ok {
		return elem, nil
	}
	info, ok := pgtype.TypeByOID(container.OID)
	switch {
	case ok && info.Subscript == "array_subscript_handler":
		return info.Elem, nil
	case ok && info.Subscript != "":
		return 0, sqlstate.Unsupported("subscript of type %s", pgtype.SQLName(container.OID)).At(position)
	}
	return 0, sqlstate.New(sqlstate.DatatypeMismatch, "cannot subscript type %s because it does not support subscripting",
		pgtype.SQLName(written.OID)).At(position)
}

// subscriptIndex binds an index, nil for an open bound.
func (b *binder) subscriptIndex(s *scope, n *pg_query.Node) (plan.Expr, error) {
	if n == nil {
		return nil, nil
	}
	e, err := b.expr(s, n)
	if err != nil {
		return nil, err
	}
	position := b.position(location(n))
	if from := e.Type().OID; !pgtype.CanCoerce([]pgtype.OID{from}, []pgtype.OID{pgtype.Int4}, pgtype.Assignment) {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "array subscript must have type integer").At(position)
	}
	return b.coerce(e, pgtype.Of(pgtype.Int4), plan.CastAssignment, position)
}
