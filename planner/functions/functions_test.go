package functions

import (
	"regexp"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestRowsAreProcedures: every row names a procedure, operator or cast that PostgreSQL has.
func TestRowsAreProcedures(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for p := range pgtype.Procedures() {
		known[OfProcedure(p, "")] = true
	}
	for o := range pgtype.Operators() {
		known[o.Signature()] = true
		if o.Procedure != nil {
			known[OfProcedure(o.Procedure, o.Name)] = true
		}
	}
	for signature := range Rows() {
		signature = strings.TrimPrefix(signature, "shaped ")
		switch {
		case strings.HasPrefix(signature, "sluice."), strings.HasPrefix(signature, "modifier("):
		case strings.HasPrefix(signature, "cast("):
			if !castKnown(signature) {
				t.Errorf("no cast %s", signature)
			}
		case !known[signature]:
			t.Errorf("PostgreSQL has no %s", signature)
		}
	}
}

func castKnown(signature string) bool {
	from, to, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(signature, "cast("), ")"), ",")
	a, ok1 := pgtype.TypeByName("", from)
	b, ok2 := pgtype.TypeByName("", to)
	if !ok1 || !ok2 {
		return false
	}
	_, ok := pgtype.FindCast(a.OID, b.OID, pgtype.Explicit)
	return ok
}

func TestRegexPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"^a.c$", "^a.c$"}, {"a|b", "a|b"}, {"(ab)+", "(?:ab)+"}, {"[a-c_]{2,3}", "[a-c_]{2,3}"}, {`\d+\.`, `[0-9]+\.`}, {"a-b", `a\-b`},
		{"(?i)a", "refused"}, {"***=a", "refused"}, {`\mword`, "refused"}, {"a**", "refused"}, {"[", "refused"}, {"(a", "refused"}, {"a)", "refused"},
		{"a^b", "refused"}, {"a$b", "refused"}, {"a{300}", "refused"}, {"a+?", "refused"}, {`(a)\1`, "refused"}, {"[[.a.]]", "refused"}, {"{1}", "refused"},
	} {
		got, ok := regexPattern(c.in)
		if !ok {
			got = "refused"
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
	if got, _ := regexPatternInsensitive("aB[c-d1]"); got != "[Aa][Bb][c-dC-D1]" {
		t.Errorf("insensitive: %q", got)
	}
}

// FuzzRegexPattern: what is let through compiles (Go's syntax is RE2's).
func FuzzRegexPattern(f *testing.F) {
	for _, s := range []string{"^a.c$", "[a-z]+", `\d{2}`, "(a|b)*", "[]a]", "[^]]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		for _, translate := range []func(string) (string, bool){regexPattern, regexPatternInsensitive} {
			if out, ok := translate(pattern); ok {
				if _, err := regexp.Compile(out); err != nil && !strings.Contains(err.Error(), "invalid repeat count") && !strings.Contains(err.Error(), "expression nests") {
					t.Errorf("%q became %q: %v", pattern, out, err)
				}
			}
		}
	})
}

func TestTotal(t *testing.T) {
	t.Parallel()
	x := &plan.ColumnRef{Column: plan.Column{ID: 1, Type: pgtype.Of(pgtype.Int4)}}
	text := &plan.ColumnRef{Column: plan.Column{ID: 2, Type: pgtype.Of(pgtype.Text)}}
	one := &plan.Literal{Of: pgtype.Of(pgtype.Int4), Text: "1"}
	pattern := func(s string) plan.Expr { return &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: s} }
	operator := func(name string, l, r plan.Expr) plan.Expr {
		o, err := pgtype.ResolveOperator(name, l.Type().OID, r.Type().OID)
		if err != nil {
			t.Fatal(err)
		}
		return &plan.Call{Procedure: o.Procedure, Operator: name, Args: []plan.Expr{l, r}, Of: pgtype.Of(o.ResultType)}
	}
	for _, c := range []struct {
		name string
		e    plan.Expr
		want bool
	}{
		{"x = 1", operator("=", x, one), true},
		{"x < 1", operator("<", x, one), true},
		{"x + 1", operator("+", x, one), false},
		{"x / 1", operator("/", x, one), false},
		{"t like 'a%'", operator("~~", text, pattern("a%")), true},
		{`t like 'a\'`, operator("~~", text, pattern(`a\`)), false},
		{`t like 'a\\'`, operator("~~", text, pattern(`a\\`)), true},
		{"t like t", operator("~~", text, text), false},
		{"t ~ '^v'", operator("~", text, pattern("^v")), true},
		{"t !~* 'a|(b+)$'", operator("!~*", text, pattern("a|(b+)$")), true},
		{"t ~ '('", operator("~", text, pattern("(")), false},
		{"t ~ 'a{255}'", operator("~", text, pattern("a{255}")), false},
		{`t ~ '(a)\1'`, operator("~", text, pattern(`(a)\1`)), false},
		{"t ~ t", operator("~", text, text), false},
		{"t::int", &plan.Cast{Arg: text, To: pgtype.Of(pgtype.Int4)}, false},
		{"x::text", &plan.Cast{Arg: x, To: pgtype.Of(pgtype.Text)}, true},
		{"x is null and x = 1", &plan.And{Args: []plan.Expr{&plan.IsNull{Arg: x}, operator("=", x, one)}}, true},
		{"a subquery", &plan.Subquery{Kind: plan.ExistsSubquery, Plan: &plan.Values{}}, false},
	} {
		if got := Total(c.e); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
