package functions

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Supports tells how exactly an engine can evaluate a whole expression: the least of
// its parts. A subquery's own plan is not entered; its comparison is judged.
func Supports(e plan.Expr, engine Engine) Exactness {
	least := Exact
	plan.WalkExpr(expandAll(e), func(e plan.Expr) bool {
		if s := supportsOne(e, engine); s < least {
			least = s
		}
		return least != None
	})
	return least
}

// Missing names the first part of an expression that an engine cannot evaluate, for
// error messages ("function foo(text)"); "" where there is none.
func Missing(e plan.Expr, engine Engine) string {
	found := ""
	plan.WalkExpr(expandAll(e), func(e plan.Expr) bool {
		if found == "" && supportsOne(e, engine) == None {
			found = describe(e)
		}
		return found == ""
	})
	return found
}

func expandAll(e plan.Expr) plan.Expr { return plan.TransformExpr(e, Expand) }

func supportsOne(e plan.Expr, engine Engine) Exactness {
	if !typeServed(e.Type().OID) || engine == MySQL && !mysqlSays(e) || engine != DuckDB && (e.Type().Shaped || onlyLocal(e.Type().OID)) {
		return None
	}
	switch e := e.(type) {
	case *plan.Literal, *plan.Parameter, *plan.ColumnRef, *plan.And, *plan.Or, *plan.Not, *plan.IsNull, *plan.BooleanTest,
		*plan.Case, *plan.Coalesce, *plan.Array, *plan.Grouping, *plan.Row:
		return Exact
	case *plan.Call:
		return chosen(OfProcedure(e.Procedure, e.Operator), e.Args, engine)
	case *plan.AggregateCall:
		return supportsAggregate(e, engine)
	case *plan.WindowCall:
		return chosen(Signature(e), e.Args, engine)
	case *plan.SetCall:
		return chosen(Signature(e), e.Args, engine)
	case *plan.Cast:
		return supportsCast(e, engine)
	case *plan.Distinct:
		return chosen(OfProcedure(e.Equal, "="), []plan.Expr{e.Left, e.Right}, engine)
	case *plan.NullIf:
		return chosen(OfProcedure(e.Equal, "="), []plan.Expr{e.Left, e.Right}, engine)
	case *plan.In:
		return chosen(OfProcedure(e.Equal, "="), nil, engine)
	case *plan.Extreme:
		return chosen("<("+TypeName(base(e.Of.OID))+","+TypeName(base(e.Of.OID))+")", nil, engine)
	case *plan.ArrayCompare:
		return chosen(OfProcedure(e.Procedure, e.Operator), nil, engine)
	case *plan.RowCompare:
		return supportsAll(e.Procedures, e.Operator, engine)
	case *plan.Subquery:
		return supportsAll(e.Procedures, e.Operator, engine)
	case *plan.Subscript:
		return Exact
	}
	return None
}

func chosen(signature string, args []plan.Expr, engine Engine) Exactness {
	row, ok := Find(Key(signature, args))
	if !ok {
		return None
	}
	r := row.For(engine)
	if args == nil && r.Exactness != None {
		return r.Exactness
	}
	if _, ok := r.Choose(args); !ok {
		return None
	}
	return r.Exactness
}

func supportsAll(procedures []*pgtype.Procedure, operator string, engine Engine) Exactness {
	least := Exact
	for _, p := range procedures {
		least = min(least, chosen(OfProcedure(p, operator), nil, engine))
	}
	return least
}

