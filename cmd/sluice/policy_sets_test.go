package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// kindColumns are those of raw.kinds (testdata/policies/sets/kinds.sql).
var kindColumns = []fixtureColumn{
	{"id", "integer", ""}, {"b", "boolean", ""}, {"i2", "smallint", ""}, {"i4", "integer", ""}, {"i8", "bigint", ""}, {"n", "numeric(10,2)", ""}, {"f", "double precision", ""},
	{"t", "text", ""}, {"v", "varchar(12)", ""}, {"d", "date", ""}, {"ts", "timestamp", ""}, {"tz", "timestamptz", ""}, {"u", "uuid", ""}, {"country", "text", ""}, {"boss", "text", ""},
}

// A policy set is what governs one product, and what each reader should see of it: SQL for
// columns that differ, and the rows. TABLE is the product; DOMAIN the domain.
type policySet struct {
	name     string
	policies []string      // each the body of a policy; those that begin with "domain:" are the domain's
	grants   []string      // bodies of grants beside the one for readers
	granted  string        // of the readers' grant; "-": there is none
	derived  string        // the query of a derived product; "": the product is a table
	rights   string        // of a derived product
	asks     []useQuestion // beside the questions for all, or where there are some, instead of them
	// sees is by reader; "*" are the others. "": what lies there.
	sees map[string]view
}

// view is what somebody sees: expressions by column, and a condition on rows. An
// expression "-" is a column that is not there; code is the SQLSTATE of every question.
type view struct {
	columns map[string]string
	where   string
	code    string
}

// useQuestion is a question to a product that may be used in some ways only: what is asked,
// what that is over the view by hand (its SQLSTATE where it is refused), "": the same.
// Otto is an owner, whom no rule of use binds.
type useQuestion struct{ ask, hand string }

// questions are those of one reader, as asked and over the view by hand.
func (s policySet) questions(who string) (all []useQuestion) {
	if len(s.asks) == 0 {
		for _, q := range setQuestions {
			all = append(all, useQuestion{q, q})
		}
		return all
	}
	for _, q := range s.asks {
		if q.hand == "" || who == "otto" {
			q.hand = q.ask
		}
		all = append(all, q)
	}
	return all
}

// setReaders ask: a user, maybe with a purpose.
var setReaders = []struct{ name, user, purpose string }{
	{"ann", "ann", ""}, {"bob", "bob", ""}, {"bob_audits", "bob", "audit"}, {"otto", "otto", ""},
}

func everywhere(columns map[string]string, where string) map[string]view {
	return map[string]view{"*": {columns: columns, where: where}}
}

func all(expression string, columns ...string) map[string]string {
	m := map[string]string{}
	for _, c := range columns {
		m[c] = strings.ReplaceAll(expression, "COLUMN", c)
	}
	return m
}

func nulls(columns ...string) map[string]string {
	m := map[string]string{}
	for _, c := range columns {
		for _, k := range kindColumns {
			if k.name == c {
				m[c] = "NULL::" + k.pgType
			}
		}
	}
	return m
}

func hashes(key string) map[string]string {
	k := "'" + key + "'"
	m := map[string]string{
		"t": "public.hash_text(" + k + ", t)", "v": "NULL::varchar(12)", "u": "public.hash_uuid(" + k + ", u)",
		"i4": "public.hash_int4(" + k + ", i4)", "i8": "public.hash_int8(" + k + ", i8)",
	}
	return m
}

func joinMaps(maps ...map[string]string) map[string]string {
	m := map[string]string{}
	for _, one := range maps {
		for k, v := range one {
			m[k] = v
		}
	}
	return m
}

const (
	matchAll  = "match: {products: [TABLE]}\n"
	matchSome = "match: {products: [TABLE], columns: [%s]}\n"
)

func rule(columns, rules string) string {
	return fmt.Sprintf(matchSome, columns) + "rules: [" + rules + "]\n"
}

// unmasked shows one reader what the others see masked.
func unmasked(who string, others map[string]string) map[string]view {
	return map[string]view{who: {}, "*": {columns: others}}
}

