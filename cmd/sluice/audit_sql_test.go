package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// newAuditMesh publishes two products of two domains: shop, owned by the group
// shopkeepers, and lab, owned by the user chief.
func newAuditMesh(t testing.TB) *meshFixture {
	m := newMesh(t)
	m.write("data/t.csv", "id,region\n1,EU\n2,US\n3,EU\n")
	m.write("governance/principals.yaml", `apiVersion: mesh/v1
kind: Principals
users:
  - {name: reader, groups: [readers], attributes: {region: EU, shoe: "43"}, auth: {scram: "`+testVerifier(t)+`"}}
  - {name: keeper, groups: [shopkeepers], auth: {scram: "`+testVerifier(t)+`"}}
  - {name: chief, auth: {scram: "`+testVerifier(t)+`"}}
  - {name: inspector, auditor: true, auth: {scram: "`+testVerifier(t)+`"}}
groups: [{name: readers, owner: chief}, {name: shopkeepers, owner: keeper}]
`)
	for domain, owner := range map[string]string{"shop": "shopkeepers", "lab": "chief"} {
		m.domain(domain, "type: files\npath: data\n")
		m.write("domains/"+domain+"/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: "+domain+"\ndescription: Test.\nowner: "+owner+"\n")
		m.product(domain, "things", "t.csv", fixtureColumn{"id", "bigint", ""}, fixtureColumn{"region", "text", "tags: [region]"})
		m.grant(domain, "things", "readers", "")
	}
	m.policy("own_region", "match: {tags: [region]}\nrules:\n  - rowFilter: \"region = principal.attributes.region\"\n")
	return m
}

