package meshdir

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	tagsFile       = "governance/tags.yaml"
	principalsFile = "governance/principals.yaml"
	piiFile        = "governance/policies/pii.policy.yaml"
	shopFile       = "domains/sales/sources/shop.source.yaml"
	ordersFile     = "domains/sales/products/orders/orders.v2.odcs.yaml"
	oldOrdersFile  = "domains/sales/products/orders/orders.v1.odcs.yaml"
	productFile    = "domains/sales/products/orders/product.odps.yaml"
	grantFile      = "domains/sales/grants/analysts.grant.yaml"
	countryFile    = "domains/sales/policies/country.policy.yaml"
	pgFile         = "domains/ops/sources/pg.source.yaml"
	tripsFile      = "domains/ops/products/trips.odcs.yaml"
	customersFile  = "domains/crm/products/customers/customers.odcs.yaml"
)

// Each case changes one file of the retail mesh: every occurrence of old becomes new;
// with old "" the file's text becomes new. domains are those still served.
var broken = []struct {
	file, old, new string
	domains        string
	want           []string // every diagnostic
}{
	// the mesh's own files: nothing is served
	{"mesh.yaml", "name: retail", "nam: retail", "none", []string{
		`mesh.yaml:1:1: mesh has no name`,
		`mesh.yaml:3:1: unknown field "nam" in mesh; did you mean "name"?`}},
	{"mesh.yaml", "kind: Mesh", "kind: Mash", "none", []string{
		`mesh.yaml:2:7: unknown kind "Mash" of mesh; did you mean "Mesh"?`}},
	{"mesh.yaml", "access: deny", "access: allow", "none", []string{
		`mesh.yaml:4:20: access can only be deny: nobody reads without a grant`}},
	{"mesh.yaml", "unknownClassification: restricted", "unknownClassification: restrictd", "none", []string{
		`mesh.yaml:1:1: unknownClassification "restrictd" is no classification of governance/tags.yaml`}},
	{"mesh.yaml", "", "", "none", []string{`mesh.yaml:1:1: the file is empty`}},
	{"mesh.yaml", "", "a: 1\n---\nb: 2\n", "none", []string{`mesh.yaml:2:1: the file holds more than one document`}},
	{"mesh.yaml", "", "a: [1\nb: 2\n", "none", []string{`mesh.yaml:1:1: did not find expected ',' or ']'`}},
	{"mesh.yaml", "name: retail", "name: retail\nname: other", "none", []string{
		`mesh.yaml:4:1: field "name" stands twice; first in line 3`}},
	{"mesh.yaml", "name: retail", "name: !!binary cmV0YWls", "none", []string{`mesh.yaml:3:7: tag !!binary is not read`}},
	{"mesh.yaml", "name: retail", "<<: {name: retail}", "none", []string{
		`mesh.yaml:3:1: the merge key << is not read; write the fields out`}},
	{tagsFile, "parent: pii}\n  pseudonym", "parent: pi}\n  pseudonym", "none", []string{
		`governance/tags.yaml:6:23: unknown parent "pi" of tag pii.email; did you mean "pii"?`}},
	{tagsFile, "pii: {", "pii: {parent: pseudonym, ", "none", []string{
		`governance/tags.yaml:5:17: tag pii is its own ancestor: pii -> pseudonym -> pii`}},
	{principalsFile, "groups: [sales-team]", "groups: [sales-taem]", "none", []string{
		`governance/principals.yaml:5:14: unknown group "sales-taem" in user; did you mean "sales-team"?`}},
	{principalsFile, "- {name: readers}", "- {name: readers, groups: [analysts]}", "none", []string{
		`governance/principals.yaml:15:30: group analysts is a member of itself: analysts -> readers -> analysts`}},
	{principalsFile, "scramRef: {file: /run/secrets/analyst.scram}", "scram: hunter2", "none", []string{
		`governance/principals.yaml:10:19: scram is no SCRAM-SHA-256 verifier; sluice passwd makes one`}},
	{principalsFile, "scramRef: {file: /run/secrets/analyst.scram}", "password: hunter2", "none", []string{
		`governance/principals.yaml:10:12: password is a literal secret; write secretRef: {file: …} or secretRef: {env: …}`}},
	{piiFile, `{mask: "null"}`, `{mask: null}`, "none", []string{
		`governance/policies/pii.policy.yaml:10:12: mask is empty; the mask that hides a value whole is written "null", in quotes`}},
	{piiFile, "mask: partial", "mask: partail", "none", []string{
		`governance/policies/pii.policy.yaml:8:12: unknown mask "partail" of rule; did you mean "partial"?`}},
	{piiFile, "keep: domain", "keep: domian", "none", []string{
		`governance/policies/pii.policy.yaml:8:61: unknown keep "domian" of mask partial; did you mean "domain"?`}},
	{piiFile, "tags: [pii]}", "tags: [pi]}", "none", []string{
		`governance/policies/pii.policy.yaml:5:16: unknown tag "pi" of match; did you mean "pii"?`}},
	{piiFile, "tags: [pii]}", "tags: []}", "none", []string{
		`governance/policies/pii.policy.yaml:5:15: tags of match is empty; leave it out to match all`}},

	// files of a domain: the others are served
	{shopFile, "type: duckdb", "type: duckbd", "crm ops", []string{
		`domains/sales/sources/shop.source.yaml:4:7: unknown type "duckbd" of source; did you mean "duckdb"?`}},
	{shopFile, "path: data/shop.duckdb", "path: ../shop.duckdb", "crm ops", []string{
		`domains/sales/sources/shop.source.yaml:5:7: path "../shop.duckdb" leaves the mesh directory`}},
	{shopFile, "path: data/shop.duckdb", "path: data/../../shop.duckdb", "crm ops", []string{
		`domains/sales/sources/shop.source.yaml:5:7: path "data/../../shop.duckdb" leaves the mesh directory`}},
	{shopFile, "path: data/shop.duckdb", "path: /etc/passwd", "crm ops", []string{
		`domains/sales/sources/shop.source.yaml:5:7: path "/etc/passwd" is absolute and not below one of allowPaths in mesh.yaml`}},
	{pgFile, "host: db", "hots: db", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:1:1: source has no host`,
		`domains/ops/sources/pg.source.yaml:5:1: unknown field "hots" in source; did you mean "host"?`}},
	{pgFile, "secretRef: {env: OPS_PG_PASSWORD}", "secretRef: hunter2", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:8:12: secretRef is a literal; write {file: …} or {env: …}`}},
	{pgFile, "secretRef: {env: OPS_PG_PASSWORD}", "Pass-Word: hunter2", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:8:1: Pass-Word is a literal secret; write secretRef: {file: …} or secretRef: {env: …}`}},
	{pgFile, "host: db.ops.internal", "host: postgres://reader:hunter2@db.ops.internal", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:5:7: an address holds a literal password; name it with secretRef: {file: …} or {env: …}`}},
	{pgFile, "statementTimeout: 30s", "statementTimeout: 30", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:10:44: statementTimeout of limits must be a duration such as 30s or 5m`}},
	{pgFile, "mode: verify-full", "mode: verify_full", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:9:13: unknown mode "verify_full" of tls; did you mean "verify-full"?`}},
	{ordersFile, "apiVersion: v3.1.0", "apiVersion: v4.0.0", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:1:13: apiVersion "v4.0.0" of DataContract is not read; these are: v3.0.0, v3.0.1, v3.0.2, v3.1.0, v3.2.0; did you mean "v3.0.0"?`}},
	{ordersFile, "status: active", "status: actve", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:6:9: unknown status "actve" of contract; did you mean "active"?`,
		`domains/sales/grants/analysts.grant.yaml:6:11: warning: no version of product orders that is served lies within ">=2 <3"`}},
	{ordersFile, "tags: [pii.email]", "tags: [pii.emial]", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:22:51: unknown tag "pii.emial" of column; did you mean "pii.email"?`}},
	{ordersFile, "value: shop}", "value: shpo}", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:9:105: unknown source "shpo" in domain sales; did you mean "shop"?`}},
	{ordersFile, "physicalType: BIGINT", "physicalType: BIGITN", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:15:80: there is no PostgreSQL type for DuckDB's "BIGITN"; name one in customProperties pgType; did you mean "bigint"?`}},
	{ordersFile, "logicalType: string, tags", "logicalType: strng, tags", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:22:36: unknown logicalType "strng" of column; did you mean "string"?`,
		`domains/sales/products/orders/orders.v2.odcs.yaml:22:9: column email has neither physicalType nor logicalType`}},
	{ordersFile, `value: "numeric(10,3)"`, `value: "numerc(10,3)"`, "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:29:42: type "numerc" does not exist; did you mean "numeric"?`}},
	{ordersFile, "name: line_no", "name: order_id", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:16:16: column "order_id" stands twice; first at domains/sales/products/orders/orders.v2.odcs.yaml:15:9`}},
	{ordersFile, "name: line_no", "name: ctid", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:16:16: column name "ctid" is that of a system column`}},
	{ordersFile, "classification: internal}", "classification: intrenal}", "crm ops", nil},
	{ordersFile, "  - name: returns", "  - name: returns\n    tags: [primary]", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:11:3: more than one schema object is tagged primary`,
		`domains/sales/products/orders/orders.v2.odcs.yaml:11:3: warning: no schema object is tagged primary, so nothing answers to sales.orders`}},
	{ordersFile, "    properties:\n      - {name: order_id, logicalType", "    properrties:\n      - {name: order_id, logicalType", "crm ops", []string{
		`domains/sales/products/orders/orders.v2.odcs.yaml:26:5: schema object returns has no properties`,
		`domains/sales/products/orders/orders.v2.odcs.yaml:27:5: warning: unknown field "properrties" in schema object; did you mean "properties"?`}},
	{oldOrdersFile, "version: 1.4.0", "version: 2.0.0", "crm ops", []string{
		`domains/sales/products/orders/orders.v1.odcs.yaml:5:10: product orders has two contracts of major version 2; retire one`,
		`domains/sales/products/orders/orders.v1.odcs.yaml:10:3: address sales.orders_v2 is that of another object: domains/sales/products/orders/orders.v2.odcs.yaml:11:5`,
		`domains/sales/products/orders/product.odps.yaml:12:29: no contract with the id "orders-contract" has the major version of 1.4.0`}},
	{productFile, "contractId: orders-contract}\n  - {name: orders, version: 1", "contractId: orders-contrat}\n  - {name: orders, version: 1", "crm ops", []string{
		`domains/sales/products/orders/product.odps.yaml:11:48: no contract of this product has the id "orders-contrat"; did you mean "orders-contract"?`,
		`domains/sales/products/orders/orders.v2.odcs.yaml:1:1: warning: this contract is not served: no output port of product.odps.yaml names its id and major version`,
		`domains/sales/grants/analysts.grant.yaml:6:11: warning: no version of product orders that is served lies within ">=2 <3"`}},
	{productFile, "domain: sales", "domain: sale", "crm ops", []string{
		`domains/sales/products/orders/product.odps.yaml:5:9: domain "sale" of product is not the domain "sales" it lies in; did you mean "sales"?`}},
	{productFile, "name: orders\ndomain", "name: Orders\ndomain", "crm ops", nil},
	{grantFile, "product: orders", "product: order", "crm ops", []string{
		`domains/sales/grants/analysts.grant.yaml:5:10: unknown product "order" in domain sales; did you mean "orders"?`}},
	{grantFile, "country, amount", "county, amount", "crm ops", []string{
		`domains/sales/grants/analysts.grant.yaml:7:21: unknown column "county" of product orders; did you mean "country"?`}},
	{grantFile, "groups: [analysts]", "groups: [analyst]", "crm ops", []string{
		`domains/sales/grants/analysts.grant.yaml:4:15: unknown group "analyst" in to; did you mean "analysts"?`}},
	{grantFile, "to: {groups: [analysts]}", "to: {}", "crm ops", []string{
		`domains/sales/grants/analysts.grant.yaml:4:5: grant sales.orders.analysts is to nobody: to needs users, groups or domains`}},
	{grantFile, `">=2 <3"`, `"~2"`, "crm ops", []string{
		`domains/sales/grants/analysts.grant.yaml:6:11: version "~2" is not MAJOR.MINOR.PATCH`}},
	{grantFile, `"2099-06-30"`, `"2026-06-30"`, "crm ops sales", []string{
		`domains/sales/grants/analysts.grant.yaml:11:10: warning: grant sales.orders.analysts has expired`}},
	{grantFile, `"2099-06-30"`, `"30.6.2099"`, "crm ops", []string{
		`domains/sales/grants/analysts.grant.yaml:11:10: expires of grant must be a date such as 2027-06-30 or a time such as 2027-06-30T12:00:00Z`}},
	{grantFile, "columns: [order_id, country, amount]", "columns: []", "crm ops", []string{
		`domains/sales/grants/analysts.grant.yaml:7:10: columns of grant is empty; leave it out to grant all`}},
	{countryFile, "products: [orders]", "products: [crm.customers]", "crm ops", []string{
		`domains/sales/policies/country.policy.yaml:4:20: a policy of domain sales cannot match product "crm.customers" of another domain`}},
	{countryFile, "products: [orders]", "products: [order]", "crm ops", []string{
		`domains/sales/policies/country.policy.yaml:4:20: policy sales.country matches product "order", which is not there; did you mean "orders"?`}},
	{countryFile, `{rowFilter: "country = principal.attributes.country"}`, `{mask: partial, when: {tags: [pii.email]}, args: {first: 0}}`, "crm ops", []string{
		`domains/sales/policies/country.policy.yaml:6:66: first of args must be a whole number from 1 to 1000`}},
	{countryFile, "match: {products: [orders], tags: [geo.country]}\nexcept: {groups: [sales-team]}\nrules: [{rowFilter: \"country = principal.attributes.country\"}]",
		"match: {products: [orders], columns: [email]}\nrules: [{mask: partial, args: {first: 1}}]", "crm ops", []string{
			`domains/sales/products/orders/orders.v2.odcs.yaml:22:9: policies global.pii and sales.country put two different masks of equal strength (partial) on column email`}},
	{countryFile, `rules: [{rowFilter: "country = principal.attributes.country"}]`,
		"rules: [{mask: constant, args: {value: x}}]\n", "crm ops sales", nil},
	{countryFile, "tags: [geo.country]}\nexcept: {groups: [sales-team]}\nrules: [{rowFilter: \"country = principal.attributes.country\"}]",
		"columns: [amount]}\nrules: [{mask: constant, args: {value: hunter2}}]\n", "crm ops", []string{
			`domains/sales/products/orders/orders.v2.odcs.yaml:24:9: the constant of policy sales.country is no value of column amount`}},
	{pgFile, "secretRef: {env: OPS_PG_PASSWORD}", "secretRef: {env: RETAIL_HASH_KEY}", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:8:12: secretRef points at a secret of the mesh itself`}},
	{pgFile, "secretRef: {env: OPS_PG_PASSWORD}", "secretRef: {file: /run/secrets/../secrets/analyst.scram}", "crm sales", []string{
		`domains/ops/sources/pg.source.yaml:8:12: secretRef points at a secret of the mesh itself`}},
	{piiFile, "domainsMay: tighten", "domainsMay: override", "crm ops sales", nil},
	{piiFile, "expect: {value: 0}", "expect: {matches: '(('}", "none", []string{
		`governance/policies/pii.policy.yaml:13:105: matches of expect is no regular expression`}},
	{customersFile, "meshPath, value: customers-*.csv.gz", "meshPath, value: ../sales/shop.duckdb", "ops sales", nil},
	{customersFile, "customers-*.csv.gz", "customers.bin", "ops sales", nil},
	{tripsFile, "host: db.ops.internal", "host: db2.ops.internal", "crm sales", []string{
		`domains/ops/products/trips.odcs.yaml:8:10: the servers match 0 sources of domain ops, not one: name it in customProperties meshSource`}},
	{"domains/crm/domain.yaml", "name: crm", "name: cmr", "ops sales", nil},
	{"domains/crm/products/customers/stray.yaml", "", "a: 1", "crm ops sales", []string{
		`domains/crm/products/customers/stray.yaml:1:1: warning: this file is not read: a product holds product.odps.yaml and contracts ending in .odcs.yaml`}},
	{"domains/new/sources/a.source.yaml", "", "a: 1", "crm ops sales", []string{`domains/new:1:1: the domain has no domain.yaml`}},
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for _, b := range broken {
		files := retail(t)
		change(t, files, b.file, b.old, b.new)
		m, ds := loadFiles(files)
		if got := domainNames(m); got != b.domains {
			t.Errorf("%s with %q serves %s, want %s\n%s", b.file, b.new, got, b.domains, ds)
		}
		if b.want != nil && !sameLines(ds.String(), b.want) {
			t.Errorf("%s with %q:\n got %s\nwant %s", b.file, b.new, ds, strings.Join(b.want, "\n     "))
		}
		if strings.Contains(ds.String(), "hunter2") {
			t.Errorf("%s with %q: the secret is repeated: %s", b.file, b.new, ds)
		}
	}
}

