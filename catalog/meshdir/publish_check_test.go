package meshdir

import (
	"strings"
	"testing"
	"testing/fstest"
)

// review loads the retail mesh with a check file and gives the diagnostics about checks.
func review(t *testing.T, files fstest.MapFS, options Options, checks string) []string {
	t.Helper()
	delete(files, "governance/checks/publish.check.yaml")
	files["governance/checks/x.check.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: mesh/v1\nkind: CheckSet\nchecks:\n" + checks)}
	options.Now, options.Review = moment, true
	_, ds := newLoader("", files, options).load()
	var about []string
	for _, d := range ds {
		if strings.Contains(d.Message, "check ") {
			about = append(about, d.String())
		}
	}
	return about
}

func TestChecksOfGovernance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		assert string
		want   []string // parts of one diagnostic each
	}{
		{"has(status)", nil},
		{"has(status) && has(nonsense)", []string{"fails for crm.customers: has(status) && has(nonsense) (no nonsense)", "fails for ops.sensors", "fails for ops.trips", "fails for sales.orders", "fails for sales.orders"}},
		{"has(nonsense) or has(version)", nil},
		{"!has(nonsense)", nil},
		{"not has(nonsense) implies has(version)", nil},
		{"columns.all(name) and columns.count > 0", nil},
		{"columns.none(nonsense)", nil},
		{"columns.any(name)", nil},
		{"version >= 1 || true", nil},
		{"status == 'active' or status == deprecated_is_no_text or has(status)", nil},
		{"status == 'active'", []string{"fails for sales.orders: status == 'active' (it is deprecated)"}},
		{"status != 'active'", []string{"crm.customers: status != 'active' (it is active)", "ops.sensors", "ops.trips", "sales.orders"}},
		{"columns.count >= 3", []string{"crm.customers: columns.count >= 3 (it is 2)", "ops.sensors", "ops.trips", "sales.orders: columns.count >= 3 (it is 1)"}},
		{"similar_products(0.99).empty", nil},
		{"quality.error.failed == 0", []string{"check x is not evaluated: quality.error.failed is not known without the data"}},
		{"diff.breaking implies version.major_bumped", []string{"check x is not evaluated: breaking needs the mesh as it was (--against)"}},
		{"nonsense(status)", []string{"check x is not evaluated: there is no nonsense"}},
		{"has(status", []string{`check x cannot be read: "" is not expected`}},
		{"has(status) has(x)", []string{`check x cannot be read: "has" is not expected`}},
		{"has(status) &&", []string{"check x cannot be read: it ends too early"}},
		{"(true", []string{"check x cannot be read: a parenthesis is not closed"}},
	} {
		got := review(t, retail(t), Options{}, "  - {id: x, level: error, assert: \""+c.assert+"\"}\n")
		if len(got) != len(c.want) {
			t.Errorf("%s: got %q, want %q", c.assert, got, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: got %q, want %q", c.assert, got[i], want)
			}
		}
	}
}

func TestChecksCompare(t *testing.T) {
	t.Parallel()
	before, ds := loadFiles(retail(t))
	if before == nil {
		t.Fatal(ds)
	}
	rule := "  - {id: x, level: error, assert: diff.breaking implies version.major_bumped}\n"
	if got := review(t, retail(t), Options{Before: before}, rule); len(got) != 0 {
		t.Errorf("without a change: %q", got)
	}
	files := retail(t)
	change(t, files, tripsFile, "name: took", "name: lasted")
	got := review(t, files, Options{Before: before}, rule)
	if len(got) != 1 || !strings.HasPrefix(got[0], tripsFile+":1:1: check x fails for ops.trips") || !strings.Contains(got[0], "column took is gone") {
		t.Errorf("got %q", got)
	}
}

func TestDetectors(t *testing.T) {
	t.Parallel()
	files := retail(t)
	change(t, files, tagsFile, "pii.email: {parent: pii", "pii.email: {parent: pii, detect: {name: '(^|_)(e?mail|name)$'}")
	got := review(t, files, Options{}, "  - {id: x, level: warn, assert: detected_tags.subset_of(tags)}\n")
	if len(got) != 1 || !strings.Contains(got[0], "warning: check x fails for crm.customers: detected_tags.subset_of(tags) (name looks like pii.email)") {
		t.Errorf("got %q", got)
	}
}

