package conntest

import (
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/planner/plan"
)

// TypeCases are values of each type, boundaries included, as PostgreSQL prints them.
var TypeCases = []struct {
	Of    string
	Texts []string
}{
	{"boolean", []string{"t", "f"}},
	{"smallint", []string{"0", "-32768", "32767"}},
	{"integer", []string{"0", "-2147483648", "2147483647"}},
	{"bigint", []string{"0", "-9223372036854775808", "9223372036854775807"}},
	{"real", []string{"0", "1.5", "3.4028235e+38", "1e-45", "NaN", "Infinity", "-Infinity"}},
	{"double precision", []string{"0", "0.1", "1.7976931348623157e+308", "5e-324", "NaN", "Infinity", "-Infinity"}},
	{"numeric(15,2)", []string{"0.00", "1.00", "-1.50", "0.01", "-0.10", "9999999999999.99", "-9999999999999.99", "10000.00", "100000000.01"}},
	{"numeric(38,0)", []string{"0", "99999999999999999999999999999999999999", "-99999999999999999999999999999999999999", "40000"}},
	{"numeric(38,10)", []string{"1234567890123456789012345678.0123456789", "-1.0000000000", "0.0000000001", "-0.0000000001"}},
	{"numeric(4,4)", []string{"0.1234", "-0.0001", "0.0000"}},
	{"numeric", []string{"0", "0.000", "1.500", "-0.00012300", "12345678901234567890123456789012345678901234567890.123456789", "100000000", "NaN", "Infinity"}},
	{"numeric(45,2)", []string{"1234567890123456789012345678901234567890123.45", "-0.10"}},
	{"text", []string{"", "a", "A ", "ä€😀", strings.Repeat("long ", 3000), "with 'quotes' \" \\ and\nlines, and commas", "NULL", `\N`}},
	{"character varying(5)", []string{"", "abc", "ab  ", "ä€😀"}},
	{"character(5)", []string{"     ", "abc  ", "ä€😀  "}},
	{"bytea", []string{`\x`, `\x00ff`, `\xdeadbeef`}},
	{"date", []string{"1970-01-01", "2000-02-29", "1969-12-31", "0001-01-01", "9999-12-31", "0044-03-15 BC", "5874897-12-31", "infinity", "-infinity"}},
	{"time", []string{"00:00:00", "23:59:59.999999", "24:00:00", "12:30:00.5"}},
	{"timestamp", []string{"1970-01-01 00:00:00", "2000-01-01 00:00:00.000001", "1969-12-31 23:59:59.999999", "9999-12-31 23:59:59", "0044-03-15 12:00:00 BC", "infinity", "-infinity"}},
	{"timestamptz", []string{"1970-01-01 00:00:00+00", "2024-03-31 01:30:00.25+00", "9999-12-31 23:59:59+00", "infinity", "-infinity"}},
	{"interval", []string{"00:00:00", "1 year 2 mons -3 days +04:05:06.789", "-1 mons +5 days -00:00:00.000001", "1 day", "25:00:00", "178000 years"}},
	{"uuid", []string{"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
	{"json", []string{`{"a": 1,  "b":[null]}`, `"x"`, `1.50`}},
	{"jsonb", []string{`{"a": "ä", "b": [null, 1.50]}`, `1`}},
	{"integer[]", []string{"{}", "{1,NULL,3}", "{-1}"}},
	{"text[]", []string{"{}", `{a,NULL,"","null","x y","q\"\\"}`}},
	{"numeric(10,2)[]", []string{"{1.00,NULL,-2.50}"}},
}

// testTypes reads every type alone, NULLs among its values.
func testTypes(t *testing.T, h Harness) {
	var tables []*Table
	var names []string
	for i, c := range TypeCases {
		if h.Skips[c.Of] != "" {
			continue
		}
		rows := [][]string{{"0", Null}}
		for _, text := range c.Texts {
			if h.SkipsValue == nil || !h.SkipsValue(c.Of, text) {
				rows = append(rows, []string{strconv.Itoa(len(rows)), text})
			}
		}
		rows = append(rows, []string{strconv.Itoa(len(rows)), Null})
		tables = append(tables, NewTable(t, "t"+strconv.Itoa(i), []string{"i integer not null", "v " + c.Of}, rows))
		names = append(names, c.Of)
	}
	f := open(t, h, tables...)
	for i, table := range tables {
		t.Run(names[i], func(t *testing.T) {
			s := scan(table, 1, 0)
			want := PostgresRows(t, f.oracle.DSN, "SELECT v, i FROM public."+table.Addresses[0].Name+" ORDER BY i", s.Cols)
			for _, few := range []bool{false, true} {
				r, err := f.source.Read(context.Background(), &plan.Remote{Source: f.definition, Root: s, Few: few})
				if err != nil {
					t.Fatal(err)
				}
				Compare(t, sorted(Rows(t, r, s.Cols), 1), want)
			}
		})
	}
}