var policySets = []policySet{
	{name: "open", sees: everywhere(nil, "")},
	{name: "nulls", policies: []string{rule("b, i2, i4, i8, n, f, t, v, d, ts, tz, u", `{mask: "null"}`)}, sees: everywhere(nulls("b", "i2", "i4", "i8", "n", "f", "t", "v", "d", "ts", "tz", "u"), "")},
	{name: "constants", policies: []string{
		rule("b", "{mask: constant, args: {value: \"t\"}}"), rule("i2, i4, i8, f", "{mask: constant, args: {value: \"7\"}}"), rule("n", "{mask: constant, args: {value: \"1.50\"}}"),
		rule("t, v", "{mask: constant, args: {value: \"it's\"}}"), rule("d", "{mask: constant, args: {value: \"2020-02-29\"}}"), rule("ts", "{mask: constant, args: {value: \"2020-02-29 01:02:03\"}}"),
		rule("u", "{mask: constant, args: {value: \"00000000-0000-0000-0000-000000000001\"}}"),
	}, sees: everywhere(map[string]string{
		"b": "true", "i2": "7::smallint", "i4": "7", "i8": "7::bigint", "f": "7::float8", "n": "1.50::numeric(10,2)", "t": "'it''s'::text", "v": "'it''s'::varchar(12)",
		"d": "date '2020-02-29'", "ts": "timestamp '2020-02-29 01:02:03'", "u": "'00000000-0000-0000-0000-000000000001'::uuid",
	}, "")},
	{name: "hash_mesh", policies: []string{rule("t, v, i4, i8, u", "{mask: hash, args: {key: mesh}}")}, sees: everywhere(hashes("mesh"), "")},
	{name: "hash_domain", policies: []string{rule("t, v, i4, i8, u", "{mask: hash, args: {key: domain}}")}, sees: everywhere(hashes("domain:DOMAIN"), "")},
	{name: "hash_grant", policies: []string{rule("t, v, i4, i8, u", "{mask: hash, args: {key: grant}}")}, sees: everywhere(hashes("grant:DOMAIN.hash_grant.readers"), "")},
	{name: "hash_of_what_it_cannot", policies: []string{rule("b, i2, n, f, d, tz", "{mask: hash, args: {key: mesh}}")}, sees: everywhere(nulls("b", "i2", "n", "f", "d", "tz"), "")},
	{name: "partial_domain", policies: []string{rule("t, v", "{mask: partial, args: {keep: domain}}")}, sees: everywhere(map[string]string{
		"t": "CASE WHEN t IS NULL THEN NULL WHEN strpos(t, '@') > 0 THEN '***' || right(t, strpos(reverse(t), '@')) ELSE '***' END",
		"v": "(CASE WHEN v IS NULL THEN NULL WHEN strpos(v, '@') > 0 THEN '***' || right(v, strpos(reverse(v), '@')) ELSE '***' END)::varchar(12)",
	}, "")},
	{name: "partial_first", policies: []string{rule("t, v", "{mask: partial, args: {first: \"2\"}}")}, sees: everywhere(map[string]string{
		"t": "CASE WHEN length(t) > 2 THEN left(t, 2) || '***' WHEN t IS NOT NULL THEN '***' END", "v": "(CASE WHEN length(v) > 2 THEN left(v, 2) || '***' WHEN v IS NOT NULL THEN '***' END)::varchar(12)",
	}, "")},
	{name: "partial_last", policies: []string{rule("t, v", "{mask: partial, args: {last: \"3\"}}")}, sees: everywhere(map[string]string{
		"t": "CASE WHEN length(t) > 3 THEN '***' || right(t, 3) WHEN t IS NOT NULL THEN '***' END", "v": "(CASE WHEN length(v) > 3 THEN '***' || right(v, 3) WHEN v IS NOT NULL THEN '***' END)::varchar(12)",
	}, "")},
	{name: "partial_of_what_it_cannot", policies: []string{rule("i4, n, d, u", "{mask: partial, args: {first: \"2\"}}")}, sees: everywhere(nulls("i4", "n", "d", "u"), "")},
	{name: "to_hour", policies: []string{rule("ts, tz", "{mask: generalise, args: {to: hour}}")}, sees: everywhere(all("date_trunc('hour', COLUMN)", "ts", "tz"), "")},
	{name: "to_day", policies: []string{rule("ts, tz", "{mask: generalise, args: {to: day}}")}, sees: everywhere(map[string]string{"ts": "date_trunc('day', ts)", "tz": "date_trunc('day', tz, 'UTC')"}, "")},
	{name: "to_week", policies: []string{rule("d, ts, tz", "{mask: generalise, args: {to: week}}")}, sees: everywhere(map[string]string{"d": "date_trunc('week', d)::date", "ts": "date_trunc('week', ts)", "tz": "date_trunc('week', tz, 'UTC')"}, "")},
	{name: "to_month", policies: []string{rule("d, ts, tz", "{mask: generalise, args: {to: month}}")}, sees: everywhere(map[string]string{"d": "date_trunc('month', d)::date", "ts": "date_trunc('month', ts)", "tz": "date_trunc('month', tz, 'UTC')"}, "")},
	{name: "to_quarter", policies: []string{rule("d, ts, tz", "{mask: generalise, args: {to: quarter}}")}, sees: everywhere(map[string]string{"d": "date_trunc('quarter', d)::date", "ts": "date_trunc('quarter', ts)", "tz": "date_trunc('quarter', tz, 'UTC')"}, "")},
	{name: "to_year", policies: []string{rule("d, ts, tz", "{mask: generalise, args: {to: year}}")}, sees: everywhere(map[string]string{"d": "date_trunc('year', d)::date", "ts": "date_trunc('year', ts)", "tz": "date_trunc('year', tz, 'UTC')"}, "")},
	{name: "buckets", policies: []string{rule("i2, i4, i8, n, f", "{mask: generalise, args: {bucket: 10}}")}, sees: everywhere(map[string]string{
		"i2": "(i2 / 10 * 10)::smallint", "i4": "i4 / 10 * 10", "i8": "i8 / 10 * 10", "n": "(trunc(n / 10) * 10)::numeric(10,2)",
		"f": "CASE WHEN abs(f) < 10 THEN 0 WHEN abs(f) < 1e15 THEN trunc(f / 10) * 10 END",
	}, "")},
	{name: "places", policies: []string{rule("t, country", "{mask: generalise, args: {map: {Berlin: Germany, DE: Europe, alpha: greek}, else: elsewhere}}")}, sees: everywhere(map[string]string{
		"t":       "CASE WHEN t = 'Berlin' THEN 'Germany' WHEN t = 'DE' THEN 'Europe' WHEN t = 'alpha' THEN 'greek' WHEN t IS NOT NULL THEN 'elsewhere' END",
		"country": "CASE WHEN country = 'DE' THEN 'Europe' WHEN country IS NOT NULL THEN 'elsewhere' END",
	}, "")},
	{name: "places_without_else", policies: []string{rule("country", "{mask: generalise, args: {map: {DE: Europe}}}")}, sees: everywhere(map[string]string{"country": "CASE WHEN country = 'DE' THEN 'Europe' END"}, "")},
	{name: "own_sql", policies: []string{rule("t", `{mask: sql, args: {expression: "CASE WHEN country = principal.attributes.country THEN t ELSE 'abroad' END"}}`)}, sees: map[string]view{
		"ann": {columns: map[string]string{"t": "CASE WHEN country = 'DE' THEN t ELSE 'abroad' END"}}, "bob": {columns: map[string]string{"t": "CASE WHEN country = 'FR' THEN t ELSE 'abroad' END"}},
		"bob_audits": {columns: map[string]string{"t": "CASE WHEN country = 'FR' THEN t ELSE 'abroad' END"}}, "*": {columns: map[string]string{"t": "'abroad'::text"}},
	}},
	{name: "own_sql_lookup", policies: []string{rule("n", `{mask: sql, args: {mayFail: true, expression: "CASE WHEN country IN (SELECT country FROM DOMAIN.staff WHERE who = principal.user) THEN n END"}}`)}, sees: map[string]view{
		"ann": {columns: map[string]string{"n": "(CASE WHEN country IN ('DE', 'IT') THEN n END)::numeric(10,2)"}}, "*": {columns: map[string]string{"n": "NULL::numeric(10,2)"}},
		"bob": {columns: map[string]string{"n": "(CASE WHEN country IN ('DE', 'FR') THEN n END)::numeric(10,2)"}}, "bob_audits": {columns: map[string]string{"n": "(CASE WHEN country IN ('DE', 'FR') THEN n END)::numeric(10,2)"}},
	}},
	{name: "by_attribute", policies: []string{matchAll + `rules: [{rowFilter: "country = principal.attributes.country"}]`}, sees: map[string]view{
		"ann": {where: "country = 'DE'"}, "bob": {where: "country = 'FR'"}, "bob_audits": {where: "country = 'FR'"}, "*": {where: "false"},
	}},
	{name: "by_user", policies: []string{matchAll + `rules: [{rowFilter: "boss = principal.user OR principal.user = 'otto'"}]`}, sees: map[string]view{
		"ann": {where: "boss = 'ann'"}, "bob": {where: "boss = 'bob'"}, "bob_audits": {where: "boss = 'bob'"}, "*": {},
	}},
	{name: "by_group", policies: []string{matchAll + `rules: [{rowFilter: "i4 > 0 OR 'owners' = ANY (principal.groups)"}]`}, sees: map[string]view{"otto": {}, "*": {where: "i4 > 0"}}},
	{name: "by_purpose", policies: []string{matchAll + `rules: [{rowFilter: "country <> 'FR' OR principal.purpose = 'audit'"}]`}, granted: "role: plain\n",
		grants: []string{"to: {groups: [readers]}\nproduct: by_purpose\npurpose: audit\n"},
		sees:   map[string]view{"bob_audits": {}, "*": {where: "country <> 'FR'"}}},
	{name: "by_lookup", policies: []string{matchAll + `rules: [{rowFilter: "country IN (SELECT country FROM DOMAIN.staff WHERE who = principal.user AND level > 0)"}]`}, sees: map[string]view{
		"ann": {where: "country IN ('DE', 'IT')"}, "bob": {where: "country = 'FR'"}, "bob_audits": {where: "country = 'FR'"}, "*": {where: "false"},
	}},
	{name: "by_lookup_elsewhere", policies: []string{matchAll + `rules: [{rowFilter: "EXISTS (SELECT 1 FROM OTHER.staff s WHERE s.country = by_lookup_elsewhere.country AND s.who = principal.user)"}]`}, sees: map[string]view{
		"ann": {where: "country IN ('DE', 'IT')"}, "bob": {where: "country IN ('FR', 'DE')"}, "bob_audits": {where: "country IN ('FR', 'DE')"}, "*": {where: "false"},
	}},
	{name: "not_in_lookup", policies: []string{matchAll + `rules: [{rowFilter: "country NOT IN (SELECT country FROM DOMAIN.staff WHERE who = 'bob')"}]`}, sees: everywhere(nil, "country NOT IN ('FR', 'DE')")},
	{name: "filters_add_up", policies: []string{matchAll + `rules: [{rowFilter: "i4 <> 17"}, {rowFilter: "b"}]`, "domain:match: {products: [filters_add_up]}\nrules: [{rowFilter: \"n < 100\"}]"}, sees: everywhere(nil, "i4 <> 17 AND b AND n < 100")},
	{name: "filter_then_mask", policies: []string{matchAll + `rules: [{rowFilter: "t = 'alpha'"}]`, rule("t", `{mask: "null"}`)}, sees: everywhere(nulls("t"), "t = 'alpha'")},
	{name: "scopes", granted: "-", grants: []string{
		"to: {groups: [readers]}\nproduct: scopes\nrowFilter: \"country = 'DE'\"\n", "to: {users: [ann]}\nproduct: scopes\nrowFilter: i4 < 0\n",
	}, sees: map[string]view{"ann": {where: "country = 'DE' OR i4 < 0"}, "*": {where: "country = 'DE'"}}},
	{name: "denied_rows", grants: []string{"to: {users: [bob]}\nproduct: denied_rows\ndeny: true\nrowFilter: i4 > 10\n"}, sees: map[string]view{
		"bob": {where: "(i4 > 10) IS FALSE"}, "bob_audits": {where: "(i4 > 10) IS FALSE"}, "*": {},
	}},
	{name: "denied_whole", grants: []string{"to: {users: [bob]}\nproduct: denied_whole\ndeny: true\n"}, sees: map[string]view{"bob": {code: "42P01"}, "bob_audits": {code: "42P01"}, "*": {}}},
	{name: "not_yet", granted: "notBefore: \"2999-01-01\"\n", sees: map[string]view{"*": {code: "42P01"}}},
	{name: "no_more", granted: "expires: \"2001-01-01\"\n", sees: map[string]view{"*": {code: "42P01"}}},
	{name: "other_version", granted: "versions: \">=2\"\n", sees: map[string]view{"*": {code: "42P01"}}},
	{name: "except_user", policies: []string{"except: {users: [ann]}\n" + rule("t, n", `{mask: "null"}`)}, sees: unmasked("ann", nulls("t", "n"))},
	{name: "except_group", policies: []string{"except: {groups: [owners]}\n" + rule("t, n", `{mask: "null"}`)}, sees: unmasked("otto", nulls("t", "n"))},
	{name: "except_role", policies: []string{"except: {roles: [insider]}\n" + rule("t, n", `{mask: "null"}`)}, grants: []string{"to: {users: [ann]}\nproduct: except_role\nrole: insider\n"}, sees: unmasked("ann", nulls("t", "n"))},
	{name: "except_purpose", policies: []string{"except: {purposes: [audit]}\n" + rule("t, n", `{mask: "null"}`)}, grants: []string{"to: {users: [bob]}\nproduct: except_purpose\npurpose: audit\n"}, sees: unmasked("bob_audits", nulls("t", "n"))},
	{name: "bypass", policies: []string{"bypass: {users: [otto], reason: runs the place}\n" + rule("t, n", `{mask: "null"}`)}, sees: unmasked("otto", nulls("t", "n"))},
	{name: "hidden", policies: []string{rule("u, f, b", "{hideColumn: true}")}, sees: everywhere(all("-", "u", "f", "b"), "")},
	{name: "hidden_but", policies: []string{"except: {groups: [owners]}\n" + rule("u, f, b", "{hideColumn: true}")}, sees: unmasked("otto", all("-", "u", "f", "b"))},
	{name: "strongest", policies: []string{rule("t", "{mask: partial, args: {first: \"2\"}}"), "domain:match: {products: [strongest], columns: [t]}\nrules: [{mask: hash, args: {key: mesh}}]"},
		sees: everywhere(map[string]string{"t": "public.hash_text('mesh', t)"}, "")},
	{name: "weaker_for_those_excepted", policies: []string{"except: {groups: [owners]}\n" + rule("t", `{mask: "null"}`), "domain:match: {products: [weaker_for_those_excepted], columns: [t]}\nrules: [{mask: partial, args: {first: \"1\"}}]"},
		sees: map[string]view{"otto": {columns: map[string]string{"t": "CASE WHEN length(t) > 1 THEN left(t, 1) || '***' WHEN t IS NOT NULL THEN '***' END"}}, "*": {columns: nulls("t")}}},
	{name: "overridden", policies: []string{"domainsMay: override\n" + rule("t", `{mask: "null"}`), "domain:match: {products: [overridden], columns: [t]}\nrules: [{mask: partial, args: {first: \"1\"}}]"},
		sees: everywhere(map[string]string{"t": "CASE WHEN length(t) > 1 THEN left(t, 1) || '***' WHEN t IS NOT NULL THEN '***' END"}, "")},
	{name: "overridden_rows", policies: []string{"domainsMay: override\n" + matchAll + `rules: [{rowFilter: "i4 > 0"}]`, "domain:match: {products: [overridden_rows]}\nrules: [{rowFilter: \"i4 < 5\"}]"}, sees: everywhere(nil, "i4 < 5")},
	{name: "not_shown", policies: []string{"except: {groups: [owners]}\n" + rule("t, i4", "{noProject: true}")}, asks: noProjectAsks, sees: everywhere(nil, "")},
	{name: "not_compared", policies: []string{"except: {groups: [owners]}\n" + rule("t, i4", `{mask: "null", onPredicate: refuse}`)}, asks: onPredicateAsks, sees: unmasked("otto", nulls("t", "i4"))},
	{name: "compared_masked", policies: []string{rule("t", "{mask: partial, args: {first: \"2\"}, onPredicate: masked}"), rule("d", "{mask: generalise, args: {to: year}, onPredicate: masked}")}, sees: everywhere(map[string]string{
		"t": "CASE WHEN length(t) > 2 THEN left(t, 2) || '***' WHEN t IS NOT NULL THEN '***' END", "d": "date_trunc('year', d)::date"}, "")},
	{name: "in_groups", policies: []string{"except: {groups: [owners]}\n" + matchAll + "rules: [{aggregateOnly: {minGroup: 2, dimensions: [country, b, boss]}}]"}, asks: aggregateAsks, sees: everywhere(nil, "")},
	{name: "in_groups_of_rows_seen", policies: []string{"except: {groups: [owners]}\n" + matchAll + "rules: [{aggregateOnly: {minGroup: 2, dimensions: [country, b, boss]}}]", matchAll + `rules: [{rowFilter: "i4 > 0"}]`},
		asks: aggregateAsks, sees: everywhere(nil, "i4 > 0")},
	{name: "in_groups_of_people", policies: []string{"except: {groups: [owners]}\n" + matchAll + "rules: [{aggregateOnly: {minGroup: 2, of: boss, dimensions: [country, b]}}]"}, asks: aggregateOfAsks, sees: everywhere(nil, "")},
	{name: "derived", derived: "SELECT * FROM DOMAIN.filter_then_mask", rights: "definer", sees: everywhere(nulls("t"), "t = 'alpha'")},
	{name: "derived_some_rows", derived: "SELECT * FROM DOMAIN.by_attribute WHERE i2 > 0", rights: "definer", sees: map[string]view{
		"ann": {where: "country = 'DE' AND i2 > 0"}, "bob": {where: "country = 'FR' AND i2 > 0"}, "bob_audits": {where: "country = 'FR' AND i2 > 0"}, "*": {where: "false"}}},
	{name: "derived_for_readers", derived: "SELECT * FROM DOMAIN.partial_first", rights: "invoker", sees: everywhere(map[string]string{
		"t": "CASE WHEN length(t) > 2 THEN left(t, 2) || '***' WHEN t IS NOT NULL THEN '***' END", "v": "(CASE WHEN length(v) > 2 THEN left(v, 2) || '***' WHEN v IS NOT NULL THEN '***' END)::varchar(12)"}, "")},
	{name: "derived_and_masked", derived: "SELECT * FROM DOMAIN.to_year", rights: "definer", policies: []string{rule("n", `{mask: "null"}`)}, sees: everywhere(joinMaps(nulls("n"),
		map[string]string{"d": "date_trunc('year', d)::date", "ts": "date_trunc('year', ts)", "tz": "date_trunc('year', tz, 'UTC')"}), "")},
}

