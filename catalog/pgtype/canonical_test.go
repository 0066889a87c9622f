package pgtype_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// literals are read as each of the types of their line, so that refusals are compared as
// much as values. A literal is what stands between the bars.
var literals = []struct{ types, texts string }{
	{"bool|int2|int4|int8|oid|float4|float8|numeric|numeric(5,2)|numeric(3,5)|numeric(4,-2)|numeric(2,2)|numeric(10)|text|varchar(3)|bpchar|char(4)|name|\"char\"|uuid|json|jsonb|bytea|date|time|interval|int4[]|text[]|numeric(6,1)[]|int2vector|bit(3)|varbit|varbit(4)|inet",
		"|t|tr|TRUE|truest|f|fals|no|n|y|yes|yess|o|on|of|off|offf|0|1|2|00| t | 1 |1 2|-1|+1|--1|- 1|+-1|32767|32768|-32768|-32769|2147483647|2147483648|-2147483648|-2147483649|" +
			"4294967295|4294967296|9223372036854775807|9223372036854775808|-9223372036854775808|-9223372036854775809|99999999999999999999x|12x|x12|0x10|0b1|1_000|1.0|1.|.5|.|-.5|1e5|1e|1e+|1e-5|" +
			"1.5e3|1E400|1e-400|1e39|1e-46|1e131071|1e131072|1e-16383|1e-16384|1.10|0.00|-0|-0.0|000123.4500|NaN|nan|-NaN|+NaN|Infinity|-infinity|inf|+inf|-inf|infin|12345.678|999.994|999.995|-999.995|" +
			"0.00001|0.009994|0.009995|0.5|0.995|0.994|149|150|250|12345|999949|999950|49|50|3.14159265358979|123456789012345678901234567890.123456789|1e15|1e14|123456789012345|1234567890123456|0.0001|0.00001|" +
			"123456|1234567|1e6|1e7|0.1|0.30000000000000004|5e-324|2.2250738585072014e-308|1.7976931348623157e308|1.8e308|3.4028235e38|3.5e38|1e-45|0x1p3|0x1.8p1|1d|1f|" +
			"abc|abcdef|ab  |ab     |äöü€|äöü€x|null|NULL|{}|{1}|{1,2,NULL}|{ 1 , 2 }|{1,,2}|{1,2|1,2}|{{1,2},{3,4}}|{{1,2},{3}}|{{1},2}|{1,{2}}|[2:3]={1,2}|[2:3]={1}|[3:2]={1}|[1:2][1:1]={{1},{2}}|{\"a b\",c}|" +
			"{\"a\\\"b\",\"\",\"NULL\",null}|{a\\,b}|{a b , c }|{\"x\"y}|{x\"y\"}|{a}{b}|{a} |{}x|{{}}|{{},{}}|{{{1}}}|{[1]}|{\\\\}|" +
			"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11|{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}|a0eebc999c0b4ef8bb6d6bb9bd380a11|a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11|" +
			"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111|{a0eebc999c0b4ef8bb6d6bb9bd380a11|a-0eebc999c0b4ef8bb6d6bb9bd380a11|a0eebc999c0b4ef8bb6d6bb9bd380a1-1|" +
			"\\x|\\xDEADbeef|\\xde ad|\\xd|\\xdg|\\x0 1|\\\\|\\000|\\101|\\400|\\1|a\\|\\é|" +
			"\"a\"|\"a|'a'|[1, 2]|[1,]|{\"a\":1}|{\"b\":1,\"a\":2,\"aa\":3,\"a\":4}|{\"a\":{\"c\":[],\"b\":{}}}| [ 1 , \"x\" , null , true , false ] |1.0|1e2|-0.0|01|[1 2]|{a:1}|{\"a\"}|tru|nulll|\"\\u0041\\u00e9\\n\\t\\\"\\\\\\/\"|\"\\ud83d\\ude00\"|" +
			"\"\\ud83d\"|\"\\ude00\"|\"\\u0000\"|\"\\u00\"|\"\\x\"|\"é\"|\"\\u001f\"|[[[[]]]]|" +
			"101|1011|B101|b1|x1F|XfF|xg|102|10|2024-01-05|Jan 5 2024|04:05|1 day|" +
			"1 2 3|1 2 x| 1  2 |192.168.1.5|192.168.1.5/24|192.168.1.0/24|10.0.0.0/33|256.1.1.1|::1|::ffff:1.2.3.4|2001:DB8::1/64|fe80::1%eth0|1:2"},
	{"timestamp(0)|timestamp(3)|timestamptz(1)|time(2)|timetz(0)|timestamp|timestamptz",
		"2024-01-05 04:05:06.789|2024-01-05 04:05:06.5|1999-12-31 23:59:59.5|1999-12-31 23:59:59.9995|2024-12-31 23:59:59.95|infinity|23:59:59.999|23:59:59.5|04:05:06.789+02|0044-03-15 10:00:00.5 BC"},
	{"interval(0)|interval(3)|interval year|interval month|interval day|interval hour|interval minute|interval second|interval year to month|interval day to hour|interval day to minute|interval day to second|interval hour to minute|interval hour to second|interval minute to second|interval second(1)|interval day to second(2)",
		"1|1.5|1:2|1:2:3|1:2:3.456|1 2:3:4.567|1-2|1-2 3 4:05:06.789|-1|-1:2|1 day|1 year 2 months 3 days 4:5:6.5|x|-1.25"},
	{"information_schema.sql_identifier|information_schema.character_data|unknown", "abc|"},
	{"timestamptz[]|date[]|bool[]|uuid[]|varchar(2)[]|char(2)[]|float8[]|bytea[]|jsonb[]|interval[]",
		"{2024-01-05,\"Jan 6 2024\"}|{t,off}|{abc,d}|{1.50,1e20}|{\"\\\\\\\\x41\"}|{\"{\\\"b\\\":1, \\\"a\\\":2}\"}|{1 day,2 hours}|{NULL}|{\"null\"}"},
}

