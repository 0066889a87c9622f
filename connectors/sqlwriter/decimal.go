package sqlwriter

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Decimal arithmetic in DuckDB: where the display scale of every operand is known,
// PostgreSQL's rules give that of the result, so values may stand as DECIMAL and their
// text is the same. Precision is an upper bound, capped: beyond it DuckDB raises an
// error, never a wrong digit.
const (
	maxPrecision = 38
	// shortPrecision is the widest decimal DuckDB computes in 64 bits. Two operands
	// of that width give a result of that width, with an error where it is too narrow;
	// one that is wider has it compute in 128 bits.
	shortPrecision = 18
	// mostDigits bounds the digits a product may need on paper: few values fill the
	// precision of their type, but a bound far beyond is not trusted to them.
	mostDigits = 48
)

// special writes numeric calls over decimals; everything else goes by the table.
func (d duckdb) special(w *writer, c call) (value, bool) {
	name, types, _ := strings.Cut(c.signature, "(")
	if name == "array_agg" && len(c.values) == 1 && c.values[0].form.kind == ofDecimal {
		return value{sql: "array_agg(" + c.distinct + c.values[0].sql + c.order + ")" + c.behind, rank: atom, form: c.values[0].form}, true
	}
	if strings.HasPrefix(name, "shaped sluice.array_") {
		return d.shapedCall(w, name, c)
	}
	if name == "sluice.json_result" {
		return d.jsonResult(w, c), true
	}
	if isRangeBound(name, types) {
		return d.rangeBound(w, name, c), true
	}
	if polymorphic(types) {
		return d.polymorphic(w, c)
	}
	switch types {
	case "record,int4)":
		if fields := c.args[0].Type().Fields(); fields != nil {
			position, _ := strconv.Atoi(c.args[1].(*plan.Literal).Text)
			return d.fieldOf(c.values[0], position-1, c.of), true
		}
	case "bpchar,bpchar)":
		if functions.Comparison(name) {
			return d.compare(w, name, c.values[0], c.values[1], c.args[0].Type()), true
		}
	case "numeric,numeric)":
		return d.binary(w, name, c)
	case "numeric)", "numeric,int4)", "numeric,int2)", "numeric,int8)", "numeric,float8)", "numeric,float4)":
		return d.unary(w, name, c)
	case "numeric,text)", "numeric,varchar)":
		v := d.convert(c.values[0], form{kind: ofText}, pgtype.Of(pgtype.Numeric))
		v.form = form{}
		return v, name == "cast"
	}
	return value{}, false
}

func (d duckdb) binary(w *writer, name string, c call) (value, bool) {
	l, r := c.values[0], c.values[1]
	if functions.Comparison(name) {
		return d.compare(w, name, l, r, pgtype.Of(pgtype.Numeric)), true
	}
	if l.form.kind != ofDecimal || r.form.kind != ofDecimal {
		return value{}, false
	}
	switch name {
	case "+", "-":
		scale := max(l.form.scale, r.form.scale)
		whole := max(l.form.precision-l.form.scale, r.form.precision-r.form.scale) + 1
		return d.arithmetic(l, name, r, form{ofDecimal, min(whole+scale, maxPrecision), scale}), true
	case "*":
		scale := l.form.scale + r.form.scale
		if scale > maxPrecision || l.form.precision+r.form.precision > mostDigits || longLiteral(l) || longLiteral(r) {
			return value{}, false
		}
		return d.arithmetic(l, name, r, form{ofDecimal, min(l.form.precision+r.form.precision, maxPrecision), scale}), true
	}
	return value{}, false
}

// longLiteral: what a constant of so many digits is multiplied with may well pass 38.
func longLiteral(v value) bool {
	return strings.HasPrefix(v.sql, "'") && v.form.precision > shortPrecision
}

func (d duckdb) arithmetic(l value, operator string, r value, to form) value {
	if to.precision > shortPrecision && l.form.precision <= shortPrecision && r.form.precision <= shortPrecision {
		l = d.convert(l, form{ofDecimal, shortPrecision + 1, l.form.scale}, pgtype.Of(pgtype.Numeric))
	}
	return value{sql: l.inside(atom) + " " + operator + " " + r.inside(atom), rank: operation, form: to}
}

