package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// arrayExpr binds ARRAY[…]. target is the array type of a cast written right around it,
// which the elements are then cast to one by one; nil without.
func (b *binder) arrayExpr(s *scope, n *pg_query.A_ArrayExpr, target *pgtype.Type) (plan.Expr, error) {
	position := b.position(n.Location)
	elements, positions := make([]plan.Expr, len(n.Elements)), make([]int, len(n.Elements))
	nested := false
	for i, node := range n.Elements {
		e, err := b.element(s, node, target)
		if err != nil {
			return nil, err
		}
		_, isArray := pgtype.ElementOf(e.Type().OID)
		nested = nested || isArray
		elements[i], positions[i] = e, b.position(location(node))
	}
	if nested {
		return b.nestedArray(elements, positions, target, position)
	}
	if target != nil {
		return b.arrayOf(elements, positions, *target)
	}
	if len(elements) == 0 {
		return nil, sqlstate.New(sqlstate.IndeterminateDatatype, "cannot determine type of empty array").
			WithHint("Explicitly cast to the desired type, for example ARRAY[]::integer[].").At(position)
	}
	elements, of, err := b.unify("ARRAY", elements, positions)
	if err != nil {
		return nil, err
	}
	array, err := arrayType(of, position)
	if err != nil {
		return nil, err
	}
	return &plan.Array{Elements: elements, Of: array}, nil
}

// arrayOf casts the elements explicitly to those of an array type.
func (b *binder) arrayOf(elements []plan.Expr, positions []int, array pgtype.Type) (plan.Expr, error) {
	elem, _ := pgtype.ElementOf(array.OID)
	to := pgtype.Type{OID: elem, Mod: array.Mod}
	for i, e := range elements {
		c, err := b.coerce(e, to, plan.CastExplicit, positions[i])
		if err != nil {
			return nil, err
		}
		elements[i] = c
	}
	return &plan.Array{Elements: elements, Of: array}, nil
}

func arrayType(elem pgtype.Type, position int) (pgtype.Type, error) {
	oid, ok := pgtype.ArrayOf(elem.OID)
	if !ok {
		return pgtype.Type{}, sqlstate.New(sqlstate.UndefinedObject, "could not find array type for data type %s",
			pgtype.SQLName(elem.OID)).At(position)
	}
	return pgtype.Type{OID: oid, Mod: elem.Mod, Row: elem.Row}, nil
}
