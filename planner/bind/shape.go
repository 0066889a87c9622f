package bind

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Arrays of several dimensions, or with lower bounds other than 1, have types of their own
// (Type.Shaped), which come of nested ARRAY[…], of literals and of functions that may make such.
// Where one meets a plain array, that takes its form.

// shaped gives an array the form that has bounds.
func shaped(e plan.Expr) plan.Expr {
	to := e.Type()
	if to.Shaped {
		return e
	}
	to.Mod, to.Shaped = -1, true
	if l, ok := e.(*plan.Literal); ok {
		return &plan.Literal{Of: to, Null: l.Null, Text: l.Text}
	}
	return &plan.Cast{Arg: e, To: to, Context: plan.CastImplicit}
}

// shapedLiteral marks an array literal with bounds or dimensions of its own.
func shapedLiteral(e plan.Expr) plan.Expr {
	l, ok := e.(*plan.Literal)
	if !ok || l.Null {
		return e
	}
	elem, array := pgtype.ElementOf(l.Of.OID)
	if !array || l.Of.Shaped || !strings.HasPrefix(l.Text, "{{") && !strings.HasPrefix(l.Text, "[") {
		return e
	}
	if a, err := pgtype.ParseArray(elem, l.Text); err != nil || len(a.Lengths) == 1 && a.Lower[0] == 1 {
		return e
	}
	of := l.Of
	of.Shaped = true
	return &plan.Literal{Of: of, Text: l.Text}
}

// flattened gives the elements of an array, whatever its bounds, as a plain one.
func flattened(e plan.Expr) plan.Expr {
	of := e.Type()
	if !of.Shaped {
		return e
	}
	of.Shaped = false
	return &plan.Call{Procedure: arrayElements, Args: []plan.Expr{e}, Of: of}
}

// elementwise are functions and operators that do not look at an array's bounds.
var elementwise = map[string]bool{"unnest": true, "array_to_string": true, "cardinality": true, "@>": true, "<@": true, "&&": true}

// ofOneShape gives the arrays among the arguments of a call one form.
func ofOneShape(p *pgtype.Procedure, operator string, args []plan.Expr) []plan.Expr {
	name := operator
	if name == "" {
		name = p.Name
	}
	any := makesShape(p, args)
	for _, a := range args {
		any = any || a.Type().Shaped
	}
	if !any {
		return args
	}
	out := make([]plan.Expr, len(args))
	for i, a := range args {
		_, array := pgtype.ElementOf(a.Type().OID)
		switch {
		case !array || p.Name == "array_fill" || i < len(p.ArgTypes) && !isPolymorphicArray(p.ArgTypes[i]) && !a.Type().Shaped:
			out[i] = a
		case elementwise[name]:
			out[i] = flattened(a)
		default:
			out[i] = shaped(a)
		}
	}
	return out
}

// makesShape tells the calls that make arrays with bounds of others.
func makesShape(p *pgtype.Procedure, args []plan.Expr) bool {
	return p.Name == "array_agg" && len(args) > 0 && p.ArgTypes[0] == pgtype.AnyArray || p.Schema == "pg_catalog" && p.Name == "array_fill" && !plainFill(args)
}

// fillProcedure is what makes the array of array_fill: one with bounds has another form.
func fillProcedure(p *pgtype.Procedure, args []plan.Expr) *pgtype.Procedure {
	switch {
	case p.Schema != "pg_catalog" || p.Name != "array_fill" || plainFill(args):
		return p
	case len(args) == 2:
		return arrayFill
	}
	return arrayFillFrom
}

// plainFill tells array_fill(value, ARRAY[n]), of one dimension.
func plainFill(args []plan.Expr) bool {
	if len(args) != 2 {
		return false
	}
	switch e := args[1].(type) {
	case *plan.Array:
		return len(e.Elements) == 1
	case *plan.Literal:
		return e.Null || !strings.Contains(e.Text, ",")
	}
	return false
}

// givesShape tells whether a call gives an array with bounds.
func givesShape(p *pgtype.Procedure, args []plan.Expr) bool {
	if !isPolymorphicArray(p.Result) {
		return false
	}
	for _, a := range args {
		if a.Type().Shaped {
			return true
		}
	}
	return makesShape(p, args)
}

