package meshdir

import (
	"path"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

var (
	odpsVersions = []string{"v0.9.0", "v1.0.0", "v1.1.0"}
	statuses     = []string{"proposed", "draft", "active", "deprecated", "retired"}
)

// published tells whether what has a status is served.
func published(status string) bool { return status == "active" || status == "deprecated" }

// port is an output port: a contract the product promises.
type port struct {
	object     *object
	contractID string
	version    string
}

// readProduct reads a product's folder: its ODPS descriptor, if any, and its contracts.
func (l *loader) readProduct(folder string, domain *catalog.Domain) {
	product := &catalog.Product{Domain: domain}
	var ports []port
	described := false
	l.optional(path.Join(folder, "product.odps.yaml"), func(d *document) {
		described = true
		ports = l.readDescriptor(d, product)
	})
	if l.exists(path.Join(folder, "product.odps.yaml")) && !described {
		return
	}
	var contracts []*contract
	for _, e := range l.entries(folder) {
		name := path.Join(folder, e.Name())
		switch {
		case strings.HasSuffix(e.Name(), ".odcs.yaml"):
			if d := l.read(name); d != nil {
				if c := l.readContract(d, domain); c != nil {
					contracts = append(contracts, c)
				}
			}
		case e.Name() == "product.odps.yaml":
		case strings.HasSuffix(e.Name(), ".yaml"), strings.HasSuffix(e.Name(), ".yml"):
			l.report(Warning, name, "this file is not read: a product holds product.odps.yaml and contracts ending in .odcs.yaml")
		}
	}
	switch {
	case described:
		contracts = l.checkPorts(ports, contracts)
	case len(contracts) == 0:
		return
	default:
		product = l.productOf(domain, contracts)
	}
	l.publish(domain, product, contracts)
}

// readLoneContract reads a contract that is a whole product by itself.
func (l *loader) readLoneContract(d *document, domain *catalog.Domain) {
	if c := l.readContract(d, domain); c != nil {
		l.publish(domain, l.productOf(domain, []*contract{c}), []*contract{c})
	}
}

// publish adds a product with its contracts to the domain.
func (l *loader) publish(domain *catalog.Domain, p *catalog.Product, contracts []*contract) {
	for _, other := range domain.Products {
		if other.Name == p.Name && len(contracts) > 0 {
			c := contracts[0]
			_ = c.object.errorf(c.object.node, "product %q stands twice in domain %s", p.Name, domain.Name)
			return
		}
	}
	domain.Products = append(domain.Products, p)
	for _, c := range contracts {
		if c.dataProduct != "" && c.dataProduct != p.Name {
			c.object.unknown(c.object.at("dataProduct"), c.dataProduct, []string{p.Name}, "dataProduct %q is not the product %q of this folder", c.dataProduct, p.Name)
		}
		c.product = p
		if published(p.Status) && published(c.status) {
			l.contracts = append(l.contracts, c)
		}
	}
}

func (l *loader) readDescriptor(d *document, p *catalog.Product) []port {
	o := d.object(d.root, "product")
	readStandard(o, "DataProduct", odpsVersions)
	p.ID, p.Name, p.Version = o.required("id"), o.required("name"), o.text("version")
	l.checkName(o, "name", p.Name)
	if o.required("status") != "" {
		p.Status = o.oneOf("status", statuses...)
	}
	l.checkDomain(o, p.Domain)
	p.Description = purpose(o)
	p.Owner = o.teamOwner(p.Domain.Owner)
	l.rememberInputs(o, p)
	var ports []port
	for _, q := range o.children("outputPorts", "output port") {
		ports = append(ports, port{q, q.text("contractId"), q.required("version")})
		q.required("name")
		q.ignore("description", "type", "sbom", "inputContracts", "tags", "customProperties", "authoritativeDefinitions")
		q.end(Warning)
	}
	o.ignore("tenant", "authoritativeDefinitions", "customProperties", "tags", "managementPorts", "support", "productCreatedTs")
	o.end(Warning)
	return ports
}

// readStandard checks apiVersion and kind of a descriptor of an open standard.
func readStandard(o *object, kind string, versions []string) {
	if v := o.required("apiVersion"); v != "" && !slices.Contains(versions, v) {
		o.unknown(o.at("apiVersion"), v, versions, "apiVersion %q of %s is not read; these are: %s", v, kind, strings.Join(versions, ", "))
	}
	if o.required("kind") != "" {
		o.oneOf("kind", kind)
	}
}

func (l *loader) checkDomain(o *object, domain *catalog.Domain) {
	if name := o.required("domain"); name != "" && name != domain.Name {
		o.unknown(o.at("domain"), name, []string{domain.Name}, "domain %q of %s is not the domain %q it lies in", name, o.what, domain.Name)
	}
}

// purpose reads description, which is a mapping or, in older versions, a text.
func purpose(o *object) string {
	v := o.value("description")
	if v == nil || len(v.Content) == 0 {
		return o.textIfScalar("description")
	}
	d := o.object(v, "description")
	text := d.text("purpose")
	d.ignore("limitations", "usage", "authoritativeDefinitions", "customProperties")
	d.end(Warning)
	return text
}

func (o *object) textIfScalar(key string) string {
	if v := o.value(key); v != nil && len(v.Content) == 0 {
		return v.Value
	}
	return ""
}

// teamOwner gives the member who owns the product, else its domain's owner. team is a
// mapping with members, or the members themselves (ODCS 3.0).
func (o *object) teamOwner(otherwise string) string {
	v := o.value("team")
	if v == nil {
		return otherwise
	}
	members := v.Content
	if kindName(v) == "a mapping" {
		team := o.object(v, "team")
		members = team.list("members")
		team.ignore("id", "name", "description", "tags", "customProperties", "authoritativeDefinitions")
		team.end(Warning)
	}
	for _, m := range members {
		member := o.object(m, "team member")
		if name := member.text("username"); strings.EqualFold(member.text("role"), "owner") && name != "" {
			return name
		}
	}
	return otherwise
}

// checkPorts gives the contracts that an output port promises; others are not served.
func (l *loader) checkPorts(ports []port, contracts []*contract) []*contract {
	var ids []string
	for _, c := range contracts {
		ids = append(ids, c.id)
	}
	for _, p := range ports {
		if p.contractID == "" {
			continue
		}
		if !slices.Contains(ids, p.contractID) {
			p.object.unknown(p.object.at("contractId"), p.contractID, ids, "no contract of this product has the id %q", p.contractID)
		} else if !slices.ContainsFunc(contracts, p.promises) {
			_ = p.object.errorf(p.object.at("version"), "no contract with the id %q has the major version of %s", p.contractID, p.version)
		}
	}
	return without(contracts, func(c *contract) bool {
		promised := slices.ContainsFunc(ports, func(p port) bool { return p.promises(c) })
		if !promised {
			c.object.warnf(c.object.node, "this contract is not served: no output port of product.odps.yaml names its id and major version")
		}
		return !promised
	})
}

func (p port) promises(c *contract) bool {
	v, err := catalog.ParseVersion(p.version)
	return p.contractID == c.id && err == nil && v.Major == c.version.Major
}