func sameLines(got string, want []string) bool {
	lines := strings.Split(got, "\n")
	if len(lines) != len(want) {
		return false
	}
	for _, w := range want {
		found := false
		for _, l := range lines {
			found = found || l == w
		}
		if !found {
			return false
		}
	}
	return true
}

func change(t *testing.T, files fstest.MapFS, name, old, new string) {
	t.Helper()
	if old == "" {
		files[name] = &fstest.MapFile{Data: []byte(new)}
		return
	}
	f, ok := files[name]
	if !ok || !bytes.Contains(f.Data, []byte(old)) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	files[name] = &fstest.MapFile{Data: bytes.ReplaceAll(f.Data, []byte(old), []byte(new))}
}

func TestDerivedFromItself(t *testing.T) {
	t.Parallel()
	files := retail(t)
	files["domains/crm/products/customers/product.odps.yaml"] = &fstest.MapFile{Data: []byte(`apiVersion: v1.0.0
kind: DataProduct
id: c
name: customers
domain: crm
status: active
inputPorts: [{name: orders, version: 2.1.0, contractId: orders-contract}]
outputPorts: [{name: customers, version: 1.0.0, contractId: customers-contract}]
`)}
	m, ds := loadFiles(files)
	want := []string{
		`domains/crm/products/customers/product.odps.yaml:7:14: product crm.customers is derived from itself: crm.customers -> sales.orders -> crm.customers`,
		`domains/sales/products/orders/product.odps.yaml:9:14: product sales.orders is derived from itself: crm.customers -> sales.orders -> crm.customers`,
	}
	if domainNames(m) != "ops" || !sameLines(ds.String(), want) {
		t.Errorf("serves %s\n%s", domainNames(m), ds)
	}
}

func TestMaskThatIsNotTheDomains(t *testing.T) {
	t.Parallel()
	files := retail(t)
	change(t, files, piiFile, "domainsMay: tighten", "domainsMay: nothing")
	change(t, files, countryFile, "rules: [{rowFilter: \"country = principal.attributes.country\"}]",
		"rules: [{mask: \"null\", when: {tags: [pii.email]}}]")
	change(t, files, countryFile, "tags: [geo.country]", "tags: [pii]")
	m, ds := loadFiles(files)
	want := `domains/sales/policies/country.policy.yaml:6:9: policy sales.country masks column email, which policy global.pii leaves to no domain`
	if domainNames(m) != "crm ops" || ds.String() != want {
		t.Errorf("serves %s\n%s", domainNames(m), ds)
	}
}
