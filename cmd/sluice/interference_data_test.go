package main

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// The tables of the non-interference tests: the same in each kind of source.
// hides says of each column of a visible row how much of it its mask hides.
var (
	secretTables = []secretTable{
		{name: "people", columns: []secretColumn{
			{name: "id", of: "integer"}, {name: "grp", of: "integer"}, {name: "x", of: "integer"}, {name: "label", of: "text"},
			{name: "secret", of: "integer", more: "tags: [pii]", hides: wholly},
			{name: "pay", of: "numeric(10,2)", more: "tags: [pii.money]", hides: wholly},
			{name: "email", of: "text", more: "tags: [pii.email]", hides: localPart},
			{name: "code", of: "varchar(12)", more: "tags: [pii.code]", hides: behindTwo},
			{name: "pseudo", of: "text", more: "tags: [pseudonym]"},
			{name: "born", of: "date", more: "tags: [pii]", hides: wholly},
			{name: "hid", of: "text", more: "tags: [closed]", hides: wholly},
			{name: "region", of: "text"}, {name: "ratio", of: "double precision"},
		}},
		{name: "facts", columns: []secretColumn{
			{name: "id", of: "bigint"}, {name: "person", of: "integer"}, {name: "kind", of: "text"}, {name: "amount", of: "numeric(12,3)"},
			{name: "n", of: "integer"}, {name: "at", of: "timestamp"}, {name: "note", of: "text"},
		}},
		{name: "open", columns: []secretColumn{{name: "id", of: "integer"}, {name: "k", of: "integer"}, {name: "t", of: "text"}}},
		{name: "closed", columns: []secretColumn{{name: "id", of: "integer", hides: wholly}, {name: "v", of: "text", hides: wholly}}},
		{name: "staff", columns: []secretColumn{
			{name: "id", of: "integer"}, {name: "grp", of: "integer"},
			{name: "gone", of: "text", more: "tags: [vanished]", hides: wholly},
			{name: "held", of: "text", more: "tags: [withheld]"},
			{name: "guarded", of: "integer", more: "tags: [guarded]", hides: withinTen},
			{name: "joined", of: "date", more: "tags: [day]", hides: dayOfMonth},
			{name: "region", of: "text"},
		}},
		{name: "visits", columns: []secretColumn{{name: "id", of: "integer"}, {name: "person", of: "integer"}, {name: "note", of: "text"}}},
		{name: "owners", columns: []secretColumn{{name: "id", of: "integer"}, {name: "k", of: "integer"}, {name: "owner", of: "text"}}},
		{name: "pays", columns: []secretColumn{
			{name: "id", of: "integer"}, {name: "person", of: "integer"}, {name: "dep", of: "text"}, {name: "amount", of: "integer"}, {name: "region", of: "text"},
		}},
	}
	secretDomains = []string{"pg", "my", "fs"}
)

// What a mask hides of a value.
const (
	nothing = iota
	wholly
	localPart // of an e-mail address
	behindTwo // what follows the first two characters
	withinTen // the last digit
	dayOfMonth
)

type secretTable struct {
	name    string
	columns []secretColumn
}

type secretColumn struct {
	name, of, more string
	hides          int
}

