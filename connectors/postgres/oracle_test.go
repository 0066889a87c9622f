package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
)

func sourceOf(server *testservers.PostgresServer) *catalog.Source {
	return &catalog.Source{
		Domain: "sales", Name: "crm_pg", Kind: catalog.Postgres,
		Host: server.Host, Port: server.Port, Database: server.Database, User: server.Reader, TLS: catalog.TLS{Mode: "disable"},
	}
}

func open(t testing.TB, mem memory.Allocator) (*Source, *testservers.PostgresServer) {
	t.Helper()
	server := testservers.Postgres(t)
	s, err := Connector{Allocator: mem}.Open(sourceOf(server), server.ReaderPassword)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.(*Source), server
}

// readText runs a statement of the test's own.
func readText(s *Source, text string, columns []plan.Column) (array.RecordReader, error) {
	c, err := s.acquire(context.Background())
	if err != nil {
		return nil, err
	}
	return s.copyOut(context.Background(), c, text, columns)
}

// values lists by type what is read in binary form and must print as PostgreSQL prints it.
var values = []struct {
	of    string
	texts []string
}{
	{"boolean", []string{"t", "f"}},
	{"smallint", []string{"0", "-32768", "32767"}},
	{"integer", []string{"0", "-2147483648", "2147483647"}},
	{"bigint", []string{"0", "-9223372036854775808", "9223372036854775807"}},
	{"oid", []string{"0", "4294967295"}},
	{"real", []string{"0", "-0", "1.5", "3.4028235e38", "1e-45", "NaN", "Infinity", "-Infinity"}},
	{"double precision", []string{"0", "-0", "0.1", "1.7976931348623157e308", "5e-324", "NaN", "Infinity", "-Infinity"}},
	{"numeric", []string{
		"0", "0.0", "0.000", "1", "-1", "10000", "9999", "1.500", "0.0001", "0.00001", "-0.00012300", "12345678901234567890123456789012345678901234567890.123456789",
		"1e100", "1e-100", "100000000", "NaN", "Infinity", "-Infinity", "99999999999999999999.9999",
	}},
	{"numeric(15,2)", []string{"0", "1", "-1.5", "0.01", "-0.10", "9999999999999.99", "-9999999999999.99", "10000", "12345.67", "100000000.01"}},
	{"numeric(38,0)", []string{"0", "99999999999999999999999999999999999999", "-99999999999999999999999999999999999999", "10000000000000000000000000000000000000", "40000"}},
	{"numeric(38,38)", []string{"0", "0.99999999999999999999999999999999999999", "-0.00000000000000000000000000000000000001"}},
	{"numeric(38,10)", []string{"0", "1234567890123456789012345678.0123456789", "-1", "0.0000000001", "5000000000000000000000000000"}},
	{"numeric(4,4)", []string{"0.1234", "-0.0001", "0"}},
	{"numeric(39,1)", []string{"99999999999999999999999999999999999999.9", "0.1", "-0.0"}},
	{"text", []string{"", "a", "ä€😀", strings.Repeat("long ", 5000), "with 'quotes' \" \\ and\nlines"}},
	{"character varying(5)", []string{"", "abc", "abc  "}},
	{"character(5)", []string{"", "abc", "ä"}},
	{`"char"`, []string{"a", ""}},
	{"name", []string{"abc"}},
	{"bytea", []string{`\x`, `\x00ff`, `\xdeadbeef`}},
	{"date", []string{"1970-01-01", "2000-01-01", "1969-12-31", "4714-11-24 BC", "0001-01-01 BC", "5874897-12-31", "infinity", "-infinity", "10000-01-01"}},
	{"time", []string{"00:00:00", "23:59:59.999999", "24:00:00", "12:30:00.5"}},
	{"timestamp", []string{"1970-01-01 00:00:00", "2000-01-01 00:00:00.000001", "4714-11-24 00:00:00 BC", "294247-01-10 04:00:54.775806", "infinity", "-infinity", "1969-12-31 23:59:59.999999"}},
	{"timestamptz", []string{"1970-01-01 00:00:00+00", "2024-03-31 01:30:00+02", "4714-11-24 00:00:00+00 BC", "infinity", "-infinity"}},
	{"interval", []string{"0", "1 year 2 mons -3 days 04:05:06.789", "-1 mon +5 days -00:00:00.000001", "178000 years", "2562047:47:16.854775", "1 day", "-1 day", "25:00:00"}},
	{"uuid", []string{"00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}},
	{"json", []string{`{"a": 1,  "b":[null]}`, `"x"`}},
	{"jsonb", []string{`{"b": [null, 1.50], "a": "ä"}`, `1`}},
	{"integer[]", []string{"{}", "{1,NULL,3}", "{-1}"}},
	{"text[]", []string{"{}", `{a,NULL,"","null","x y","q\"\\"}`}},
	{"numeric(10,2)[]", []string{"{1.00,NULL,-2.50}"}},
	{"numeric[]", []string{"{1.500,NaN}"}},
	{"timestamptz[]", []string{`{"2024-01-01 00:00:00+00",infinity}`}},
	// Types that stand as text are printed by the source.
	{"inet", []string{"10.0.0.1/8", "::1"}},
	{"money", []string{"$1.50"}},
	{"timetz", []string{"12:00:00+05:30"}},
	{"bit varying", []string{"101"}},
	{"int4range", []string{"[1,5)", "empty"}},
	{"point", []string{"(1,2)"}},
	{"xml", []string{"<a/>"}},
	{"tsvector", []string{"'a' 'b'"}},
}

func TestValuesAreThoseOfPostgreSQL(t *testing.T) {
	t.Parallel()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	s, server := open(t, mem)
	for _, v := range values {
		t.Run(v.of, func(t *testing.T) {
			of, err := pgtype.ParseTypeName(v.of)
			if err != nil {
				t.Fatal(err)
			}
			list := []string{fmt.Sprintf("(0, CAST(NULL AS %s))", v.of)}
			for i, text := range v.texts {
				list = append(list, fmt.Sprintf("(%d, CAST('%s' AS %s))", i+1, strings.ReplaceAll(text, "'", "''"), v.of))
			}
			from := " FROM (VALUES " + strings.Join(list, ", ") + ") AS q(i, v)"
			columns := []plan.Column{{ID: 1, Name: "v", Type: of}, {ID: 2, Name: "i", Type: pgtype.Of(pgtype.Int4)}}
			r, err := readText(s, "SELECT v, i"+from+" ORDER BY i", columns)
			if err != nil {
				t.Fatal(err)
			}
			got := conntest.Rows(t, r, columns)
			want := conntest.PostgresRows(t, server.DSN, "SELECT v, i"+from+" ORDER BY i", columns)
			conntest.Compare(t, got, want)
		})
	}
	_ = s.Close()
	mem.AssertSize(t, 0)
}
