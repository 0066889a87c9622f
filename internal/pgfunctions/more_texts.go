package pgfunctions

import (
	"bytes"
	"strings"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// moreTexts: pg_timestamp_checked(TIMESTAMP), pg_bytea_like(BLOB, BLOB) BOOLEAN; pg_timezone_interval(INTERVAL, TIMESTAMP or TIMESTAMPTZ);
// pg_fill_count(VARCHAR[]) BIGINT, the length that array_fill gives; pg_json_row(VARCHAR…) of
// JSON keys and values in turn, pg_json_lines(VARCHAR…) with line feeds, pg_json_agg_rows(VARCHAR[]); pg_null_treatment(VARCHAR) fails
// for what jsonb_set_lax does not know.
func moreTexts() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_bytea_like", byteaLike),
		duckdb.Func2("pg_timezone_interval", func(v interval, ts timestamptz) (timestamp, error) {
			if datetime.Infinite(int64(ts)) {
				return timestamp(ts), nil
			}
			seconds, err := intervalZone(v)
			if err != nil {
				return 0, err
			}
			return checkedTimestamp[timestamp](int64(ts) + seconds*datetime.Second)
		}),
		duckdb.Func2("pg_timezone_interval", func(v interval, ts timestamp) (timestamptz, error) {
			if datetime.Infinite(int64(ts)) {
				return timestamptz(ts), nil
			}
			seconds, err := intervalZone(v)
			if err != nil {
				return 0, err
			}
			return checkedTimestamp[timestamptz](int64(ts) - seconds*datetime.Second)
		}),
		duckdb.Func1("pg_timestamp_checked", func(ts timestamp) (timestamp, error) {
			if datetime.Infinite(int64(ts)) {
				return ts, nil
			}
			return checkedTimestamp[timestamp](int64(ts))
		}),
		{Name: "pg_fill_count", Params: []duckdb.Type{duckdb.ListOf(duckdb.Varchar)}, Result: duckdb.BigInt, Nulls: true, Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
			for i := range in.Rows {
				n, err := fillCount(in, i)
				if err != nil {
					return err
				}
				duckdb.Put(out, n)
			}
			return nil
		}},
		duckdb.Func2("pg_json_records", jsonRecords),
		ofTexts("pg_json_row", 0, true, func(args []*string) (string, error) { return jsonRow(args, ","), nil }),
		ofTexts("pg_json_lines", 0, true, func(args []*string) (string, error) { return jsonRow(args, ",\n "), nil }),
		ofList("pg_json_agg_rows", 0, func(list, _ []*string) (string, error) { return jsonRows(list), nil }),
		duckdb.Func1("pg_null_treatment", func(s string) (string, error) {
			if s == "raise_exception" {
				return "", sqlstate.New(sqlstate.NullValueNotAllowed, "JSON value must not be null").
					WithDetail("Exception was raised because null_value_treatment is \"raise_exception\".").
					WithHint("To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.")
			}
			return "", sqlstate.New(sqlstate.InvalidParameterValue,
				"null_value_treatment must be \"delete_key\", \"return_target\", \"use_json_null\", or \"raise_exception\"")
		}),
	}
}

// jsonRecords gives JSON back that is an object, or for …_to_recordset an array of objects.
func jsonRecords(s, function string) (string, error) {
	v, err := pgjson.Parse(s, false)
	if err != nil {
		return "", err
	}
	set := strings.HasSuffix(function, "set")
	switch {
	case v.Kind == pgjson.Object && !set:
		return s, nil
	case v.Kind == pgjson.Array && set:
		for _, item := range v.Items {
			if item.Kind != pgjson.Object {
				return "", sqlstate.New(sqlstate.InvalidParameterValue, "argument of %s must be an array of objects", function)
			}
		}
		return s, nil
	}
	what := map[pgjson.Kind]string{pgjson.Object: "an object", pgjson.Array: "an array"}[v.Kind]
	if what == "" {
		what = "a scalar"
	}
	return "", sqlstate.New(sqlstate.InvalidParameterValue, "cannot call %s on %s", function, what)
}

// jsonRow makes an object of keys and values that are JSON texts, as row_to_json does, with a separator.
func jsonRow(args []*string, separator string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i+1 < len(args); i += 2 {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(*args[i])
		b.WriteByte(':')
		b.WriteString(*args[i+1])
	}
	b.WriteByte('}')
	return b.String()
}

// jsonRows makes an array as json_agg does of rows and arrays: each but the first on a line
// of its own, NULLs aside.
func jsonRows(list []*string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, item := range list {
		if i > 0 {
			b.WriteString(", ")
			if *item != "null" {
				b.WriteString("\n ")
			}
		}
		b.WriteString(*item)
	}
	b.WriteByte(']')
	return b.String()
}

func fillCount(in *duckdb.Arguments, row int) (int64, error) {
	if in.Columns[0].Null(row) {
		return 0, sqlstate.New(sqlstate.NullValueNotAllowed, "dimension array or low bound array cannot be null")
	}
	dimensions := texts(in.Columns[0], row)
	switch {
	case len(dimensions) == 0:
		return 0, nil
	case len(dimensions) > 1:
		return 0, sqlstate.Unsupported("array of more than one dimension")
	case dimensions[0] == nil:
		return 0, sqlstate.New(sqlstate.NullValueNotAllowed, "dimension values cannot be null")
	}
	n, err := readInteger(*dimensions[0])
	switch {
	case err != nil:
		return 0, err
	case n < 0 || n > 134217727: // MaxArraySize for the narrowest elements
		return 0, sqlstate.New(sqlstate.ProgramLimitExceeded, "array size exceeds the maximum allowed (134217727)")
	}
	return n, nil
}

func readInteger(s string) (int64, error) {
	var n int64
	for i, c := range s {
		if c == '-' && i == 0 {
			return -1, nil
		}
		n = n*10 + int64(c-'0')
	}
	return n, nil
}

// byteaLike is LIKE by bytes (like_match.c).
func byteaLike(s, pattern []byte) (bool, error) {
	for len(pattern) > 0 {
		switch c := pattern[0]; c {
		case '%':
			pattern = bytes.TrimLeft(pattern, "%")
			if len(pattern) == 0 {
				return true, nil
			}
			for from := 0; from <= len(s); from++ {
				if ok, err := byteaLike(s[from:], pattern); ok || err != nil {
					return ok, err
				}
			}
			return false, nil
		case '\\':
			if len(pattern) == 1 {
				if len(s) == 0 {
					return false, nil
				}
				return false, sqlstate.New(sqlstate.InvalidEscapeSequence, "LIKE pattern must not end with escape character")
			}
			pattern = pattern[1:]
			if len(s) == 0 || s[0] != pattern[0] {
				return false, nil
			}
		case '_':
			if len(s) == 0 {
				return false, nil
			}
		default:
			if len(s) == 0 || s[0] != c {
				return false, nil
			}
		}
		s, pattern = s[1:], pattern[1:]
	}
	return len(s) == 0, nil
}

// intervalZone gives the seconds east of UTC that an interval says as a time zone.
func intervalZone(v interval) (int64, error) {
	if v.Months != 0 || v.Days != 0 {
		return 0, sqlstate.New(sqlstate.InvalidParameterValue, "interval time zone \"%s\" must not include months or days", datetime.FormatInterval(datetime.Interval(v)))
	}
	return v.Micros / datetime.Second, nil
}

func checkedTimestamp[T ~int64](ts int64) (T, error) {
	if !datetime.ValidTimestamp(ts) {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range")
	}
	return T(ts), nil
}