// setQuestions are asked of every set. TABLE is the product, or its view.
var setQuestions = []string{
	"SELECT * FROM TABLE ORDER BY id",
	"SELECT count(*), count(t), count(i4), min(i8), max(d) FROM TABLE",
	"SELECT t, count(*) FROM TABLE GROUP BY t ORDER BY 1",
	"SELECT id FROM TABLE WHERE t = 'alpha' OR i4 = 17 ORDER BY 1",
	"SELECT id FROM TABLE WHERE t LIKE '%a%' OR v IS NULL ORDER BY 1",
	"SELECT id FROM TABLE WHERE d >= '2000-01-01' AND i8 > 5 ORDER BY 1",
	"SELECT a.id, b.id FROM TABLE a JOIN TABLE b ON a.t = b.t AND a.i4 = b.i4 ORDER BY 1, 2",
	"SELECT id FROM TABLE WHERE 10 / (id - 4) > 0 ORDER BY 1",
	"SELECT id, 10 / (id - 5) FROM TABLE WHERE country = 'DE' ORDER BY 1",
	"SELECT id, t::integer FROM TABLE ORDER BY 1",
	"SELECT DISTINCT n, country FROM TABLE ORDER BY 1, 2",
	"SELECT id, rank() OVER (ORDER BY i8, t) FROM TABLE ORDER BY 1",
	"SELECT id FROM TABLE x WHERE EXISTS (SELECT FROM TABLE y WHERE y.i4 = x.i4 AND y.id <> x.id) ORDER BY 1",
	"SELECT id, ts, tz, u, f, b, i2 FROM TABLE ORDER BY 1",
	"SELECT sum(n), avg(i4), sum(i8), max(f) FROM TABLE",
	"SELECT id, v || '-' || t FROM (SELECT * FROM TABLE WHERE t IS NOT NULL) s WHERE v <> '' ORDER BY id LIMIT 2",
	"SELECT country, max(n), min(ts), count(DISTINCT t) FROM TABLE WHERE b OR i2 > 0 GROUP BY ROLLUP (country) ORDER BY 1, 2",
	"SELECT id FROM TABLE WHERE u = '6ba7b810-9dad-11d1-80b4-00c04fd430c8' OR tz < '2020-06-01' UNION SELECT i4 FROM TABLE ORDER BY 1",
}

