package pgfunctions

import (
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/internal/pgtext"
	"github.com/sluicemesh/sluice/sqlstate"
)

// jsonFunctions are the manual's "JSON Functions and Operators". A json stands as its
// text, a jsonb as the text PostgreSQL prints; a part of the one or the other is a part of
// the text, so most functions are for both.
//
//	pg_json_in, pg_jsonb_in(VARCHAR)                         the input functions
//	pg_json_string, pg_json_number, pg_json_moment(VARCHAR)  to_json of texts, numbers, timestamps as printed
//	pg_json_array(VARCHAR[])                                 to_json of an array of JSON texts
//	pg_json_get(j, key), pg_json_element(j, INTEGER), pg_json_path(j, VARCHAR[]); …_text give texts
func jsonFunctions() []duckdb.ScalarFunction {
	return append(jsonMaking(), append(jsonReading(), jsonChanging()...)...)
}

func jsonMaking() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_json_in", func(s string) (string, error) {
			_, err := pgjson.Parse(s, false)
			return s, err
		}),
		duckdb.Func1("pg_jsonb_in", toJSONB),
		duckdb.Func1("pg_jsonb_key", func(s string) ([]byte, error) {
			v, err := pgjson.Parse(s, true)
			if err != nil {
				return nil, err
			}
			return pgjson.AppendSortKey(nil, v)
		}),
		duckdb.Func2("pg_json_of", func(s string, null bool) (string, error) {
			if null {
				return "", duckdb.ErrNull
			}
			return s, nil
		}),
		duckdb.Func1("pg_json_string", func(s string) (string, error) { return pgjson.Quote(s), nil }),
		duckdb.Func1("pg_json_number", func(s string) (string, error) {
			if strings.HasSuffix(s, "N") || strings.HasSuffix(s, "y") {
				return `"` + s + `"`, nil
			}
			return s, nil
		}),
		duckdb.Func1("pg_json_moment", func(s string) (string, error) { return `"` + isoMoment(s) + `"`, nil }),
		ofList("pg_json_array", 0, func(list, _ []*string) (string, error) { return "[" + arrayToString(list, ",", nil) + "]", nil }),
		ofList("pg_json_agg", 0, func(list, _ []*string) (string, error) { return "[" + arrayToString(list, ", ", nil) + "]", nil }),
		ofTexts("pg_json_build_array", 0, true, func(args []*string) (string, error) { return "[" + arrayToString(args, ", ", nil) + "]", nil }),
		ofTexts("pg_json_build_object", 0, true, func(args []*string) (string, error) { return buildObject(args, "{", "}") }),
		{Name: "pg_json_object_agg", Params: []duckdb.Type{duckdb.ListOf(duckdb.Varchar), duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Varchar,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				keys, values := texts(in.Columns[0], i), texts(in.Columns[1], i)
				var args []*string
				for j := range keys {
					args = append(args, keys[j], values[j])
				}
				s, err := buildObject(args, "{ ", " }")
				if err == nil {
					duckdb.Put(out, s)
				}
				return err
			})},
		ofList("pg_json_object", 0, func(list, _ []*string) (string, error) { return objectOf(list) }),
		{Name: "pg_json_object", Params: []duckdb.Type{duckdb.ListOf(duckdb.Varchar), duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Varchar,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				keys, values := texts(in.Columns[0], i), texts(in.Columns[1], i)
				if len(keys) != len(values) {
					return sqlstate.New(sqlstate.ArraySubscriptError, "mismatched array dimensions")
				}
				var pairs []*string
				for j := range keys {
					pairs = append(pairs, keys[j], values[j])
				}
				s, err := objectOf(pairs)
				if err == nil {
					duckdb.Put(out, s)
				}
				return err
			})},
	}
}

func toJSONB(s string) (string, error) {
	v, err := pgjson.Parse(s, true)
	if err == nil {
		v, err = pgjson.Canonical(v)
	}
	if err != nil {
		return "", err
	}
	return pgjson.Print(v), nil
}

