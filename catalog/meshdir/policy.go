package meshdir

import (
	"regexp"
	"slices"
	"strings"

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
	if p.DomainsMay == "override" {
		o.warnf(o.at("domainsMay"), "domainsMay override is read as tighten: of two masks the stronger holds")
	}
	l.checkPolicyID(o, p)
	file := &policyFile{policy: p, object: o, match: o.child("match", "match")}
	if file.match != nil {
		l.readMatch(file.match, p)
	}
	if e := o.child("except", "except"); e != nil {
		p.Except = l.readException(e)
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
	}
	o.checkNames("users", "user", e.Users, l.userNames())
	o.checkNames("groups", "group", e.Groups, l.groupNames())
	o.end(Error)
	return e
}

func (l *loader) readRule(o *object) catalog.Rule {
	r := catalog.Rule{
		RowFilter: strings.TrimSpace(o.text("rowFilter")), Args: map[string]string{}, Position: o.position(o.node),
	}
	if v := o.values["mask"]; v != nil && v.ShortTag() == "!!null" {
		_ = o.errorf(v, `mask is empty; the mask that hides a value whole is written "null", in quotes`)
	}
	r.Mask = catalog.MaskKind(o.oneOf("mask",
		string(catalog.MaskNull), string(catalog.MaskConstant), string(catalog.MaskHash), string(catalog.MaskPartial)))
	if o.node.Kind == yaml.MappingNode && o.has("rowFilter") == o.has("mask") {
		_ = o.errorf(o.node, "a rule has one of rowFilter and mask")
	}
	if o.has("rowFilter") && r.RowFilter == "" {
		_ = o.errorf(o.at("rowFilter"), "rowFilter is empty")
	}
	if w := o.child("when", "when"); w != nil {
		r.When = w.texts("tags")
		w.checkTags("tags", r.When)
		if len(r.When) == 0 {
			_ = w.errorf(w.node, "when has no tags")
		}
		w.end(Error)
	}
	if a := o.child("args", "args"); a != nil {
		for _, name := range a.order {
			r.Args[name] = a.text(name)
		}
		a.checkMaskArgs(r)
	} else {
		o.checkMaskArgs(r)
	}
	o.end(Error)
	return r
}

// checkMaskArgs checks the arguments that each mask takes.
func (o *object) checkMaskArgs(r catalog.Rule) {
	allowed := map[catalog.MaskKind][]string{
		catalog.MaskConstant: {"value"}, catalog.MaskHash: {"key"}, catalog.MaskPartial: {"keep", "first", "last"},
	}[r.Mask]
	if o.what == "args" && r.Mask != "" {
		for _, name := range o.order {
			if !slices.Contains(allowed, name) {
				o.unknown(o.keys[name], name, allowed, "mask %s takes no %q", r.Mask, name)
			}
		}
	}
	switch r.Mask {
	case catalog.MaskConstant:
		if _, ok := r.Args["value"]; !ok {
			_ = o.errorf(o.node, "mask constant needs args: {value: …}")
		}
	case catalog.MaskHash:
		if key, ok := r.Args["key"]; ok && !slices.Contains([]string{"mesh", "domain", "grant"}, key) {
			o.unknown(o.at("key"), key, []string{"mesh", "domain", "grant"}, "unknown key %q of mask hash", key)
		}
	case catalog.MaskPartial:
		o.checkPartial(r.Args)
	}
}

func (o *object) checkPartial(args map[string]string) {
	if len(args) != 1 {
		_ = o.errorf(o.node, "mask partial needs one of args: {keep: domain}, {first: n} and {last: n}")
		return
	}
	if keep, ok := args["keep"]; ok && keep != "domain" {
		o.unknown(o.at("keep"), keep, []string{"domain"}, "unknown keep %q of mask partial", keep)
	}
	for _, end := range []string{"first", "last"} {
		if _, ok := args[end]; ok {
			_ = o.integer(end, 0, 1, 1000)
		}
	}
}

func (l *loader) readPolicyTest(o *object) catalog.PolicyTest {
	t := catalog.PolicyTest{As: o.required("as"), Query: o.required("query")}
	if e := o.child("expect", "expect"); e != nil {
		t.Value, t.Matches = e.text("value"), e.text("matches")
		if _, err := regexp.Compile(t.Matches); err != nil {
			_ = e.errorf(e.at("matches"), "matches of expect is no regular expression")
		}
		e.end(Error)
	}
	o.end(Error)
	return t
}