// TestTheSameDataTwice publishes the customers' file again in another domain.
func TestTheSameDataTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ columns, policy, want string }{
		{"{name: customer_id, logicalType: integer, required: true}", "", ""},
		{"{name: customer_id, logicalType: integer, classification: public}", "", "column customer_id of copy.customers is public, and "},
		{"{name: label, physicalName: name, logicalType: string}", "match: {columns: [name]}\nrules: [{mask: \"null\"}]", "column label of copy.customers escapes policy x, which holds where crm.customers publishes the same data"},
		{"{name: customer_id, logicalType: integer}", "match: {products: [crm.customers]}\nrules: [{rowFilter: \"true\"}]", "copy.customers publishes the same data as crm.customers without the row filter of policy x"},
	} {
		files := retail(t)
		delete(files, "governance/checks/publish.check.yaml")
		source := string(files["domains/crm/sources/files.source.yaml"].Data)
		files["domains/copy/domain.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: mesh/v1\nkind: Domain\nname: copy\n")}
		files["domains/copy/sources/files.source.yaml"] = &fstest.MapFile{Data: []byte(source)}
		files["domains/copy/products/customers.odcs.yaml"] = &fstest.MapFile{Data: []byte(`apiVersion: v3.1.0
kind: DataContract
id: copy
name: customers
version: 1.0.0
status: active
domain: copy
schema: [{name: customers, customProperties: [{property: meshPath, value: "customers-*.csv.gz"}], properties: [` + c.columns + `]}]
`)}
		if c.policy != "" {
			files["governance/policies/x.policy.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: mesh/v1\nkind: Policy\nid: x\n" + c.policy + "\n")}
		}
		for _, strict := range []bool{false, true} {
			m, ds := newLoader("", files, Options{Now: moment, Review: strict}).load()
			served := strings.Contains(domainNames(m), "copy")
			found := strings.Contains(ds.String(), "copy.customers")
			if c.want == "" && (found || !served) || c.want != "" && (!strings.Contains(ds.String(), c.want) || served == strict) {
				t.Errorf("%s %s: serves %s\n%s", c.columns, c.policy, domainNames(m), ds)
			}
		}
	}
}

func TestCompositionOfPolicies(t *testing.T) {
	t.Parallel()
	own := "match: {products: [orders], columns: [email]}\nrules: [{mask: partial, args: {first: 1}}]"
	for _, c := range []struct{ global, own, want string }{
		{"rules: [{mask: \"null\"}]", own, "policy sales.own weakens policy g: mask partial on column email is weaker than null"},
		{"except: {groups: [sales-team]}\nrules: [{mask: \"null\"}]", own, ""},
		{"domainsMay: override\nrules: [{mask: \"null\"}]", own, ""},
		{"domainsMay: nothing\nrules: [{mask: \"null\"}]", own, "policy sales.own masks column email, which policy g leaves to no domain"},
		{"domainsMay: nothing\nrules: [{hideColumn: true}]", own, "policy sales.own masks column email, which policy g leaves to no domain"},
		{"domainsMay: nothing\nrules: [{rowFilter: \"true\"}]", "match: {products: [orders]}\nrules: [{rowFilter: \"true\"}]", "policy sales.own filters the rows of orders, which policy g leaves to no domain"},
		{"domainsMay: tighten\nrules: [{rowFilter: \"true\"}]", "match: {products: [orders]}\nrules: [{rowFilter: \"true\"}]", ""},
		{"rules: [{mask: partial, args: {first: 2}}]", own, "put two different masks of equal strength (partial) on column email"},
		{"rules: [{aggregateOnly: {minGroup: 5, dimensions: [nope]}}]", own, `aggregateOnly of policy g names column "nope", which orders does not have`},
		{"bypass: {groups: [sales-team]}\nrules: [{mask: \"null\"}]", own, "bypass has no reason"},
		{"bypass: {reason: x}\nrules: [{mask: \"null\"}]", own, "bypass names neither users nor groups"},
		{"rules: [{mask: \"null\", hideColumn: true}]", own, "a rule has one of rowFilter, mask, hideColumn, noProject and aggregateOnly"},
		{"rules: [{noProject: false}]", own, "noProject can only be true"},
		{"rules: [{hideColumn: true, onPredicate: refuse}]", own, "onPredicate belongs to a rule with a mask"},
		{"rules: [{aggregateOnly: {dimensions: [country]}}]", own, "aggregateOnly has no minGroup"},
		{"rules: [{mask: generalise, args: {to: decade}}]", own, `unknown to "decade" of args`},
		{"rules: [{mask: generalise, args: {to: month, bucket: 5}}]", own, "mask generalise needs one of args"},
		{"rules: [{mask: generalise, args: {map: {}}}]", own, "map of mask generalise is empty"},
		{"rules: [{mask: sql}]", own, "mask sql needs args: {expression: …}"},
		{"rules: [{mask: sql, args: {expression: email, mayFail: perhaps}}]", own, "mayFail of args must be true or false"},
		{"except: {domains: [nope]}\nrules: [{mask: \"null\"}]", own, `policy g excepts domain "nope", which is not there`},
	} {
		files := retail(t)
		delete(files, piiFile)
		files["governance/policies/g.policy.yaml"] = &fstest.MapFile{Data: []byte("apiVersion: mesh/v1\nkind: Policy\nid: g\nmatch: {products: [sales.orders], columns: [email]}\n" + c.global + "\n")}
		files[countryFile] = &fstest.MapFile{Data: []byte("apiVersion: mesh/v1\nkind: Policy\nid: sales.own\n" + c.own + "\n")}
		m, ds := newLoader("", files, Options{Now: moment}).load()
		if c.want == "" && (ds.Failed() || !strings.Contains(domainNames(m), "sales")) || c.want != "" && !strings.Contains(ds.String(), c.want) {
			t.Errorf("%s\n%s: serves %s\n%s\nwant %s", c.global, c.own, domainNames(m), ds, c.want)
		}
	}
}

