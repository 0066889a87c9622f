package pgjsonpath

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// conversions are the methods that make one item of another, with the errors of 22036.
var conversions = map[string]func(r *run, n *node, v pgjson.Value) (pgjson.Value, error){
	"bigint": toInteger, "integer": toInteger, "boolean": toBoolean, "number": toNumber, "decimal": toNumber, "string": toText,
	"datetime": momentMethod, "date": momentMethod, "time": momentMethod, "time_tz": momentMethod, "timestamp": momentMethod, "timestamp_tz": momentMethod,
}

// badArgument is ERRCODE_NON_NUMERIC_SQL_JSON_ITEM.
const badArgument sqlstate.Code = "22036"

func unfit(n *node, text, of string) error {
	return sqlstate.New(badArgument, "argument \"%s\" of jsonpath item method .%s() is invalid for type %s", text, n.text, of)
}

func onlyFor(n *node, what string) error {
	return sqlstate.New(badArgument, "jsonpath item method .%s() can only be applied to a %s value", n.text, what)
}

// toInteger rounds a number, or reads a text as the type's input function does.
func toInteger(_ *run, n *node, v pgjson.Value) (pgjson.Value, error) {
	bits := map[string]int{"bigint": 64, "integer": 32}[n.text]
	switch v.Kind {
	case pgjson.Number:
		number, err := numeric.Parse(v.Raw)
		if err != nil {
			return v, err
		}
		i, err := numeric.ToInt(number, bits, n.text)
		if err != nil {
			return v, unfit(n, v.Raw, n.text)
		}
		return numberValue(numeric.FromInt(i)), nil
	case pgjson.String:
		i, ok := readInteger(v.Text, bits)
		if !ok {
			return v, unfit(n, v.Text, n.text)
		}
		return numberValue(numeric.FromInt(i)), nil
	}
	return v, onlyFor(n, "string or numeric")
}

// readInteger reads as int8in of 17 does: hexadecimal, octal and binary, and underscores.
func readInteger(text string, bits int) (int64, bool) {
	s := strings.Trim(text, " \t\n\v\f\r")
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 {
		return 0, false
	}
	base := 10
	if len(digits) > 1 && digits[0] == '0' && strings.IndexByte("xXoObB", digits[1]) >= 0 {
		base = 0
	} else {
		if strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
			return 0, false
		}
		s = strings.ReplaceAll(s, "_", "")
	}
	i, err := strconv.ParseInt(s, base, bits)
	return i, err == nil
}

func toBoolean(_ *run, n *node, v pgjson.Value) (pgjson.Value, error) {
	switch v.Kind {
	case pgjson.Bool:
		return v, nil
	case pgjson.Number:
		i, ok := readInteger(v.Raw, 32)
		if !ok {
			return v, unfit(n, v.Raw, "boolean")
		}
		return truth(i != 0).value(), nil
	case pgjson.String:
		is, ok := readBoolean(v.Text)
		if !ok {
			return v, unfit(n, v.Text, "boolean")
		}
		return truth(is).value(), nil
	}
	return v, onlyFor(n, "boolean, string, or numeric")
}

// readBoolean takes the words for true and false and what only one of them begins with (parse_bool).
func readBoolean(text string) (is, ok bool) {
	s := strings.ToLower(text)
	if s == "" || s == "o" {
		return false, false
	}
	for _, word := range []string{"true", "yes", "on", "1"} {
		if strings.HasPrefix(word, s) {
			return true, true
		}
	}
	for _, word := range []string{"false", "no", "off", "0"} {
		if strings.HasPrefix(word, s) {
			return false, true
		}
	}
	return false, false
}

// toNumber is .number(), and .decimal(precision, scale).
func toNumber(_ *run, n *node, v pgjson.Value) (pgjson.Value, error) {
	text := v.Text
	switch v.Kind {
	case pgjson.Number:
		text = v.Raw
	case pgjson.String:
	default:
		return v, onlyFor(n, "string or numeric")
	}
	number, err := numeric.Parse(text)
	if err != nil {
		return v, unfit(n, text, "numeric")
	}
	if printed := number.String(); strings.HasSuffix(printed, "N") || strings.HasSuffix(printed, "y") {
		return v, sqlstate.New(badArgument, "NaN or Infinity is not allowed for jsonpath item method .%s()", n.text)
	}
	if len(n.params) == 0 {
		return numberValue(number), nil
	}
	places, err := precisionOf(n, 0)
	scale := 0
	if err == nil && len(n.params) > 1 {
		scale, err = precisionOf(n, 1)
	}
	switch {
	case err != nil:
		return v, err
	case places < 1 || places > 1000:
		return v, fatal{sqlstate.New(sqlstate.InvalidParameterValue, "NUMERIC precision %d must be between 1 and 1000", places)}
	case scale < -1000 || scale > 1000:
		return v, fatal{sqlstate.New(sqlstate.InvalidParameterValue, "NUMERIC scale %d must be between -1000 and 1000", scale)}
	}
	if number, err = numeric.ApplyTypmod(number, int32(places), int32(scale)); err != nil {
		return v, unfit(n, text, "numeric")
	}
	return numberValue(number), nil
}

// precisionOf is a parameter as an integer.
func precisionOf(n *node, i int) (int, error) {
	value, err := strconv.ParseInt(n.params[i], 10, 32)
	if err != nil {
		what, code := [2]string{"precision", "scale"}[i], badArgument
		if n.text != "decimal" {
			what, code = "time precision", badMoment
		}
		return 0, sqlstate.New(code, "%s of jsonpath item method .%s() is out of range for type integer", what, n.text)
	}
	return int(value), nil
}

func toText(_ *run, n *node, v pgjson.Value) (pgjson.Value, error) {
	switch v.Kind {
	case pgjson.String, pgjson.OfMoment:
		return textValue(v.Text), nil
	case pgjson.Number, pgjson.Bool:
		return textValue(v.Raw), nil
	}
	return v, onlyFor(n, "boolean, string, numeric, or datetime")
}
