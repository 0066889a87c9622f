package duckdb

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/sqlstate"
)

// inputFunctions read text as PostgreSQL's input functions do, for CSV and JSON, and
// for columns of text whose contract gives them another type:
//
//	sluice_read_<type>(text, modifier, file, column)
//
// Their errors name the file and the column. PostgreSQL's would quote the value, which
// may be one that nobody may see.
func (s *Source) inputFunctions() []duckdb.ScalarFunction {
	owner := "domain " + s.of.Domain + ": source " + s.of.Name + ": "
	return []duckdb.ScalarFunction{
		input(owner, "bool", func(text string, _ int32) (bool, error) { return parseBool(text) }),
		input(owner, "int2", func(text string, _ int32) (int16, error) { n, err := parseInteger(text, 16); return int16(n), err }),
		input(owner, "int4", func(text string, _ int32) (int32, error) { n, err := parseInteger(text, 32); return int32(n), err }),
		input(owner, "int8", func(text string, _ int32) (int64, error) { return parseInteger(text, 64) }),
		input(owner, "oid", func(text string, _ int32) (uint32, error) {
			n, err := strconv.ParseUint(trimmed(text), 10, 32)
			return uint32(n), err
		}),
		input(owner, "float4", func(text string, _ int32) (float32, error) { f, err := parseFloat(text, 32); return float32(f), err }),
		input(owner, "float8", func(text string, _ int32) (float64, error) { return parseFloat(text, 64) }),
		input(owner, "numeric", parseNumeric),
		input(owner, "json_number", parseJSONNumber),
		input(owner, "varchar", parseVarchar),
		input(owner, "bpchar", parseBpchar),
		input(owner, "bytea", func(text string, _ int32) ([]byte, error) { return parseBytea(text) }),
		input(owner, "uuid", func(text string, _ int32) (string, error) { return parseUUID(text) }),
		input(owner, "json", func(text string, _ int32) (string, error) {
			if !json.Valid([]byte(text)) {
				return "", errUnreadable
			}
			return text, nil
		}),
		input(owner, "date", func(text string, _ int32) (duckdb.DateValue, error) {
			d, err := datetime.ParseDate(text, datetime.Input{})
			return duckdb.DateValue(d), err
		}),
		input(owner, "time", func(text string, mod int32) (duckdb.TimeValue, error) {
			m, err := datetime.ParseTime(text, datetime.Input{})
			if mod >= 0 {
				m = datetime.RoundTime(m, int(mod))
			}
			return duckdb.TimeValue(m), err
		}),
		input(owner, "timestamp", func(text string, mod int32) (duckdb.TimestampValue, error) {
			m, err := datetime.ParseTimestamp(text, datetime.Input{})
			return duckdb.TimestampValue(rounded(m, mod)), err
		}),
		input(owner, "timestamptz", func(text string, mod int32) (duckdb.TimestampTZValue, error) {
			m, err := datetime.ParseTimestamptz(text, datetime.Input{})
			return duckdb.TimestampTZValue(rounded(m, mod)), err
		}),
		input(owner, "interval", func(text string, _ int32) (duckdb.IntervalValue, error) {
			v, err := datetime.ParseInterval(text, 0, false)
			return duckdb.IntervalValue{Months: v.Months, Days: v.Days, Micros: v.Micros}, err
		}),
		duckdb.Func2("sluice_round_time", func(m duckdb.TimeValue, p int32) (duckdb.TimeValue, error) {
			return duckdb.TimeValue(datetime.RoundTime(int64(m), int(p))), nil
		}),
		duckdb.Func2("sluice_round_timestamp", func(m duckdb.TimestampValue, p int32) (duckdb.TimestampValue, error) {
			return duckdb.TimestampValue(datetime.RoundTimestamp(int64(m), int(p))), nil
		}),
		duckdb.Func2("sluice_round_timestamptz", func(m duckdb.TimestampTZValue, p int32) (duckdb.TimestampTZValue, error) {
			return duckdb.TimestampTZValue(datetime.RoundTimestamp(int64(m), int(p))), nil
		}),
		duckdb.Func2("sluice_float_numeric", func(f float64, digits int32) (string, error) {
			n, err := numeric.FromFloat(f, int(digits))
			return n.String(), err
		}),
	}
}

var errUnreadable = sqlstate.New(sqlstate.InvalidTextRepresentation, "unreadable")

// typeNames are those of the errors.
var typeNames = map[string]string{
	"bool": "boolean", "int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision",
	"json_number": "numeric", "varchar": "character varying of that length", "bpchar": "character of that length",
	"timestamptz": "timestamp with time zone",
}

