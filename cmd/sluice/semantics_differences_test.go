package main

import (
	"fmt"
	"strings"
)

// differences is docs/differences.md in the making.
type differences struct {
	body    strings.Builder
	counts  strings.Builder
	gap     string // what has no row of the function table
	title   string
	started bool
	seen    map[string]bool
}

func (d *differences) section(title string) {
	d.title, d.started, d.seen = title, false, map[string]bool{}
}

func (d *differences) line(what, expression, why string) {
	if !d.started {
		fmt.Fprintf(&d.body, "\n## %s\n\n| expression | answer | why |\n|---|---|---|\n", d.title)
		d.started = true
	}
	if key := what + why; len(expression) > 0 && !d.seen[key] {
		d.seen[key] = true
		cell := func(s string) string {
			return strings.NewReplacer("|", `\|`, "\n", " ", "`", "'").Replace(s)
		}
		fmt.Fprintf(&d.body, "| `%s` | %s | %s |\n", cell(expression), what, cell(why))
	}
}

func (d *differences) refused(expression, why string) { d.line("0A000", expression, why) }

func (d *differences) differs(expression, how string) { d.line("differs", expression, how) }

func (d *differences) text(total tally) string {
	head := fmt.Sprintf("# Differences from PostgreSQL\n\nMade by `make differences` from the cases of testdata/semantics: do not edit.\n"+
		"Of %d expressions, asked as constants and as columns of a PostgreSQL, a MariaDB and a Parquet product, pushed and not, under two sets of settings, "+
		"%d answer as PostgreSQL does in every way, %d are refused with 0A000, %d differ.\n"+
		"Each reason is listed once a section, with the first expression that met it.\n\n"+
		"| section | expressions | equal | refused | differ |\n|---|---|---|---|---|\n", total.all, total.equal, total.refused, total.wrong)
	return head + d.counts.String() + beyondCases + d.body.String() + d.gap
}

// beyondCases are differences that no single expression shows each time.
const beyondCases = `
## What depends on the order of evaluation

- Sums and averages of float4 and float8 add in the order in which rows come, as in PostgreSQL, but the order is another: the last digit may differ.
- Of several errors in one statement another may be raised first. What a subquery computes of the query around it may fail for rows that a CASE keeps from it.
- Of equal values that print differently (1.0 and 1.00, 1 month and 30 days), min, max and DISTINCT keep one of them.

## What is refused, by the manual's sections

- 8.2 money; 8.8 geometry; 8.11 and 9.13 text search; 8.13 and 9.15 XML; 8.19 pg_lsn, xid8, tid and snapshots as values.
- 9.3 NaN in numeric(p,s). 9.9 age() of an infinite moment, of which a 15 gives some number, and extract(year) of one; a zone with daylight saving time whose rule is not written.
- 9.10 enums: a contract has no words for their values, so a column of one is served as text, and ordered as text. 9.17 sequences: there are none; nextval and its like fail as for any other relation.
- 9.16 JSON_SERIALIZE of jsonb, SQL/JSON that returns a domain or a row; .keyvalue() of what is not the root; nested arrays in a record made of JSON.
- 9.20 today and now in the text of a range that a row holds. 9.24 records of different fields in one place.
- 9.26 and 9.27 pg_column_size, which tells a constant from the same value of a row; pg_input_error_info of arrays, JSON and ranges, transaction numbers and snapshots, what reads or writes files of the server, advisory locks.
- Temporary tables: docs/clients.md says what they lack.

## Where PostgreSQL 15 and 17 differ

The cases are compared with a 15; what 16 and 17 added is compared with a 17 (` + "`testdata/semantics/newer`" + `). Asked of a 17, 14 of the 46640 answers are other ones:

- power() of numerics gives other trailing digits: 1024.0000000000000 there, 1024.0000000000000000 here; so does to_number with V.
- 17 has infinite intervals: here 'infinity' is no interval, and a timestamp less an infinite one is 22008.
- A NULL key of a JSON object is 22004 there, 22023 here.
- Input of numbers takes 0x1F and 1_000 there; here it is 22P02. Constants in a statement's text may be written so.
- JSON_EXISTS, JSON_VALUE and JSON_QUERY of NULL are NULL here. A 17.11 gives what ON EMPTY or ON ERROR says where the row before met that, and with
  RETURNING json or jsonb it may give NULL after a row whose answer was NULL.
- A text that is no jsonpath is an error of JSON_VALUE and its like here though the item of a row is NULL.
- A boolean DEFAULT of another type is refused here, and so is DEFAULT of type jsonb for another one; a 17.11 takes true for false.
`

// count notes a section's figures below its title.
func (d *differences) count(s tally) {
	fmt.Fprintf(&d.counts, "| %s | %d | %d | %d | %d |\n", strings.ReplaceAll(d.title, "|", "\\|"), s.all, s.equal, s.refused, s.wrong)
}