func (d duckdb) unary(w *writer, name string, c call) (value, bool) {
	v := c.values[0]
	if v.form.kind != ofDecimal {
		return value{}, false
	}
	f := v.form
	whole := max(f.precision-f.scale, 1)
	more := min(whole+1, maxPrecision) // rounding up may add a digit
	switch name {
	case "+":
		return v, true
	case "-":
		return value{sql: "-" + v.inside(atom), rank: operation, form: f}, true
	case "abs", "@":
		return value{sql: "abs(" + v.sql + ")", rank: atom, form: f}, true
	case "sign":
		return decimalCast("sign("+v.sql+")", 1, 0), true
	case "floor", "ceil", "ceiling":
		return decimalCast(strings.TrimSuffix(name, "ing")+"("+v.sql+")", more, 0), true
	case "trunc":
		if len(c.args) == 1 {
			return decimalCast("trunc("+v.sql+")", whole, 0), true
		}
	case "round":
		return d.round(v, c, more)
	case "sum":
		return value{sql: "sum(" + c.distinct + v.sql + ")" + c.behind, rank: atom, form: form{ofDecimal, maxPrecision, f.scale}}, true
	case "avg":
		sum, count := "sum("+c.distinct+v.sql+")"+c.behind, "count("+c.distinct+v.sql+")"+c.behind
		return value{sql: "pg_numeric_div(CAST(" + sum + " AS VARCHAR), CAST(" + count + " AS VARCHAR))", rank: atom, form: form{kind: ofText}}, true
	case "min", "max":
		return value{sql: name + "(" + v.sql + ")" + c.behind, rank: atom, form: f}, true
	case "cast":
		return d.fromDecimal(v, c.of)
	}
	return value{}, false
}

// round to a literal number of digits has a known scale.
func (d duckdb) round(v value, c call, whole int32) (value, bool) {
	digits := int32(0)
	if len(c.args) == 2 {
		l, ok := c.args[1].(*plan.Literal)
		if !ok || l.Null {
			return value{}, false
		}
		n, err := strconv.Atoi(l.Text)
		if err != nil || n < 0 || n > maxPrecision {
			return value{}, false
		}
		digits = int32(n)
	}
	if digits+whole > maxPrecision {
		return value{}, false
	}
	return decimalCast(v.sql, whole+digits, digits), true
}

func decimalCast(sql string, precision, scale int32) value {
	return value{sql: "CAST(" + sql + " AS " + decimalName(precision, scale) + ")", rank: atom, form: form{ofDecimal, precision, scale}}
}

// fromDecimal casts to integers (rounding half away from zero, as numeric does) and
// floats. Up to 15 digits a decimal's double is the nearest one; beyond, the text's is.
func (d duckdb) fromDecimal(v value, to pgtype.Type) (value, bool) {
	name, ok := duckdbTypes[to.OID]
	if !ok {
		return value{}, false
	}
	inner := v.sql
	if to.OID == pgtype.Float4 || to.OID == pgtype.Float8 && v.form.precision > 15 {
		inner = "CAST(" + inner + " AS VARCHAR)"
	}
	return value{sql: fmt.Sprintf("CAST(%s AS %s)", inner, name), rank: atom}, true
}

func polymorphic(types string) bool {
	return strings.HasPrefix(types, "any") && types != "any)"
}

// polymorphic calls give what they take: lag, first_value, unnest. Their result stands
// as the argument does.
func (d duckdb) polymorphic(w *writer, c call) (value, bool) {
	if len(c.args) == 0 || c.args[0].Type().OID != c.of.OID || c.of.OID != pgtype.Numeric {
		return value{}, false
	}
	name, _, _ := strings.Cut(c.signature, "(")
	switch name {
	case "lag", "lead", "first_value", "last_value", "nth_value":
	default:
		return value{}, false
	}
	values := append([]value{}, c.values...)
	if len(values) == 3 {
		both := w.unified([]value{values[0], values[2]}, c.of)
		values[0], values[2] = both[0], both[1]
	}
	if name == "nth_value" {
		values[1].sql = "pg_nth_argument(" + values[1].sql + ")"
	}
	return value{sql: name + "(" + joined(values) + ")" + c.behind, rank: atom, form: values[0].form}, true
}
