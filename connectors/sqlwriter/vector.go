package sqlwriter

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// int2vector and oidvector are arrays of the system catalog. They print without braces,
// so they stand as text, and they count from 0. Where an array is wanted they are split.

func isVector(t pgtype.OID) bool { return t == pgtype.Int2Vector || t == pgtype.OidVector }

// split gives a vector's elements as a list.
func split(v value, t pgtype.OID) value {
	element := "SMALLINT"
	if t == pgtype.OidVector {
		element = "UINTEGER"
	}
	text := v.inside(atom)
	return atomOf("CASE WHEN " + text + " = '' THEN CAST([] AS " + element + "[]) ELSE CAST(string_split(" + text + ", ' ') AS " + element + "[]) END")
}

// vectors splits the vectors among the arguments of functions of arrays, and answers
// those that tell of subscripts.
func (w *writer) vectors(c *call) (value, bool) {
	name, types, _ := strings.Cut(c.signature, "(")
	if w.d.engine() != functions.DuckDB || !strings.Contains(types, "anyarray") && !strings.Contains(types, "anycompatiblearray") {
		return value{}, false
	}
	args := slices.Clone(c.args)
	for i, a := range c.args {
		if !isVector(a.Type().OID) {
			continue
		}
		args[i] = asArray(a)
		c.values[i] = split(c.values[i], a.Type().OID)
		length := "len(" + c.values[i].sql + ")"
		switch name {
		case "generate_subscripts":
			return atomOf("CASE WHEN " + c.values[1].inside(atom) + " = 1 THEN CAST(generate_series(0, " + length + " - 1) AS INTEGER[]) END"), true
		case "array_lower":
			return atomOf("CASE WHEN " + length + " > 0 AND " + c.values[1].inside(atom) + " = 1 THEN 0::INTEGER END"), true
		case "array_upper":
			return atomOf("CASE WHEN " + length + " > 0 AND " + c.values[1].inside(atom) + " = 1 THEN CAST(" + length + " - 1 AS INTEGER) END"), true
		}
	}
	c.args = args
	return value{}, false
}

// asArray is a vector as the array it is split into.
func asArray(e plan.Expr) plan.Expr {
	info, _ := pgtype.TypeByOID(e.Type().OID)
	array, _ := pgtype.ArrayOf(info.Elem)
	return &plan.Cast{Arg: e, To: pgtype.Of(array), Context: plan.CastImplicit}
}

// vectorOf gives the vector that an expression is, or is cast from: as an array it still
// counts from 0.
func vectorOf(e plan.Expr) (plan.Expr, bool) {
	if c, ok := e.(*plan.Cast); ok && isArray(c.To.OID) {
		e = c.Arg
	}
	return e, isVector(e.Type().OID)
}

// elementOfVector is v[i], counted from 0.
func (w *writer) elementOfVector(e *plan.Subscript, vector plan.Expr) value {
	if e.Slice {
		return w.refuse("slice of a vector")
	}
	index := w.expr(e.Index).inside(atom)
	return atomOf("CASE WHEN " + index + " >= 0 THEN (" + split(w.expr(vector), vector.Type().OID).sql + ")[" + index + " + 1] END")
}

// session is the number of the session as a literal.
func (w *writer) session() string {
	if w.o.Session == 0 {
		w.refuse("a look into the catalog here")
	}
	return strconv.FormatInt(w.o.Session, 10) + "::BIGINT"
}