// values are what columns are drawn from: few, so that joins and groups meet, and such
// as make expressions fail (x = 5, text that is no number, the largest integers).
var drawn = map[string][]string{
	"integer": {"0", "1", "2", "3", "4", "5", "-1", "7", "2147483647", "-2147483648", ""},
	"bigint":  {"1", "2", "3"},
	"text": {
		"a", "A", "b", "abc", "12", "5", "0", "v1", "v2", "vx", "(", "[a", "%", `x\`, "{}", `{"k": 1}`, "2024-02-30", "2024-02-28", "it's",
		"true", "1e400", "é", "NaN", "",
	},
	"varchar(12)":      {"ab1", "ab22", "cd", "12x", "xyz", "5", "", "ab(", "77"},
	"numeric(10,2)":    {"0.00", "1.50", "-3.25", "99999999.99", "5.00", ""},
	"numeric(12,3)":    {"0.000", "1.500", "12.125", "-7.250", "999999999.999", "5.000", ""},
	"date":             {"2024-02-29", "1970-01-01", "0001-01-01", "2023-12-31", ""},
	"timestamp":        {"2024-03-31 02:30:00", "1999-12-31 23:59:59", "2024-01-01 00:00:00", ""},
	"double precision": {"0", "0.5", "-2.5", "1e300", "5", ""},
}

// null stands for NULL in a row; "" in drawn means it too.
const null = "\x00"

func draw(r *rand.Rand, of string) string {
	if v := drawn[of][r.IntN(len(drawn[of]))]; v != "" {
		return v
	}
	return null
}

// marks stand only where the reader may not see: whoever hears one has been told.
const textMark, numberMark = "zq", "7712345"

// heldMark stands in values that may be compared and never shown.
const heldMark = "wz"

// drawHidden draws a value that is hidden, often a mark.
func drawHidden(r *rand.Rand, of string) string {
	if r.IntN(3) > 0 {
		return draw(r, of)
	}
	switch of {
	case "integer":
		return numberMark
	case "text", "varchar(12)":
		return textMark + []string{"", "1", "(", `\`}[r.IntN(4)]
	case "numeric(10,2)":
		return numberMark + ".00"
	}
	return draw(r, of)
}

// secretRow is a row; hidden says that a row filter keeps it from the reader.
type secretRow struct {
	values []string
	hidden bool
}

// visiblePart draws the rows that the reader may see.
func (s secretTable) visiblePart(r *rand.Rand) []secretRow {
	rows := make([]secretRow, r.IntN(14))
	if s.name == "owners" {
		rows = nil
	}
	for i := range rows {
		rows[i] = s.row(r, 2*i+2, false)
	}
	return rows
}

// others draws the rows of the tables whose policies look at more than their own row.
//
//	visits   are visible for persons that owners name for the reader: 0, 1 and 2
//	pays     are visible as groups of three persons or more, of one region: two persons
//	         are in either of two departments that are too small
func (s secretTable) others(r *rand.Rand, visible []secretRow) []secretRow {
	rows := slices.Clone(visible)
	id := 1
	add := func(values ...string) {
		rows = append(rows, secretRow{values: append([]string{fmt.Sprint(id)}, values...)})
		id += 2
	}
	switch s.name {
	case "visits":
		for range r.IntN(30) {
			add([]string{"3", "4", "77", null}[r.IntN(4)], textMark+drawn["text"][r.IntN(12)])
		}
	case "owners":
		for k := range 3 {
			for range 1 + r.IntN(2) {
				add(fmt.Sprint(k), "reader")
			}
		}
		for range r.IntN(20) {
			add(fmt.Sprint(r.IntN(9)), []string{"somebody", null, "READER"}[r.IntN(3)])
		}
	case "pays":
		for _, amount := range []string{"5", "12"} {
			add(amount, []string{"s1", "s2"}[r.IntN(2)], amount, "EU")
		}
		for range r.IntN(30) {
			add(fmt.Sprint(r.IntN(40)), []string{"a", "b", "s1", "h"}[r.IntN(4)], draw(r, "integer"), "NA")
		}
	}
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows
}

// row draws one. Even identities are visible, odd ones hidden.
func (s secretTable) row(r *rand.Rand, id int, hidden bool) secretRow {
	row := secretRow{hidden: hidden, values: make([]string, len(s.columns))}
	for i, c := range s.columns {
		row.values[i] = draw(r, c.of)
		if hidden {
			row.values[i] = drawHidden(r, c.of)
		}
		switch c.name {
		case "id":
			row.values[i] = fmt.Sprint(id)
		case "grp", "person", "k":
			row.values[i] = fmt.Sprint(r.IntN(6))
		case "email":
			row.values[i] = drawn["text"][r.IntN(8)] + "@" + []string{"one.example", "two.example"}[r.IntN(2)]
		}
		row.values[i] = s.placed(r, c, row.values[i], hidden)
	}
	if s.name == "facts" && hidden { // each domain's filter hides it
		row.values[2], row.values[6] = "h", textMark+drawn["text"][r.IntN(12)]
	}
	return row
}

// placed makes the columns that row filters read what they must be.
func (s secretTable) placed(r *rand.Rand, c secretColumn, value string, hidden bool) string {
	switch s.name + "." + c.name {
	case "people.region":
		if hidden {
			return []string{"NA", null, "eu", "EU "}[r.IntN(4)]
		}
		return "EU"
	case "staff.region":
		if hidden {
			return []string{"NA", null}[r.IntN(2)]
		}
		return "EU"
	case "staff.held":
		if hidden {
			return textMark + drawn["text"][r.IntN(12)]
		}
		return heldMark + drawn["text"][r.IntN(12)]
	case "staff.guarded":
		return fmt.Sprint(r.IntN(40))
	case "visits.person":
		return fmt.Sprint(r.IntN(3))
	case "pays.dep":
		return []string{"a", "b"}[r.IntN(2)]
	case "pays.region":
		return "EU"
	case "facts.kind":
		return []string{"a", "b", "5", "H"}[r.IntN(4)]
	case "facts.n":
		return fmt.Sprint(r.IntN(8))
	case "facts.note":
		return "v" + drawn["text"][r.IntN(12)]
	}
	return value
}

// with gives a data set that agrees in all that may be seen: other values under the
// masks, other hidden rows among the visible ones, which stand in another order.
func (s secretTable) with(r *rand.Rand, visible []secretRow) []secretRow {
	var rows []secretRow
	switch s.name {
	case "open":
		return visible
	case "visits", "owners", "pays":
		return s.others(r, visible)
	}
	hidden := 0
	add := func(n int) {
		for ; n > 0; n-- {
			rows = append(rows, s.row(r, 2*hidden+1, true))
			hidden++
		}
	}
	many := 4
	if r.IntN(6) == 0 {
		many = 400 // enough for several batches
	}
	visible = slices.Clone(visible)
	r.Shuffle(len(visible), func(i, j int) { visible[i], visible[j] = visible[j], visible[i] })
	for _, row := range visible {
		add(r.IntN(many))
		row.values = slices.Clone(row.values)
		for i, c := range s.columns {
			row.values[i] = hiddenPart(r, c, row.values[i])
		}
		rows = append(rows, row)
	}
	add(r.IntN(many))
	return rows
}

// hiddenPart redraws what the column's mask hides of a value.
func hiddenPart(r *rand.Rand, c secretColumn, value string) string {
	switch {
	case c.name == "id", c.hides == nothing, value == null && c.hides != wholly:
		return value
	case c.hides == wholly:
		return drawHidden(r, c.of)
	case c.hides == localPart:
		return []string{"x", "longer", "1/0", textMark}[r.IntN(4)] + value[strings.LastIndex(value, "@"):]
	case c.hides == withinTen:
		return value[:len(value)-1] + fmt.Sprint(r.IntN(10))
	case c.hides == dayOfMonth:
		return value[:8] + fmt.Sprintf("%02d", 1+r.IntN(28))
	case len(value) <= 2: // hidden whole, however long
		return []string{"a", textMark, "5"}[r.IntN(3)]
	default:
		return value[:2] + []string{"x", "yy" + textMark, "(", "9"}[r.IntN(4)]
	}
}

// secretStores are the three stores of one gateway.
type secretStores struct {
	postgres *pgx.Conn
	maria    *sql.DB
	files    string
	writer   *duckdb.Engine
}

// newSecretMesh describes the stores. extra adds products nobody may discover, so that
// the two catalogs differ too.
func newSecretMesh(t testing.TB, extra bool) (*meshFixture, *secretStores) {
	t.Helper()
	m := newMesh(t)
	m.write("governance/tags.yaml", `apiVersion: mesh/v1
kind: TagVocabulary
classifications: [public, internal, confidential, restricted]
tags:
  pii: {description: Personal data}
  pii.email: {parent: pii, description: E-mail}
  pii.money: {parent: pii, description: Money}
  pii.code: {parent: pii, description: Code}
  pseudonym: {parent: pii, description: Stands for a person}
  closed: {description: Nobody reads it}
  vanished: {description: Does not exist}
  withheld: {description: Is not shown}
  guarded: {description: Is not compared}
  day: {description: A day}
  primary: {description: The object behind the bare product address}
`)
	pg, my := testservers.Postgres(t).NewDatabase(t), testservers.MariaDB(t).NewDatabase(t)
	stores := &secretStores{postgres: connectTo(t, pg.DSN), files: filepath.Join(m.dir, "files")}
	var err error
	stores.maria, err = sql.Open("mysql", my.DSN)
	must(t, err)
	t.Cleanup(func() { _ = stores.maria.Close() })
	must(t, os.MkdirAll(stores.files, 0o755))
	stores.writer, err = duckdb.Open(duckdb.Options{AllowedDirectories: []string{stores.files}})
	must(t, err)
	t.Cleanup(func() { _ = stores.writer.Close() })

	m.domain("pg", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.domain("my", m.serverSource("mariadb", my.Host, my.Port, my.Database, my.User, my.Password))
	m.domain("fs", "type: files\npath: files\n")
	for _, domain := range secretDomains {
		for _, s := range secretTables {
			if s.name == "closed" && !extra && domain != "pg" {
				continue
			}
			m.product(domain, s.name, s.path(domain), s.fixture()...)
		}
		if extra {
			m.product(domain, "another_"+domain, secretTables[2].path(domain), secretTables[2].fixture()...)
		}
	}
	stores.create(t)
	m.secretPolicies(t)
	return m, stores
}

// path is a file's; people are kept as CSV, all else as Parquet.
func (s secretTable) path(domain string) string {
	switch {
	case domain != "fs":
		return ""
	case s.name == "people":
		return "people.csv"
	}
	return s.name + ".parquet"
}

func (s secretTable) fixture() []fixtureColumn {
	columns := make([]fixtureColumn, len(s.columns))
	for i, c := range s.columns {
		columns[i] = fixtureColumn{c.name, c.of, c.more}
	}
	columns[0].more = "required: true, primaryKey: true, primaryKeyPosition: 1"
	return columns
}

// secretPolicies are the masks, the row filters and the grants.
func (m *meshFixture) secretPolicies(t testing.TB) {
	key := filepath.Join(t.TempDir(), "hash.key")
	must(t, os.WriteFile(key, []byte("key of the tests"), 0o600))
	m.write("mesh.yaml", "apiVersion: mesh/v1\nkind: Mesh\nname: test\ndefaults: {access: deny, unknownClassification: internal}\nhashKeyRef: {file: "+key+"}\n")
	m.policy("global.pii", `match: {tags: [pii]}
rules:
  - {mask: partial, when: {tags: [pii.email]}, args: {keep: domain}}
  - {mask: constant, when: {tags: [pii.money]}, args: {value: "0.00"}}
  - {mask: partial, when: {tags: [pii.code]}, args: {first: "2"}}
  - {mask: hash, when: {tags: [pseudonym]}, args: {key: mesh}}
  - {mask: "null"}
`)
	m.policy("global.vanished", "match: {tags: [vanished]}\nrules: [{hideColumn: true}]\n")
	m.policy("global.withheld", "match: {tags: [withheld]}\nrules: [{noProject: true}]\n")
	m.policy("global.guarded", "match: {tags: [guarded]}\nrules: [{mask: generalise, args: {bucket: 10}, onPredicate: refuse}]\n")
	m.policy("global.day", "match: {tags: [day]}\nrules: [{mask: generalise, args: {to: month}, onPredicate: masked}]\n")
	m.policy("global.pays", "match: {products: [pg.pays, my.pays, fs.pays]}\nrules: [{aggregateOnly: {minGroup: 3, of: person, dimensions: [dep]}}]\n")
	m.policy("global.region", "match: {products: [pg.people, my.people, fs.people, pg.staff, my.staff, fs.staff, pg.pays, my.pays, fs.pays]}\nrules: [{rowFilter: \"region = principal.attributes.region\"}]\n")
	for domain, filter := range map[string]string{
		"pg": "n >= 0 AND kind <> 'h'", "my": "kind <> 'h' AND length(note) < 200", "fs": "note ~ '^v'",
	} {
		m.write("domains/"+domain+"/policies/facts.policy.yaml", fmt.Sprintf(
			"apiVersion: mesh/v1\nkind: Policy\nid: %s.facts\nowner: someone\nmatch: {products: [facts]}\nrules: [{rowFilter: %q}]\n", domain, filter))
		m.grant(domain, "people", "readers", "columns: [id, grp, x, label, secret, pay, email, code, pseudo, born, region, ratio]\n")
		m.grant(domain, "facts", "readers", "")
		for _, name := range []string{"open", "staff", "visits", "pays"} {
			m.grant(domain, name, "readers", "")
		}
	}
	m.secretLookups()
	m.secretViews()
	m.user("reader", "{region: EU}", "readers")
}

// secretLookups are row filters that read what the reader may not, in the same source and
// in others.
func (m *meshFixture) secretLookups() {
	for domain, keys := range map[string]string{"pg": "my.owners", "my": "my.owners", "fs": "pg.owners"} {
		m.write("domains/"+domain+"/policies/visits.policy.yaml", "apiVersion: mesh/v1\nkind: Policy\nid: "+domain+
			".visits\nowner: someone\nmatch: {products: [visits]}\nrules: [{rowFilter: \"person IN (SELECT k FROM "+keys+" WHERE owner = principal.user)\"}]\n")
	}
	for _, domain := range []string{"pg", "my"} {
		m.write("domains/"+domain+"/grants/keys.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: "+domain+".keys\nto: {domains: [pg, my, fs]}\nproduct: owners\n")
	}
}

// secretViews are derived products, with rights of either kind, of which some can fail.
var secretViews = []struct {
	name, rights, query string
	columns             []secretColumn
}{
	{"pairs", "invoker", "SELECT p.id, p.label, p.email, f.note, f.n FROM pg.people p JOIN my.facts f ON f.person = p.grp",
		[]secretColumn{{name: "id", of: "integer"}, {name: "label", of: "text"}, {name: "email", of: "text"}, {name: "note", of: "text"}, {name: "n", of: "integer"}}},
	{"ratios", "invoker", "SELECT id, label, 100 / (x - 4) AS share, x FROM fs.people WHERE 10 / (x - 7) < 9",
		[]secretColumn{{name: "id", of: "integer"}, {name: "label", of: "text"}, {name: "share", of: "integer"}, {name: "x", of: "integer"}}},
	{"risks", "definer", "SELECT id, kind, note, n, 100 / (n - 6) AS share FROM pg.facts WHERE 10 / (n - 5) < 9",
		[]secretColumn{{name: "id", of: "bigint"}, {name: "kind", of: "text"}, {name: "note", of: "text"}, {name: "n", of: "integer"}, {name: "share", of: "integer"}}},
	{"sums", "definer", "SELECT f.kind, count(*) AS n, max(f.note) AS note FROM my.facts f JOIN fs.facts g ON g.person = f.person WHERE f.note::text < g.note GROUP BY f.kind",
		[]secretColumn{{name: "kind", of: "text"}, {name: "n", of: "bigint"}, {name: "note", of: "text"}}},
}

func (m *meshFixture) secretViews() {
	m.write("domains/mart/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: mart\ndescription: Test.\nowner: someone\n")
	for _, domain := range secretDomains {
		m.write("domains/"+domain+"/grants/mart.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: "+domain+".mart\nto: {domains: [mart]}\nproduct: facts\n")
	}
	for _, v := range secretViews {
		text := "apiVersion: v3.1.0\nkind: DataContract\nid: " + v.name + "\nname: " + v.name + "\nversion: 1.0.0\nstatus: active\ndomain: mart\nschema:\n  - name: " + v.name +
			"\n    customProperties:\n      - {property: meshView, value: \"" + v.query + "\"}\n      - {property: meshRights, value: " + v.rights + "}\n    properties:\n"
		for _, c := range v.columns {
			text += "      - {name: " + c.name + ", physicalType: " + c.of + "}\n"
		}
		m.write("domains/mart/products/"+v.name+".odcs.yaml", text)
		m.grant("mart", v.name, "readers", "")
	}
}

// create makes the empty tables of the servers.
func (s *secretStores) create(t testing.TB) {
	t.Helper()
	for _, table := range secretTables {
		var columns []string
		for _, c := range table.columns {
			columns = append(columns, c.name+" "+c.of)
		}
		columns[0] += " PRIMARY KEY"
		text := "CREATE TABLE " + table.name + " (" + strings.Join(columns, ", ") + ")"
		_, err := s.postgres.Exec(t.Context(), text)
		must(t, err)
		_, err = s.maria.ExecContext(t.Context(), strings.NewReplacer("numeric", "decimal", "timestamp", "datetime(6)").Replace(text))
		must(t, err)
	}
}

// fill replaces the rows of a domain's table.
func (s *secretStores) fill(t testing.TB, domain string, table secretTable, rows []secretRow) {
	t.Helper()
	switch domain {
	case "pg":
		_, err := s.postgres.Exec(t.Context(), "TRUNCATE "+table.name)
		must(t, err)
		_, err = s.postgres.PgConn().CopyFrom(t.Context(), strings.NewReader(csvText(rows)), "COPY "+table.name+" FROM STDIN (FORMAT csv)")
		must(t, err)
		if len(rows)%2 == 0 { // what PostgreSQL knows of its tables is of hidden rows too
			_, err = s.postgres.Exec(t.Context(), "ANALYZE "+table.name)
			must(t, err)
		}
	case "my":
		s.fillMaria(t, table, rows)
	case "fs":
		s.fillFile(t, table, rows)
	}
}

func (s *secretStores) fillMaria(t testing.TB, table secretTable, rows []secretRow) {
	t.Helper()
	_, err := s.maria.ExecContext(t.Context(), "DELETE FROM "+table.name)
	must(t, err)
	for chunk := range slices.Chunk(rows, 200) {
		var marks []string
		var values []any
		for _, row := range chunk {
			marks = append(marks, "(?"+strings.Repeat(", ?", len(row.values)-1)+")")
			for _, v := range row.values {
				if v == null {
					values = append(values, nil)
				} else {
					values = append(values, v)
				}
			}
		}
		_, err := s.maria.ExecContext(t.Context(), "INSERT INTO "+table.name+" VALUES "+strings.Join(marks, ", "), values...)
		must(t, err)
	}
}

func (s *secretStores) fillFile(t testing.TB, table secretTable, rows []secretRow) {
	t.Helper()
	names, casts := make([]string, len(table.columns)), make([]string, len(table.columns))
	for i, c := range table.columns {
		names[i] = c.name
		casts[i] = fmt.Sprintf(`CAST("%s" AS %s) AS "%s"`, c.name, c.of, c.name)
	}
	csvFile := filepath.Join(s.files, table.name+".csv")
	must(t, os.WriteFile(csvFile+".new", []byte(strings.Join(names, ",")+"\n"+csvText(rows)), 0o644))
	must(t, os.Rename(csvFile+".new", csvFile))
	if table.name == "people" {
		return
	}
	file := filepath.Join(s.files, table.name+".parquet")
	must(t, s.writer.Exec(t.Context(), fmt.Sprintf("COPY (SELECT %s FROM read_csv('%s', header = true, all_varchar = true, allow_quoted_nulls = false)) TO '%s' (FORMAT parquet)",
		strings.Join(casts, ", "), csvFile, file+".new")))
	must(t, os.Rename(file+".new", file))
	must(t, os.Remove(csvFile))
}

// csvText quotes every value and leaves NULL bare.
func csvText(rows []secretRow) string {
	var b strings.Builder
	for _, row := range rows {
		for i, v := range row.values {
			if i > 0 {
				b.WriteByte(',')
			}
			if v != null {
				b.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