// isoMoment makes the T form of a printed timestamp; zones get their minutes.
func isoMoment(s string) string {
	s = strings.Replace(s, " ", "T", 1)
	rest, bc := strings.CutSuffix(s, " BC")
	if t := strings.IndexByte(rest, 'T'); t >= 0 {
		if sign := strings.LastIndexAny(rest, "+-"); sign > t && len(rest)-sign == 3 {
			rest += ":00"
		}
	}
	if bc {
		rest += " BC"
	}
	return rest
}

// buildObject joins JSON texts, keys and values in turn.
func buildObject(args []*string, open, end string) (string, error) {
	if len(args)%2 == 1 {
		e := sqlstate.New(sqlstate.InvalidParameterValue, "argument list must have even number of elements")
		return "", e
	}
	var parts []string
	for i := 0; i < len(args); i += 2 {
		key := *args[i]
		switch {
		case key == "null" && open == "{":
			return "", sqlstate.New(sqlstate.InvalidParameterValue, "null value not allowed for object key")
		case key == "null":
			return "", sqlstate.New(sqlstate.InvalidParameterValue, "field name must not be null")
		case strings.HasPrefix(key, "[") || strings.HasPrefix(key, "{"):
			return "", sqlstate.New(sqlstate.InvalidParameterValue, "key value must be scalar, not array, composite, or json")
		case !strings.HasPrefix(key, `"`):
			key = `"` + key + `"`
		}
		parts = append(parts, key+" : "+*args[i+1])
	}
	return open + strings.Join(parts, ", ") + end, nil
}

