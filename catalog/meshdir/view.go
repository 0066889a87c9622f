package meshdir

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// readView reads the customProperties of a schema object that is derived: meshView, its
// query, and meshRights, definer or invoker.
func (l *loader) readView(o *object) *catalog.View {
	var v catalog.View
	rights := false
	for _, custom := range customProperties(o) {
		switch custom.text("property") {
		case "meshView":
			v.Query, v.Position = strings.TrimSpace(custom.text("value")), custom.position(custom.at("value"))
			if v.Query == "" {
				_ = custom.errorf(custom.at("value"), "meshView is empty")
			}
		case "meshRights":
			rights, v.Invoker = true, custom.oneOf("value", "definer", "invoker") == "invoker"
		}
	}
	if v.Position == "" {
		return nil
	}
	if !rights {
		_ = o.errorf(o.at("customProperties"), "schema object %s is a view: say in customProperties meshRights by whose rights it reads, definer or invoker", o.text("name"))
	}
	return &v
}

// onlyViews tells whether every object of a contract is a view, so that it needs no source.
func onlyViews(o *object) bool {
	objects := o.list("schema")
	for _, n := range objects {
		view := false
		// Read aside: what is wrong in there is reported when the object itself is read.
		aside := (&document{load: &loader{}, name: o.name}).object(n, "schema object")
		for _, custom := range customProperties(aside) {
			view = view || custom.text("property") == "meshView"
		}
		if !view {
			return false
		}
	}
	return len(objects) > 0
}

func readRelease(o *object) catalog.Release {
	r := catalog.Release{
		Product: o.required("product"), Columns: o.texts("columns"), Policies: o.texts("policies"), To: o.texts("to"),
		Reason: o.required("reason"), Position: o.position(o.node),
	}
	if len(r.To) == 0 {
		_ = o.errorf(o.at("to"), "release of product %s is to nobody: to lists products that are derived from it", r.Product)
	}
	for _, key := range []string{"columns", "policies"} {
		if v := o.value(key); v != nil && len(v.Content) == 0 {
			_ = o.errorf(v, "%s of release is empty; leave it out to release all", key)
		}
	}
	o.end(Error)
	return r
}

// checkReleases checks what releases name. A domain releases from its own policies, and
// from global ones that let domains override them; from others it would weaken them.
func (l *loader) checkReleases() {
	policies, products := map[string]*catalog.Policy{}, map[string]*catalog.Product{}
	for _, p := range l.mesh.Policies {
		policies[p.ID] = p
	}
	for _, d := range l.mesh.Domains {
		for _, p := range d.Products {
			products[p.FullName()] = p
		}
	}
	for _, d := range l.mesh.Domains {
		for _, r := range d.Releases {
			product := products[d.Name+"."+r.Product]
			if product == nil {
				l.reportAt(Error, r.Position, "release of product %q, which domain %s does not have", r.Product, d.Name)
				continue
			}
			l.checkRelease(d, r, product, policies)
			for _, to := range r.To {
				if products[to] == nil {
					l.reportAt(Warning, r.Position, "release to product %q, which is not there", to)
				}
			}
		}
	}
}

func (l *loader) checkRelease(d *catalog.Domain, r catalog.Release, product *catalog.Product, policies map[string]*catalog.Policy) {
	for _, id := range r.Policies {
		switch p := policies[id]; {
		case p == nil || p.Domain != "" && p.Domain != d.Name:
			l.reportAt(Error, r.Position, "release from policy %q, which is none of domain %s and not global", id, d.Name)
		case p.Domain == "" && !p.Overridable():
			l.reportAt(Error, r.Position, "release from policy %s weakens it: its domainsMay is not override", id)
		}
	}
	for _, name := range r.Columns {
		found := false
		for _, t := range product.Tables {
			found = found || columnIndex(t, name) >= 0
		}
		if !found {
			l.reportAt(Error, r.Position, "release of column %q, which product %s does not have", name, r.Product)
		}
	}
}
