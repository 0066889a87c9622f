package pgwire

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// The encoders against PostgreSQL: for every type, values that PostgreSQL itself
// reads are put into Arrow from its binary output, by the few lines of this file,
// and must come out of our encoders as PostgreSQL sends them under the same settings.

// oracleType is a type, what makes up its values, and the settings its text depends on.
type oracleType struct {
	name     string
	values   []string
	settings [][]string // each a list of SET arguments
}

func oracleTypes() []oracleType {
	dateStyles := alternatives("DateStyle = '%s'", "ISO, MDY", "ISO, DMY", "SQL, MDY", "SQL, DMY", "SQL, YMD",
		"Postgres, MDY", "Postgres, DMY", "Postgres, YMD", "German, MDY", "German, DMY")
	zones := alternatives("TimeZone = '%s'", "UTC", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Amsterdam",
		"America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Dublin", "EST5EDT", "<+05>-05", "FOO-3:30", "Africa/Monrovia")
	floatDigits := alternatives("extra_float_digits = %s", "1", "3", "0", "-1", "-3", "-5", "-7", "-15")
	floats := strings.Fields(`0 -0 1 -1 0.1 1.5 -2.25 100 1e5 1e6 123456 1234567 999999 1e14 1e15 1e16 123456789012345 1234567890123456 1e20 1e22 1e23 1e-3 1e-4 1e-5
		0.0001234 0.00001234 3.14159265358979 2.718281828459045 5e-324 2.2250738585072014e-308 1.7976931348623157e308 9007199254740993 0.3 12345.678
		NaN Infinity -Infinity 9.5 99.5 0.000123456789 4.35 2e-44 3.4028234e38 1.17549435e-38 16777216 33554432 8388608.5 5e22 9e22 8.41e21 2e23`)
	timestamps := strings.Split(`2000-01-01 00:00:00|1970-01-01 00:00:00|2024-02-29 23:59:59.999999|1999-12-31 12:30:00.5|0001-01-01 00:00:00|0044-03-15 12:00:00 BC|4713-01-01 00:00:00 BC|
		1500-06-15 01:02:03.000001|1883-11-18 12:03:57|1890-05-05 05:05:05|1937-07-01 00:00:00|2024-03-10 07:00:00|2024-03-10 06:59:59|2024-11-03 05:30:00|2024-11-03 06:30:00|2050-07-04 16:00:00|9999-12-31 23:59:59|
		12345-06-07 08:09:10.12|294246-12-31 00:00:00|infinity|-infinity|1969-12-31 23:59:59.9|2011-12-30 10:00:00|0001-12-31 23:59:59 BC|1972-01-07 00:44:30`, "|")
	return []oracleType{
		{name: "bool", values: []string{"t", "f"}},
		{name: "int2", values: []string{"0", "-1", "32767", "-32768"}},
		{name: "int4", values: []string{"0", "-1", "2147483647", "-2147483648"}},
		{name: "int8", values: []string{"0", "-1", "9223372036854775807", "-9223372036854775808"}},
		{name: "oid", values: []string{"0", "1", "4294967295"}},
		{name: "float4", values: without(floats, "1e-324", "5e-324", "2.2250738585072014e-308", "1.7976931348623157e308"), settings: floatDigits},
		{name: "float8", values: floats, settings: floatDigits},
		{name: "numeric", values: strings.Fields(`0 0.00 -0.0 1 -1 10 100 1000 10000 100000 99999999 1e30 1.500 -123.450 0.1 0.01 0.001 0.0001 0.00001 12345.6789 0.00000000000000000001
			123456789012345678901234567890123456789012345678901234567890.123456789 NaN Infinity -Infinity 1e-16 10000.0001 100000000.00000001 9999.9999 1e131071`)},
		{name: "numeric(38,10)", values: strings.Fields("0 -0.5 1 9999999999999999999999999999.9999999999 -9999999999999999999999999999.9999999999 0.0000000001 123.456 18446744073.7095516160 184467440737095516.16 1e19")},
		{name: "numeric(5,0)", values: strings.Fields("0 -1 99999 10000")},
		{name: "numeric(4,4)", values: strings.Fields("0 -0.9999 0.0001 0.5")},
		{name: "text", values: []string{"", "a", "null", "NULL", "nUlL", "with space", `quote"backslash\`, "{}", "a,b", "käse 🧀", "tab\tnewline\nvt\v", "'"}},
		{name: "varchar(10)", values: []string{"", "abc", " x "}},
		{name: "char(5)", values: []string{"", "abc", "abcde"}},
		{name: "name", values: []string{"pg_class", "Mixed Case"}},
		{name: `"char"`, values: []string{"", "a", " "}},
		{name: "bytea", values: []string{`\x`, `\x00`, `\xdeadbeef`, `\x5c277e7f80ff1f20`, `\x61626364`}, settings: alternatives("bytea_output = %s", "hex", "escape")},
		{name: "date", values: []string{"2000-01-01", "1970-01-01", "2024-02-29", "0001-01-01", "0001-12-31 BC", "0044-03-15 BC", "4713-01-01 BC", "9999-12-31", "12345-06-07", "5874897-12-31", "infinity", "-infinity", "1900-02-28"}, settings: dateStyles},
		{name: "time", values: []string{"00:00:00", "24:00:00", "23:59:59.999999", "12:30:00.5", "01:02:03.000001"}},
		{name: "timestamp", values: trimAll(timestamps), settings: dateStyles},
		{name: "timestamptz", values: trimAll(timestamps), settings: product(zones, dateStyles)},
		{name: "interval", values: strings.Split("0|1 second|-1 second|0.5 seconds|-0.5 seconds|1.000001 sec|1 minute|-1 minute|1 hour|100 hours|-25:00:01.5|1 day|-1 day|2 days|1 mon|-1 mon|2 mons|1 year|-1 year|2 years 3 mons|"+
			"1 year -1 mon|1 mon -1 day|-1 mon 1 day|1 day -1 hour|-1 day 1 hour|-1 day +02:03:04|1 year 2 mons 3 days 4:05:06.7|-1 year -2 mons -3 days -4:05:06.7|-1 year -2 mons +3 days -4:05:06.7|1 year 2 mons -3 days 4:05:06|"+
			"1 day 00:00:00.000001|2 mons -00:00:01|178000 years|3 days 4:05:06|-3 days -4:05:06|14 mons|-14 mons|1 day 1 sec|59 sec|1 min 1 sec|-1 mon -1 sec", "|"), settings: alternatives("IntervalStyle = %s", "postgres", "postgres_verbose", "sql_standard", "iso_8601")},
		{name: "timetz", values: []string{"00:00:00+00", "24:00:00-15:59:59", "12:30:00.5+05:30", "23:59:59.999999-03", "01:02:03.04+00:00:01"}},
		{name: "bit(9)", values: []string{"000000000", "111111111", "101010101"}},
		{name: "varbit", values: []string{"", "1", "00000001", "1111000011110000111"}},
		{name: "inet", values: []string{"0.0.0.0", "192.168.1.1", "10.1.2.3/8", "::", "::1", "2001:db8::1/64", "::ffff:1.2.3.4", "::1.2.3.4", "1:0:0:2::3", "1:0:2:0:3:0:4:0", "::1:0:0"}},
		{name: "cidr", values: []string{"10.0.0.0/8", "192.168.1.1/32", "::/0", "2001:db8::/32"}},
		{name: "int4range", values: []string{"empty", "[1,5)", "(,7)", "[7,)", "(,)", "[-3,1)"}},
		{name: "int8range", values: []string{"empty", "[1,12345678901)"}},
		{name: "numrange", values: []string{"empty", "[1.5,2.50]", "(1.50,2.5)", "[-1,NaN)", "[0,Infinity]", "(,3)"}},
		{name: "daterange", values: []string{"empty", "[2024-01-01,2024-03-01)", "[2024-02-29,infinity)", "(,0044-03-15 BC)"}},
		{name: "tsrange", values: []string{"empty", `["2024-01-01 10:00:00","2024-02-29 12:34:56.789"]`, "[-infinity,infinity)"}},
		{name: "tstzrange", values: []string{"empty", `(,"1999-12-31 23:59:59+00"]`}},
		{name: "int4multirange", values: []string{"{}", "{[1,3),[5,8),[20,)}"}},
		{name: "nummultirange", values: []string{"{[1.5,2.50],(3,4)}"}},
		{name: "tstzmultirange", values: []string{`{["2024-01-01 00:00:00+00","2024-01-02 00:00:00+00"),["2024-02-01 00:00:00+00",)}`}},
		{name: "macaddr", values: []string{"08:00:2b:01:02:03"}},
		{name: "macaddr8", values: []string{"08:00:2b:01:02:03:04:05"}},
		{name: "uuid", values: []string{"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "ffffffff-ffff-ffff-ffff-ffffffffffff"}},
		{name: "json", values: []string{`{"a":  1}`, "null", `[1,2]`, `"x"`}},
		{name: "jsonb", values: []string{`{"b": 1, "a": [1, null, "x,y"]}`, "null", "1.50", `"q\"uote"`}},
	}
}

// alternatives makes one list of settings of each value.
func alternatives(setting string, values ...string) (all [][]string) {
	for _, v := range values {
		all = append(all, []string{fmt.Sprintf(setting, v)})
	}
	return all
}

func product(a, b [][]string) (all [][]string) {
	for _, x := range a {
		for _, y := range b {
			all = append(all, append(append([]string{}, x...), y...))
		}
	}
	return all
}

func without(values []string, drop ...string) (kept []string) {
	for _, v := range values {
		if !strings.Contains(" "+strings.Join(drop, " ")+" ", " "+v+" ") {
			kept = append(kept, v)
		}
	}
	return kept
}

func trimAll(values []string) []string {
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	return values
}

func TestEncodersAgainstPostgreSQL(t *testing.T) {
	t.Parallel()
	postgres := testservers.Postgres(t)
	for _, of := range oracleTypes() {
		t.Run(of.name, func(t *testing.T) {
			t.Parallel()
			o := connectOracle(t, postgres.DSN)
			if of.settings == nil {
				of.settings = [][]string{nil}
			}
			for _, settings := range of.settings {
				o.set(t, settings)
				o.checkScalars(t, of)
				o.checkArrays(t, of)
			}
		})
	}
}

// oracle is a connection to PostgreSQL and the settings it has.
type oracle struct {
	conn     *pgconn.PgConn
	settings []string
	format   valueFormat
}

func connectOracle(t *testing.T, dsn string) *oracle {
	t.Helper()
	conn, err := pgconn.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return &oracle{conn: conn}
}

// set applies settings and reads all of them back.
func (o *oracle) set(t *testing.T, settings []string) {
	t.Helper()
	text := "SET extra_float_digits = 1;"
	for _, s := range settings {
		text += "SET " + s + ";"
	}
	text += "SELECT current_setting('DateStyle'), current_setting('IntervalStyle'), current_setting('TimeZone'), current_setting('bytea_output'), current_setting('extra_float_digits')"
	results, err := o.conn.Exec(context.Background(), text).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	row := results[len(results)-1].Rows[0]
	style, order, _ := strings.Cut(string(row[0]), ", ")
	o.settings = settings
	o.format = valueFormat{TextFormat: TextFormat{DateStyle: style, DateOrder: order, IntervalStyle: string(row[1]), TimeZone: string(row[2]), ByteaOutput: string(row[3])}}
	if _, err := fmt.Sscan(string(row[4]), &o.format.ExtraFloatDigit); err != nil {
		t.Fatal(err)
	}
	var known bool
	if o.format.location, known = datetime.LoadZone(o.format.TimeZone); !known {
		t.Fatalf("time zone %s", o.format.TimeZone)
	}
}

// query gives the first column in a format, and its type.
func (o *oracle) query(t *testing.T, text string, format int16) (oid pgtype.OID, values [][]byte) {
	t.Helper()
	result := o.conn.ExecParams(context.Background(), text, nil, nil, nil, []int16{format}).Read()
	if result.Err != nil {
		t.Fatalf("%v\nin: %s", result.Err, text)
	}
	for _, row := range result.Rows {
		values = append(values, row[0])
	}
	return pgtype.OID(result.FieldDescriptions[0].DataTypeOID), values
}

// selectValues selects the values of a type, one per row, NULL last.
func (of oracleType) selectValues() string {
	var b strings.Builder
	b.WriteString("SELECT v::" + of.name + " AS v FROM (VALUES ")
	for i, v := range of.values {
		fmt.Fprintf(&b, "(%d, $v$%s$v$), ", i, v)
	}
	fmt.Fprintf(&b, "(%d, NULL)) AS x(i, v) ORDER BY i", len(of.values))
	return b.String()
}

func (o *oracle) checkScalars(t *testing.T, of oracleType) {
	t.Helper()
	oid, text := o.query(t, of.selectValues(), textFormat)
	_, binaries := o.query(t, of.selectValues(), binaryFormat)
	values := arrowFrom(t, oid, of.name, text, binaries)
	defer values.Release()
	o.compare(t, oid, textFormat, values, text)
	o.compare(t, oid, binaryFormat, values, binaries)
	o.checkDecode(t, oid, text, binaries)
}

func (o *oracle) checkArrays(t *testing.T, of oracleType) {
	t.Helper()
	query := "SELECT array_agg(v) FROM (" + of.selectValues() + ") AS s UNION ALL SELECT ARRAY[]::" + of.name + "[]"
	oid, text := o.query(t, query, textFormat)
	_, binaries := o.query(t, query, binaryFormat)
	element, ok := pgtype.ElementOf(oid)
	if !ok {
		t.Fatalf("%s: array type %d is not in pgtype", of.name, oid)
	}
	_, elementTexts := o.query(t, of.selectValues(), textFormat)
	_, elementBinaries := o.query(t, of.selectValues(), binaryFormat)
	elements := arrowFrom(t, element, of.name, elementTexts, elementBinaries)
	defer elements.Release()
	n := int32(elements.Len())
	offsets := memory.NewBufferBytes(arrow.Int32Traits.CastToBytes([]int32{0, n, n}))
	data := array.NewData(arrow.ListOf(elements.DataType()), 2, []*memory.Buffer{nil, offsets}, []arrow.ArrayData{elements.Data()}, 0, 0)
	lists := array.NewListData(data)
	defer lists.Release()
	o.compare(t, oid, textFormat, lists, text)
	o.compare(t, oid, binaryFormat, lists, binaries)
	o.checkDecode(t, oid, text, binaries)
}

// compare encodes values and wants what PostgreSQL sent.
func (o *oracle) compare(t *testing.T, oid pgtype.OID, format int16, values arrow.Array, want [][]byte) {
	t.Helper()
	columns := []Column{{TypeOID: uint32(oid)}}
	encoder, err := newRowEncoder(columns, []int16{format}, o.format)
	if err != nil {
		t.Fatal(err)
	}
	schema := arrow.NewSchema([]arrow.Field{{Name: "v", Type: values.DataType(), Nullable: true}}, nil)
	batch := array.NewRecordBatch(schema, []arrow.Array{values}, int64(values.Len()))
	defer batch.Release()
	if err := encoder.bind(batch); err != nil {
		t.Fatal(err)
	}
	for row := range values.Len() {
		got := encoder.append([]byte("before"), row)[len("before")+2:]
		wanted := binary.BigEndian.AppendUint32(nil, uint32(len(want[row])))
		if want[row] == nil {
			wanted = appendNull(nil)
		}
		if wanted = append(wanted, want[row]...); string(got) != string(wanted) {
			t.Errorf("type %d format %d %v row %d:\n got %q\nwant %q", oid, format, o.settings, row, got[4:], want[row])
		}
	}
}

// checkDecode wants PostgreSQL's text of its binary values, where the settings are
// those of DecodeParameter.
func (o *oracle) checkDecode(t *testing.T, oid pgtype.OID, texts, binaries [][]byte) {
	t.Helper()
	f := o.format
	if f.DateStyle != "ISO" || f.TimeZone != "UTC" || f.IntervalStyle != "postgres" || f.ByteaOutput != "hex" || f.ExtraFloatDigit != 1 {
		return
	}
	for row := range texts {
		if texts[row] == nil {
			continue
		}
		got, err := DecodeParameter(uint32(oid), Parameter{Format: binaryFormat, Value: binaries[row]})
		if err != nil || got != string(texts[row]) {
			t.Errorf("type %d: DecodeParameter(%x) = %q, %v; want %q", oid, binaries[row], got, err, texts[row])
		}
	}
}

// arrowFrom puts values into the representation of catalog/pgtype/arrow.go.
func arrowFrom(t *testing.T, oid pgtype.OID, name string, texts, binaries [][]byte) arrow.Array {
	t.Helper()
	mod := int32(-1)
	var precision, scale int32
	if n, _ := fmt.Sscanf(name, "numeric(%d,%d)", &precision, &scale); n == 2 {
		mod = pgtype.NumericMod(precision, scale)
	}
	builder := array.NewBuilder(memory.DefaultAllocator, pgtype.Arrow(pgtype.Type{OID: oid, Mod: mod}))
	defer builder.Release()
	for i := range texts {
		if texts[i] == nil {
			builder.AppendNull()
			continue
		}
		appendOracleValue(t, builder, string(texts[i]), binaries[i])
	}
	return builder.NewArray()
}

func appendOracleValue(t *testing.T, builder array.Builder, text string, b []byte) {
	t.Helper()
	switch builder := builder.(type) {
	case *array.BooleanBuilder:
		builder.Append(b[0] == 1)
	case *array.Int16Builder:
		builder.Append(int16(binary.BigEndian.Uint16(b)))
	case *array.Int32Builder:
		builder.Append(int32(binary.BigEndian.Uint32(b)))
	case *array.Int64Builder:
		builder.Append(int64(binary.BigEndian.Uint64(b)))
	case *array.Uint32Builder:
		builder.Append(binary.BigEndian.Uint32(b))
	case *array.Float32Builder:
		builder.Append(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case *array.Float64Builder:
		builder.Append(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case *array.Decimal128Builder:
		of := builder.Type().(*arrow.Decimal128Type)
		n, err := decimal128.FromString(text, of.Precision, of.Scale)
		if err != nil {
			t.Fatal(err)
		}
		builder.Append(n)
	case *array.StringBuilder:
		builder.Append(text)
	case *array.BinaryBuilder:
		builder.Append(b)
	case *array.Date32Builder:
		switch days := int32(binary.BigEndian.Uint32(b)); days {
		case math.MaxInt32:
			builder.Append(math.MaxInt32)
		case math.MinInt32:
			builder.Append(-math.MaxInt32)
		default:
			builder.Append(arrow.Date32(days + 10957))
		}
	case *array.Time64Builder:
		builder.Append(arrow.Time64(binary.BigEndian.Uint64(b)))
	case *array.TimestampBuilder:
		switch micros := int64(binary.BigEndian.Uint64(b)); micros {
		case math.MaxInt64:
			builder.Append(math.MaxInt64)
		case math.MinInt64:
			builder.Append(-math.MaxInt64)
		default:
			builder.Append(arrow.Timestamp(micros + 946684800000000))
		}
	case *array.MonthDayNanoIntervalBuilder:
		builder.Append(arrow.MonthDayNanoInterval{
			Nanoseconds: int64(binary.BigEndian.Uint64(b)) * 1000,
			Days:        int32(binary.BigEndian.Uint32(b[8:])),
			Months:      int32(binary.BigEndian.Uint32(b[12:])),
		})
	default:
		t.Fatalf("no case for %T", builder)
	}
}
