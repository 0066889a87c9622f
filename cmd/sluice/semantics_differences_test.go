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
- Of several errors in one statement another may be raised first. An error in a constant branch that is never taken is not raised.
- Of equal values that print differently (1.0 and 1.00, 1 month and 30 days), min, max and DISTINCT keep one of them.
`

// count notes a section's figures below its title.
func (d *differences) count(s tally) {
	fmt.Fprintf(&d.counts, "| %s | %d | %d | %d | %d |\n", strings.ReplaceAll(d.title, "|", "\\|"), s.all, s.equal, s.refused, s.wrong)
}