func input[R duckdb.Value](owner, name string, parse func(text string, mod int32) (R, error)) duckdb.ScalarFunction {
	typeName := name
	if known := typeNames[name]; known != "" {
		typeName = known
	}
	return duckdb.Func4("sluice_read_"+name, func(text string, mod int32, file, column string) (R, error) {
		value, err := parse(text, mod)
		if err != nil && !errors.Is(err, duckdb.ErrNull) {
			if file != "" {
				file = "file " + filepath.Base(file) + ", "
			}
			return value, sqlstate.New(sqlstate.InvalidTextRepresentation, "%s%scolumn %s: a value cannot be read as %s", owner, file, column, typeName)
		}
		return value, err
	})
}

// trimmed removes what PostgreSQL's isspace takes.
func trimmed(text string) string { return strings.Trim(text, " \t\n\r\v\f") }

func parseInteger(text string, bits int) (int64, error) {
	return strconv.ParseInt(trimmed(text), 10, bits)
}

// parseFloat: Go reads hexadecimal digits and underscores too, PostgreSQL does not.
func parseFloat(text string, bits int) (float64, error) {
	text = trimmed(text)
	if strings.ContainsAny(text, "_xXpP") {
		return 0, errUnreadable
	}
	f, err := strconv.ParseFloat(text, bits)
	if err == nil && f == 0 && strings.ContainsAny(strings.SplitN(strings.ToLower(text), "e", 2)[0], "123456789") {
		return 0, errUnreadable // underflow, out of range in PostgreSQL
	}
	return f, err
}

func parseBool(text string) (bool, error) {
	text = strings.ToLower(trimmed(text))
	switch {
	case text == "":
	case text == "1", text == "on", strings.HasPrefix("true", text), strings.HasPrefix("yes", text):
		return true, nil
	case text == "0", len(text) > 1 && strings.HasPrefix("off", text), strings.HasPrefix("false", text), strings.HasPrefix("no", text):
		return false, nil
	}
	return false, errUnreadable
}

// parseNumeric gives PostgreSQL's text; a modifier is precision and scale, packed as
// in pg_attribute.
func parseNumeric(text string, mod int32) (string, error) {
	n, err := numeric.Parse(text)
	if err == nil && mod >= 0 {
		precision, scale := mod>>16, mod&0xffff
		if !n.IsFinite() {
			return "", errUnreadable // a decimal of the engine holds no NaN
		}
		n, err = numeric.ApplyTypmod(n, precision, scale)
	}
	return n.String(), err
}

// jsonDigits are what a number in JSON keeps on its way through the engine, which
// reads one with a fraction as a double.
const jsonDigits = 15

func parseJSONNumber(text string, mod int32) (string, error) {
	if text == "null" {
		return "", duckdb.ErrNull
	}
	if strings.HasPrefix(text, `"`) {
		var inner string
		if err := json.Unmarshal([]byte(text), &inner); err != nil {
			return "", err
		}
		return parseNumeric(inner, mod)
	}
	digits := strings.TrimLeft(strings.NewReplacer("-", "", ".", "").Replace(strings.SplitN(strings.ToLower(text), "e", 2)[0]), "0")
	if strings.ContainsAny(text, ".eE") && len(digits) > jsonDigits {
		return "", errUnreadable
	}
	return parseNumeric(text, mod)
}

func parseVarchar(text string, length int32) (string, error) {
	if utf8.RuneCountInString(text) <= int(length) {
		return text, nil
	}
	return cut(text, length)
}

// cut drops blanks beyond a length; nothing else may stand there.
func cut(text string, length int32) (string, error) {
	end := 0
	for range length {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	if strings.Trim(text[end:], " ") != "" {
		return "", errUnreadable
	}
	return text[:end], nil
}

func parseBpchar(text string, length int32) (string, error) {
	n := utf8.RuneCountInString(text)
	if n > int(length) {
		return cut(text, length)
	}
	return text + strings.Repeat(" ", int(length)-n), nil
}

// parseBytea reads the hex form; the escape form is not served.
func parseBytea(text string) ([]byte, error) {
	digits, ok := strings.CutPrefix(text, `\x`)
	if !ok {
		return nil, errUnreadable
	}
	return hex.DecodeString(digits)
}

// parseUUID reads the forms of uuid_in: hyphens after any group of four digits, braces.
func parseUUID(text string) (string, error) {
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
		text = text[1 : len(text)-1]
	}
	digits := strings.ReplaceAll(text, "-", "")
	if _, err := hex.DecodeString(digits); err != nil || len(digits) != 32 || !groupedByFour(text) {
		return "", errUnreadable
	}
	d := strings.ToLower(digits)
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:], nil
}

func groupedByFour(text string) bool {
	count := 0
	for i, c := range text {
		if c != '-' {
			count++
		} else if count == 0 || count%4 != 0 || i == len(text)-1 || text[i-1] == '-' {
			return false
		}
	}
	return true
}

func rounded(micros int64, mod int32) int64 {
	if mod < 0 {
		return micros
	}
	return datetime.RoundTimestamp(micros, int(mod))
}