func supportsCast(e *plan.Cast, engine Engine) Exactness {
	from, to := e.Arg.Type(), e.To
	least := Exact
	if to.Shaped && from.OID == to.OID {
		return Exact
	}
	if fromElem, toElem, arrays := elements(from.OID, to.OID); arrays {
		inner := &plan.Cast{Arg: &plan.ColumnRef{Column: plan.Column{Type: pgtype.Type{OID: fromElem, Mod: from.Mod}}},
			To: pgtype.Type{OID: toElem, Mod: to.Mod}, Context: e.Context}
		return supportsCast(inner, engine)
	}
	if elem, ok := pgtype.ElementOf(to.OID); ok && engine == DuckDB && (from.OID == pgtype.Text || from.OID == pgtype.Varchar) {
		text := &plan.ColumnRef{Column: plan.Column{Type: pgtype.Of(pgtype.Text)}}
		return supportsCast(&plan.Cast{Arg: text, To: pgtype.Type{OID: elem, Mod: to.Mod}, Context: e.Context}, engine)
	}
	if from.OID != to.OID {
		least = chosen(OfCast(from.OID, to.OID), []plan.Expr{e.Arg}, engine)
	}
	if to.Mod >= 0 && (from.OID != to.OID || from.Mod != to.Mod) && to.OID != pgtype.Numeric {
		least = min(least, chosen("modifier("+TypeName(to.OID)+")", []plan.Expr{e.Arg}, engine))
	}
	return least
}

// elements gives the element types of two array types.
func elements(a, b pgtype.OID) (x, y pgtype.OID, arrays bool) {
	x, ok1 := pgtype.ElementOf(a)
	y, ok2 := pgtype.ElementOf(b)
	return x, y, ok1 && ok2
}

// supportsAggregate refuses what the local engine cannot say around an aggregate.
func supportsAggregate(e *plan.AggregateCall, engine Engine) Exactness {
	if len(e.WithinGroup) > 0 {
		if engine == DuckDB && OrderedSet(Signature(e)) {
			return Exact
		}
		return None
	}
	args := e.Args
	if args == nil {
		args = []plan.Expr{}
	}
	return chosen(Signature(e), args, engine)
}

// heldAsText are types whose values stand as PostgreSQL prints them.
var heldAsText = []pgtype.OID{pgtype.Bit, pgtype.Varbit, pgtype.Timetz, pgtype.Inet, pgtype.Cidr, pgtype.Macaddr, pgtype.Macaddr8}

// onlyLocal tells the types that no source is asked for.
func onlyLocal(t pgtype.OID) bool {
	if elem, ok := pgtype.ElementOf(t); ok {
		t = elem
	}
	return slices.Contains(heldAsText, t) || pgtype.IsRange(t) || t == pgtype.Record || t == pgtype.Unknown
}

// typeServed tells whether values of a type can be held: those with a representation
// of their own, and arrays of them. Pseudo-types and exotic ones are refused.
func typeServed(t pgtype.OID) bool {
	if elem, ok := pgtype.ElementOf(t); ok {
		return typeServed(elem)
	}
	switch t {
	case pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Oid, pgtype.Float4, pgtype.Float8, pgtype.Numeric,
		pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.Char, pgtype.Bytea, pgtype.Date, pgtype.Time,
		pgtype.Timestamp, pgtype.Timestamptz, pgtype.Interval, pgtype.UUID, pgtype.JSON, pgtype.JSONB, pgtype.JSONPath, pgtype.Record,
		pgtype.Unknown: // of a literal in a row
		return true
	}
	return slices.Contains(heldAsText, t) || pgtype.IsRange(t) || systemTypeServed(t)
}

// base is the type whose operators a type uses.
func base(t pgtype.OID) pgtype.OID {
	if t == pgtype.Varchar {
		return pgtype.Text
	}
	return t
}

// relabels tells whether a cast leaves the text of a literal as it is.
func relabels(from pgtype.OID, to pgtype.Type) bool {
	text := func(t pgtype.OID) bool { return t == pgtype.Text || t == pgtype.Varchar || t == pgtype.Name }
	return to.Mod < 0 && (from == to.OID || text(from) && text(to.OID))
}

func describe(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Call:
		if e.Operator != "" {
			return "operator " + OfProcedure(e.Procedure, e.Operator)
		}
		return "function " + OfProcedure(e.Procedure, "")
	case *plan.Cast:
		return "cast from " + TypeName(e.Arg.Type().OID) + " to " + TypeName(e.To.OID)
	case *plan.AggregateCall:
		return "aggregate " + Signature(e)
	case *plan.WindowCall:
		return "window function " + Signature(e)
	case *plan.SetCall:
		return "function " + Signature(e)
	}
	if !typeServed(e.Type().OID) {
		return "type " + TypeName(e.Type().OID)
	}
	return "comparison of " + TypeName(e.Type().OID)
}
