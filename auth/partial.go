package auth

import (
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// hidden stands for the part of a value that is not shown. Its length is always the
// same, so it does not tell the length of what it hides.
const hidden = "***"

// partial shows a part of a text:
//
//	keep: domain   '***' || right(x, strpos(reverse(x), '@'))      from the last @, which ends the local part
//	first: n       CASE WHEN length(x) > n THEN left(x, n) || '***' ELSE '***' END
//	last: n        CASE WHEN length(x) > n THEN '***' || right(x, n) ELSE '***' END
//
// A value no longer than what would be shown is hidden whole.
func partial(args map[string]string, stored *plan.ColumnRef) (plan.Expr, error) {
	b := &builder{}
	x, stars := b.asText(stored), literal(pgtype.Text, hidden)
	var shown plan.Expr
	switch {
	case args["keep"] == "domain":
		at := b.call("strpos", b.call("reverse", x), literal(pgtype.Text, "@"))
		shown = b.concat(stars, b.call("right", x, at))
		// NULL in, NULL out: || and its arguments are strict.
	case args["first"] != "":
		n := b.count(args["first"])
		shown = b.whereLonger(x, n, b.concat(b.call("left", x, n), stars), stars)
	default:
		n := b.count(args["last"])
		shown = b.whereLonger(x, n, b.concat(stars, b.call("right", x, n)), stars)
	}
	return b.as(shown, stored.Type()), b.err
}

// whereLonger is long where a text has more than n characters, NULL where it is NULL.
func (b *builder) whereLonger(x, n, long, short plan.Expr) plan.Expr {
	return &plan.Case{
		Whens: []plan.When{
			{Condition: &plan.IsNull{Arg: x}, Result: &plan.Literal{Of: pgtype.Of(pgtype.Text), Null: true}},
			{Condition: b.operator(">", b.call("length", x), n), Result: long},
		},
		Else: short, Of: pgtype.Of(pgtype.Text),
	}
}

// count reads n of first and last.
func (b *builder) count(text string) plan.Expr {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.fail("a count of characters")
	}
	return literal(pgtype.Int4, strconv.Itoa(n))
}
