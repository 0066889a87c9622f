package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// nasty are texts that mean something to some dialect when they are not quoted well.
var nasty = []string{
	"it's", "''", "'", `\`, `\'`, `a\`, `\\'`, `"`, "`", "``", "' OR 1=1 -- ", "'; DROP TABLE people; -- ", "') OR ('1'='1", "/* */", "/*! 1 */", "/*!50000 1*/", "-- ", "#",
	"$1", "$$", "$a$", "?", "%", "_", `\%`, "%%", "{x}", ":name", "@@version", "@x", "0x41", "X'41'", "_utf8'a'", "N'a'", "E'a'", "U&'\\0041'", "\n", "\r\n", "\t", "\u00a0", "\u2028",
	"é", "e\u0301", "ﬀ", "İ", "ß", "😀", "\u200b", "\ufeff", "ʼ", "＇", "\u00bf", "a b", " a", "a ", "NULL", "null", "\\N", "true", strings.Repeat("'", 1000), strings.Repeat("x", 100000),
	"\x01", "\x1a", "\x7f", "a\u0000"[:1], "';--", "\\\\", `\0`, `\n`, `\x27`, "%27", "&apos;", "sluice_stream('r0')", "||", "a'||'b", "CAST('a' AS text)",
}

// nastyMesh stores each nasty text in a row of its own, in each kind of source.
func nastyMesh(t *testing.T) *pgx.Conn {
	t.Helper()
	mesh, stores := newSecretMesh(t, false)
	rows := make([]secretRow, len(nasty))
	for i, text := range nasty {
		rows[i] = secretRow{values: []string{fmt.Sprint(i), "0", text}}
	}
	_, err := stores.maria.ExecContext(t.Context(), "ALTER TABLE open MODIFY t longtext CHARACTER SET utf8mb4")
	must(t, err)
	for _, table := range secretTables {
		for _, domain := range secretDomains {
			if table.name == "open" {
				stores.fill(t, domain, table, rows)
			} else {
				stores.fill(t, domain, table, nil)
			}
		}
	}
	return mesh.serve().connect(t, "reader")
}

// TestLiteralsArriveAsTheyAre finds each nasty text by a literal, by a parameter, and
// among others, wherever the comparison is made.
func TestLiteralsArriveAsTheyAre(t *testing.T) {
	conn := nastyMesh(t)
	for _, domain := range secretDomains {
		for _, off := range []string{"", "all"} {
			must(t, set(t.Context(), conn, off))
			for i, text := range nasty {
				want := equalTo(text)
				quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
				for _, sql := range []string{
					"t = " + quoted, "t IN ('nothing', " + quoted + ")", "CASE WHEN t = " + quoted + " THEN k END = 0",
				} {
					sql = "SELECT id FROM " + domain + ".open WHERE " + sql
					if got := numbers(ask(t.Context(), conn, sql)); !slices.Equal(got, want) {
						t.Errorf("%.120q without [%s]: rows %v, want %v", sql, off, got, want)
					}
				}
				if got := byParameter(t, conn, domain, text); !slices.Equal(got, want) {
					t.Errorf("%s: $1 = %.60q without [%s]: rows %v, want %v", domain, text, off, got, want)
				}
				if off == "all" {
					continue
				}
				if got := back(t, conn, domain, i); got != text {
					t.Errorf("%s: row %d is %.60q, want %.60q", domain, i, got, text)
				}
			}
		}
	}
	for _, domain := range secretDomains { // nothing was dropped on the way
		if a := ask(t.Context(), conn, "SELECT count(*) FROM "+domain+".people"); a.code != "" || a.rows[0][0] != "0" {
			t.Error(a)
		}
	}
}

// equalTo lists the rows that hold a text: it may be among them twice.
func equalTo(text string) []string {
	var ids []string
	for i, other := range nasty {
		if other == text {
			ids = append(ids, fmt.Sprint(i))
		}
	}
	return ids
}

func numbers(a answer) []string {
	if a.code != "" {
		return []string{a.String()}
	}
	var ids []string
	for _, r := range a.sorted().rows {
		ids = append(ids, r[0])
	}
	return ids
}

func byParameter(t *testing.T, conn *pgx.Conn, domain, text string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT id::text FROM "+domain+".open WHERE t = $1 ORDER BY id", text)
	must(t, err)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return ids
}

func back(t *testing.T, conn *pgx.Conn, domain string, id int) string {
	t.Helper()
	var text string
	must(t, conn.QueryRow(t.Context(), "SELECT t FROM "+domain+".open WHERE id = $1", id).Scan(&text))
	return text
}

// TestLimitsOfTexts sends what is too deep, too long or no text at all: an error that
// ends the statement, not the session, let alone the gateway.
func TestLimitsOfTexts(t *testing.T) {
	conn := nastyMesh(t)
	for _, sql := range []string{
		"SELECT " + strings.Repeat("(", 20000) + "1" + strings.Repeat(")", 20000),
		"SELECT " + strings.Repeat("-", 1) + strings.Repeat(" -", 20000) + "1",
		"SELECT 1" + strings.Repeat(" + 1", 20000),
		"SELECT id FROM pg.open WHERE " + strings.Repeat("NOT ", 20000) + "true",
		"SELECT id FROM my.open WHERE k = 0" + strings.Repeat(" OR k = 0", 5000),
		"SELECT " + strings.Repeat("CASE WHEN true THEN ", 3000) + "1" + strings.Repeat(" END", 3000),
		"SELECT " + strings.Repeat("ARRAY[", 5000) + "1" + strings.Repeat("]", 5000),
		strings.Repeat("SELECT * FROM (", 3000) + "SELECT 1" + strings.Repeat(") s", 3000),
		strings.Repeat("/*", 2000) + strings.Repeat("*/", 2000) + " SELECT 1",
		"SELECT '\xff\xfe'", "SELECT \"\xc3\x28\"", "SELECT id FROM fs.open WHERE t = '\xed\xa0\x80'", "SELECT 1 AS \"" + strings.Repeat("é", 200) + "\"",
	} {
		start := time.Now()
		a := ask(t.Context(), conn, sql)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%.60q… took %v", sql, took)
		}
		if a.code == "XX000" || a.code == "?????" {
			t.Errorf("%.60q…: %.300s", sql, a)
		}
		if ask(t.Context(), conn, "SELECT 1").code != "" {
			t.Fatalf("%.60q… ended the session", sql)
		}
	}
}

// TestDictionariesOfHiddenRows asks functions of a column that a Parquet file keeps as a
// dictionary: they must not be computed of entries that only hidden rows have.
func TestDictionariesOfHiddenRows(t *testing.T) {
	mesh, stores := newSecretMesh(t, false)
	for _, table := range secretTables {
		for _, domain := range secretDomains {
			var rows []secretRow
			for i := range 60 {
				switch {
				case table.name == "facts" && i%3 == 0:
					rows = append(rows, secretRow{values: []string{fmt.Sprint(i), "7", "h", "0.000", "0", "2024-01-01 00:00:00", "zq"}})
				case table.name == "facts":
					rows = append(rows, secretRow{values: []string{fmt.Sprint(i), "1", "5", "1.500", "1", "2024-01-01 00:00:00", "v1"}})
				case table.name == "open" && i < 5:
					rows = append(rows, secretRow{values: []string{fmt.Sprint(i), "1", "x"}})
				}
			}
			stores.fill(t, domain, table, rows)
		}
	}
	conn := mesh.serve().connect(t, "reader")
	for _, expression := range []string{
		"kind::numeric", "kind::integer", "kind::float8", "kind::bigint", "(kind || '.5')::numeric", "chr(64 + kind::integer)", "repeat('a', 10 / n)", "10 / n", "10 % n", "n / (person - 7)",
		"1.0 / amount", "ln(amount)", "sqrt(amount - 1)", "substr('abc', 1, person - 7 + 10)", "to_char(at, 'YYYY')", "power(amount, -1)", "make_date(2000 + n, n, n)", "'x' ~ kind", "kind ~ '5'",
	} {
		for _, query := range []string{
			"SELECT %s FROM fs.facts", "SELECT max((%s)::text) FROM fs.facts GROUP BY person", "SELECT 1 FROM fs.facts WHERE %s IS NOT NULL", "SELECT DISTINCT %s FROM fs.facts",
			"SELECT id FROM fs.facts ORDER BY %s, id", "SELECT f.id FROM fs.facts f JOIN fs.open o ON o.k = f.person AND (%s) IS NOT NULL", "SELECT %s FROM fs.facts f JOIN fs.open o ON o.k = f.person",
			"SELECT sum(id) OVER (PARTITION BY %s) FROM fs.facts", "SELECT count(*) FILTER (WHERE %s IS NOT NULL) FROM fs.facts", "SELECT %s FROM fs.facts UNION SELECT %[1]s FROM fs.facts",
		} {
			sql := fmt.Sprintf(strings.ReplaceAll(query, "%s", "%[1]s"), expression)
			for _, off := range []string{"", "PushFilterThroughGoverned"} {
				must(t, set(t.Context(), conn, off))
				a := ask(t.Context(), conn, sql)
				if a.code != "" && a.code != "0A000" && a.code != "42702" {
					t.Errorf("%s without [%s]: %s", sql, off, a)
				}
			}
		}
	}
}

// TestStrangeNames publishes tables and columns whose names are SQL in some dialect.
func TestStrangeNames(t *testing.T) {
	mesh, stores := newSecretMesh(t, false)
	name := "a`b\"c'd; DROP TABLE people; -- \\"
	pgName, myName := `"`+strings.ReplaceAll(name, `"`, `""`)+`"`, "`"+strings.ReplaceAll(name, "`", "``")+"`"
	_, err := stores.postgres.Exec(t.Context(), "CREATE TABLE "+pgName+" ("+pgName+" integer); INSERT INTO "+pgName+" VALUES (7)")
	must(t, err)
	for _, sql := range []string{"CREATE TABLE " + myName + " (" + myName + " int)", "INSERT INTO " + myName + " VALUES (7)"} {
		_, err := stores.maria.ExecContext(t.Context(), sql)
		must(t, err)
	}
	must(t, os.WriteFile(filepath.Join(stores.files, "strange.csv"), []byte(pgName+"\n7\n"), 0o644))
	for _, domain := range secretDomains {
		path := ""
		if domain == "fs" {
			path = "    customProperties:\n      - {property: meshPath, value: strange.csv}\n"
		}
		quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'"
		mesh.write("domains/"+domain+"/products/strange/strange.v1.odcs.yaml", "apiVersion: v3.1.0\nkind: DataContract\nid: "+domain+".strange\nname: strange\nversion: 1.0.0\nstatus: active\ndomain: "+domain+
			"\ndataProduct: strange\nservers:\n  - server: origin\n    type: custom\n    customProperties:\n      - {property: meshSource, value: origin}\nschema:\n  - name: strange\n    physicalName: "+quoted+
			"\n    tags: [primary]\n"+path+"    properties:\n      - {name: v, physicalName: "+quoted+", customProperties: [{property: pgType, value: integer}]}\n")
		mesh.grant(domain, "strange", "readers", "")
	}
	conn := mesh.serve().connect(t, "reader")
	for _, domain := range secretDomains {
		for _, off := range []string{"", "all"} {
			must(t, set(t.Context(), conn, off))
			for _, sql := range []string{"SELECT v FROM %s.strange", "SELECT sum(v) FROM %s.strange WHERE v > 6 GROUP BY v ORDER BY 1", "SELECT a.v FROM %s.strange a JOIN %[1]s.strange b USING (v)"} {
				sql = fmt.Sprintf(strings.ReplaceAll(sql, "%s", "%[1]s"), domain)
				if a := ask(t.Context(), conn, sql); a.code != "" || len(a.rows) != 1 || a.rows[0][0] != "7" {
					t.Errorf("%s without [%s]: %s", sql, off, a)
				}
			}
		}
	}
}
