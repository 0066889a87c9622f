package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
)

// typeLiteral is a type's name, by which functions of ours know it.
func typeLiteral(t pgtype.OID) string { return "'" + functions.TypeName(t) + "'" }

// rangeOf names the type that a call computes with, for $R: that of its first range, and of its
// result where that is a multirange made of ranges.
func (w *writer) rangeOf(c call) string {
	for _, a := range c.args {
		if pgtype.IsRange(a.Type().OID) {
			return typeLiteral(a.Type().OID)
		}
	}
	return typeLiteral(c.of.OID)
}

// rangeElement writes an argument as the canonical text of a bound, for $E.
func (w *writer) rangeElement(c call, i int) string {
	d, ok := w.d.(duckdb)
	if !ok {
		return w.refuse("function %s here", c.signature).sql
	}
	v := c.values[i]
	switch t := c.args[i].Type(); t.OID {
	case pgtype.Date:
		return "pg_date_out(" + v.sql + ")"
	case pgtype.Timestamp:
		return "pg_timestamp_out(" + v.sql + ")"
	case pgtype.Timestamptz:
		return "pg_timestamptz_out(" + v.sql + ", 'UTC')"
	default:
		return "CAST(" + d.convert(v, d.form(pgtype.Of(t.OID)), t).sql + " AS VARCHAR)"
	}
}

// rangeBound reads lower(range) and upper(range), which give the canonical text of a bound.
func (d duckdb) rangeBound(w *writer, name string, c call) value {
	text := "pg_range_bound(" + w.rangeOf(c) + ", " + c.values[0].sql + ", '" + name + "')"
	switch c.of.OID {
	case pgtype.Date:
		text = "pg_date_in(" + text + ", 'MDY')"
	case pgtype.Timestamp:
		text = "pg_timestamp_in(" + text + ", 'MDY')"
	case pgtype.Timestamptz:
		text = "pg_timestamptz_in(" + text + ", 'MDY', 'UTC')"
	case pgtype.Int4, pgtype.Int8:
		text = "CAST(" + text + " AS " + d.typeName(w, c.of) + ")"
	}
	return value{sql: text, rank: atom, form: d.form(pgtype.Of(c.of.OID))}
}

func isRangeBound(name, types string) bool {
	return (name == "lower" || name == "upper") && strings.HasPrefix(types, "any") && strings.HasSuffix(types, "range)")
}
