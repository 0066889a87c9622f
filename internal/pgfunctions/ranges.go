package pgfunctions

import (
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgrange"
	"github.com/sluicemesh/sluice/sqlstate"
)

// ranges are functions of ranges and multiranges, which stand as VARCHAR in canonical form. The
// first argument names the type; bounds are canonical texts of their type.
//
//	pg_range_in(type, VARCHAR, order, zone), pg_range_out(type, range, zone, settings), pg_range_key(type, range) BLOB
//	pg_range_make(type, lower, upper, flags), pg_range_bound(type, range, 'lower' or 'upper') VARCHAR
//	pg_range_is(type, range, property) BOOLEAN, pg_range_test(type, operator, range, range) BOOLEAN, pg_range_has(type, range, value) BOOLEAN
//	pg_range_combine(type, operator, range, range), pg_range_span(type, multirange)
//	pg_multirange_of(type, VARCHAR[]), pg_multirange_list(type, multirange) VARCHAR[], pg_range_common(type, VARCHAR[])
func ranges() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func4("pg_range_in", func(of, s, order, zone string) (string, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return "", err
			}
			k, multi, _ := pgrange.Of(of)
			text, err := k.Canonical(s, multi, datetime.Input{Order: orderOf(order), Zone: l})
			return text, notMoving(s, err)
		}),
		duckdb.Func4("pg_range_out", rangeOut),
		duckdb.Func2("pg_range_key", func(of, s string) ([]byte, error) {
			k, m, err := readRange(of, s)
			return k.Key(m), err
		}),
		ofTexts("pg_range_make", 4, false, makeRange),
		duckdb.Func3("pg_range_bound", rangeBound),
		duckdb.Func3("pg_range_is", rangeIs),
		duckdb.Func4("pg_range_test", func(of, operator, a, b string) (bool, error) {
			k, x, y, err := readRanges(of, a, b)
			return k.Test(operator, x, y), err
		}),
		duckdb.Func3("pg_range_has", func(of, s, value string) (bool, error) {
			k, m, err := readRange(of, s)
			if err != nil {
				return false, err
			}
			b, err := k.FromText(&value, true)
			return k.Holds(m, b.Value), err
		}),
		duckdb.Func4("pg_range_combine", combineRanges),
		duckdb.Func2("pg_range_span", func(of, s string) (string, error) {
			k, m, err := readRange(of, s)
			return k.Format(k.Span(m)), err
		}),
		listOfRanges("pg_multirange_of", func(k pgrange.Kind, list []pgrange.Range) (string, error) { return k.FormatMulti(k.MultiOf(list)), nil }),
		listOfRanges("pg_range_common", func(k pgrange.Kind, list []pgrange.Range) (string, error) {
			out := list[0]
			for _, r := range list[1:] {
				var err error
				if out, err = k.Intersect(out, r); err != nil {
					return "", err
				}
			}
			return k.Format(out), nil
		}),
		toList("pg_multirange_list", 2, func(args []string) ([]*string, error) {
			k, m, err := readRange(args[0], args[1])
			out := []*string{}
			for _, r := range m {
				text := k.Format(r)
				out = append(out, &text)
			}
			return out, err
		}),
	}
}

func readRange(of, s string) (pgrange.Kind, pgrange.Multi, error) {
	k, _, _ := pgrange.Of(of)
	m, err := k.Read(s)
	return k, m, err
}

func readRanges(of, a, b string) (pgrange.Kind, pgrange.Multi, pgrange.Multi, error) {
	k, x, err := readRange(of, a)
	if err != nil {
		return k, nil, nil, err
	}
	y, err := k.Read(b)
	return k, x, y, err
}

// rangeOut prints bounds as their type's output function does in the session.
func rangeOut(of, s, zone, settings string) (string, error) {
	k, multi, _ := pgrange.Of(of)
	if k < pgrange.Date {
		return s, nil
	}
	l, err := zoneOf(zone)
	if err != nil {
		return "", err
	}
	m, err := k.Read(s)
	if err != nil {
		return "", err
	}
	print := func(v pgrange.Value) string { return boundText(k, v, outputOf(settings), l) }
	if multi {
		return k.FormatMultiWith(m, print), nil
	}
	return k.FormatWith(one(m), print), nil
}

