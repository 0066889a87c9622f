package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// orderedSet writes an aggregate WITHIN GROUP in DuckDB: over the list of its values in
// their order, or, for a hypothetical row, by counting the rows before it.
func (w *writer) orderedSet(e *plan.AggregateCall) value {
	signature := functions.Signature(e)
	if w.d.engine() != functions.DuckDB || !functions.OrderedSet(signature) {
		return w.refuse("aggregate %s WITHIN GROUP", e.Procedure.Name)
	}
	filter := ""
	if e.Filter != nil {
		filter = w.condition(e.Filter).inside(conjunction)
	}
	if e.Procedure.AggregateClass == 'h' {
		return w.hypothetical(e, filter)
	}
	key := e.WithinGroup[0]
	v := w.expr(key.Expr)
	order := " ORDER BY " + strings.Join(w.sortKeys(e.WithinGroup[:1]), ", ")
	if strings.HasSuffix(order, " BY ") {
		order = ""
	}
	present := v.inside(atom) + " IS NOT NULL"
	if filter != "" {
		present += " AND " + filter
	}
	behind := order + ") FILTER (WHERE " + present + ")"
	if e.Procedure.Name == "mode" {
		if w.keyed(v, key.Expr.Type()) {
			return w.refuse("mode of %s", functions.TypeName(key.Expr.Type().OID))
		}
		return value{sql: "mode(" + v.sql + behind, rank: atom, form: v.form}
	}
	list := "list(" + v.sql + behind
	one := func(fraction string) string {
		if e.Procedure.Name == "percentile_disc" {
			return "list_extract(" + list + ", pg_percentile_row(coalesce(len(" + list + "), 0), " + fraction + "))"
		}
		return "pg_percentile_cont(" + list + ", " + fraction + ")"
	}
	if !isArray(e.Args[0].Type().OID) {
		return value{sql: one(w.expr(e.Args[0]).sql), rank: atom, form: v.form}
	}
	fractions, written := w.elements(e.Args[0])
	if !written {
		return w.refuse("percentiles of an array that is not written out")
	}
	texts := make([]string, len(fractions))
	for i, f := range fractions {
		texts[i] = one(w.expr(f).sql)
	}
	sql := "CASE WHEN len(" + list + ") > 0 THEN [" + strings.Join(texts, ", ") + "] END"
	return w.d.convert(value{sql: sql, rank: atom, form: v.form}, w.d.form(e.Of), e.Of)
}

// hypothetical ranks the row of the direct arguments among the others.
func (w *writer) hypothetical(e *plan.AggregateCall, filter string) value {
	before, equal := "false", "true"
	var keys []string
	for i := len(e.WithinGroup) - 1; i >= 0; i-- {
		k := e.WithinGroup[i]
		t := k.Expr.Type()
		both := w.comparable([]value{w.expr(k.Expr), w.expr(e.Args[i])}, t)
		key, arg := both[0].inside(atom), both[1].inside(atom)
		keys = append(keys, key)
		operator := " < "
		if k.Descending {
			operator = " > "
		}
		nulls := "false"
		if k.NullsFirst {
			nulls = "true"
		}
		first := "CASE WHEN " + key + " IS NULL THEN " + arg + " IS NOT NULL AND " + nulls + " WHEN " + arg + " IS NULL THEN NOT " + nulls +
			" ELSE " + key + operator + arg + " END"
		same := key + " IS NOT DISTINCT FROM " + arg
		before = "(" + first + " OR " + same + " AND " + before + ")"
		equal = "(" + same + " AND " + equal + ")"
	}
	also := ""
	if filter != "" {
		also = " AND " + filter
	}
	count := func(what, condition string) string {
		return "count(" + what + ") FILTER (WHERE " + condition + also + ")"
	}
	rows := count("*", "true")
	sql := ""
	switch e.Procedure.Name {
	case "rank":
		sql = "1 + " + count("*", before)
	case "dense_rank":
		sql = "1 + " + count("DISTINCT ROW("+strings.Join(keys, ", ")+")", before)
	case "percent_rank":
		sql = "CASE WHEN " + rows + " = 0 THEN 0::DOUBLE ELSE CAST(" + count("*", before) + " AS DOUBLE) / " + rows + " END"
	case "cume_dist":
		sql = "CAST(" + count("*", "("+before+" OR "+equal+")") + " + 1 AS DOUBLE) / (" + rows + " + 1)"
	}
	return value{sql: "CAST(" + sql + " AS " + w.d.typeName(w, pgtype.Of(e.Of.OID)) + ")", rank: atom}
}