// isPolymorphicArray tells anyarray and anycompatiblearray, and the "any" that take arrays too.
func isPolymorphicArray(t pgtype.OID) bool {
	return t == pgtype.AnyArray || t == anyCompatibleArray || t == pgtype.AnyElement || t == anyType
}

const anyCompatibleArray pgtype.OID = 5078

// element binds an element of ARRAY[…]; a nested one takes the type of a cast around all.
func (b *binder) element(s *scope, n *pg_query.Node, target *pgtype.Type) (plan.Expr, error) {
	if inner := n.GetAArrayExpr(); inner != nil {
		return b.arrayExpr(s, inner, target)
	}
	return b.expr(s, n)
}

// nestedArray makes an array of arrays, which has a dimension more than they.
func (b *binder) nestedArray(elements []plan.Expr, positions []int, target *pgtype.Type, position int) (plan.Expr, error) {
	var of pgtype.Type
	var err error
	if target != nil {
		of = *target
		for i, e := range elements {
			if elements[i], err = b.coerce(e, of, plan.CastExplicit, positions[i]); err != nil {
				return nil, err
			}
		}
	} else if elements, of, err = b.unify("ARRAY", elements, positions); err != nil {
		return nil, err
	}
	if _, array := pgtype.ElementOf(of.OID); !array {
		return nil, sqlstate.Unsupported("array of arrays and other values").At(position)
	}
	for i, e := range elements {
		elements[i] = shaped(e)
	}
	of.Shaped = true
	return &plan.Call{Procedure: arrayOfArrays, Args: elements, Of: of}, nil
}

// subscriptShaped binds a[i][j] and a[i:j][k:l]: an element, or where one is a slice, a slice, of
// which a[k] is a[1:k].
func (b *binder) subscriptShaped(s *scope, e plan.Expr, elem pgtype.OID, list []*pg_query.A_Indices, position int) (plan.Expr, error) {
	if len(list) > 6 {
		return nil, sqlstate.New(sqlstate.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", len(list), 6).At(position)
	}
	e = shaped(e)
	slice := false
	for _, l := range list {
		slice = slice || l.IsSlice
	}
	var open strings.Builder
	args := []plan.Expr{e}
	add := func(n *pg_query.Node) error {
		index, err := b.subscriptIndex(s, n)
		if err != nil {
			return err
		}
		if index == nil {
			open.WriteByte('o')
			return nil
		}
		open.WriteByte('x')
		args = append(args, index)
		return nil
	}
	for _, l := range list {
		var err error
		switch {
		case l.IsSlice:
			if err = add(l.Lidx); err == nil {
				err = add(l.Uidx)
			}
		case slice:
			open.WriteByte('x')
			args = append(args, literal(pgtype.Int4, "1"))
			err = add(l.Uidx)
		default:
			err = add(l.Uidx)
		}
		if err != nil {
			return nil, err
		}
	}
	if slice {
		args = append(args, literal(pgtype.Text, open.String()))
		return &plan.Call{Procedure: arraySlice, Args: args, Of: e.Type()}, nil
	}
	return &plan.Call{Procedure: arrayElement, Args: args, Of: pgtype.Type{OID: elem, Mod: -1, Row: e.Type().Row}}, nil
}

// What arrays with bounds are made of and read by; these are no functions of PostgreSQL's.
var (
	arrayElements = ownFunction("array_elements", pgtype.AnyArray)
	arrayOfArrays = ownFunction("array_of_arrays", pgtype.AnyArray)
	arrayElement  = ownFunction("array_element", pgtype.AnyElement)
	arraySlice    = ownFunction("array_slice", pgtype.AnyArray)
	arrayFill     = ownFunction("array_fill", pgtype.AnyArray)
	arrayFillFrom = ownFunction("array_fill_from", pgtype.AnyArray)
)

func ownFunction(name string, result pgtype.OID) *pgtype.Procedure {
	return &pgtype.Procedure{Schema: "sluice", Name: name, Kind: pgtype.FunctionKind, ArgTypes: []pgtype.OID{anyType}, Variadic: anyType, Result: result, Volatility: 'i'}
}
