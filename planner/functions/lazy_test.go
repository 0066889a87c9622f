package functions

import (
	"fmt"
	"testing"
)

func TestUses(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{"f($1, $2)", "[{1 true} {1 true}]"},
		{"f($*)", "[{1 true} {1 true}]"},
		{"CASE WHEN $1 IS NULL THEN $2 ELSE $1 END", "[{2 true} {1 false}]"},
		{"CASE WHEN $1 THEN 1 END + $2", "[{1 true} {1 true}]"},
		{"CASE WHEN $1 IS NULL OR $2 IS NULL THEN 1 END", "[{1 false} {1 false}]"},
		{"coalesce($1, 1) + coalesce(f($1), $2)", "[{2 true} {1 false}]"},
		{"list_transform($1, lambda e: e + $2)", "[{1 true} {1 false}]"},
		{"f([$T1], 'CASE $2', $J2)", "[{1 true} {1 true}]"},
		{"(1 AND $1) + $2", "[{1 false} {1 true}]"},
	} {
		if got := fmt.Sprint(Uses(c.template, 2)); got != c.want {
			t.Errorf("%s: %s, want %s", c.template, got, c.want)
		}
	}
}
