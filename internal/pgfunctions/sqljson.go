package pgfunctions

import (
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// sqlJSON are the constructors of SQL/JSON and IS JSON. Their arguments are JSON texts, NULL
// for what is NULL in SQL; how has some of the words absent, unique and jsonb.
//
//	pg_sqljson_object(how, key, value, …), pg_sqljson_array(how, value, …)
//	pg_sqljson_object_agg(how, keys[], values[]), pg_sqljson_array_agg(how, values[])
//	pg_is_json(VARCHAR, kind, unique BOOLEAN) BOOLEAN, pg_json_unique(VARCHAR)
func sqlJSON() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		ofTexts("pg_sqljson_object", 1, true, func(args []*string) (string, error) {
			o := newObject(*args[0])
			for i := 1; i+1 < len(args); i += 2 {
				if err := o.add(args[i], args[i+1]); err != nil {
					return "", err
				}
			}
			return "{" + strings.Join(o.parts, ", ") + "}", nil
		}),
		ofTexts("pg_sqljson_array", 1, true, func(args []*string) (string, error) {
			return "[" + strings.Join(arrayParts(args[1:], *args[0] == "absent"), ", ") + "]", nil
		}),
		{Name: "pg_sqljson_object_agg", Params: []duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar), duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.Varchar,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				how, keys, values := duckdb.At[string](in.Columns[0], i), texts(in.Columns[1], i), texts(in.Columns[2], i)
				o := newObject(how)
				o.aggregate = true
				for j := range keys {
					if err := o.add(keys[j], values[j]); err != nil {
						return err
					}
				}
				duckdb.Put(out, "{ "+strings.Join(o.parts, ", ")+" }")
				return nil
			})},
		ofList("pg_sqljson_array_agg", 0, func(list, _ []*string) (string, error) {
			return "[" + strings.Join(arrayParts(list, true), ", ") + "]", nil
		}),
		ofList("pg_sqljson_rows_agg", 0, func(list, _ []*string) (string, error) {
			return "[" + strings.Join(arrayParts(list, true), ", \n ") + "]", nil
		}),
		duckdb.Func3("pg_is_json", func(text, kind string, unique bool) (bool, error) { return isJSON(text, kind, unique), nil }),
		duckdb.Func1("pg_json_unique", func(text string) (string, error) {
			v, err := pgjson.Parse(text, true)
			if err == nil && v.Repeats() {
				err = sqlstate.New(duplicateKey, "duplicate JSON object key value")
			}
			return text, err
		}),
	}
}

const duplicateKey sqlstate.Code = "22030" // ERRCODE_DUPLICATE_JSON_OBJECT_KEY_VALUE

// objectMaking is an object in the making (json.c and jsonb.c, json_build_object_worker).
type objectMaking struct {
	absent, unique, jsonb, aggregate bool
	parts                            []string
	seen                             map[string]bool
}

func newObject(how string) objectMaking {
	return objectMaking{absent: strings.Contains(how, "absent"), unique: strings.Contains(how, "unique"), jsonb: strings.Contains(how, "jsonb")}
}

// add adds a field, or leaves it out where its value is NULL and absent; so is a null that is
// JSON, where jsonb is made. A key without a value counts as one that is there.
func (o *objectMaking) add(key, value *string) error {
	left := o.absent && (value == nil || o.jsonb && strings.Trim(*value, " \t\n\r") == "null")
	switch {
	case key == nil && left && !o.aggregate && !o.jsonb && !o.unique:
		return nil
	case key == nil && o.jsonb:
		return sqlstate.New(sqlstate.InvalidParameterValue, "key must not be null")
	case key == nil:
		return sqlstate.New(sqlstate.NullValueNotAllowed, "null value not allowed for object key")
	case strings.HasPrefix(*key, "[") || strings.HasPrefix(*key, "{"):
		return sqlstate.New(sqlstate.InvalidParameterValue, "key value must be scalar, not array, composite, or json")
	}
	name := *key
	if !strings.HasPrefix(name, `"`) {
		name = `"` + name + `"`
	}
	if o.unique {
		if o.seen[name] {
			return sqlstate.New(duplicateKey, "duplicate JSON object key value: %s", name)
		}
		if o.seen == nil {
			o.seen = map[string]bool{}
		}
		o.seen[name] = true
	}
	if left {
		return nil
	}
	text := "null"
	if value != nil {
		text = *value
	}
	o.parts = append(o.parts, name+" : "+text)
	return nil
}

func arrayParts(values []*string, absent bool) []string {
	parts := make([]string, 0, len(values))
	for _, v := range values {
		switch {
		case v != nil:
			parts = append(parts, *v)
		case !absent:
			parts = append(parts, "null")
		}
	}
	return parts
}

// isJSON is IS JSON; kind is "" for any.
func isJSON(text, kind string, unique bool) bool {
	v, err := pgjson.Parse(text, unique)
	if err != nil {
		return false
	}
	switch kind {
	case "object":
		if v.Kind != pgjson.Object {
			return false
		}
	case "array":
		if v.Kind != pgjson.Array {
			return false
		}
	case "scalar":
		if v.Kind >= pgjson.Array {
			return false
		}
	}
	return !unique || !v.Repeats()
}
