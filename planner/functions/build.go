package functions

import (
	"regexp"
	"strconv"
	"strings"
)

// table is every row by its signature. It is put together once from the chapters
// below and never changes.
var table = withOtherNames(build(
	comparison, arithmetic, mathematics, numerics, floats,
	strings_, patterns, binary, texts, json, datetime, moments, bits, casts,
	aggregates, windows, arrays, sets, governance, system,
	bitStrings, timesWithZone, ranges, shapedArrays, networks, behind, server, macs, newer, sqlJSON,
))

// mysqlRenderings are MySQL's, by signature. They stand apart because what is exact
// there depends on much that the other two engines share.
var mysqlRenderings = mysqlTable

func build(chapters ...[]Row) map[string]Row {
	all := map[string]Row{}
	for _, rows := range chapters {
		for _, r := range rows {
			if _, twice := all[r.Signature]; twice {
				panic("functions: two rows for " + r.Signature)
			}
			all[r.Signature] = r
		}
	}
	return all
}

// Rows are written with few words: fn for what PostgreSQL sources say the same way,
// local for what only the local engine does, collated where PostgreSQL must be told
// to go by bytes. Options follow.
type option func(*Row)

// fn is a row that PostgreSQL sources run as they are; duckdb "" is the same text.
func fn(signature, duckdb string, options ...option) Row {
	r := local(signature, duckdb)
	r.postgres = Rendering{Exactness: Exact, Template: spelled(signature)}
	return applied(r, options)
}

// local is a row that is not pushed to PostgreSQL: stable, or dependent on its version.
func local(signature, duckdb string, options ...option) Row {
	r := Row{Signature: signature}
	if duckdb == "" {
		duckdb = spelled(signature)
	}
	r.duckdb = Rendering{Exactness: Exact, Template: duckdb}
	return applied(r, options)
}

// collated is a row whose answer in PostgreSQL depends on a collation: its first
// argument is written COLLATE "C".
func collated(signature, duckdb string, options ...option) Row {
	r := fn(signature, duckdb)
	r.postgres.Template = strings.Replace(r.postgres.Template, "$1", `$1 COLLATE "C"`, 1)
	if strings.Contains(r.postgres.Template, "$*") {
		args := `$1 COLLATE "C"`
		for i := 2; i <= arity(signature); i++ {
			args += ", $" + strconv.Itoa(i)
		}
		r.postgres.Template = strings.Replace(r.postgres.Template, "$*", args, 1)
	}
	return applied(r, options)
}

func applied(r Row, options []option) Row {
	for _, o := range options {
		o(&r)
	}
	return r
}

// total marks a row that never raises an error.
func total(r *Row) { r.Total = true }

// session marks a row whose answer the session's own catalog gives.
func session(r *Row) { r.Session = true }

// only restricts the types a polymorphic argument may have.
func only(types ...string) option { return func(r *Row) { r.duckdb.Only = types } }

// compared has the arguments written by their comparison keys.
func compared(r *Row) { r.duckdb.Compared = true }

// fixed gives a numeric result that stands as DECIMAL(precision, scale).
func fixed(precision, scale int32) option {
	return func(r *Row) { r.duckdb.Decimal, r.duckdb.Precision, r.duckdb.Scale = true, precision, scale }
}

// when adds an alternative for the local engine.
func when(argument int, accepts func(string) bool, template string) option {
	return whenAll([]int{argument}, accepts, template)
}

// whenAll adds one for which several arguments must be such literals.
func whenAll(arguments []int, accepts func(string) bool, template string) option {
	return func(r *Row) {
		r.duckdb.Alternatives = append(r.duckdb.Alternatives, Alternative{Arguments: arguments, Accepts: accepts, Template: template})
	}
}

// pg gives PostgreSQL another text than the usual one.
func pg(template string) option { return func(r *Row) { r.postgres.Template = template } }

// utc gives the local template for sessions in UTC.
func utc(template string) option { return func(r *Row) { r.duckdb.UTC = template } }

// aggregate is fn for aggregates and window functions.
func aggregate(signature, duckdb string, options ...option) Row {
	name, _, _ := strings.Cut(signature, "(")
	text := name + "($D$*$O)$F"
	if signature == "count()" {
		text = "count(*)$F"
	}
	if duckdb == "" {
		duckdb = text
	}
	return fn(signature, duckdb, append([]option{pg(text)}, options...)...)
}

var operatorName = regexp.MustCompile(`^[^a-z_]+$`)

// spelled is how PostgreSQL writes what a signature names.
func spelled(signature string) string {
	name, _, _ := strings.Cut(signature, "(")
	switch {
	case name == "cast" || name == "modifier":
		return "CAST" // the writer spells it with the type
	case name == "extract" || name == "position":
		return `"` + name + `"($*)` // bare, they are PostgreSQL's special syntax
	case !operatorName.MatchString(name):
		return name + "($*)"
	case arity(signature) == 1:
		return name + " $1"
	}
	return "$1 " + name + " $2"
}

func arity(signature string) int {
	_, args, _ := strings.Cut(signature, "(")
	args = strings.TrimSuffix(args, ")")
	if args == "" {
		return 0
	}
	return strings.Count(args, ",") + 1
}

func is(values ...string) func(string) bool {
	return func(text string) bool {
		for _, v := range values {
			if strings.EqualFold(text, v) {
				return true
			}
		}
		return false
	}
}

func join(lists ...[]Row) []Row {
	var all []Row
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// each makes rows from a pattern in which T stands for each type.
func each(types []string, row func(t string) []Row) []Row {
	var all []Row
	for _, t := range types {
		all = append(all, row(t)...)
	}
	return all
}
