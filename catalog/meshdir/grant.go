package meshdir

import (
	"slices"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/catalog"
)

// readGrant reads a grant of a domain on one of its products.
func (l *loader) readGrant(d *document, domain *catalog.Domain) {
	o, ok := d.header("Grant", "grant")
	if !ok {
		return
	}
	g := &catalog.Grant{
		ID: o.required("id"), Domain: domain.Name, Product: o.required("product"), Versions: o.text("versions"),
		Columns: o.texts("columns"), Role: o.text("role"), Purpose: o.text("purpose"),
		RowFilter: strings.TrimSpace(o.text("rowFilter")), Deny: o.boolean("deny"), Position: d.position(o.node),
		NotBefore: o.moment("notBefore", false), Expires: o.moment("expires", true),
	}
	if to := o.child("to", "to"); to != nil {
		g.Users, g.Groups, g.Domains = to.texts("users"), to.texts("groups"), to.texts("domains")
		to.checkNames("users", "user", g.Users, l.userNames())
		to.checkNames("groups", "group", g.Groups, l.groupNames())
		to.end(Error)
	}
	g.ApprovedBy, g.Request = o.text("approvedBy"), o.text("request")
	o.ignore("description", "apiVersion", "kind")
	l.checkGrant(o, g, domain)
	o.end(Error)
	l.mesh.Grants = append(l.mesh.Grants, g)
}

func (l *loader) checkGrant(o *object, g *catalog.Grant, domain *catalog.Domain) {
	for _, other := range l.mesh.Grants {
		if other.ID == g.ID && g.ID != "" {
			_ = o.errorf(o.at("id"), "grant id %q stands twice; first at %s", g.ID, other.Position)
		}
	}
	if len(g.Users)+len(g.Groups)+len(g.Domains) == 0 {
		_ = o.errorf(o.at("to"), "grant %s is to nobody: to needs users, groups or domains", g.ID)
	}
	if v := o.values["columns"]; v != nil && len(g.Columns) == 0 {
		_ = o.errorf(v, "columns of grant is empty; leave it out to grant all")
	}
	if v := o.values["rowFilter"]; v != nil && g.RowFilter == "" {
		_ = o.errorf(v, "rowFilter of grant is empty; leave it out to grant all rows")
	}
	if g.Deny && len(g.Columns) > 0 && g.RowFilter != "" {
		_ = o.errorf(o.at("deny"), "a grant that denies has one of columns and rowFilter")
	}
	if !g.Expires.IsZero() && g.Expires.Before(l.options.Now) {
		o.warnf(o.at("expires"), "grant %s has expired", g.ID)
	}
	l.checkApprover(o, g, domain)
	versions, err := catalog.ParseVersionRange(g.Versions)
	if err != nil {
		_ = o.errorf(o.at("versions"), "%s", err)
		return
	}
	l.checkGranted(o, g, domain, versions)
}

// checkApprover tells reviewers of a grant that nobody has approved who may, where the
// domain says who that is.
func (l *loader) checkApprover(o *object, g *catalog.Grant, domain *catalog.Domain) {
	switch {
	case !l.options.Review || g.Deny || len(domain.Approvers) == 0 || l.mayApprove(domain, g.ApprovedBy):
	case g.ApprovedBy == "":
		o.warnf(o.node, "grant %s names nobody who approved it", g.ID)
	default:
		o.warnf(o.at("approvedBy"), "grant %s is approved by %s, who is no approver of domain %s", g.ID, g.ApprovedBy, domain.Name)
	}
}

// mayApprove tells whether a user owns a domain or is one of its approvers, by name or by a group.
func (l *loader) mayApprove(domain *catalog.Domain, user string) bool {
	return user != "" && user == domain.Owner || slices.Contains(domain.Approvers, user) || slices.ContainsFunc(l.mesh.Users, func(u *catalog.User) bool {
		return u.Name == user && slices.ContainsFunc(u.Groups, func(g string) bool { return slices.Contains(domain.Approvers, g) })
	})
}

// checkGranted checks that the product, a version in range and the columns are there.
func (l *loader) checkGranted(o *object, g *catalog.Grant, domain *catalog.Domain, versions catalog.VersionRange) {
	if g.Product == "" {
		return
	}
	product, names := productNamed(domain, g.Product)
	if product == nil {
		o.unknown(o.at("product"), g.Product, names, "unknown product %q in domain %s", g.Product, domain.Name)
		return
	}
	columns, covered := map[string]bool{}, false
	for _, t := range product.Tables {
		version, err := catalog.ParseVersion(t.Version)
		if err != nil || !versions.Holds(version) {
			continue
		}
		covered = true
		for _, c := range t.Columns {
			columns[c.Name] = true
		}
	}
	if !covered {
		o.warnf(o.at("versions"), "no version of product %s that is served lies within %q", g.Product, g.Versions)
		return
	}
	for i, name := range g.Columns {
		if !columns[name] {
			o.unknown(o.element("columns", i), name, sortedKeys(columns), "unknown column %q of product %s", name, g.Product)
		}
	}
}

func productNamed(domain *catalog.Domain, name string) (*catalog.Product, []string) {
	var names []string
	for _, p := range domain.Products {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, names
}

// moment reads a date (its end where end is set) or a timestamp with its offset.
func (o *object) moment(key string, end bool) time.Time {
	s := o.text(key)
	if s == "" {
		return time.Time{}
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		if end {
			day = day.AddDate(0, 0, 1)
		}
		return day
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		_ = o.errorf(o.at(key), "%s of %s must be a date such as 2027-06-30 or a time such as 2027-06-30T12:00:00Z", key, o.what)
	}
	return t
}