func TestAuditReadBySQL(t *testing.T) {
	s := newAuditMesh(t).serve()
	reader := s.connect(t, "reader")
	for _, sql := range []string{
		"SELECT count(*) FROM shop.things WHERE region = 'a literal'", "SELECT id FROM lab.things",
		"SELECT a.id FROM shop.things a JOIN lab.things b ON a.id = b.id", "SELECT 1/0 FROM shop.things", "SELECT 1 FROM shop.nothing",
	} {
		_ = ask(t.Context(), reader, sql)
	}
	const about = `SELECT kind, tables, coalesce(statement, '-'), coalesce(rows::text, '-'), coalesce(sqlstate, '-')
		FROM mesh.audit WHERE user_name = 'reader' AND kind IN ('decision', 'completion') ORDER BY seq`
	read := func(user string) []string {
		t.Helper()
		rows, err := s.connect(t, user).Query(t.Context(), about)
		must(t, err)
		var all []string
		for rows.Next() {
			var f [5]string
			var tables []string
			must(t, rows.Scan(&f[0], &tables, &f[2], &f[3], &f[4]))
			if f[1] = "-"; tables != nil {
				f[1] = "{" + strings.Join(tables, ",") + "}"
			}
			all = append(all, strings.Join(f[:], " | "))
		}
		must(t, rows.Err())
		return all
	}
	for user, want := range map[string][]string{
		"inspector": {
			"decision | {shop.things} | SELECT count(*) FROM shop.things WHERE region = $1 | - | -",
			"completion | {shop.things} | - | 1 | -",
			"decision | {lab.things} | SELECT id FROM lab.things | - | -",
			"completion | {lab.things} | - | 2 | -",
			"decision | {shop.things,lab.things} | SELECT a.id FROM shop.things a JOIN lab.things b ON a.id = b.id | - | -",
			"completion | {shop.things,lab.things} | - | 2 | -",
			"decision | {shop.things} | SELECT $1/$2 FROM shop.things | - | -",
			"completion | {shop.things} | - | 0 | 22012",
			"decision | - | SELECT $1 FROM shop.nothing | - | 42P01",
			"completion | - | - | 0 | 42P01",
		},
		"keeper": {
			"decision | {shop.things} | SELECT count(*) FROM shop.things WHERE region = $1 | - | -",
			"completion | {shop.things} | - | 1 | -",
			"decision | {shop.things} | - | - | -",
			"completion | {shop.things} | - | - | -",
			"decision | {shop.things} | SELECT $1/$2 FROM shop.things | - | -",
			"completion | {shop.things} | - | 0 | 22012",
		},
		"chief": {
			"decision | {lab.things} | SELECT id FROM lab.things | - | -",
			"completion | {lab.things} | - | 2 | -",
			"decision | {lab.things} | - | - | -",
			"completion | {lab.things} | - | - | -",
		},
	} {
		if got := read(user); !slices.Equal(got, want) {
			t.Errorf("%s reads\n%s\nwant\n%s", user, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	const cut = "SELECT count(*), count(fingerprint), count(attributes), count(record), count(rows), count(fragments) FROM mesh.audit WHERE statement IS NULL AND user_name = 'reader' AND kind = 'decision'"
	for _, user := range []string{"keeper", "chief"} {
		if got := ask(t.Context(), s.connect(t, user), cut).String(); !strings.Contains(got, "1 | 0 | 0 | 0 | 0 | 0") {
			t.Errorf("of what reads others' tables too %s is told %s", user, got)
		}
	}
	for _, sql := range []string{"SELECT * FROM mesh.audit", "SELECT count(*) FROM mesh.audit"} {
		if got := ask(t.Context(), reader, sql); got.code != "42P01" {
			t.Errorf("%s as somebody who owns nothing: %s", sql, got)
		}
	}
}

// TestAuditTellsWhatWasUsed holds the fields that only SQL and JSON show.
func TestAuditTellsWhatWasUsed(t *testing.T) {
	m := newAuditMesh(t)
	s := m.serve()
	_ = ask(t.Context(), s.connect(t, "reader"), "SELECT id FROM shop.things WHERE id > 1")
	inspector := s.connect(t, "inspector")
	for sql, want := range map[string]string{
		"SELECT attributes[1] FROM mesh.audit WHERE kind = 'decision' AND user_name = 'reader'":                                       "region=EU",
		"SELECT fragments[1] FROM mesh.audit WHERE kind = 'completion' AND user_name = 'reader'":                                      " 1 rows ",
		"SELECT tables[1] || ' ' || output_columns[1] FROM mesh.audit WHERE 'mesh.audit' = ANY(tables) AND kind = 'decision' LIMIT 1": "mesh.audit mesh.audit.",
		"SELECT method FROM mesh.audit WHERE kind = 'login' AND user_name = 'reader'":                                                 "scram",
		"SELECT count(*)::text FROM mesh.audit WHERE kind = 'access' AND reason = 'in_force'":                                         "2",
	} {
		got := ask(t.Context(), inspector, sql)
		if got.code != "" || !strings.Contains(got.String(), want) {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// TestAuditIsReadInPart asks for parts of the log by number and by time: the answer is that
// of the whole log, and EXPLAIN shows that less was read.
func TestAuditIsReadInPart(t *testing.T) {
	t.Parallel()
	s := newAuditMesh(t).serve()
	reader := s.connect(t, "reader")
	for range 5 {
		_ = ask(t.Context(), reader, "SELECT id FROM shop.things")
	}
	inspector := s.connect(t, "inspector")
	for condition, reads := range map[string]string{
		"seq > 4":                            "seq >= 4",
		"4 >= seq":                           "seq <= 4",
		"seq = 5":                            "seq >= 5, seq <= 5",
		"seq BETWEEN 3 AND 7":                "seq >= 3, seq <= 7",
		"seq BETWEEN 3 AND 7 AND kind = 'x'": "seq >= 3, seq <= 7",
		"seq > -3":                           "TABLE mesh.audit",
		"(seq > 3 OR kind = 'decision')":     "TABLE mesh.audit",
		"seq > 2.5":                          "TABLE mesh.audit",
		"seq <> 3":                           "TABLE mesh.audit",
		"time > '2020-01-01 00:00+00'":       "time >= 2020-01-01T00:00:00Z",
		"time >= now() - interval '1 hour'":  "time >= 20",
		"time >= timestamptz '2020-05-01 00:00Z' - interval '1 month 1 hour'": "time >= 2020-03-28T23:00:00Z",
		"time <= timestamptz '2090-05-01 00:00Z' + interval '2 hours'":        "time <= 2090-05-01T02:00:00.000001Z",
		"time < '2020-01-01 01:00+01'":                                        "time <= 2020-01-01T00:00:00.000001Z",
		"time > date '2020-01-01'":                                            "TABLE mesh.audit",
		"time < 'infinity'":                                                   "TABLE mesh.audit",
		"kind = 'completion' AND seq >= 6":                                    "seq >= 6",
		"seq IN (SELECT max(completes) FROM mesh.audit)":                      "TABLE mesh.audit",
	} {
		from := "FROM mesh.audit WHERE seq < 12 AND " + condition
		explained := ask(t.Context(), inspector, "EXPLAIN SELECT seq, tables "+from).String()
		if !strings.Contains(explained, reads) {
			t.Errorf("%s reads\n%s\nwant %s", condition, explained, reads)
		}
		const whole = " ORDER BY seq"
		got := ask(t.Context(), inspector, "SELECT seq, tables, kind "+from+whole).String()
		want := ask(t.Context(), inspector, "SELECT seq, tables, kind FROM (SELECT *, seq + 0 AS s, time + interval '0' AS t FROM mesh.audit) a WHERE s < 12 AND "+
			strings.NewReplacer("seq", "s", "time ", "t ").Replace(strings.Split(condition, " IN (SELECT")[0])+whole).String()
		if strings.Contains(condition, "SELECT") {
			continue
		}
		if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", condition, got, want)
		}
	}
}

// TestAuditIsReadFromItsEnd asks for the last records: EXPLAIN shows that no more are read
// where the log answers the conditions itself, and the answer is that of the whole log.
func TestAuditIsReadFromItsEnd(t *testing.T) {
	t.Parallel()
	s := newAuditMesh(t).serve()
	reader := s.connect(t, "reader")
	for i := range 20 {
		_ = ask(t.Context(), reader, fmt.Sprintf("SELECT id FROM %s.things", []string{"shop", "lab"}[i%2]))
	}
	const renamed = "SELECT count(*), min(seq), max(seq) FROM "
	inspector := s.connect(t, "inspector")
	for _, from := range []string{
		"(SELECT completes AS seq, seq AS completes FROM mesh.audit WHERE seq <= 40) a WHERE seq > 20 AND seq < 30",
		"mesh.audit a(completes, time, kind, session, user_name, client, application, tls, method, groups, attributes, purpose, statement, fingerprint, decision, reason, tables, output_columns, predicate_columns, grants, row_filters, masks, bypassed, epoch, mesh, seq) WHERE completes <= 40 AND seq > 20 AND seq < 30",
		"(SELECT completes AS seq FROM mesh.audit WHERE seq <= 40 AND kind = 'completion' ORDER BY completes DESC LIMIT 4) a",
		"(SELECT user_name AS kind, kind AS user_name, seq FROM mesh.audit WHERE seq <= 40) a WHERE kind = 'reader' AND user_name = 'completion'",
	} {
		must(t, set(t.Context(), inspector, ""))
		got := ask(t.Context(), inspector, renamed+from)
		must(t, set(t.Context(), inspector, "all"))
		if want := ask(t.Context(), inspector, renamed+from); got.String() != want.String() || got.code != "" || strings.Contains(got.String(), "0 | NULL") {
			t.Errorf("%s: got\n%s\nwant\n%s", from, got, want)
		}
	}
	for _, who := range []string{"inspector", "keeper"} {
		conn := s.connect(t, who)
		for rest, reads := range map[string]string{
			" ORDER BY seq DESC LIMIT 3":                                                                 "TABLE mesh.audit of seq <= 40 from its end, 3 rows",
			" ORDER BY seq DESC LIMIT 3 OFFSET 4":                                                        "TABLE mesh.audit of seq <= 40 from its end, 7 rows",
			" AND kind = 'decision' ORDER BY seq DESC LIMIT 5":                                           "TABLE mesh.audit of seq <= 40, kind = decision from its end, 5 rows",
			" AND kind = 'decision' AND user_name = 'reader' AND seq > 12 ORDER BY seq DESC LIMIT 2":     "seq >= 12, seq <= 40, kind = decision, user_name = reader from its end, 2 rows",
			" AND kind = 'completion' ORDER BY seq LIMIT 2":                                              "TABLE mesh.audit of seq <= 40, kind = completion, 2 rows",
			" AND time > '2020-01-01 00:00Z' AND kind = 'completion' ORDER BY seq DESC LIMIT 2 OFFSET 1": "kind = completion from its end, 3 rows",
			" AND sqlstate = 'x' ORDER BY seq DESC LIMIT 2":                                              "sqlstate = x from its end, 2 rows",
			" AND 'shop.things' = ANY (tables) AND kind = 'decision' ORDER BY seq DESC LIMIT 2":          "TABLE mesh.audit of seq <= 40, kind = decision",
			" AND kind <> 'login' ORDER BY seq DESC LIMIT 2":                                             "TABLE mesh.audit of seq <= 40",
			" ORDER BY time DESC, seq LIMIT 3":                                                           "TABLE mesh.audit of seq <= 40",
			" ORDER BY seq DESC FETCH FIRST 3 ROWS WITH TIES":                                            "TABLE mesh.audit of seq <= 40",
			" ORDER BY seq DESC LIMIT 0":                                                                 "TABLE mesh.audit of seq <= 40 from its end, 0 rows",
			" ORDER BY seq + 1 DESC LIMIT 2":                                                             "TABLE mesh.audit of seq <= 40",
		} {
			sql := "SELECT seq, kind, tables, statement FROM mesh.audit WHERE seq <= 40" + rest
			must(t, set(t.Context(), conn, ""))
			explained, got := ask(t.Context(), conn, "EXPLAIN "+sql).String(), ask(t.Context(), conn, sql)
			if !strings.Contains(explained, reads) || strings.Contains(explained, "from its end") != strings.Contains(reads, "from its end") {
				t.Errorf("%s reads\n%s\nwant %s", rest, explained, reads)
			}
			must(t, set(t.Context(), conn, "all"))
			if want := ask(t.Context(), conn, sql); got.String() != want.String() || got.code != "" {
				t.Errorf("%s as %s: got\n%s\nwant\n%s", rest, who, got, want)
			}
		}
	}
}

// TestAuditInTheCatalog asks the catalog for mesh.audit as clients do: who may read any of it
// finds it, nobody else.
func TestAuditInTheCatalog(t *testing.T) {
	t.Parallel()
	s := newAuditMesh(t).serve()
	for _, c := range []struct{ sql, owner, other string }{
		{"SELECT 'mesh.audit'::regclass", "mesh.audit", "3F000"},
		{"SELECT to_regclass('mesh.audit') IS NULL", "f", "t"},
		{"SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'mesh' AND relname = 'audit' AND relkind IN ('r', 'v')", "1", "0"},
		{"SELECT count(*) FROM information_schema.tables WHERE table_schema = 'mesh'", "1", "0"},
		{"SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = to_regclass('mesh.audit') AND attnum BETWEEN 1 AND 3",
			"seq bigint, time timestamp with time zone, kind text", "NULL"},
		{"SELECT has_table_privilege('mesh.audit', 'SELECT')", "t", "3F000"},
		{"SELECT obj_description(to_regclass('mesh.audit'), 'pg_class') LIKE 'What was decided%'", "t", "NULL"},
		{"SELECT count(*) FROM pg_namespace WHERE nspname = 'mesh'", "1", "0"},
		{"SET search_path = mesh; SELECT count(*) > 0 FROM audit", "t", "42P01"},
	} {
		for _, who := range []string{"inspector", "keeper", "reader"} {
			want := c.owner
			if who == "reader" {
				want = c.other
			}
			got := firstValue(t, s, who, c.sql)
			if got != want {
				t.Errorf("%s: %s gets %s, want %s", c.sql, who, got, want)
			}
		}
	}
}

// firstValue gives the first value, or the code, that a user is told in a session of its own.
func firstValue(t *testing.T, s *served, user, sql string) string {
	t.Helper()
	results, err := s.connect(t, user).PgConn().Exec(t.Context(), sql).ReadAll()
	if err != nil {
		return stateOf(err)
	}
	rows := results[len(results)-1].Rows
	switch {
	case len(rows) == 0:
		return "no row"
	case rows[0][0] == nil:
		return "NULL"
	}
	return string(rows[0][0])
}

// TestWhatGovernsIsOnRecord reads from the audit, as an auditor and as an owner, by which
// grants, purpose, filters and masks somebody read, and what was bypassed and why.
func TestWhatGovernsIsOnRecord(t *testing.T) {
	t.Parallel()
	m := newAuditMesh(t)
	m.policy("ids", "match: {columns: [id]}\nbypass: {groups: [readers], reason: they keep the books}\nrules: [{mask: \"null\"}]\n")
	m.policy("named", "match: {products: [lab.things], columns: [id]}\nexcept: {purposes: [testing]}\nrules: [{hideColumn: true}]\n")
	m.policy("regions", "match: {columns: [region]}\nrules: [{mask: constant, args: {value: somewhere}}]\n")
	m.grant("shop", "things", "readers", "approvedBy: keeper\nrequest: R-17\n")
	s := m.serve()
	reader := s.connect(t, "reader")
	for _, c := range []struct{ sql, code string }{
		{"SELECT id FROM lab.things", "42703"}, // hidden, without the purpose
		{"SET sluice.purpose = 'fraud'", "42501"},
		{"SET sluice.purpose = 'testing'", ""},
		{"SELECT id, region FROM shop.things", ""},
		{"SELECT id FROM lab.things", ""},
	} {
		if got := ask(t.Context(), reader, c.sql); got.code != c.code {
			t.Errorf("%s: %s", c.sql, got)
		}
	}
	for _, who := range []string{"inspector", "keeper"} {
		for sql, want := range map[string]string{
			"SELECT purpose || ' ' || grants[1] || ' ' || row_filters[1] || ' ' || masks[1] || ' ' || bypassed[1] FROM mesh.audit WHERE kind = 'decision' AND user_name = 'reader' AND 'shop.things' = ANY (tables)": "testing shop.things.readers own_region shop.things.region constant by regions ids: they keep the books",
			"SELECT output_columns::text || groups::text || attributes::text FROM mesh.audit WHERE kind = 'decision' AND user_name = 'reader' AND 'shop.things' = ANY (tables)":                                      "{shop.things.id,shop.things.region}{readers}{region=EU}",
			"SELECT record::jsonb->'grant'->>'approved_by' || (record::jsonb->'grant'->>'request') FROM mesh.audit WHERE kind = 'access' AND 'shop.things' = ANY (tables)":                                           "keeperR-17",
		} {
			if got := firstValue(t, s, who, sql); got != want {
				t.Errorf("%s, %s: %s, want %s", who, sql, got, want)
			}
		}
	}
	for sql, want := range map[string]string{
		"SELECT count(*) FROM mesh.audit WHERE kind = 'decision' AND decision = 'refused' AND sqlstate = '42501' AND statement LIKE 'SET sluice.purpose%'": "1",
		"SELECT count(*) FROM mesh.audit WHERE kind = 'decision' AND user_name = 'keeper' AND tables = ARRAY['mesh.audit']":                                "3",
		"SELECT count(*) FROM mesh.audit WHERE kind = 'reload' AND epoch = 1 AND length(mesh) = 64 AND outcome = 'ok'":                                     "1",
		"SELECT method || ' ' || count(*) FROM mesh.audit WHERE kind = 'login' AND user_name = 'reader' GROUP BY method":                                   "scram 1",
		"SELECT count(*) FROM mesh.audit WHERE kind = 'decision' AND user_name = 'reader' AND purpose = 'testing' AND reason <> 'purpose'":                 "2",
	} {
		if got := firstValue(t, s, "inspector", sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

func TestGrantChangesAreRecorded(t *testing.T) {
	m := newAuditMesh(t)
	s := m.serve()
	m.grant("shop", "things", "shopkeepers", "")
	m.grant("lab", "things", "readers", "rowFilter: \"id = 1\"\n")
	s.app.epoch++
	mesh, err := s.app.load()
	must(t, err)
	must(t, s.app.comesIntoForce(mesh))
	var got []string
	for _, r := range auditRecords(t, s.auditIn) {
		if r["kind"] == "access" {
			g := r["grant"].(map[string]any)
			got = append(got, g["change"].(string)+" "+g["id"].(string))
		}
	}
	slices.Sort(got)
	want := []string{"added shop.things.shopkeepers", "changed lab.things.readers", "in_force lab.things.readers", "in_force shop.things.readers"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if changes := grantChanges(mesh.Grants, nil, false); len(changes) != 3 || changes[0].Change != "removed" {
		t.Errorf("got %+v", changes)
	}
}
