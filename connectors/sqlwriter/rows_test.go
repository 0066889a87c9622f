package sqlwriter_test

import (
	"regexp"
	"slices"
	"sort"
	"testing"

	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/internal/pgfunctions"
	"github.com/sluicemesh/sluice/planner/functions"
)

// TestTemplatesNameWhatExists: every pg_ function in a template is one that the local
// engine is given.
func TestTemplatesNameWhatExists(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"pg_exp_float8": true, "pg_power_float8": true} // macros of pgfunctions.Setup
	for _, f := range pgfunctions.Scalars() {
		known[f.Name] = true
	}
	for _, f := range new(pgcatalog.Sessions).Functions() {
		known[f.Name] = true
	}
	for _, f := range pgfunctions.Aggregates() {
		known[f.Name] = true
	}
	name := regexp.MustCompile(`pg_\w+`)
	var missing []string
	for signature, row := range functions.Rows() {
		r := row.For(functions.DuckDB)
		texts := []string{r.Template, r.UTC}
		for _, a := range r.Alternatives {
			texts = append(texts, a.Template)
		}
		for _, text := range texts {
			for _, f := range name.FindAllString(text, -1) {
				if !known[f] {
					missing = append(missing, f+" of "+signature)
				}
			}
		}
	}
	sort.Strings(missing)
	for _, m := range slices.Compact(missing) {
		t.Error("no function ", m)
	}
}
