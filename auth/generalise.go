package auth

import (
	"maps"
	"slices"
	"strconv"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// generalised shows what a value has in common with others:
//
//	to: month      the first moment of it, of timestamptz in UTC; NULL outside the years 1 to 9999
//	bucket: n      the multiple of n next to it towards zero
//	map: {…}       the value the author gives for it, else that of else, else NULL
//
// None of them can fail, whatever the value.
func generalised(r catalog.Rule, stored *plan.ColumnRef) (plan.Expr, error) {
	b := &builder{}
	var e plan.Expr
	switch {
	case r.Mapping != nil:
		e = b.mapped(r, b.asText(stored))
	case r.Args["to"] != "":
		e = b.truncated(r.Args["to"], stored)
	default:
		e = b.bucket(r.Args["bucket"], stored)
	}
	return b.as(e, stored.Type()), b.err
}

func (b *builder) mapped(r catalog.Rule, x plan.Expr) plan.Expr {
	c := &plan.Case{Of: pgtype.Of(pgtype.Text)}
	secret := func(text string) *plan.Literal {
		return &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: text, Secret: true}
	}
	for _, from := range slices.Sorted(maps.Keys(r.Mapping)) {
		c.Whens = append(c.Whens, plan.When{Condition: b.operator("=", x, secret(from)), Result: secret(r.Mapping[from])})
	}
	if otherwise, ok := r.Args["else"]; ok {
		c.Whens = append([]plan.When{{Condition: &plan.IsNull{Arg: x}, Result: &plan.Literal{Of: c.Of, Null: true}}}, c.Whens...)
		c.Else = secret(otherwise)
	}
	return c
}

// truncated guards date_trunc: far away dates would leave its range.
func (b *builder) truncated(unit string, x plan.Expr) plan.Expr {
	t := x.Type()
	first, last := "0001-01-01", "9999-12-31"
	switch t.OID {
	case pgtype.Timestamp:
		first, last = first+" 00:00:00", last+" 00:00:00"
	case pgtype.Timestamptz:
		first, last = first+" 00:00:00+00", last+" 00:00:00+00"
	}
	bounds := func(text string) plan.Expr { return &plan.Literal{Of: pgtype.Of(t.OID), Text: text} }
	local := x
	switch t.OID {
	case pgtype.Date:
		local = b.as(x, pgtype.Of(pgtype.Timestamp))
	case pgtype.Timestamptz:
		local = b.call("timezone", literal(pgtype.Text, "UTC"), x)
	}
	cut := b.call("date_trunc", literal(pgtype.Text, unit), local)
	if t.OID == pgtype.Timestamptz {
		cut = b.call("timezone", literal(pgtype.Text, "UTC"), cut)
	}
	within := &plan.And{Args: []plan.Expr{b.operator(">=", x, bounds(first)), b.operator("<=", x, bounds(last))}}
	return b.where(within, b.as(cut, pgtype.Of(t.OID)))
}

// where is an expression where a condition is true, else NULL.
func (b *builder) where(condition, e plan.Expr) plan.Expr {
	return &plan.Case{Whens: []plan.When{{Condition: condition, Result: e}}, Of: e.Type()}
}

// bucket subtracts the remainder, which has the value's sign: the result never grows,
// so it cannot leave the type.
func (b *builder) bucket(width string, x plan.Expr) plan.Expr {
	if n, err := strconv.ParseInt(width, 10, 64); err != nil || n < 1 {
		b.fail("bucket of this width")
		return x
	}
	t := x.Type().OID
	n := literal(t, width)
	if t != pgtype.Float8 {
		plain := b.as(x, pgtype.Of(t))
		return b.operator("-", plain, b.operator("%", plain, n))
	}
	// PostgreSQL has no % of floats, and dividing what is very small is an error.
	near := &plan.And{Args: []plan.Expr{b.operator(">", x, literal(t, "-"+width)), b.operator("<", x, n)}}
	fair := &plan.And{Args: []plan.Expr{b.operator(">", x, literal(t, "-1000000000000000")), b.operator("<", x, literal(t, "1000000000000000"))}}
	return &plan.Case{Of: pgtype.Of(t), Whens: []plan.When{
		{Condition: near, Result: literal(t, "0")},
		{Condition: fair, Result: b.operator("*", b.call("trunc", b.operator("/", x, n)), n)},
	}}
}