func objectOf(pairs []*string) (string, error) {
	if len(pairs)%2 == 1 {
		return "", sqlstate.New(sqlstate.ArraySubscriptError, "array must have even number of elements")
	}
	var parts []string
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == nil {
			return "", sqlstate.New(sqlstate.NullValueNotAllowed, "null value not allowed for object key")
		}
		value := "null"
		if pairs[i+1] != nil {
			value = pgjson.Quote(*pairs[i+1])
		}
		parts = append(parts, pgjson.Quote(*pairs[i])+" : "+value)
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

// found gives a part of a JSON text, or as ->> has it.
func found(v pgjson.Value, ok, asText bool) (string, error) {
	if !ok {
		return "", duckdb.ErrNull
	}
	if !asText {
		return v.Raw, nil
	}
	text, ok := v.AsText()
	if !ok {
		return "", duckdb.ErrNull
	}
	return text, nil
}

func jsonReading() []duckdb.ScalarFunction {
	var all []duckdb.ScalarFunction
	for _, suffix := range []string{"", "_text"} {
		asText := suffix != ""
		all = append(all,
			duckdb.Func2("pg_json_get"+suffix, func(j, key string) (string, error) {
				v, err := pgjson.Parse(j, false)
				if err != nil {
					return "", err
				}
				part, ok := v.Field(key)
				return found(part, ok, asText)
			}),
			duckdb.Func2("pg_json_element"+suffix, func(j string, i int32) (string, error) {
				v, err := pgjson.Parse(j, false)
				if err != nil {
					return "", err
				}
				part, ok := v.Element(int(i))
				return found(part, ok, asText)
			}),
			duckdb.Func2("pg_jsonb_element"+suffix, func(j string, i int32) (string, error) {
				v, err := pgjson.Parse(j, false)
				if err != nil {
					return "", err
				}
				if v.Kind < pgjson.Array && (i == 0 || i == -1) { // a scalar at the root is an array of one
					return found(v, true, asText)
				}
				part, ok := v.Element(int(i))
				return found(part, ok, asText)
			}),
			duckdb.ScalarFunction{Name: "pg_json_path" + suffix, Params: []duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Varchar,
				Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
					v, err := pgjson.Parse(duckdb.At[string](in.Columns[0], i), false)
					if err != nil {
						return err
					}
					part, ok := v.Path(texts(in.Columns[1], i))
					s, err := found(part, ok, asText)
					if err != nil {
						out.PutNull()
						return nil
					}
					duckdb.Put(out, s)
					return nil
				})},
			toList("pg_json_elements"+suffix, 1, func(a []string) ([]*string, error) {
				v, err := pgjson.Parse(a[0], false)
				if err == nil && v.Kind != pgjson.Array {
					err = sqlstate.New(sqlstate.InvalidParameterValue, "cannot extract elements from %s", described(v))
				}
				out := []*string{}
				for _, item := range v.Items {
					out = append(out, partOf(item, asText))
				}
				return out, err
			}),
			toList("pg_json_each"+suffix, 1, func(a []string) ([]*string, error) {
				v, err := pgjson.Parse(a[0], false)
				if err == nil && v.Kind != pgjson.Object {
					err = sqlstate.New(sqlstate.InvalidParameterValue, "cannot deconstruct %s", described(v))
				}
				out := []*string{}
				for i, item := range v.Items {
					row := recordOut([]*string{&v.Keys[i], partOf(item, asText)})
					out = append(out, &row)
				}
				return out, err
			}),
		)
	}
	return append(all,
		duckdb.Func1("pg_json_typeof", func(j string) (string, error) {
			v, err := pgjson.Parse(j, false)
			return []string{"null", "string", "number", "boolean", "array", "object"}[v.Kind], err
		}),
		duckdb.Func1("pg_json_length", func(j string) (int32, error) {
			v, err := pgjson.Parse(j, false)
			switch {
			case err != nil:
			case v.Kind == pgjson.Object:
				err = sqlstate.New(sqlstate.InvalidParameterValue, "cannot get array length of a non-array")
			case v.Kind != pgjson.Array:
				err = sqlstate.New(sqlstate.InvalidParameterValue, "cannot get array length of a scalar")
			}
			return int32(len(v.Items)), err
		}),
		toList("pg_json_keys", 1, func(a []string) ([]*string, error) {
			v, err := pgjson.Parse(a[0], false)
			if err == nil && v.Kind != pgjson.Object {
				err = sqlstate.New(sqlstate.InvalidParameterValue, "cannot call json_object_keys on %s", described(v))
			}
			return append([]*string{}, pointers(v.Keys)...), err
		}),
		duckdb.Func2("pg_jsonb_contains", func(a, b string) (bool, error) {
			v, part, err := bothJSON(a, b)
			return err == nil && pgjson.Contains(v, part), err
		}),
		duckdb.Func2("pg_jsonb_exists", func(j, key string) (bool, error) {
			v, err := pgjson.Parse(j, true)
			return v.Exists(key), err
		}),
		ofKeys("pg_jsonb_exists_any", func(v pgjson.Value, keys []*string) bool {
			for _, k := range keys {
				if k != nil && v.Exists(*k) {
					return true
				}
			}
			return false
		}),
		ofKeys("pg_jsonb_exists_all", func(v pgjson.Value, keys []*string) bool {
			for _, k := range keys {
				if k != nil && !v.Exists(*k) {
					return false
				}
			}
			return true
		}),
		duckdb.Func1("pg_jsonb_bool", func(j string) (bool, error) {
			v, err := pgjson.Parse(j, true)
			if err == nil && v.Kind != pgjson.Bool {
				err = cannotCast(v, "boolean")
			}
			return v.Raw == "true", err
		}),
		duckdb.Func2("pg_jsonb_numeric", func(j, name string) (string, error) {
			v, err := pgjson.Parse(j, true)
			if err == nil && v.Kind != pgjson.Number {
				err = cannotCast(v, name)
			}
			if err != nil {
				return "", err
			}
			n, err := numeric.Parse(v.Raw)
			return n.String(), err
		}),
	)
}

func cannotCast(v pgjson.Value, to string) error {
	kinds := []string{"null", "string", "numeric", "boolean", "array", "object"}
	return sqlstate.New(sqlstate.InvalidParameterValue, "cannot cast jsonb %s to type %s", kinds[v.Kind], to)
}

func described(v pgjson.Value) string {
	switch v.Kind {
	case pgjson.Array:
		return "an array"
	case pgjson.Object:
		return "an object"
	}
	return "a scalar"
}

func partOf(v pgjson.Value, asText bool) *string {
	if !asText {
		return &v.Raw
	}
	text, ok := v.AsText()
	if !ok {
		return nil
	}
	return &text
}

// recordOut prints a composite value.
func recordOut(fields []*string) string {
	b := []byte{'('}
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		if f != nil {
			b = pgtext.QuoteField(append(b, *f...), len(b))
		}
	}
	return string(append(b, ')'))
}

func bothJSON(a, b string) (x, y pgjson.Value, err error) {
	if x, err = pgjson.Parse(a, true); err == nil {
		y, err = pgjson.Parse(b, true)
	}
	return x, y, err
}

