package sqlwriter

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// quoteDuckDB writes a string; DuckDB's plain strings know no escape but the doubled quote.
func quoteDuckDB(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

// literal writes a constant with its exact type. DuckDB would otherwise fit a bare
// number to what stands beside it.
func (d duckdb) literal(w *writer, l *plan.Literal) value {
	if strings.ContainsRune(l.Text, 0) {
		return w.refuse("zero byte in a literal")
	}
	if l.Null {
		return d.null(w, l.Of)
	}
	if _, array := pgtype.ElementOf(l.Of.OID); array {
		return d.arrayLiteral(w, l)
	}
	switch l.Of.OID {
	case pgtype.Bool:
		return atomOf(map[bool]string{true: "true", false: "false"}[strings.HasPrefix(l.Text, "t")])
	case pgtype.Numeric:
		return numericLiteral(l.Text)
	case pgtype.Bytea:
		if _, err := hex.DecodeString(strings.TrimPrefix(l.Text, `\x`)); err != nil {
			return w.refuse("bytea literal in escape format")
		}
		return atomOf("from_hex(" + quoteDuckDB(strings.TrimPrefix(l.Text, `\x`)) + ")")
	case pgtype.Date, pgtype.Timestamp, pgtype.Timestamptz:
		return atomOf(quoteDuckDB(beforeChrist(l.Text)) + "::" + duckdbTypes[l.Of.OID])
	case pgtype.Interval:
		return intervalLiteral(w, l.Text)
	}
	name, ok := duckdbTypes[l.Of.OID]
	if pgtype.IsRegistered(l.Of.OID) {
		name, ok = duckdbTypes[pgtype.Oid], true
	}
	if !ok {
		v := atomOf(quoteDuckDB(l.Text))
		v.form, v.constant, v.text = d.form(l.Of), l.Of.OID == pgtype.Bpchar, l.Text
		return v
	}
	if unsigned(l.Text) {
		return atomOf(l.Text + "::" + name)
	}
	return atomOf(quoteDuckDB(l.Text) + "::" + name)
}

func (d duckdb) null(w *writer, t pgtype.Type) value {
	v := atomOf("CAST(NULL AS " + d.typeName(w, t) + ")")
	if d.form(t).kind != native {
		v.form.kind = ofNull
		if _, array := pgtype.ElementOf(t.OID); array {
			v.form = d.form(t)
		}
	}
	return v
}

func unsigned(text string) bool {
	return text != "" && len(text) < 19 && strings.Trim(text, "0123456789") == ""
}

// numericLiteral stands as the narrowest decimal that shows the same digits.
func numericLiteral(text string) value {
	digits := strings.TrimPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	scale := int32(len(fraction))
	precision := max(int32(len(whole)), 1) + scale
	if strings.Trim(whole+fraction, "0123456789") != "" || precision > maxPrecision {
		return value{sql: quoteDuckDB(text), rank: atom, form: form{kind: ofText}}
	}
	return value{sql: quoteDuckDB(text) + "::" + decimalName(precision, scale), rank: atom, form: form{ofDecimal, precision, scale}}
}

// beforeChrist moves the era behind the date, in parentheses.
func beforeChrist(text string) string {
	rest, found := strings.CutSuffix(text, " BC")
	if !found {
		return text
	}
	date, clock, hasClock := strings.Cut(rest, " ")
	if hasClock {
		return date + " (BC) " + clock
	}
	return date + " (BC)"
}

// longList is the number of elements from which a list of integers is written as one text:
// DuckDB takes a microsecond to read a number in a text, and thirty to parse an expression.
const longList = 20

var integer = map[pgtype.OID]bool{pgtype.Int2: true, pgtype.Int4: true, pgtype.Int8: true}

func (d duckdb) arrayLiteral(w *writer, l *plan.Literal) value {
	if l.Of.Shaped {
		return d.shapedLiteral(w, l)
	}
	elem, _ := pgtype.ElementOf(l.Of.OID)
	texts, nulls, err := parseArray(l.Text)
	if err != nil {
		w.fail(err)
	}
	if len(texts) >= longList && integer[elem] && !slices.Contains(nulls, true) {
		return atomOf("'[" + strings.Join(texts, ",") + "]'::" + duckdbTypes[elem] + "[]")
	}
	e := &plan.Array{Of: l.Of}
	for i, text := range texts {
		e.Elements = append(e.Elements, &plan.Literal{Of: pgtype.Type{OID: elem, Mod: l.Of.Mod}, Null: nulls[i], Text: text})
	}
	return w.array(e)
}

// intervalLiteral writes months, days and microseconds, the three fields both engines keep.
func intervalLiteral(w *writer, text string) value {
	months, days, micros, err := parseInterval(text)
	if err != nil {
		w.fail(err)
	}
	var parts []string
	for _, p := range []struct {
		name, engine string
		n            int64
	}{{"to_months", "INTEGER", months}, {"to_days", "INTEGER", days}, {"to_microseconds", "BIGINT", micros}} {
		if p.n != 0 || p.name == "to_microseconds" && len(parts) == 0 {
			parts = append(parts, p.name+"("+signed(p.n)+"::"+p.engine+")")
		}
	}
	if len(parts) == 1 {
		return atomOf(parts[0])
	}
	return value{sql: strings.Join(parts, " + "), rank: operation}
}

func badInterval(text string) error {
	return sqlstate.New(sqlstate.InvalidDatetimeFormat, "invalid input syntax for type interval: %q", text)
}
