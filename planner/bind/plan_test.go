package bind

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/planner/plan"
)

var update = flag.Bool("update", false, "write the plans anew")

// TestPlans compares plans with testdata/plans.txt: a query, a line of dashes, its plan,
// an empty line. Run with -update to write them anew, and read what changed.
func TestPlans(t *testing.T) {
	const file = "testdata/plans.txt"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := typedIn()
	var out strings.Builder
	for _, section := range strings.Split(strings.TrimSpace(string(raw)), "\n\n") {
		query, want, _ := strings.Cut(section, "\n----\n")
		bound, err := bindSQL(m, query)
		if err != nil {
			t.Errorf("%s\n%v", query, err)
			continue
		}
		if err := checkPlan(bound); err != nil {
			t.Errorf("%s\n%v", query, err)
		}
		got := strings.TrimSpace(plan.FormatQuery(bound.Query))
		out.WriteString(query + "\n----\n" + got + "\n\n")
		if got != want && !*update {
			t.Errorf("%s\n--- got\n%s\n--- want\n%s", query, got, want)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.TrimSpace(out.String())+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
