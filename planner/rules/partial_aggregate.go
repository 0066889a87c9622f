package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// partial is one aggregate taken apart: what is computed of each part of its rows, and
// what puts the parts together.
type partial struct {
	parts    []plan.Item // aggregates over the rows
	single   []plan.Expr // what each part is of one row
	combined []plan.Item // aggregates over the parts
	whole    plan.Expr   // the result, of the combined columns
}

// splits makes the columns of aggregates taken apart.
type splits struct {
	context *Context
	// padded: an outer join may stand between the parts and what puts them together, so
	// that a part may be missing.
	padded bool
}

// splittable tells whether a call can be taken apart exactly: its result must not depend
// on the order of rows, nor on how often two of them are added before a third.
//
// Floats are not among them ((1e30 + -1e30) + 1 is not 1e30 + (-1e30 + 1)), nor is what
// collects rows in order. DISTINCT is left to those who group by the argument.
func splittable(call *plan.AggregateCall) bool {
	if call.Distinct || len(call.OrderBy) > 0 || len(call.WithinGroup) > 0 {
		return false
	}
	switch functions.Signature(call) {
	case "count()", "count(any)", "sum(int2)", "sum(int4)", "sum(int8)", "sum(numeric)",
		"avg(int2)", "avg(int4)", "avg(int8)", "avg(numeric)":
		return true
	}
	return again(call)
}

// again tells whether an aggregate over its own results is that of all rows.
func again(call *plan.AggregateCall) bool {
	return functions.Idempotent(functions.Signature(call)) && len(call.Args) == 1 && call.Args[0].Type().OID == call.Of.OID
}

// split takes a call apart. ok is false where PostgreSQL's tables lack what it takes.
func (s *splits) split(item plan.Item) (partial, bool) {
	call := item.Expr.(*plan.AggregateCall)
	switch call.Procedure.Name {
	case "count":
		return s.count(item, call)
	case "sum":
		return s.sum(item, call)
	case "avg":
		return s.average(item, call)
	default:
		return s.idempotent(item, call)
	}
}

// count: the sum of the counts, 0 where there is none. Without arguments a row that an
// outer join padded counts as one.
func (s *splits) count(item plan.Item, call *plan.AggregateCall) (partial, bool) {
	counted := s.item("count", call)
	counted.Column.NotNull = true
	var each plan.Expr = &plan.ColumnRef{Column: counted.Column}
	if s.padded && len(call.Args) == 0 {
		each = &plan.Coalesce{Args: []plan.Expr{each, integer(pgtype.Int8, "1")}, Of: call.Of}
	}
	total, ok := s.aggregate("sum", each, pgtype.Of(pgtype.Numeric))
	whole := &plan.Coalesce{Args: []plan.Expr{castTo(&plan.ColumnRef{Column: total.Column}, call.Of), integer(pgtype.Int8, "0")}, Of: call.Of}
	return partial{parts: []plan.Item{counted}, single: []plan.Expr{one(call)}, combined: []plan.Item{total}, whole: whole}, ok
}

// sum: the sum of the sums. Its scale is the largest of any row, so of any part.
func (s *splits) sum(item plan.Item, call *plan.AggregateCall) (partial, bool) {
	narrowed := *call
	narrowed.Of = sumType(call)
	added := s.item("sum", &narrowed)
	part := &plan.ColumnRef{Column: added.Column}
	total, ok := s.aggregate("sum", part, pgtype.Of(pgtype.Numeric))
	p := partial{parts: []plan.Item{added}, single: []plan.Expr{ofOne(call, narrowed.Of)}, combined: []plan.Item{total}}
	p.whole = &plan.ColumnRef{Column: total.Column}
	if call.Of.OID != pgtype.Numeric {
		p.whole = castTo(p.whole, call.Of)
	}
	return p, ok
}

// average: PostgreSQL divides the sum by the count as numerics (numeric_avg, int8_avg in
// numeric.c), so the quotient of both has its scale too.
func (s *splits) average(item plan.Item, call *plan.AggregateCall) (partial, bool) {
	argument := call.Args[0].Type().OID
	adding, ok1 := calling("sum", call.Args[0], sumResult(argument))
	counting, ok2 := calling("count", call.Args[0], pgtype.Of(pgtype.Int8))
	divide, err := pgtype.ResolveOperator("/", pgtype.Numeric, pgtype.Numeric)
	if !ok1 || !ok2 || err != nil {
		return partial{}, false
	}
	adding.Filter, counting.Filter = call.Filter, call.Filter
	sum, ok1 := s.sum(item, adding)
	count, ok2 := s.count(item, counting)
	numeric := pgtype.Of(pgtype.Numeric)
	p := partial{
		parts: append(sum.parts, count.parts...), single: append(sum.single, count.single...),
		combined: append(sum.combined, count.combined...),
	}
	p.whole = &plan.Call{
		Procedure: divide.Procedure, Operator: "/", Of: numeric,
		Args: []plan.Expr{&plan.ColumnRef{Column: sum.combined[0].Column}, &plan.ColumnRef{Column: count.combined[0].Column}},
	}
	return p, ok1 && ok2
}

func (s *splits) idempotent(item plan.Item, call *plan.AggregateCall) (partial, bool) {
	narrowed := *call
	narrowed.Of = sameScale(call)
	first := s.item(call.Procedure.Name, &narrowed)
	second := plan.Item{Column: s.context.newColumn(item.Column.Name, call.Of), Expr: &plan.AggregateCall{
		Procedure: call.Procedure, Args: []plan.Expr{&plan.ColumnRef{Column: first.Column}}, Of: call.Of,
	}}
	return partial{
		parts: []plan.Item{first}, single: []plan.Expr{ofOne(call, narrowed.Of)},
		combined: []plan.Item{second}, whole: &plan.ColumnRef{Column: second.Column},
	}, true
}

