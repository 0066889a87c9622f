package pgjsonpath

import (
	"math"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// arithmetic computes with one number on either side.
func (r *run) arithmetic(n *node, v pgjson.Value, found *[]pgjson.Value) (bool, error) {
	var sides [2]numeric.Number
	var values [2][]pgjson.Value
	for i, side := range []*node{n.left, n.right} {
		var err error
		if values[i], err = r.sequence(side, v, true); err != nil {
			return false, err
		}
	}
	for i, name := range []string{"left", "right"} {
		if len(values[i]) != 1 || values[i][0].Kind != pgjson.Number {
			return false, sqlstate.New("22038", "%s operand of jsonpath operator %s is not a single numeric value", name, n.text)
		}
		var err error
		if sides[i], err = numeric.Parse(values[i][0].Raw); err != nil {
			return false, err
		}
	}
	compute := map[string]func(a, b numeric.Number) (numeric.Number, error){
		"+": numeric.Add, "-": numeric.Sub, "*": numeric.Mul, "/": numeric.Div, "%": numeric.Mod,
	}[n.text]
	result, err := compute(sides[0], sides[1])
	if err != nil {
		return false, err
	}
	return r.next(n, numberValue(result), found)
}

func (r *run) sign(n *node, v pgjson.Value, found *[]pgjson.Value) (bool, error) {
	values, err := r.sequence(n.left, v, true)
	if err != nil {
		return false, err
	}
	any := false
	for _, value := range values {
		if value.Kind != pgjson.Number {
			if found == nil && n.next == nil {
				continue
			}
			return false, sqlstate.New("2203B", "operand of unary jsonpath operator %s is not a numeric value", n.text)
		}
		number, err := numeric.Parse(value.Raw)
		if err != nil {
			return false, err
		}
		if n.text == "-" {
			number = numeric.Neg(number)
		}
		ok, err := r.next(n, numberValue(number), found)
		if err != nil {
			return false, err
		}
		if any = any || ok; any && found == nil {
			return true, nil
		}
	}
	return any, nil
}

func (r *run) method(n *node, v pgjson.Value, found *[]pgjson.Value, unwrap bool) (bool, error) {
	switch n.text {
	case "type":
		return r.next(n, textValue(kindName(v)), found)
	case "size":
		size := 1
		if v.Kind == pgjson.Array {
			size = len(v.Items)
		} else if !r.lax {
			return r.structural("22039", "jsonpath item method .size() can only be applied to an array")
		}
		return r.next(n, numberValue(numeric.FromInt(int64(size))), found)
	}
	if unwrap && v.Kind == pgjson.Array {
		return r.each(v.Items, n, found, false)
	}
	if convert, ok := conversions[n.text]; ok {
		value, err := convert(r, n, v)
		if err != nil {
			return false, err
		}
		return r.next(n, value, found)
	}
	switch n.text {
	case "double":
		value, err := toDouble(v)
		if err != nil {
			return false, err
		}
		return r.next(n, value, found)
	case "keyvalue":
		return r.keyValue(n, v, found)
	}
	if v.Kind != pgjson.Number {
		return false, sqlstate.New("22036", "jsonpath item method .%s() can only be applied to a numeric value", n.text)
	}
	number, err := numeric.Parse(v.Raw)
	if err != nil {
		return false, err
	}
	switch n.text {
	case "abs":
		number = numeric.Abs(number)
	case "floor":
		number, err = numeric.Floor(number)
	case "ceiling":
		number, err = numeric.Ceil(number)
	}
	if err != nil {
		return false, err
	}
	return r.next(n, numberValue(number), found)
}

func kindName(v pgjson.Value) string {
	if v.Kind == pgjson.OfMoment {
		return v.Moment.Kind.String()
	}
	return map[pgjson.Kind]string{pgjson.Null: "null", pgjson.String: "string", pgjson.Number: "number", pgjson.Bool: "boolean",
		pgjson.Array: "array", pgjson.Object: "object"}[v.Kind]
}

func toDouble(v pgjson.Value) (pgjson.Value, error) {
	switch v.Kind {
	case pgjson.Number:
		f, err := strconv.ParseFloat(v.Raw, 64)
		if err != nil || math.IsInf(f, 0) {
			return v, sqlstate.New("22036", "numeric argument of jsonpath item method .double() is out of range for type double precision")
		}
		return v, nil
	case pgjson.String:
		text := strings.TrimSpace(v.Text)
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) || strings.ContainsAny(text, "_xXpP") {
			return v, sqlstate.New("22036", "string argument of jsonpath item method .double() is not a valid representation of a double precision number")
		}
		number, err := numeric.FromFloat(f, 15)
		return numberValue(number), err
	}
	return v, sqlstate.New("22036", "jsonpath item method .double() can only be applied to a string or numeric value")
}

// keyValue gives objects of the fields of an object. Their id is 0 for the root's only.
func (r *run) keyValue(n *node, v pgjson.Value, found *[]pgjson.Value) (bool, error) {
	if v.Kind != pgjson.Object {
		return false, sqlstate.New("2203C", "jsonpath item method .keyvalue() can only be applied to an object")
	}
	if v.Raw != r.root.Raw {
		return false, fatal{sqlstate.Unsupported("jsonpath item method .keyvalue() of what is not the root")}
	}
	any := false
	for i, key := range v.Keys {
		item, err := pgjson.Parse(`{"id": 0, "key": `+pgjson.Quote(key)+`, "value": `+v.Items[i].Raw+`}`, true)
		if err != nil {
			return false, err
		}
		ok, err := r.next(n, item, found)
		if err != nil {
			return false, err
		}
		if any = any || ok; any && found == nil {
			return true, nil
		}
	}
	return any, nil
}
