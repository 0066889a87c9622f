// Package pgname writes names as SQL must have them.
package pgname

import "strings"

// Quoted is a name in double quotes, whatever it is made of: what a statement that we
// write says (manual 4.1.1).
func Quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// Printed is a name as PostgreSQL prints it: in quotes only where it is not a plain
// lower-case word, or is a key word that cannot stand for any name (quote_identifier of
// ruleutils.c).
func Printed(name string) string {
	plain := name != "" && !keywords[name]
	for i := 0; plain && i < len(name); i++ {
		c := name[i]
		plain = c == '_' || c >= 'a' && c <= 'z' || i > 0 && c >= '0' && c <= '9'
	}
	if plain {
		return name
	}
	return Quoted(name)
}

// keywords are the key words of PostgreSQL 15 that are not unreserved (pg_get_keywords).
var keywords = func() map[string]bool {
	all := map[string]bool{}
	for _, k := range strings.Fields(`all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case
		cast char character check coalesce collate collation column concurrently constraint create cross
		current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
		decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze
		from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval
		into is isnull join lateral leading least left like limit localtime localtimestamp national natural nchar none
		normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position
		precision primary real references returning right row select session_user setof similar smallint some substring
		symmetric table tablesample then time timestamp to trailing treat trim true union unique user using values
		varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest
		xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`) {
		all[k] = true
	}
	return all
}()