func ofKeys(name string, f func(pgjson.Value, []*string) bool) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Params: []duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Boolean,
		Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
			v, err := pgjson.Parse(duckdb.At[string](in.Columns[0], i), true)
			if err == nil {
				duckdb.Put(out, f(v, texts(in.Columns[1], i)))
			}
			return err
		})}
}

// changed makes a function of a jsonb, a path or keys, and more.
func changed(name string, more []duckdb.Type, f func(v pgjson.Value, path []*string, in *duckdb.Arguments, row int) (pgjson.Value, error)) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Params: append([]duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar)}, more...), Result: duckdb.Varchar,
		Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
			v, err := pgjson.Parse(duckdb.At[string](in.Columns[0], i), true)
			if err == nil {
				v, err = f(v, texts(in.Columns[1], i), in, i)
			}
			if err == nil {
				duckdb.Put(out, pgjson.Print(v))
			}
			return err
		})}
}

func printed(v pgjson.Value, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return pgjson.Print(v), nil
}

func jsonChanging() []duckdb.ScalarFunction {
	replacement := func(in *duckdb.Arguments, i int) (pgjson.Value, bool, error) {
		v, err := pgjson.Parse(duckdb.At[string](in.Columns[2], i), true)
		return v, duckdb.At[bool](in.Columns[3], i), err
	}
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_jsonb_concat", func(a, b string) (string, error) {
			x, y, err := bothJSON(a, b)
			if err != nil {
				return "", err
			}
			return pgjson.Print(pgjson.Concat(x, y)), nil
		}),
		duckdb.Func2("pg_jsonb_delete", func(j, key string) (string, error) {
			v, err := pgjson.Parse(j, true)
			if err != nil {
				return "", err
			}
			return printed(pgjson.DeleteKeys(v, []string{key}))
		}),
		duckdb.Func2("pg_jsonb_delete", func(j string, i int32) (string, error) {
			v, err := pgjson.Parse(j, true)
			if err != nil {
				return "", err
			}
			return printed(pgjson.DeleteElement(v, int(i)))
		}),
		changed("pg_jsonb_delete_keys", nil, func(v pgjson.Value, keys []*string, _ *duckdb.Arguments, _ int) (pgjson.Value, error) {
			var drop []string
			for _, k := range keys {
				if k != nil {
					drop = append(drop, *k)
				}
			}
			return pgjson.DeleteKeys(v, drop)
		}),
		changed("pg_jsonb_delete_path", nil, func(v pgjson.Value, path []*string, _ *duckdb.Arguments, _ int) (pgjson.Value, error) {
			return pgjson.At(v, path, pgjson.Value{}, pgjson.Delete)
		}),
		changed("pg_jsonb_set", []duckdb.Type{duckdb.Varchar, duckdb.Boolean}, func(v pgjson.Value, path []*string, in *duckdb.Arguments, i int) (pgjson.Value, error) {
			to, create, err := replacement(in, i)
			how := pgjson.Replace
			if create {
				how = pgjson.Create
			}
			if err != nil {
				return v, err
			}
			return pgjson.At(v, path, to, how)
		}),
		changed("pg_jsonb_insert", []duckdb.Type{duckdb.Varchar, duckdb.Boolean}, func(v pgjson.Value, path []*string, in *duckdb.Arguments, i int) (pgjson.Value, error) {
			to, after, err := replacement(in, i)
			how := pgjson.InsertBefore
			if after {
				how = pgjson.InsertAfter
			}
			if err != nil {
				return v, err
			}
			return pgjson.At(v, path, to, how)
		}),
		duckdb.Func1("pg_jsonb_pretty", func(j string) (string, error) {
			v, err := pgjson.Parse(j, true)
			return pgjson.Pretty(v), err
		}),
		duckdb.Func1("pg_jsonb_strip_nulls", func(j string) (string, error) {
			v, err := pgjson.Parse(j, true)
			return pgjson.Print(pgjson.StripNulls(v)), err
		}),
		duckdb.Func1("pg_json_strip_nulls", func(j string) (string, error) {
			v, err := pgjson.Parse(j, false)
			return pgjson.Compact(pgjson.StripNulls(v)), err
		}),
	}
}
