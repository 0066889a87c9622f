package meshdir

import (
	"github.com/sluicemesh/sluice/catalog"
)

var odcsVersions = []string{"v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0", "v3.2.0"}

// contract is an ODCS contract as read, before its objects have addresses.
type contract struct {
	object      *object
	domain      *catalog.Domain
	product     *catalog.Product
	id, name    string
	dataProduct string
	version     catalog.Version
	versionText string
	status      string
	description string
	owner       string
	tables      []*catalog.Table
	primary     *catalog.Table // the object tagged primary, or the only one; nil: none
	references  []pendingReference
}

func (l *loader) readContract(d *document, domain *catalog.Domain) *contract {
	o := d.object(d.root, "contract")
	readStandard(o, "DataContract", odcsVersions)
	c := &contract{object: o, domain: domain, id: o.text("id"), name: o.text("name"), dataProduct: o.text("dataProduct")}
	if c.id == "" {
		o.warnf(o.node, "contract has no id")
	}
	c.versionText = o.required("version")
	if c.versionText != "" {
		v, err := catalog.ParseVersion(c.versionText)
		if err != nil {
			_ = o.errorf(o.at("version"), "%s", err)
		}
		c.version = v
	}
	if o.required("status") != "" {
		c.status = o.oneOf("status", statuses...)
	}
	l.checkDomain(o, domain)
	c.description, c.owner = purpose(o), o.teamOwner(domain.Owner)
	var source *catalog.Source
	var in place
	if !onlyViews(o) {
		source, in = l.chooseSource(o, domain)
	} else {
		o.ignore("servers")
	}
	tags := l.governedTags(o.texts("tags"))
	names := map[string]bool{}
	for _, s := range o.children("schema", "schema object") {
		t := l.readObject(s, c, source, in, tags)
		if names[t.Object] {
			_ = s.errorf(s.at("name"), "schema object %q stands twice", t.Object)
		}
		names[t.Object] = true
		c.tables = append(c.tables, t)
	}
	if len(c.tables) == 0 && len(o.order) > 0 && !o.has("schema") {
		_ = o.errorf(o.node, "contract has no schema")
	}
	c.choosePrimary()
	o.ignore("tenant", "support", "price", "roles", "slaDefaultElement", "slaProperties", "authoritativeDefinitions",
		"customProperties", "contractCreatedTs", "tags", "quality")
	o.end(Warning)
	return c
}

// governedTags keeps the tags of a contract that the vocabulary knows: they hold for
// every column in it. The others are free words for search.
func (l *loader) governedTags(tags []string) []string {
	return without(tags, func(t string) bool { return !l.mesh.Tags.Known(t) })
}

// choosePrimary finds the object behind the bare address.
func (c *contract) choosePrimary() {
	var tagged []*catalog.Table
	for _, t := range c.tables {
		if known(t.Tags, primaryTag) {
			tagged = append(tagged, t)
		}
	}
	switch {
	case len(tagged) == 1:
		c.primary = tagged[0]
	case len(tagged) > 1:
		_ = c.object.errorf(c.object.at("schema"), "more than one schema object is tagged %s", primaryTag)
	case len(c.tables) == 1:
		c.primary = c.tables[0]
	}
}
