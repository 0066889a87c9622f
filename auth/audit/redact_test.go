package audit

import (
	"strings"
	"testing"
)

// TestEveryLiteralIsRedacted writes marks into literals and comments of every kind, in
// statements that are parsed though most of them are refused: no mark is recorded.
func TestEveryLiteralIsRedacted(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), Options{})
	for _, text := range []string{
		"EXECUTE p(987654321)", "PREPARE p AS SELECT 987654321", "CREATE TEMP TABLE t AS SELECT a FROM b WHERE c = 987654321",
		"EXPLAIN EXECUTE p(987654321, 0.987654321)", "EXECUTE p(-987654321, X'5EC8')", "SELECT a /* SEKRET */ FROM b -- SEKRET\n WHERE c = 1",
		"SELECT 'é/* SEKRET */' /* SEKRET */ AS é", "DO $a1$ SEKRET $a1$", "DO $ä$ SEKRET $ä$", "DO 'SEKRET'", "DO LANGUAGE sql $$SEKRET$$",
		"SET nosuch TO sekret", "SET nosuch TO \"SEKRET\"", "SET nosuch = sekret, b", "SET a.b TO SEKRET", "COMMENT ON TABLE a IS 'SEKRET'",
		"CREATE USER u PASSWORD 'SEKRET'", "ALTER ROLE u PASSWORD 'SEKRET'", "ALTER ROLE u SET x TO 'SEKRET'", "NOTIFY a, 'SEKRET'",
		"COPY t FROM STDIN (DELIMITER 'S', NULL 'SEKRET')", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $z9$SEKRET$z9$", "SELECT $b2$SEKRET$b2$",
		"SELECT E'SEK\\'RET'", "SELECT U&'SEKRET'", "SELECT U&'SEKRET' UESCAPE '!'", "SELECT N'SEKRET'", "SELECT B'0101', X'5EC8'", "SELECT 987654321",
		"SELECT -987654321.5e10", "SELECT 987654321::text", "SELECT date 'SEKRET'", "SELECT 'SEK'\n'RET'", "SELECT a FROM t WHERE b IN ('SEKRET', 'x')",
		"VALUES ('SEKRET')", "SELECT a FROM t LIMIT 987654321", "DECLARE c CURSOR FOR SELECT 'SEKRET'", "PREPARE p(text) AS SELECT 'SEKRET'",
		"EXECUTE p('SEKRET')", "EXPLAIN SELECT 'SEKRET'", "EXPLAIN EXECUTE p('SEKRET', 987654321)", "FETCH 987654321 FROM c", "MOVE ABSOLUTE 987654321 IN c",
		"CREATE TEMP TABLE t AS SELECT 'SEKRET'", "INSERT INTO t VALUES ('SEKRET')", "UPDATE t SET a = 'SEKRET' WHERE b = 987654321",
		"DELETE FROM t WHERE a = 'SEKRET'", "SELECT interval '987654321' day", "SELECT interval(3) 'SEKRET'",
		"SELECT a FROM t ORDER BY a COLLATE \"C\" OFFSET 987654321", "SELECT x FROM t WHERE a LIKE 'SEKRET' ESCAPE '!'", "SELECT a FROM json_table",
		"SELECT 'SEKRET' IS JSON OBJECT", "SELECT JSON('SEKRET' WITH UNIQUE KEYS)", "SELECT JSON_SCALAR(987654321)", "SELECT JSON_SERIALIZE('SEKRET' RETURNING varchar(987654321))",
		"SELECT JSON_OBJECT('SEKRET': 987654321, 'a' VALUE 'SEKRET' FORMAT JSON ABSENT ON NULL)", "SELECT JSON_ARRAY('SEKRET', 987654321 NULL ON NULL)",
		"SELECT JSON_ARRAY(SELECT 'SEKRET' FROM t WHERE a = 987654321)", "SELECT JSON_OBJECTAGG('SEKRET': 987654321)", "SELECT JSON_ARRAYAGG('SEKRET' ORDER BY a = 'SEKRET') FILTER (WHERE a > 987654321)",
		"SELECT JSON_EXISTS(a, '$.SEKRET ? (@ > 987654321)' PASSING 'SEKRET' AS x)", "SELECT JSON_VALUE('SEKRET', '$.SEKRET' PASSING 987654321 AS x DEFAULT 'SEKRET' ON EMPTY DEFAULT 987654321 ON ERROR)",
		"SELECT JSON_QUERY(a, '$.SEKRET' WITH WRAPPER EMPTY ARRAY ON EMPTY DEFAULT 'SEKRET' ON ERROR)",
		"SELECT * FROM JSON_TABLE('SEKRET', '$.SEKRET' PASSING 'SEKRET' AS x COLUMNS (a int PATH '$.SEKRET' DEFAULT 987654321 ON EMPTY, b text FORMAT JSON PATH '$.SEKRET' DEFAULT 'SEKRET' ON ERROR, c bool EXISTS PATH '$.SEKRET', NESTED PATH '$.SEKRET[987654321]' COLUMNS (d int)))",
		"SELECT '$.SEKRET'::jsonpath", "SELECT jsonb_path_query(a, '$.SEKRET ? (@ > 987654321)')",
		"SELECT 'SEKRET' AS a FROM t TABLESAMPLE system (987654321)", "CREATE TEMP TABLE t (a int DEFAULT 987654321, b text CHECK (b <> 'SEKRET'))",
		"CREATE TEMP TABLE t (a varchar(987654321))", "SELECT a::varchar(987654321)", "SET TIME ZONE 'SEKRET'", "SET TIME ZONE INTERVAL 'SEKRET' HOUR",
		"SET SESSION AUTHORIZATION 'SEKRET'", "SET ROLE 'SEKRET'", "SET TRANSACTION SNAPSHOT 'SEKRET'", "LISTEN a; SELECT 'SEKRET'",
		"PREPARE TRANSACTION 'SEKRET'", "COMMIT PREPARED 'SEKRET'", "LOAD 'SEKRET'", "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (password 'SEKRET')",
		"SECURITY LABEL ON TABLE a IS 'SEKRET'", "VACUUM (PARALLEL 987654321) t", "CALL p('SEKRET')", "SELECT pg_sleep(987654321)", "SELECT 1 -- SEKRET",
		"SELECT /* a /* SEKRET */ b */ 1", "SELECT a FROM t WHERE a = 'x' /* SEKRET", "SELECT ROW('SEKRET')", "SELECT ARRAY['SEKRET']",
		"SELECT '{SEKRET}'::text[]", "SELECT CASE 'SEKRET' WHEN 'a' THEN 1 END", "SELECT f(a => 'SEKRET')", "SELECT a[987654321]",
		"SELECT a FROM t FETCH FIRST 987654321 ROWS ONLY", "SELECT 0x3ADE68B1", "SELECT 987_654_321", "SELECT true AND SEKRET",
		"CREATE TYPE e AS ENUM ('SEKRET')", "SELECT a FROM t WHERE a @@ to_tsquery('SEKRET')", "SELECT xmlelement(name a, 'SEKRET')",
		"SELECT trim('SEKRET' from 'x')", "SELECT position('SEKRET' in 'x')", "SELECT extract('SEKRET' from a)",
		"SELECT overlay('SEKRET' placing 'a' from 1)", "SELECT a FROM t WINDOW w AS (ROWS BETWEEN 987654321 PRECEDING AND CURRENT ROW)",
		"MERGE INTO a USING b ON true WHEN MATCHED THEN UPDATE SET c = 'SEKRET'", "LOCK t; SET x = 'SEKRET'",
	} {
		got := l.redacted(text)
		for _, mark := range []string{"SEKRET", "987654321", "987_654", "5EC8", "3ADE68B1"} {
			if strings.Contains(strings.ToUpper(got.Text), mark) && !strings.Contains(text, "AND "+mark) {
				t.Errorf("%q is recorded as %q", text, got.Text)
			}
		}
		if got.Text == "" && got.Fingerprint != "" {
			t.Errorf("%q is recorded without its text", text)
		}
	}
}