// columnsText is a view's SELECT list.
func (v view) columnsText() string {
	var list []string
	for _, c := range kindColumns {
		switch e := v.columns[c.name]; e {
		case "":
			list = append(list, c.name)
		case "-":
		default:
			list = append(list, e+" AS "+c.name)
		}
	}
	return strings.Join(list, ", ")
}

func (s policySet) seenBy(who string) view {
	if v, ok := s.sees[who]; ok {
		return v
	}
	return s.sees["*"]
}

var setDomains = []string{"pg", "fs"}

// setMesh publishes a copy of raw.kinds for each set, in each kind of store.
func setMesh(t *testing.T, oracle *testservers.PostgresServer, conn *pgx.Conn) *meshFixture {
	t.Helper()
	m := newMesh(t)
	key := filepath.Join(t.TempDir(), "hash.key")
	must(t, os.WriteFile(key, []byte("key of the tests"), 0o600))
	m.write("mesh.yaml", "apiVersion: mesh/v1\nkind: Mesh\nname: test\ndefaults: {access: deny, unknownClassification: internal}\nhashKeyRef: {file: "+key+"}\n")
	m.user("ann", "{country: DE}", "readers")
	m.user("bob", "{country: FR}", "readers")
	m.user("otto", "", "readers", "owners")
	must(t, os.MkdirAll(filepath.Join(m.dir, "lake"), 0o755))
	m.domain("pg", m.serverSource("postgres", oracle.Host, oracle.Port, oracle.Database, oracle.User, oracle.Password))
	m.domain("fs", "type: files\npath: lake\n")
	staff := []fixtureColumn{{"who", "text", ""}, {"country", "text", ""}, {"level", "integer", ""}}
	m.productIn("pg", "staff", "raw", staff)
	copyToCSV(t, conn, filepath.Join(m.dir, "lake", "staff.csv"), storedTable{schema: "raw", name: "staff"})
	m.product("fs", "staff", "staff.csv", staff...)
	for i, domain := range setDomains {
		other := setDomains[1-i]
		m.write("domains/"+domain+"/grants/staff.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: "+domain+".staff\nto: {domains: [pg, fs]}\nproduct: staff\n")
		m.write("domains/"+domain+"/grants/audit.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: "+domain+".audit\nto: {groups: [readers]}\nproduct: staff\npurpose: audit\n")
		for _, s := range policySets {
			m.publishSet(t, conn, s, domain, other)
		}
	}
	return m
}