func boundText(k pgrange.Kind, v pgrange.Value, o *output, zone *time.Location) string {
	switch k {
	case pgrange.Date:
		return string(o.dates.Date(nil, v.N))
	case pgrange.Timestamp:
		return string(o.dates.Timestamp(nil, v.N))
	}
	return string(o.dates.Zoned(zone)(nil, v.N))
}

// one is the range that a multirange of at most one is.
func one(m pgrange.Multi) pgrange.Range {
	if len(m) == 0 {
		return pgrange.Range{Empty: true}
	}
	return m[0]
}

// makeRange is the constructor: a NULL bound is infinite.
func makeRange(args []*string) (string, error) {
	k, _, _ := pgrange.Of(*args[0])
	if args[3] == nil {
		return "", sqlstate.New("22000", "range constructor flags argument must not be null")
	}
	lowerIn, upperIn, err := pgrange.Flags(*args[3])
	if err != nil {
		return "", err
	}
	lower, err := k.FromText(args[1], lowerIn)
	if err != nil {
		return "", err
	}
	upper, err := k.FromText(args[2], upperIn)
	if err != nil {
		return "", err
	}
	r, err := k.Make(lower, upper)
	return k.Format(r), err
}

func rangeBound(of, s, which string) (string, error) {
	k, m, err := readRange(of, s)
	switch {
	case err != nil:
		return "", err
	case len(m) == 0:
		return "", duckdb.ErrNull
	}
	b := m[0].Lower
	if which == "upper" {
		b = m[len(m)-1].Upper
	}
	if b.Infinite {
		return "", duckdb.ErrNull
	}
	return k.Text(b.Value), nil
}

func rangeIs(of, s, property string) (bool, error) {
	_, m, err := readRange(of, s)
	if err != nil || len(m) == 0 {
		return property == "isempty", err
	}
	lower, upper := m[0].Lower, m[len(m)-1].Upper
	return map[string]bool{
		"lower_inc": lower.Inclusive, "upper_inc": upper.Inclusive, "lower_inf": lower.Infinite, "upper_inf": upper.Infinite,
	}[property], nil
}

// combineRanges is + - * and range_merge, of two ranges or of two multiranges.
func combineRanges(of, operator, a, b string) (string, error) {
	k, x, y, err := readRanges(of, a, b)
	if err != nil {
		return "", err
	}
	if _, multi, _ := pgrange.Of(of); multi {
		m, err := combineMulti(k, operator, x, y)
		return k.FormatMulti(m), err
	}
	var r pgrange.Range
	switch operator {
	case "+":
		r, err = k.Union(one(x), one(y))
	case "-":
		r, err = k.Minus(one(x), one(y))
	case "*":
		r, err = k.Intersect(one(x), one(y))
	default:
		r = k.Merge(one(x), one(y))
	}
	return k.Format(r), err
}

func combineMulti(k pgrange.Kind, operator string, a, b pgrange.Multi) (pgrange.Multi, error) {
	switch operator {
	case "+":
		return k.MultiUnion(a, b), nil
	case "-":
		return k.MultiMinus(a, b)
	}
	return k.MultiIntersect(a, b)
}

// listOfRanges makes a function of a list of ranges and multiranges; NULLs are passed over, and
// of nothing else NULL comes.
func listOfRanges(name string, f func(pgrange.Kind, []pgrange.Range) (string, error)) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Params: []duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Varchar,
		Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
			k, _, _ := pgrange.Of(duckdb.At[string](in.Columns[0], i))
			var list []pgrange.Range
			known := false
			for _, s := range texts(in.Columns[1], i) {
				if s == nil {
					continue
				}
				m, err := k.Read(*s)
				if err != nil {
					return err
				}
				known, list = true, append(list, m...)
				if len(m) == 0 {
					list = append(list, pgrange.Range{Empty: true})
				}
			}
			if !known {
				out.PutNull()
				return nil
			}
			text, err := f(k, list)
			if err == nil {
				duckdb.Put(out, text)
			}
			return err
		})}
}
