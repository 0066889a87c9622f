package meshdir

import (
	"path"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// readDomain reads one domain's directory. Whatever fails in it stays in it.
func (l *loader) readDomain(name string) {
	folder := path.Join("domains", name)
	if !l.exists(path.Join(folder, "domain.yaml")) {
		l.report(Error, folder, "the domain has no domain.yaml")
		return
	}
	d := l.read(path.Join(folder, "domain.yaml"))
	if d == nil {
		return
	}
	domain := &catalog.Domain{Name: name}
	if !l.readDomainFile(d, domain) {
		return
	}
	l.each(path.Join(folder, "sources"), ".source.yaml", func(d *document) { l.readSource(d, domain) })
	products := path.Join(folder, "products")
	for _, p := range l.directories(products) {
		l.readProduct(path.Join(products, p), domain)
	}
	l.each(products, ".odcs.yaml", func(d *document) { l.readLoneContract(d, domain) })
	l.addressTables(domain)
	l.each(path.Join(folder, "policies"), ".policy.yaml", func(d *document) { l.readPolicy(d, domain) })
	l.each(path.Join(folder, "grants"), ".grant.yaml", func(d *document) { l.readGrant(d, domain) })
	l.mesh.Domains = append(l.mesh.Domains, domain)
}

func (l *loader) readDomainFile(d *document, domain *catalog.Domain) bool {
	o, ok := d.header("Domain", "domain")
	if !ok {
		return false
	}
	name := o.required("name")
	switch {
	case name != "" && name != domain.Name:
		o.unknown(o.at("name"), name, []string{domain.Name}, "domain %q lies in the directory of domain %q", name, domain.Name)
	case reservedSchema(name):
		_ = o.errorf(o.at("name"), "domain name %q is reserved: it is a schema of PostgreSQL's or of the gateway's own", name)
	default:
		l.checkName(o, "name", name)
	}
	domain.Description, domain.Owner = o.text("description"), o.text("owner")
	domain.Stewards, domain.Approvers = o.texts("stewards"), o.texts("approvers")
	for _, r := range o.children("release", "release") {
		domain.Releases = append(domain.Releases, readRelease(r))
	}
	_ = o.oneOf("type", "source-aligned", "aggregate", "consumer-aligned")
	o.ignore("support", "tags", "displayName")
	o.end(Error)
	return true
}

// reservedSchema tells whether PostgreSQL's search path or catalog, or the gateway's own
// tables (mesh.audit), would hide a domain of that name.
func reservedSchema(name string) bool {
	return strings.HasPrefix(name, "pg_") || slices.Contains([]string{"information_schema", "public", "mesh"}, name)
}

// checkName checks a name that becomes part of an address.
func (l *loader) checkName(o *object, key, name string) {
	if name != "" && !l.addressing.pattern.MatchString(name) {
		_ = o.errorf(o.at(key), "%s of %s must match %s", key, o.what, l.addressing.pattern)
	}
}
