package pgfunctions

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// shapes compute on the bounds of arrays, which stand as array_dims prints them, "[1:2][0:4]",
// "" of none. Positions of elements count from 1, in row-major order.
//
//	pg_shape_part(bounds, n, 'length', 'lower', 'upper' or 'dimensions') INTEGER, pg_shape_key(bounds) VARCHAR (orders as array_cmp does)
//	pg_shape_nest('array' or 'agg', VARCHAR[]) the bounds of an array of arrays, pg_shape_cat(bounds, bounds), pg_shape_add(bounds)
//	pg_shape_at(bounds, VARCHAR[]) BIGINT, pg_shape_slice(bounds, VARCHAR[], open) bounds, pg_shape_places(…) VARCHAR[] of positions
//	pg_shape_trim(bounds, INTEGER), pg_shape_trimmed(…) VARCHAR[], pg_shape_without(bounds, INTEGER), pg_shape_found(bounds, INTEGER) INTEGER
//	pg_shape_subscripts(bounds, INTEGER, BOOLEAN) INTEGER[], pg_shape_fill(VARCHAR[], VARCHAR[]) bounds (lower ones of '*' are 1), pg_shape_count(bounds) BIGINT
//	pg_initial_position(INTEGER) INTEGER fails for NULL
//	pg_shaped_out(bounds, VARCHAR[]), pg_shaped_json(bounds, VARCHAR[]) VARCHAR
func shapes() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func3("pg_shape_part", shapePart),
		duckdb.Func1("pg_shape_key", func(s string) (string, error) { return parseShape(s).key(), nil }),
		{Name: "pg_initial_position", Params: []duckdb.Type{duckdb.Integer}, Result: duckdb.Integer, Nulls: true, Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
			for i := range in.Rows {
				if in.Columns[0].Null(i) {
					return sqlstate.New(sqlstate.NullValueNotAllowed, "initial position must not be null")
				}
				duckdb.Put(out, duckdb.At[int32](in.Columns[0], i))
			}
			return nil
		}},
		shapeOfList("pg_shape_nest", nestShapes),
		duckdb.Func2("pg_shape_cat", catShapes),
		duckdb.Func1("pg_shape_add", func(s string) (string, error) {
			switch all := parseShape(s); len(all) {
			case 0:
				return "[1:1]", nil
			case 1:
				return shape{{all[0].lower, all[0].length + 1}}.String(), nil
			}
			return "", sqlstate.New("22000", "argument must be empty or one-dimensional array")
		}),
		{Name: "pg_shape_at", Params: []duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.BigInt,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				at, ok := parseShape(duckdb.At[string](in.Columns[0], i)).at(texts(in.Columns[1], i))
				if !ok {
					out.PutNull()
				} else {
					duckdb.Put(out, at)
				}
				return nil
			})},
		sliced("pg_shape_slice", duckdb.Varchar, func(out *duckdb.Results, s shape, from, to []int64) {
			duckdb.Put(out, s.cut(from, to).String())
		}),
		sliced("pg_shape_places", duckdb.ListOf(duckdb.Varchar), func(out *duckdb.Results, s shape, from, to []int64) {
			out.PutTexts(s.places(from, to))
		}),
		duckdb.Func2("pg_shape_trim", func(s string, n int32) (string, error) {
			all, err := parseShape(s).trimmed(n)
			return all.String(), err
		}),
		{Name: "pg_shape_trimmed", Params: []duckdb.Type{duckdb.Varchar, duckdb.Integer}, Result: duckdb.ListOf(duckdb.Varchar),
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				all, err := parseShape(duckdb.At[string](in.Columns[0], i)).trimmed(duckdb.At[int32](in.Columns[1], i))
				if err == nil {
					out.PutTexts(upTo(all.count()))
				}
				return err
			})},
		duckdb.Func2("pg_shape_without", func(s string, n int32) (string, error) {
			all := parseShape(s)
			switch {
			case len(all) > 1:
				return "", sqlstate.Unsupported("removing elements from multidimensional arrays")
			case n == 0 || len(all) == 0:
				return "", nil
			}
			return shape{{all[0].lower, int64(n)}}.String(), nil
		}),
		{Name: "pg_shape_found", Params: []duckdb.Type{duckdb.Varchar, duckdb.Integer}, Result: duckdb.Integer, Nulls: true,
			Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
				for i := range in.Rows {
					all := parseShape(duckdb.At[string](in.Columns[0], i))
					if len(all) > 1 {
						return sqlstate.Unsupported("searching for elements in multidimensional arrays")
					}
					if in.Columns[1].Null(i) || len(all) == 0 {
						out.PutNull()
						continue
					}
					duckdb.Put(out, duckdb.At[int32](in.Columns[1], i)+int32(all[0].lower)-1)
				}
				return nil
			}},
		{Name: "pg_shape_subscripts", Params: []duckdb.Type{duckdb.Varchar, duckdb.Integer, duckdb.Boolean}, Result: duckdb.ListOf(duckdb.Varchar),
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				all, n := parseShape(duckdb.At[string](in.Columns[0], i)), int(duckdb.At[int32](in.Columns[1], i))
				list := []*string{}
				if n >= 1 && n <= len(all) {
					d := all[n-1]
					for j := range d.length {
						at := d.lower + j
						if duckdb.At[bool](in.Columns[2], i) {
							at = d.lower + d.length - 1 - j
						}
						text := strconv.FormatInt(at, 10)
						list = append(list, &text)
					}
				}
				out.PutTexts(list)
				return nil
			})},
		{Name: "pg_shape_fill", Params: []duckdb.Type{duckdb.ListOf(duckdb.Varchar), duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Varchar, Nulls: true,
			Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
				for i := range in.Rows {
					s, err := fillShape(in, i)
					if err != nil {
						return err
					}
					duckdb.Put(out, s.String())
				}
				return nil
			}},
		duckdb.Func1("pg_shape_count", func(s string) (int64, error) { return parseShape(s).count(), nil }),
		shapedTexts("pg_shaped_out", func(s shape, list []*string) string {
			if len(s) == 0 {
				return "{}"
			}
			out, _ := s.nested(list, '{', '}', arrayOut)
			for _, d := range s {
				if d.lower != 1 {
					return s.String() + "=" + out
				}
			}
			return out
		}),
		shapedTexts("pg_shaped_json", func(s shape, list []*string) string {
			if len(s) == 0 {
				return "[]"
			}
			out, _ := s.nested(list, '[', ']', func(list []*string) string {
				parts := make([]string, len(list))
				for i, e := range list {
					parts[i] = *e
				}
				return "[" + strings.Join(parts, ",") + "]"
			})
			return out
		}),
	}
}

// shapeOfList makes a function of a word and a list of bounds.
func shapeOfList(name string, f func(word string, list []*string) (string, error)) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Params: []duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Varchar,
		Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
			text, err := f(duckdb.At[string](in.Columns[0], i), texts(in.Columns[1], i))
			if err == nil {
				duckdb.Put(out, text)
			}
			return err
		})}
}

// shapedTexts makes a function of bounds and the texts of elements.
func shapedTexts(name string, f func(shape, []*string) string) duckdb.ScalarFunction {
	return shapeOfList(name, func(bounds string, list []*string) (string, error) { return f(parseShape(bounds), list), nil })
}
