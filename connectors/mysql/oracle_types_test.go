package mysql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// ownTypes are columns of types that PostgreSQL has not, by what a contract takes them for.
var ownTypes = []struct {
	name, contract, physical string
	values                   []string // as PostgreSQL has them
	constants                []string
}{
	{"y", "smallint", "year", []string{"2024", "1970", "2069", "0"}, []string{"2024", "24", "70", "69", "0", "1901", "2070::smallint"}},
	{"tiny", "smallint", "tinyint unsigned", []string{"255", "0", "128", "1"}, []string{"255", "-1", "128", "256"}},
	{"medium", "integer", "mediumint unsigned", []string{"16777215", "0", "8388608", "1"}, []string{"16777215", "-1"}},
	{"wide", "bigint", "int unsigned", []string{"4294967295", "0", "2147483648", "1"}, []string{"4294967295", "-1", "2147483648"}},
	{"filled", "integer", "int(8) unsigned zerofill", []string{"5", "0", "12345678", "100"}, []string{"5", "100"}},
	{"price", "numeric(10,2)", "decimal(10,2) unsigned zerofill", []string{"5.50", "0.00", "99999999.99", "0.10"}, []string{"5.5", "0.1"}},
	{"great", "numeric(65,30)", "decimal(65,30)", []string{"99999999999999999999999999999999999.999999999999999999999999999999", "-0.000000000000000000000000000001", "0.100000000000000000000000000001", "5.000000000000000000000000000001"}, []string{"1.5", "0", "-0.000000000000000000000000000001", "99999999999999999999999999999999999.999999999999999999999999999999"}},
	{"whole", "numeric", "bigint(30) unsigned zerofill", []string{"18446744073709551615", "0", "7", "10"}, []string{"7", "18446744073709551615"}},
	{"yes", "boolean", "bit(1)", []string{"t", "f", "t", "f"}, []string{"true", "false"}},
	{"flag", "boolean", "tinyint(1) unsigned", []string{"t", "f", "t", "f"}, []string{"true", "false"}},
	{"doc", "jsonb", "json", []string{`{"a": 1}`, `[1, 2.5, "é"]`, `"x"`, `null`}, nil},
	{"code", "text", "enum('10','9','b','')", []string{"10", "9", "b", ""}, []string{"'10'", "'9'", "''", "'2'", "'B'", "1::text"}},
	{"codes", "text", "set('x','Y','z')", []string{"x,Y", "", "z", "Y"}, []string{"'x,Y'", "'Y,x'", "'y'", "''", "'4'"}},
	{"short", "time", "time", []string{"12:00:00", "00:00:00", "23:59:59", "24:00:00"}, []string{"time '12:00:00'", "time '12:00:00.000001'"}},
	{"second", "timestamp", "datetime", []string{"2024-02-29 12:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "1969-12-31 23:59:59"}, []string{"timestamp '2024-02-29 12:00:00'", "timestamp '2024-02-29 12:00:00.4'", "timestamp '9999-12-31 23:59:59.999999'", "date '2024-02-29'"}},
	{"fixed", "bytea", "binary(3)", []string{`\x616263`, `\x000000`, `\xffff00`, `\x612020`}, []string{`'\x616263'::bytea`, `'\x6162'::bytea`, `'\x'::bytea`}},
	{"loose", "bytea", "varbinary(5)", []string{`\x61`, `\x`, `\x6100`, `\x6120`}, []string{`'\x61'::bytea`, `'\x'::bytea`, `'\x6120'::bytea`}},
}

// TestOwnTypes reads, compares, sorts, groups and computes with them.
func TestOwnTypes(t *testing.T) { testservers.MySQLFamily(t, testOwnTypes) }

func testOwnTypes(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o := ownOracle(t, server)
	for _, own := range ownTypes {
		o.mustSame(t, "SELECT id, "+own.name+" FROM own ORDER BY id")
		for _, k := range own.constants {
			for _, op := range []string{"=", "<>", "<", ">="} {
				o.mustSame(t, fmt.Sprintf("SELECT id FROM own WHERE %s %s %s ORDER BY id", own.name, op, k))
			}
			o.mustSame(t, fmt.Sprintf("SELECT id FROM own WHERE %s IN (%s, NULL) ORDER BY id", own.name, k))
			o.mustSame(t, fmt.Sprintf("SELECT id FROM own WHERE %s IS DISTINCT FROM %s ORDER BY id", own.name, k))
		}
		for _, e := range []string{"%s::text", "%s || ''", "%s + 1", "%s - 1", "-%s", "%s * 2", "%s / 2", "%s %% 7", "coalesce(%s, %[1]s)", "CASE WHEN id > 1 THEN %s END", "%s::int4", "%s::numeric", "length(%s)", "%s::text || 'x'", "%s = %[1]s",
			"left(%s, 1)", "%s LIKE '1%%'", "extract(year FROM %s)", "NOT %s", "%s::bool", "%s::int4::text", "greatest(%s)", "nullif(%s, %[1]s)"} {
			text := fmt.Sprintf(e, own.name)
			o.sameIfBound(t, "SELECT id, "+text+" FROM own ORDER BY id")
			o.sameIfBound(t, "SELECT "+text+", count(*) FROM own GROUP BY 1 ORDER BY 1")
		}
		for _, aggregate := range []string{"min", "max", "sum", "count"} {
			o.sameIfBound(t, "SELECT "+aggregate+"("+own.name+") FROM own")
			o.sameIfBound(t, "SELECT "+aggregate+"(DISTINCT "+own.name+") FROM own")
		}
		o.same(t, "SELECT id FROM own ORDER BY "+own.name+", id")
		o.same(t, "SELECT DISTINCT "+own.name+" FROM own ORDER BY 1")
		o.same(t, fmt.Sprintf("SELECT a.id, b.id FROM own a JOIN own b ON a.%s = b.%[1]s ORDER BY 1, 2", own.name))
		for _, other := range ownTypes {
			o.sameIfBound(t, fmt.Sprintf("SELECT a.id, b.id FROM own a, own b WHERE a.%s = b.%s ORDER BY 1, 2", own.name, other.name))
			o.sameIfBound(t, fmt.Sprintf("SELECT a.id, b.id FROM own a, own b WHERE a.%s < b.%s ORDER BY 1, 2", own.name, other.name))
		}
	}
}

// sameIfBound is same for a query that PostgreSQL may refuse.
func (o *oracle) sameIfBound(t *testing.T, query string) {
	t.Helper()
	if _, err := o.tryBind(query); err == nil {
		o.same(t, query)
	}
}

// ownOracle has a column of each type with an index, and a row for each value and NULL.
func ownOracle(t *testing.T, server *testservers.MySQLServer) *oracle {
	t.Helper()
	columns, definitions := []string{"id integer not null"}, []string{"id int NOT NULL"}
	for _, own := range ownTypes {
		columns = append(columns, own.name+" "+own.contract)
		definition := own.name + " " + own.physical
		if own.physical != "json" { // has no index of its own
			definition += ", INDEX (" + own.name + ")"
		}
		definitions = append(definitions, definition)
	}
	table := conntest.NewTable(t, "own", columns, nil)
	var stored []string
	for i := range len(ownTypes[0].values) + 1 {
		row, line := []string{fmt.Sprint(i)}, []string{fmt.Sprint(i)}
		for k, own := range ownTypes {
			cell := conntest.Null
			if i < len(own.values) {
				cell = own.values[i]
			}
			text := cellText(table.Columns[k+1].Type, cell)
			if own.physical == "year" && cell == "0" {
				text = cell // '0' is 2000
			}
			if own.physical == "bit(1)" && cell != conntest.Null {
				text = map[string]string{"t": "b'1'", "f": "b'0'"}[cell]
			}
			row, line = append(row, cell), append(line, text)
		}
		table.Rows, stored = append(table.Rows, row), append(stored, "("+strings.Join(line, ", ")+")")
	}
	database := server.NewDatabase(t)
	database.Exec(t, "SET sql_mode = ''", "CREATE TABLE own ("+strings.Join(definitions, ", ")+")",
		"INSERT INTO own VALUES "+strings.Join(stored, ", "), "ANALYZE TABLE own")
	return newOracleOver(t, database, []*conntest.Table{table})
}
