package meshdir

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/sluicemesh/sluice/catalog"
)

// policyFile keeps what the checks after all domains are read need for reports.
type policyFile struct {
	policy *catalog.Policy
	object *object
	match  *object // nil where the policy has none
	rules  []*object
}

// readPolicy reads a policy of a domain, or of the mesh where domain is nil.
func (l *loader) readPolicy(d *document, domain *catalog.Domain) {
	o, ok := d.header("Policy", "policy")
	if !ok {
		return
	}
	p := &catalog.Policy{
		ID: o.required("id"), Owner: o.text("owner"), Description: o.text("description"),
		DomainsMay: o.oneOf("domainsMay", "tighten", "override", "nothing"), Position: d.position(o.node),
	}
	if domain != nil {
		p.Domain = domain.Name
		if o.has("domainsMay") {
			_ = o.errorf(o.keys["domainsMay"], "domainsMay belongs to policies of governance/policies")
		}
	}
	l.checkPolicyID(o, p)
	file := &policyFile{policy: p, object: o, match: o.child("match", "match")}
	if file.match != nil {
		l.readMatch(file.match, p)
	}
	if e := o.child("except", "except"); e != nil {
		p.Except = l.readException(e)
	}
	if b := o.child("bypass", "bypass"); b != nil {
		p.Bypass = l.readBypass(b)
	}
	file.rules = o.children("rules", "rule")
	for _, r := range file.rules {
		p.Rules = append(p.Rules, l.readRule(r))
	}
	if len(file.rules) == 0 && o.node.Kind == yaml.MappingNode {
		_ = o.errorf(o.at("rules"), "policy %s has no rules", p.ID)
	}
	for _, t := range o.children("tests", "test") {
		p.Tests = append(p.Tests, l.readPolicyTest(t))
	}
	o.end(Error)
	l.mesh.Policies = append(l.mesh.Policies, p)
	l.policyFiles = append(l.policyFiles, file)
}

func (l *loader) checkPolicyID(o *object, p *catalog.Policy) {
	for _, other := range l.mesh.Policies {
		if other.ID == p.ID && p.ID != "" {
			_ = o.errorf(o.at("id"), "policy id %q stands twice; first at %s", p.ID, other.Position)
			return
		}
	}
}

func (l *loader) readMatch(o *object, p *catalog.Policy) {
	p.Match.Products, p.Match.Columns, p.Match.Tags = o.texts("products"), o.texts("columns"), o.texts("tags")
	o.checkTags("tags", p.Match.Tags)
	// An empty list selects nothing in its author's eyes and everything in the catalog's.
	for _, key := range []string{"products", "columns", "tags"} {
		if v := o.value(key); v != nil && v.Kind == yaml.SequenceNode && len(v.Content) == 0 {
			_ = o.errorf(v, "%s of match is empty; leave it out to match all", key)
		}
	}
	if c := o.child("classification", "classification"); c != nil {
		if c.required("atLeast") != "" {
			p.Match.AtLeastClassification = c.classification("atLeast")
		}
		c.end(Error)
	}
	o.end(Error)
}

func (l *loader) readException(o *object) catalog.Exception {
	e := catalog.Exception{
		Users: o.texts("users"), Groups: o.texts("groups"), Roles: o.texts("roles"), Purposes: o.texts("purposes"),
		Domains: o.texts("domains"),
	}
	o.checkNames("users", "user", e.Users, l.userNames())
	o.checkNames("groups", "group", e.Groups, l.groupNames())
	o.end(Error)
	return e
}

// readBypass reads whom a policy does not bind although it is meant for them. Why is
// part of it: the audit shows it at every use.
func (l *loader) readBypass(o *object) catalog.Bypass {
	b := catalog.Bypass{Users: o.texts("users"), Groups: o.texts("groups"), Reason: o.required("reason")}
	o.checkNames("users", "user", b.Users, l.userNames())
	o.checkNames("groups", "group", b.Groups, l.groupNames())
	if len(b.Users)+len(b.Groups) == 0 && o.node.Kind == yaml.MappingNode {
		_ = o.errorf(o.node, "bypass names neither users nor groups")
	}
	o.end(Error)
	return b
}

// sqlState are five capital letters and digits.
var sqlState = regexp.MustCompile(`^[0-9A-Z]{5}$`)

func (l *loader) readPolicyTest(o *object) catalog.PolicyTest {
	t := catalog.PolicyTest{As: o.required("as"), Purpose: o.text("purpose"), Query: o.required("query"), Rows: -1, Position: o.position(o.node)}
	if known := l.userNames(); t.As != "" && len(known) > 0 && !slices.Contains(known, t.As) {
		_ = o.report(Warning, o.at("as"), near(t.As, known), "the test asks as %q, who is no user", t.As)
	}
	if e := o.child("expect", "expect"); e != nil {
		if e.has("value") {
			value := e.text("value")
			t.Value = &value
		}
		t.Matches, t.Error = e.text("matches"), e.text("error")
		if _, err := regexp.Compile(t.Matches); err != nil {
			_ = e.errorf(e.at("matches"), "matches of expect is no regular expression")
		}
		if t.Error != "" && !sqlState.MatchString(t.Error) {
			_ = e.errorf(e.at("error"), "error of expect is a SQLSTATE, such as 42501")
		}
		if e.has("rows") {
			t.Rows = int(e.integer("rows", -1, 0, 1_000_000))
		}
		e.end(Error)
	}
	o.end(Error)
	return t
}
