package auth_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner"
)

func TestCheckConditions(t *testing.T) {
	t.Parallel()
	m := mesh(t)
	binder := planner.Predicates{Environment: environment(m)}
	if found := auth.CheckConditions(m, binder); len(found) != 0 {
		t.Errorf("the test mesh: %v", found)
	}
	for _, c := range []struct{ condition, want string }{
		{"contry = 'DE'", `the condition cannot be judged over orders: column "contry" does not exist`},
		{"country = 5", `the condition cannot be judged over orders: operator does not exist: text = integer`},
		{"country", `the condition cannot be judged over orders: policy condition must be type boolean, not type text`},
		{"country = 'DE' OR", `the condition cannot be judged over orders: policy condition: syntax error at or near ")"`},
		{"random() < 0.5", `the condition cannot be judged over orders: a condition reads one row, the principal and lookups, without volatile functions`},
		{"id IN (SELECT id FROM hr.people)", `the condition cannot be judged over orders: relation "hr.people" does not exist`},
		{"id IN (SELECT id FROM stock WHERE random() < 0.5)", `the condition cannot be judged over orders: a condition reads one row, the principal and lookups, without volatile functions`},
		{"id IN (SELECT id FROM stock)", ""},
		{"amount / id > 1", "the condition can fail over orders, and an error may quote a value of a hidden row"},
		{"true), (true", `the condition cannot be judged over orders: policy condition must be a single expression`},
		{"country = $1", `the condition cannot be judged over orders: there is no parameter $1`},
		{"'DE' = ANY (principal.groups) AND country = principal.purpose AND country = principal.user", ""},
	} {
		changed := *m
		changed.Grants = []*catalog.Grant{{ID: "g", Domain: "sales", Product: "orders", RowFilter: c.condition, Position: "g.yaml:1:1"}}
		got := ""
		for _, p := range auth.CheckConditions(&changed, binder) {
			got += fmt.Sprintln(p.Position, p.Message)
		}
		if want := "g.yaml:1:1 " + c.want; c.want == "" && got != "" || c.want != "" && !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %q, want %q", c.condition, got, c.want)
		}
	}
}
