package main

import (
	"strings"
	"testing"
)

// diffedMesh is explainedMesh with a product of another domain that is made of sales.orders.
func diffedMesh(t *testing.T) *meshFixture {
	m := explainedMesh(t)
	m.domain("mart", "type: files\npath: mart\n")
	m.view("SELECT id, email FROM sales.orders", "definer")
	m.write("domains/mart/grants/readers.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: mart\nto: {groups: [readers]}\nproduct: mails\n")
	m.write("domains/sales/grants/mart.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: sales.mart\nto: {domains: [mart]}\nproduct: orders\n")
	return m
}

func (m *meshFixture) view(query, rights string) {
	m.write("domains/mart/products/mails.odcs.yaml", `apiVersion: v3.1.0
kind: DataContract
id: mails
name: mails
version: 1.0.0
status: active
domain: mart
schema:
  - name: mails
    customProperties: [{property: meshView, value: "`+query+`"}, {property: meshRights, value: `+rights+`}]
    properties:
      - {name: id, customProperties: [{property: pgType, value: bigint}]}
      - {name: email, customProperties: [{property: pgType, value: text}]}
`)
}

const salesDomain = "apiVersion: mesh/v1\nkind: Domain\nname: sales\ndescription: Test.\nowner: "

// TestDiffOfEachKind changes one thing at a time and names who gains and loses what by it.
func TestDiffOfEachKind(t *testing.T) {
	t.Parallel()
	reading := func(more string) string {
		return "apiVersion: mesh/v1\nkind: Grant\nid: readers\nto: {groups: [readers]}\nproduct: orders\ncolumns: [id, email, pay, secret, country]\n" + more
	}
	const grantFile, deny = "domains/sales/grants/readers.grant.yaml", "domains/sales/grants/deny.grant.yaml"
	before, err := accessOf(diffedMesh(t).dir)
	must(t, err)
	for _, c := range []struct {
		what   string
		change func(m *meshFixture)
		want   []string // lines about the bare addresses, those about pinned ones left out
	}{
		{"a comment", func(m *meshFixture) { m.prepend(grantFile, "# ours\n") }, nil},
		{"grant taken away", func(m *meshFixture) { m.remove(grantFile) }, []string{"ann sales.orders - the product", "otto sales.orders - the product"}},
		{"grant to one more", func(m *meshFixture) {
			m.write("domains/sales/grants/eve.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: eve\nto: {users: [eve]}\nproduct: orders\ncolumns: [id]\n")
		}, []string{"eve sales.orders + the product", "eve sales.orders + column id: none -> visible",
			"eve sales.orders ~ rows: none -> scope eve [] filter rows [country = principal.attributes.country; no country]"}},
		{"column less", func(m *meshFixture) { m.write(grantFile, strings.Replace(reading(""), "email, ", "", 1)) },
			[]string{"ann sales.orders - column email: masked by partial of pii (keep: domain) -> denied", "otto sales.orders - column email: visible -> denied"}},
		{"column more", func(m *meshFixture) { m.write(grantFile, strings.Replace(reading(""), "[id", "[note, id", 1)) },
			[]string{"ann sales.orders + column note: denied -> visible", "otto sales.orders + column note: denied -> visible"}},
		{"rows of a grant", func(m *meshFixture) { m.write(grantFile, reading("rowFilter: id > 5\n")) },
			[]string{"ann sales.orders ~ rows: scope readers [] filter rows [country = principal.attributes.country; country = DE] -> scope readers [id > 5] filter rows [country = principal.attributes.country; country = DE]",
				"otto sales.orders ~ rows: scope readers [] -> scope readers [id > 5]"}},
		{"expired", func(m *meshFixture) { m.write(grantFile, reading("expires: \"2020-01-01\"\n")) }, []string{"ann sales.orders - the product", "otto sales.orders - the product"}},
		{"an end in the future", func(m *meshFixture) { m.write(grantFile, reading("expires: \"2099-01-01\"\n")) },
			[]string{"ann sales.orders - until: none -> 2099-01-02T00:00:00Z", "otto sales.orders - until: none -> 2099-01-02T00:00:00Z"}},
		{"not before", func(m *meshFixture) { m.write(grantFile, reading("notBefore: \"2099-01-01\"\n")) }, []string{"ann sales.orders - the product", "otto sales.orders - the product"}},
		{"versions", func(m *meshFixture) { m.write(grantFile, reading("versions: \">=2\"\n")) }, []string{"ann sales.orders - the product", "otto sales.orders - the product"}},
		{"deny", func(m *meshFixture) {
			m.write(deny, "apiVersion: mesh/v1\nkind: Grant\nid: deny\nto: {users: [otto]}\nproduct: orders\ndeny: true\n")
		}, []string{"otto sales.orders - the product"}},
		{"deny of a column", func(m *meshFixture) {
			m.write(deny, "apiVersion: mesh/v1\nkind: Grant\nid: deny\nto: {users: [otto]}\nproduct: orders\ndeny: true\ncolumns: [email]\n")
		}, []string{"otto sales.orders - column email: visible -> denied"}},
		{"deny of rows", func(m *meshFixture) {
			m.write(deny, "apiVersion: mesh/v1\nkind: Grant\nid: deny\nto: {users: [otto]}\nproduct: orders\ndeny: true\nrowFilter: id = 1\n")
		}, []string{"otto sales.orders ~ rows: scope readers [] -> scope readers [] deny deny [id = 1]"}},
		{"mask", func(m *meshFixture) { m.policy("new", "match: {columns: [id]}\nrules: [{mask: \"null\"}]\n") },
			[]string{"ann mart.mails - column id: visible -> masked by null of new", "ann sales.orders - column id: visible -> masked by null of new",
				"otto mart.mails - column id: visible -> masked by null of new", "otto sales.orders - column id: visible -> masked by null of new"}},
		{"a stronger mask", func(m *meshFixture) {
			m.policy("pii", "match: {tags: [pii]}\nexcept: {groups: [owners]}\nrules: [{mask: constant, args: {value: x}}]\n")
		}, []string{"ann mart.mails ~ column email: masked by partial of pii (keep: domain) -> masked by constant of pii (value: x)",
			"ann sales.orders ~ column email: masked by partial of pii (keep: domain) -> masked by constant of pii (value: x)"}},
		{"no mask any more", func(m *meshFixture) { m.remove("governance/policies/pii.policy.yaml") },
			[]string{"ann mart.mails + column email: masked by partial of pii (keep: domain) -> visible", "ann sales.orders + column email: masked by partial of pii (keep: domain) -> visible"}},
		{"an exception less", func(m *meshFixture) {
			m.policy("pii", "match: {tags: [pii]}\nrules: [{mask: partial, args: {keep: domain}}]\n")
		}, []string{"otto mart.mails - column email: visible -> masked by partial of pii (keep: domain)", "otto sales.orders - column email: visible -> masked by partial of pii (keep: domain)"}},
		{"a bypass less", func(m *meshFixture) { m.policy("pay", "match: {columns: [pay]}\nrules: [{noProject: true}]\n") },
			[]string{"otto sales.orders - column pay: visible -> withheld"}},
		{"hidden no more", func(m *meshFixture) { m.remove("governance/policies/secret.policy.yaml") },
			[]string{"ann sales.orders + column secret: hidden -> visible", "otto sales.orders + column secret: hidden -> visible"}},
		{"another row filter", func(m *meshFixture) {
			m.policy("rows", "match: {products: [sales.orders]}\nexcept: {groups: [owners]}\nrules: [{rowFilter: \"id > 1\"}]\n")
		}, []string{"ann mart.mails ~ rows: ",
			"ann sales.orders ~ rows: scope readers [] filter rows [country = principal.attributes.country; country = DE] -> scope readers [] filter rows [id > 1]"}},
		{"aggregates only", func(m *meshFixture) {
			m.policy("agg", "match: {products: [sales.orders]}\nexcept: {groups: [owners]}\nrules: [{aggregateOnly: {minGroup: 3, dimensions: [country]}}]\n")
		}, []string{"ann sales.orders ~ rows: scope readers [] filter rows [country = principal.attributes.country; country = DE] -> scope readers [] aggregate only agg [groups of at least 3] filter rows [country = principal.attributes.country; country = DE]"}},
		{"an attribute", func(m *meshFixture) {
			m.write("governance/principals.yaml", strings.Replace(readFile(t, m.dir+"/governance/principals.yaml"), "{country: DE}", "{country: FR}", 1))
		}, []string{"ann mart.mails ~ rows: ", "ann sales.orders ~ rows: scope readers [] filter rows [country = principal.attributes.country; country = DE] -> scope readers [] filter rows [country = principal.attributes.country; country = FR]"}},
		{"a group", func(m *meshFixture) {
			m.write("governance/principals.yaml", strings.Replace(readFile(t, m.dir+"/governance/principals.yaml"), "[owners, readers]", "[readers]", 1))
		}, []string{"otto mart.mails - column email: visible -> masked by partial of pii (keep: domain)", "otto sales.orders - column email: visible -> masked by partial of pii (keep: domain)",
			"otto mart.mails ~ rows: ", "otto sales.orders ~ rows: scope readers [] -> scope readers [] filter rows [country = principal.attributes.country; no country]"}},
		{"a group over another", func(m *meshFixture) {
			text := strings.Replace(readFile(t, m.dir+"/governance/principals.yaml"), "name: eve, groups: []", "name: eve, groups: [interns]", 1)
			m.write("governance/principals.yaml", text+"  - {name: interns, owner: ann, groups: [owners, readers]}\n")
		}, []string{"eve mart.mails + the product", "eve sales.orders + the product", "eve sales.orders + column email: none -> visible"}},
		{"a tag", func(m *meshFixture) {
			m.product("sales", "orders", "", fixtureColumn{"id", "bigint", ""}, fixtureColumn{"email", "text", ""},
				fixtureColumn{"pay", "bigint", ""}, fixtureColumn{"secret", "text", ""}, fixtureColumn{"note", "text", ""}, fixtureColumn{"country", "text", "tags: [pii]"})
		}, []string{"ann mart.mails + column email: masked by partial of pii (keep: domain) -> visible", "ann sales.orders - column country: visible -> masked by partial of pii (keep: domain)",
			"ann sales.orders + column email: masked by partial of pii (keep: domain) -> visible"}},
		{"what a view is", func(m *meshFixture) { m.view("SELECT id, email FROM sales.orders WHERE id > 9", "definer") },
			[]string{"ann mart.mails ~ rows: ", "otto mart.mails ~ rows: "}},
		{"what a view computes", func(m *meshFixture) { m.view("SELECT id, upper(email) AS email FROM sales.orders", "definer") },
			[]string{"ann mart.mails ~ column email: masked by partial of pii (keep: domain) -> masked by null of pii", "ann mart.mails ~ rows: ", "otto mart.mails ~ rows: "}},
		{"a view by its reader's rights", func(m *meshFixture) { m.view("SELECT id, email FROM sales.orders", "invoker") },
			nil}, // for these readers it is the same
		{"a view by rights that its reader lacks", func(m *meshFixture) {
			m.view("SELECT id, email FROM sales.orders", "invoker")
			m.write(grantFile, strings.Replace(reading(""), "email, ", "", 1))
		}, []string{"ann mart.mails - column email: masked by partial of pii (keep: domain) -> denied", "otto mart.mails - column email: visible -> denied",
			"ann mart.mails - column id: visible -> denied", "otto mart.mails - column id: visible -> denied",
			"ann sales.orders - column email: masked by partial of pii (keep: domain) -> denied", "otto sales.orders - column email: visible -> denied"}},
		{"an auditor", func(m *meshFixture) {
			m.write("governance/principals.yaml", strings.Replace(readFile(t, m.dir+"/governance/principals.yaml"), "name: eve,", "name: eve, auditor: true,", 1))
		}, []string{"eve mesh.audit + the product", "eve mesh.audit ~ rows: none -> every record"}},
		{"an owner", func(m *meshFixture) { m.write("domains/sales/domain.yaml", salesDomain+"otto\n") },
			[]string{"otto mesh.audit + the product", "otto mesh.audit ~ rows: none -> the records of what they own"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			m := diffedMesh(t)
			c.change(m)
			after, err := accessOf(m.dir)
			must(t, err)
			var out strings.Builder
			printDiff(&out, before, after)
			got := map[string]bool{}
			for _, line := range strings.Split(out.String(), "\n") {
				if line != "" && !strings.Contains(line, "_v1 ") && line != "nobody gains or loses anything" {
					got[line] = true
				}
			}
			for _, want := range c.want {
				found := false
				for line := range got {
					if line == want || strings.HasSuffix(want, ": ") && strings.HasPrefix(line, want) || strings.HasSuffix(want, "+ the product") && line == want {
						delete(got, line)
						found = true
					}
				}
				if !found {
					t.Errorf("%q is not in\n%s", want, out.String())
				}
			}
			if strings.Contains(c.what, "over another") {
				return // and much more of the same
			}
			for line := range got {
				t.Errorf("not expected: %s", line)
			}
		})
	}
}
