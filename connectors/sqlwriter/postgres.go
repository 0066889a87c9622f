package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// postgres writes PostgreSQL's own SQL. The session it runs in must resolve names in
// pg_catalog first, which is PostgreSQL's default.
type postgres struct{}

var _ dialect = postgres{}

func (postgres) engine() functions.Engine { return functions.Postgres }

// fence: PostgreSQL moves no predicate through OFFSET.
func (postgres) fence() string { return " OFFSET 0" }

func (postgres) typeName(w *writer, t pgtype.Type) string {
	if t.OID == pgtype.Bpchar && t.Mod < 0 {
		return "bpchar" // "character" would be character(1)
	}
	if name := pgtype.FormatType(t); name != "" {
		return name
	}
	return functions.TypeName(t.OID)
}

func (postgres) form(pgtype.Type) form                        { return form{} }
func (postgres) convert(v value, _ form, _ pgtype.Type) value { return v }
func (postgres) unify([]form) form                            { return form{} }
func (postgres) special(*writer, call) (value, bool)          { return value{}, false }
func (postgres) key(_ *writer, v value, _ pgtype.Type) value  { return v }

// quotePostgres writes a string that reads alike under any standard_conforming_strings.
func quotePostgres(text string) string {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	if strings.Contains(text, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

func (d postgres) literal(w *writer, l *plan.Literal) value {
	if strings.ContainsRune(l.Text, 0) {
		return w.refuse("zero byte in a literal")
	}
	if w.o.Parameter != nil {
		if name, ok := w.o.Parameter(l); ok {
			return atomOf(name + "::" + d.typeName(w, l.Of))
		}
	}
	switch {
	case l.Null:
		return atomOf("NULL::" + d.typeName(w, l.Of))
	case l.Of.OID == pgtype.Bool:
		return atomOf(map[bool]string{true: "true", false: "false"}[strings.HasPrefix(l.Text, "t")])
	case l.Of.OID == pgtype.Int4 && unsigned(l.Text):
		return atomOf(l.Text)
	}
	return atomOf(quotePostgres(l.Text) + "::" + d.typeName(w, l.Of))
}

// cast leaves conversion and modifier to PostgreSQL, where its answer does not depend
// on the session.
func (d postgres) cast(w *writer, e *plan.Cast, v value) value {
	if functions.Supports(&plan.Cast{Arg: &plan.ColumnRef{Column: plan.Column{Type: e.Arg.Type()}}, To: e.To, Context: e.Context}, functions.Postgres) == functions.None {
		return w.refuse("cast from %s to %s", functions.TypeName(e.Arg.Type().OID), functions.TypeName(e.To.OID))
	}
	return atomOf("CAST(" + v.sql + " AS " + d.typeName(w, e.To) + ")")
}

// order has text sorted by bytes.
func (d postgres) order(_ *writer, v value, t pgtype.Type) string {
	if !collatable(t.OID) {
		return v.sql
	}
	return v.inside(atom) + ` COLLATE "C"`
}

func collatable(t pgtype.OID) bool {
	if elem, ok := pgtype.ElementOf(t); ok {
		return collatable(elem)
	}
	switch t {
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name:
		return true
	}
	return false
}

func (d postgres) compare(w *writer, operator string, l, r value, t pgtype.Type) value {
	left := l.inside(atom)
	switch operator {
	case "<", "<=", ">", ">=":
		left = d.order(w, l, t)
	}
	return value{sql: left + " " + operator + " " + r.inside(atom), rank: operation}
}
