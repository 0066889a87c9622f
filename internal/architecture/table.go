// Package architecture keeps the code as docs/architecture.md says it is.
//
// What goes in: the table of that page and the module's source files. What comes out:
// test failures naming each import the table does not allow, each package it does not
// list, each swollen file and each package without a comment. It knows no package's
// content.
package architecture

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// everything, in the column of imports, allows all rows above.
const everything = "everything"

// row is one line of the table. Its name may hold path.Match's wildcards.
type row struct {
	name    string
	imports []string
}

// parseTable reads the table that begins with the header "| package | may import |".
func parseTable(page string) ([]row, error) {
	const header = "| package | may import |"
	_, after, found := strings.Cut(page, header)
	if !found {
		return nil, fmt.Errorf("no table with the header %q", header)
	}
	var rows []row
	for _, line := range strings.Split(after, "\n")[2:] {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			break
		}
		rows = append(rows, row{name: strings.TrimSpace(cells[1]), imports: strings.Fields(cells[2])})
	}
	return rows, checkOrder(rows)
}

// checkOrder makes sure that a row names only rows above it.
func checkOrder(rows []row) error {
	above := map[string]bool{everything: true}
	for _, r := range rows {
		for _, name := range r.imports {
			if !above[name] {
				return fmt.Errorf("row %s names %s, which is no row above it", r.name, name)
			}
		}
		if above[r.name] {
			return fmt.Errorf("two rows for %s", r.name)
		}
		above[r.name] = true
	}
	return nil
}

// rowOf finds the package's own row, or else the first whose pattern fits.
func rowOf(rows []row, name string) (row, bool) {
	for _, r := range rows {
		if r.name == name {
			return r, true
		}
	}
	for _, r := range rows {
		if fits, _ := path.Match(r.name, name); fits {
			return r, true
		}
	}
	return row{}, false
}

// allows says whether the row's package may import the package named.
func (r row) allows(rows []row, imported string) bool {
	if slices.Contains(r.imports, everything) || slices.Contains(r.imports, imported) {
		return true
	}
	target, known := rowOf(rows, imported)
	return known && slices.Contains(r.imports, target.name)
}