// TestFingerprintsTellNoLiteral holds them equal for statements that differ in one.
func TestFingerprintsTellNoLiteral(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), Options{})
	for _, text := range []string{
		"SELECT a FROM b WHERE c = %", "EXECUTE p(%)", "PREPARE p AS SELECT a FROM b WHERE c = %", "CREATE TEMP TABLE t AS SELECT %", "EXPLAIN EXECUTE p(%)",
		"DECLARE c CURSOR FOR SELECT %", "COPY (SELECT %) TO STDOUT", "INSERT INTO t VALUES (%)", "SELECT a FROM b WHERE c IN (%)", "SELECT a FROM b -- %",
		"SELECT '%' IS JSON", "SELECT JSON('%')", "SELECT JSON_SCALAR(%)", "SELECT JSON_SERIALIZE('%')", "SELECT JSON_OBJECT('%': %)", "SELECT JSON_ARRAY(%, '%')", "SELECT JSON_ARRAYAGG(%)",
		"SELECT JSON_OBJECTAGG('%': %)", "SELECT JSON_ARRAY(SELECT %)", "SELECT JSON_EXISTS(a, '$.%' PASSING % AS x)", "SELECT JSON_VALUE(a, '$.%' DEFAULT % ON EMPTY DEFAULT '%' ON ERROR)",
		"SELECT JSON_QUERY('%', '$.%')", "SELECT * FROM JSON_TABLE('%', '$.%' PASSING % AS x COLUMNS (a int PATH '$.%' DEFAULT % ON EMPTY, b bool EXISTS PATH '$.%', NESTED PATH '$.%' COLUMNS (c int)))",
	} {
		one, other := l.redacted(strings.ReplaceAll(text, "%", "4711")), l.redacted(strings.ReplaceAll(text, "%", "1234"))
		if one.Fingerprint != other.Fingerprint || one.Text != other.Text || one.Fingerprint == "" {
			t.Errorf("%s: %+v and %+v", text, one, other)
		}
	}
}
