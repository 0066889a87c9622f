package pgwire

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Random values of the types whose text is computed, against PostgreSQL.

func TestRandomValuesAgainstPostgreSQL(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	o := connectOracle(t, testservers.Postgres(t).DSN)
	for name, value := range map[string]func(*rand.Rand) string{
		"float8": randomFloat8, "float4": randomFloat4, "numeric": randomNumeric, "timestamptz": randomTimestamp,
		"date": randomDate, "interval": randomInterval, "timetz": randomTimetz,
	} {
		of := oracleType{name: name}
		for range 2000 {
			of.values = append(of.values, value(random))
		}
		for _, settings := range [][]string{
			{"TimeZone = UTC", "IntervalStyle = postgres"},
			{"TimeZone = 'America/New_York'", "IntervalStyle = sql_standard", "extra_float_digits = 0"},
			{"TimeZone = 'Europe/Amsterdam'", "IntervalStyle = postgres_verbose", "DateStyle = 'Postgres, DMY'"},
			{"TimeZone = 'Africa/Casablanca'", "IntervalStyle = iso_8601", "DateStyle = 'ISO, MDY'"},
		} {
			o.set(t, settings)
			o.checkScalars(t, of)
		}
	}
}

// randomFloat8 gives any bits, or a short decimal: those can lie half way between
// two floats.
func randomFloat8(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return fmt.Sprintf("%de%d", r.IntN(100), r.IntN(60)-30)
	}
	return strconv.FormatFloat(math.Float64frombits(r.Uint64()), 'e', -1, 64)
}

func randomFloat4(r *rand.Rand) string {
	if r.IntN(2) == 0 {
		return fmt.Sprintf("%de%d", r.IntN(1000), r.IntN(40)-20)
	}
	for {
		x := math.Float32frombits(r.Uint32())
		if !math.IsNaN(float64(x)) {
			return strconv.FormatFloat(float64(x), 'e', -1, 32)
		}
	}
}

func randomNumeric(r *rand.Rand) string {
	return fmt.Sprintf("%de%d", int64(r.Uint64()>>r.IntN(64)), r.IntN(50)-30)
}

func randomTimestamp(r *rand.Rand) string {
	t := time.UnixMicro(r.Int64N(8e15) - 4e15).UTC()
	return t.Format("2006-01-02 15:04:05.999999+00")
}

func randomDate(r *rand.Rand) string {
	return fmt.Sprintf("%04d-%02d-%02d", 1+r.IntN(4000), 1+r.IntN(12), 1+r.IntN(28)) + []string{"", " BC"}[r.IntN(100)/99]
}

func randomInterval(r *rand.Rand) string {
	few := func(n int) int { return (r.IntN(2*n) - n) * r.IntN(2) }
	return fmt.Sprintf("%d mons %d days %d microseconds", few(40), few(40), few(1_000_000_000_000))
}

func randomTimetz(r *rand.Rand) string {
	return fmt.Sprintf("%02d:%02d:%02d.%d%+03d:%02d", r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1000), r.IntN(31)-15, r.IntN(60))
}

// What binary parameters may hold beyond what stands in Arrow.
func TestDecodeExtremesAgainstPostgreSQL(t *testing.T) {
	t.Parallel()
	o := connectOracle(t, testservers.Postgres(t).DSN)
	o.set(t, nil)
	for _, of := range []oracleType{
		{name: "timestamp", values: []string{"294276-12-31 23:59:59.999999", "4714-11-24 00:00:00 BC"}},
		{name: "timestamptz", values: []string{"294276-12-31 23:59:59.999999+00", "4714-11-24 00:00:00+00 BC"}},
		{name: "date", values: []string{"5874897-12-31", "4714-11-24 BC"}},
		{name: "interval", values: []string{"2562047788:00:54.775807", "-2562047788:00:54.775807", "178956970 years 7 mons", "2147483647 days"}},
		{name: "int4[]", values: []string{"{}", "[2:3]={1,2}", "{{1,2},{3,NULL}}", "[-1:0][5:6]={{1,2},{3,4}}", "{{{1}}}"}},
		{name: "text[]", values: []string{`{"a b",NULL,"null","","\"","\\"}`}},
		{name: "timetz", values: []string{"24:00:00+15:59:59", "00:00:00-15:59"}},
	} {
		oid, texts := o.query(t, of.selectValues(), textFormat)
		_, binaries := o.query(t, of.selectValues(), binaryFormat)
		o.checkDecode(t, oid, texts, binaries)
	}
	if got, err := DecodeParameter(uint32(pgtype.Char), Parameter{Format: binaryFormat, Value: []byte{0xe9}}); err != nil || got != `\351` {
		t.Errorf(`"char" 0xe9: %q, %v`, got, err)
	}
}

// A small message cannot unfold to any size.
func TestDecodedArrayIsBounded(t *testing.T) {
	t.Parallel()
	const elements = 1000
	huge := appendNumericBinary(nil, "1"+strings.Repeat("0", 131071))
	value := []byte{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x06, 0xa4, 0, 0, elements >> 8, elements & 0xff, 0, 0, 0, 1}
	for range elements {
		value = append(binary.BigEndian.AppendUint32(value, uint32(len(huge))), huge...)
	}
	if _, err := DecodeParameter(1231, Parameter{Format: binaryFormat, Value: value}); err == nil || sqlstate.From(err).Code != sqlstate.ProgramLimitExceeded {
		t.Errorf("%d bytes unfold: %v", len(value), err)
	}
}