func (s *splits) item(name string, call *plan.AggregateCall) plan.Item {
	return plan.Item{Column: s.context.newColumn(name, call.Of), Expr: call}
}

func (s *splits) aggregate(name string, of plan.Expr, result pgtype.Type) (plan.Item, bool) {
	call, ok := calling(name, of, result)
	return plan.Item{Column: s.context.newColumn(name, result), Expr: call}, ok
}

// calling makes a call of an aggregate of one argument.
func calling(name string, argument plan.Expr, result pgtype.Type) (*plan.AggregateCall, bool) {
	for _, p := range pgtype.ProceduresByName("", name) {
		if p.Kind != pgtype.AggregateKind || len(p.ArgTypes) != 1 {
			continue
		}
		if p.ArgTypes[0] == argument.Type().OID || name == "count" {
			return &plan.AggregateCall{Procedure: p, Args: []plan.Expr{argument}, Of: result}, true
		}
	}
	return &plan.AggregateCall{}, false
}

// sumResult is the type of a sum of integers or numerics.
func sumResult(argument pgtype.OID) pgtype.Type {
	if argument == pgtype.Int2 || argument == pgtype.Int4 {
		return pgtype.Of(pgtype.Int8)
	}
	return pgtype.Of(pgtype.Numeric)
}

// headroom is how many digits a sum must have beyond those of what it adds up, to be
// read as a number of fixed size rather than as text: room for a million of the largest.
const headroom = 6

// sumType is the type in which a partial sum is read.
func sumType(call *plan.AggregateCall) pgtype.Type {
	const most = 38 // digits of a DECIMAL everywhere
	if call.Of.OID != pgtype.Numeric {
		return call.Of
	}
	if call.Args[0].Type().OID == pgtype.Int8 {
		return pgtype.Type{OID: pgtype.Numeric, Mod: pgtype.NumericMod(most, 0)}
	}
	precision, scale, ok := functions.Decimal(call.Args[0])
	if !ok || precision+headroom > most {
		return call.Of
	}
	return pgtype.Type{OID: pgtype.Numeric, Mod: pgtype.NumericMod(most, scale)}
}

// sameScale is the type of a least or greatest numeric of one known scale.
func sameScale(call *plan.AggregateCall) pgtype.Type {
	if call.Of.OID != pgtype.Numeric || call.Of.Mod >= 0 {
		return call.Of
	}
	precision, scale, ok := functions.Decimal(call.Args[0])
	if !ok {
		return call.Of
	}
	return pgtype.Type{OID: pgtype.Numeric, Mod: pgtype.NumericMod(precision, scale)}
}

// one is what a row adds to a count.
func one(call *plan.AggregateCall) plan.Expr {
	var counts []plan.Expr
	if len(call.Args) == 1 && !neverNull(call.Args[0]) {
		counts = append(counts, &plan.IsNull{Arg: call.Args[0], Negated: true})
	}
	if call.Filter != nil {
		counts = append(counts, call.Filter)
	}
	if counts == nil {
		return integer(pgtype.Int8, "1")
	}
	return &plan.Case{
		Whens: []plan.When{{Condition: conjunction(counts), Result: integer(pgtype.Int8, "1")}},
		Else:  integer(pgtype.Int8, "0"), Of: call.Of,
	}
}

func neverNull(e plan.Expr) bool {
	r, ok := e.(*plan.ColumnRef)
	return ok && r.Column.NotNull
}

// ofOne is what a sum, a least or a greatest is of one row.
func ofOne(call *plan.AggregateCall, of pgtype.Type) plan.Expr {
	e := call.Args[0]
	if e.Type().OID != of.OID {
		e = castTo(e, pgtype.Of(of.OID))
	}
	if call.Filter == nil {
		return e
	}
	return &plan.Case{Whens: []plan.When{{Condition: call.Filter, Result: e}}, Of: e.Type()}
}

func castTo(e plan.Expr, to pgtype.Type) plan.Expr {
	return &plan.Cast{Arg: e, To: to, Context: plan.CastExplicit}
}

func integer(of pgtype.OID, text string) plan.Expr {
	return &plan.Literal{Of: pgtype.Of(of), Text: text}
}

// identical are the types of which equal values are the same value: of others, grouping
// early may keep another of them than grouping late (1.0 and 1.00, 0 and -0).
var identical = []pgtype.OID{
	pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Oid, pgtype.Text, pgtype.Varchar, pgtype.Bpchar,
	pgtype.Date, pgtype.Time, pgtype.Timestamp, pgtype.Timestamptz, pgtype.UUID, pgtype.Bytea,
}

func isIdentical(t pgtype.Type) bool {
	return slices.Contains(identical, t.OID) || t.OID == pgtype.Numeric && t.Mod >= 0
}

// printsAlike tells whether equal values of an expression are the same value.
func printsAlike(e plan.Expr) bool { return isIdentical(e.Type()) || functions.WholeField(e) }

// shared leaves out parts that are there already: a sum and an average of one column
// need one sum.
func (s *splits) shared(p partial, have []plan.Item) partial {
	out := partial{whole: p.whole}
	by := map[plan.ColumnID]plan.Expr{}
	for i, part := range p.parts {
		at := slices.IndexFunc(have, func(h plan.Item) bool { return same(h.Expr, part.Expr) })
		if at >= 0 {
			by[part.Column.ID] = &plan.ColumnRef{Column: have[at].Column}
			continue
		}
		out.parts, out.single = append(out.parts, part), append(out.single, p.single[i])
	}
	for _, c := range p.combined {
		out.combined = append(out.combined, plan.Item{Column: c.Column, Expr: plan.Substitute(c.Expr, by)})
	}
	return out
}
