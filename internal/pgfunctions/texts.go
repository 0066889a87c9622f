package pgfunctions

import (
	"github.com/sluicemesh/sluice/internal/duckdb"
)

// text gives row i of a column of texts, nil for NULL.
func text(v duckdb.Vector, i int) *string {
	if v.Null(i) {
		return nil
	}
	s := duckdb.At[string](v, i)
	return &s
}

// texts gives row i of a column of lists of texts, nil elements for NULL.
func texts(v duckdb.Vector, i int) []*string {
	first, n := v.List(i)
	elements := v.Elements()
	out := make([]*string, n)
	for j := range out {
		out[j] = text(elements, first+j)
	}
	return out
}

// ofTexts makes a function of any number of texts that may be NULL; n are fixed.
func ofTexts(name string, n int, variadic bool, f func(args []*string) (string, error)) duckdb.ScalarFunction {
	s := duckdb.ScalarFunction{Name: name, Result: duckdb.Varchar, Nulls: true}
	for range n {
		s.Params = append(s.Params, duckdb.Varchar)
	}
	if variadic {
		s.Variadic = duckdb.Varchar
	}
	s.Call = func(in *duckdb.Arguments, out *duckdb.Results) error {
		args := make([]*string, len(in.Columns))
		for i := range in.Rows {
			for j, c := range in.Columns {
				args[j] = text(c, i)
			}
			if err := putText(out, f, args); err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

func putText(out *duckdb.Results, f func([]*string) (string, error), args []*string) error {
	switch result, err := f(args); err {
	case nil:
		duckdb.Put(out, result)
	case duckdb.ErrNull:
		out.PutNull()
	default:
		return err
	}
	return nil
}

// ofList makes a strict function of a list of texts, and of further texts that may be NULL.
func ofList(name string, more int, f func(list []*string, args []*string) (string, error)) duckdb.ScalarFunction {
	s := duckdb.ScalarFunction{Name: name, Result: duckdb.Varchar, Nulls: true, Params: []duckdb.Type{duckdb.ListOf(duckdb.Varchar)}}
	for range more {
		s.Params = append(s.Params, duckdb.Varchar)
	}
	s.Call = func(in *duckdb.Arguments, out *duckdb.Results) error {
		for i := range in.Rows {
			if in.Columns[0].Null(i) {
				out.PutNull()
				continue
			}
			list := texts(in.Columns[0], i)
			args := make([]*string, more)
			for j := range args {
				args[j] = text(in.Columns[j+1], i)
			}
			if err := putText(out, func(args []*string) (string, error) { return f(list, args) }, args); err != nil {
				return err
			}
		}
		return nil
	}
	return s
}

// toList makes a strict function of texts that gives a list of texts; a nil list is NULL.
func toList(name string, n int, f func(args []string) ([]*string, error)) duckdb.ScalarFunction {
	s := duckdb.ScalarFunction{Name: name, Result: duckdb.ListOf(duckdb.Varchar)}
	for range n {
		s.Params = append(s.Params, duckdb.Varchar)
	}
	s.Call = func(in *duckdb.Arguments, out *duckdb.Results) error {
		args := make([]string, n)
		for i := range in.Rows {
			if in.AnyNull(i) {
				out.PutNull()
				continue
			}
			for j, c := range in.Columns {
				args[j] = duckdb.At[string](c, i)
			}
			list, err := f(args)
			switch {
			case err != nil:
				return err
			case list == nil:
				out.PutNull()
			default:
				out.PutTexts(list)
			}
		}
		return nil
	}
	return s
}

func pointers(list []string) []*string {
	out := make([]*string, len(list))
	for i := range list {
		out[i] = &list[i]
	}
	return out
}