func (m *meshFixture) publishSet(t *testing.T, conn *pgx.Conn, s policySet, domain, other string) {
	t.Helper()
	if domain == "pg" {
		_, err := conn.Exec(t.Context(), "CREATE TABLE raw."+s.name+" AS TABLE raw.kinds")
		must(t, err)
		m.productIn(domain, s.name, "raw", kindColumns)
	} else {
		copyToCSV(t, conn, filepath.Join(m.dir, "lake", s.name+".csv"), storedTable{schema: "raw", name: s.name})
		m.product(domain, s.name, s.name+".csv", kindColumns...)
	}
	if s.derived != "" { // in place of the table just published
		m.derive(domain, s.name, s.rights, strings.NewReplacer("DOMAIN", domain, "OTHER", other).Replace(s.derived))
	}
	if s.granted != "-" {
		m.write(fmt.Sprintf("domains/%s/grants/%s.grant.yaml", domain, s.name), fmt.Sprintf(
			"apiVersion: mesh/v1\nkind: Grant\nid: %s.%s.readers\nto: {groups: [readers]}\nproduct: %s\n%s", domain, s.name, s.name, s.granted))
	}
	for i, g := range s.grants {
		m.write(fmt.Sprintf("domains/%s/grants/%s-%d.grant.yaml", domain, s.name, i), fmt.Sprintf("apiVersion: mesh/v1\nkind: Grant\nid: %s.%s.%d\n%s", domain, s.name, i, g))
	}
	in := strings.NewReplacer("TABLE", domain+"."+s.name, "DOMAIN", domain, "OTHER", other)
	for i, p := range s.policies {
		id := fmt.Sprintf("%s.%s-%d", domain, s.name, i)
		if body, own := strings.CutPrefix(p, "domain:"); own {
			m.write("domains/"+domain+"/policies/"+id+".policy.yaml", "apiVersion: mesh/v1\nkind: Policy\nid: "+id+"\nowner: someone\n"+in.Replace(body)+"\n")
			continue
		}
		m.policy(id, in.Replace(p)+"\n")
	}
}