// output gives what the output function prints, "SQLSTATE message" for errors.
func (o *oracle) output(t *testing.T, expressions []string) []string {
	t.Helper()
	o.exec(t, `CREATE OR REPLACE FUNCTION pg_temp.output(list text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
		DECLARE e text; v text; m text; s text;
		BEGIN
			FOREACH e IN ARRAY list LOOP
				BEGIN
					EXECUTE 'SELECT format(''%s'', ' || e || ')' INTO v;
					RETURN NEXT v;
				EXCEPTION WHEN OTHERS THEN
					GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT;
					RETURN NEXT s || ' ' || m;
				END;
			END LOOP;
		END $$`)
	rows, err := o.conn.Query(context.Background(), "SELECT pg_temp.output($1)", expressions)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestLiteralsAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	var sql, ours []string
	for _, line := range literals {
		for name := range strings.SplitSeq(line.types, "|") {
			typ, err := pgtype.ParseTypeName(name)
			if name != "unknown" && err != nil {
				t.Fatal(err)
			}
			for text := range strings.SplitSeq(line.texts, "|") {
				value, err := pgtype.Canonical(typ, text, pgtype.Settings{})
				var e *sqlstate.Error
				if errors.As(err, &e) {
					value = string(e.Code) + " " + e.Message
				}
				sql = append(sql, "'"+strings.ReplaceAll(text, "'", "''")+"'::"+name)
				ours = append(ours, value)
			}
		}
	}
	equal, refused, differ := 0, 0, 0
	for i, theirs := range o.output(t, sql) {
		switch {
		case ours[i] == theirs:
			equal++
		case strings.HasPrefix(ours[i], "0A000"), strings.HasPrefix(ours[i], "22023 time zone"):
			refused++ // shortened addresses; POSIX zones with daylight saving time
			if testing.Verbose() {
				t.Logf("refused: %s", sql[i])
			}
		default:
			if differ++; differ <= 80 {
				t.Errorf("%s\n got %q\nwant %q", sql[i], ours[i], theirs)
			}
		}
	}
	t.Logf("%d of %d equal, %d refused", equal, len(sql), refused)
}
