package pgfunctions

import (
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgtext"
)

// output is how a session prints values.
type output struct {
	text        string // the settings it was made from
	dates       pgtext.DateStyle
	interval    func(buf []byte, months, days int32, micros int64) []byte
	bytea       func(buf, value []byte) []byte
	digits      int
	sqlStandard bool // IntervalStyle sql_standard reads signs otherwise, too
}

// lastOutput is the one asked for last: nearly all rows are printed as those before.
var lastOutput atomic.Pointer[output]

// outputOf reads DateStyle's format and order, IntervalStyle, bytea_output and
// extra_float_digits with commas between; what is missing is PostgreSQL's default.
func outputOf(settings string) *output {
	if o := lastOutput.Load(); o != nil && o.text == settings {
		return o
	}
	words := append(strings.Split(settings, ","), "", "", "", "", "")
	o := &output{
		text: strings.Clone(settings), dates: pgtext.NewDateStyle(words[0], words[1]), interval: pgtext.IntervalStyle(words[2]),
		bytea: pgtext.Bytea(words[3]), digits: 1, sqlStandard: words[2] == "sql_standard",
	}
	if n, err := strconv.Atoi(words[4]); err == nil {
		o.digits = n
	}
	lastOutput.Store(o)
	return o
}

// outputs: pg_date_out(DATE, settings), pg_timestamp_out(TIMESTAMP, settings),
// pg_timestamptz_out(TIMESTAMPTZ, zone, settings), pg_interval_out(INTERVAL, settings),
// pg_float4_out(FLOAT, settings), pg_float8_out(DOUBLE, settings), pg_bytea_out(BLOB, settings)
// give what the types' output functions print. Without settings (pg_date_out(DATE), …)
// DateStyle is ISO, as JSON has it.
func outputs() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_date_out", func(d duckdb.DateValue, settings string) (string, error) {
			return string(outputOf(settings).dates.Date(nil, int64(d))), nil
		}),
		duckdb.Func2("pg_timestamp_out", func(ts timestamp, settings string) (string, error) {
			return string(outputOf(settings).dates.Timestamp(nil, int64(ts))), nil
		}),
		duckdb.Func3("pg_timestamptz_out", func(ts timestamptz, zone, settings string) (string, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return "", err
			}
			return string(outputOf(settings).dates.Zoned(l)(nil, int64(ts))), nil
		}),
		duckdb.Func2("pg_interval_out", func(v interval, settings string) (string, error) {
			return string(outputOf(settings).interval(nil, v.Months, v.Days, v.Micros)), nil
		}),
		duckdb.Func2("pg_float4_out", func(f float32, settings string) (string, error) {
			return string(pgtext.Float4(nil, f, outputOf(settings).digits)), nil
		}),
		duckdb.Func2("pg_float8_out", func(f float64, settings string) (string, error) {
			return string(pgtext.Float8(nil, f, outputOf(settings).digits)), nil
		}),
		duckdb.Func2("pg_bytea_out", func(b []byte, settings string) (string, error) {
			return string(outputOf(settings).bytea(nil, b)), nil
		}),
	}
}