func TestReleases(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]string{
		"{product: orders, to: [crm.customers], reason: agreed}":                            "",
		"{product: order, to: [crm.customers], reason: agreed}":                             `release of product "order", which domain sales does not have`,
		"{product: orders, to: [], reason: agreed}":                                         "release of product orders is to nobody",
		"{product: orders, to: [crm.customers]}":                                            "release has no reason",
		"{product: orders, columns: [nope], to: [crm.customers], reason: agreed}":           `release of column "nope", which product orders does not have`,
		"{product: orders, policies: [global.pii], to: [crm.customers], reason: agreed}":    "release from policy global.pii weakens it: its domainsMay is not override",
		"{product: orders, policies: [nope], to: [crm.customers], reason: agreed}":          `release from policy "nope", which is none of domain sales and not global`,
		"{product: orders, policies: [sales.country], to: [crm.nope], reason: agreed}":      `warning: release to product "crm.nope", which is not there`,
		"{product: orders, policies: [sales.country], to: [crm.customers], reason: agreed}": "",
	} {
		files := retail(t)
		files["domains/sales/domain.yaml"].Data = append(files["domains/sales/domain.yaml"].Data, []byte("\nrelease: ["+release+"]\n")...)
		_, ds := loadFiles(files)
		if got := strings.Contains(ds.String(), "release"); want == "" && got || want != "" && !strings.Contains(ds.String(), want) {
			t.Errorf("%s: got %s, want %s", release, ds, want)
		}
	}
}

// TestApprovers warns, in a review only, of grants that nobody has approved who may.
func TestApprovers(t *testing.T) {
	t.Parallel()
	files, _ := examples(t)
	const name = "domains/sales/grants/analysts.grant.yaml"
	text := string(files[name].Data)
	for approval, want := range map[string]string{
		"approvedBy: amelia": "", "approvedBy: dana": "is approved by dana, who is no approver of domain sales", "": "names nobody who approved it",
	} {
		files[name] = &fstest.MapFile{Data: []byte(strings.Replace(text, "approvedBy: amelia", approval, 1))}
		for _, review := range []bool{true, false} {
			_, ds := newLoader("", files, Options{Now: moment, Review: review}).load()
			told := ds.String()
			if (want != "" && strings.Contains(told, want)) != (review && want != "") || want == "" && strings.Contains(told, "approve") && strings.Contains(told, "sales.orders.analysts") {
				t.Errorf("%q, review %t: %s", approval, review, told)
			}
		}
	}
}