// TestPolicySets asks questions of each set as each reader from each kind of store, with
// all rules and with none or a random half, and compares with a view written by hand. A
// quarter of the questions, which differ from set to set, unless SLUICE_SETS=all.
func TestPolicySets(t *testing.T) {
	oracle := testservers.Postgres(t).NewDatabase(t)
	oracle.Exec(t, readFile(t, policyDirectory+"/sets/kinds.sql"))
	conn := connectTo(t, oracle.DSN)
	gateway := setMesh(t, oracle, conn).serve()
	random := seededRandom(t)
	_, err := conn.Exec(t.Context(), "SET TimeZone = 'UTC'")
	must(t, err)
	equal, asked, whole := 0, 0, os.Getenv("SLUICE_SETS") == "all"
	for _, who := range setReaders {
		client := gateway.connect(t, who.user)
		_, err := client.Exec(t.Context(), "SET TimeZone = 'UTC'; SET sluice.purpose = '"+who.purpose+"'")
		must(t, err)
		for _, domain := range setDomains {
			for i, s := range policySets {
				v := s.seenBy(who.name)
				text := "DROP VIEW IF EXISTS raw.seen; CREATE VIEW raw.seen WITH (security_barrier) AS SELECT " + v.columnsText() + " FROM raw." + s.name
				if v.where != "" {
					text += " WHERE " + v.where
				}
				_, err := conn.Exec(t.Context(), strings.ReplaceAll(text, "DOMAIN", domain))
				must(t, err)
				for k, both := range s.questions(who.name) {
					if !whole && (i+k)%4 > 0 {
						continue
					}
					asked++
					q, want := both.ask, answer{code: both.hand}
					if len(both.hand) > 5 {
						want = ask(t.Context(), conn, strings.ReplaceAll(both.hand, "TABLE", "raw.seen"))
					}
					if v.code != "" {
						want = answer{code: v.code}
					}
					if diff := askedWithout(t, client, strings.ReplaceAll(q, "TABLE", domain+"."+s.name), want, "", []string{"all", half(random)}[random.IntN(2)]); diff != "" {
						t.Errorf("%s as %s of %s.%s: %s", q, who.name, domain, s.name, diff)
						continue
					}
					equal++
				}
			}
		}
	}
	t.Logf("policies: %d of %d equal (%d sets, %d readers, %d stores, %d questions and %d on uses)", equal, asked, len(policySets), len(setReaders), len(setDomains), len(setQuestions), len(noProjectAsks)+len(onPredicateAsks)+len(aggregateAsks))
}

// askedWithout asks under several choices of rules and gives the first difference. Of
// errors only the code counts: PostgreSQL speaks of views.
func askedWithout(t *testing.T, client *pgx.Conn, sql string, want answer, choices ...string) string {
	t.Helper()
	for _, off := range choices {
		must(t, set(t.Context(), client, off))
		got := ask(t.Context(), client, sql)
		if want.code != "" && got.code == want.code {
			continue
		}
		if !strings.Contains(sql, "ORDER BY") {
			got, want = got.sorted(), want.sorted()
		}
		if diff := difference(got, want); diff != "" {
			return fmt.Sprintf("without [%s]: %s", off, diff)
		}
	}
	return ""
}
