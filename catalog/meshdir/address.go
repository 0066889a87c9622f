package meshdir

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// addressTables names the objects of a domain's products:
//
//	domain.product            the primary object of the newest active major version
//	domain.product_v<major>   the primary object of that version
//	domain.product__object    any other object, of the newest active major version
//	domain.product_v<major>__object
func (l *loader) addressTables(domain *catalog.Domain) {
	taken := map[string]*catalog.Table{}
	for _, p := range domain.Products {
		contracts := without(l.contracts, func(c *contract) bool { return c.product != p })
		slices.SortStableFunc(contracts, servedBefore)
		l.addressProduct(p, contracts)
		for _, c := range contracts {
			for _, t := range c.tables {
				l.claim(c, t, taken)
			}
			p.Tables = append(p.Tables, c.tables...)
		}
	}
}

// servedBefore puts active versions before deprecated ones, then newer before older.
func servedBefore(a, b *contract) int {
	if (a.status == "active") != (b.status == "active") {
		if a.status == "active" {
			return -1
		}
		return 1
	}
	return cmp.Or(-a.version.Compare(b.version), cmp.Compare(a.id, b.id))
}

func (l *loader) addressProduct(p *catalog.Product, contracts []*contract) {
	main := mainContract(p, contracts)
	versions := map[string]bool{}
	for _, c := range contracts {
		key := c.group() + " " + strconv.Itoa(c.version.Major)
		if versions[key] {
			_ = c.object.errorf(c.object.at("version"), "product %s has two contracts of major version %d; retire one", p.Name, c.version.Major)
		}
		versions[key] = true
	}
	newest := map[string]bool{}
	for _, c := range contracts {
		first := !newest[c.group()]
		newest[c.group()] = true
		for _, t := range c.tables {
			l.addressTable(p, c, t, first, t == c.primary && c.group() == main)
		}
		if main == c.group() && c.primary == nil && first {
			c.object.warnf(c.object.at("schema"), "no schema object is tagged %s, so nothing answers to %s.%s", primaryTag, p.Domain.Name, p.Name)
		}
	}
}

// group tells the versions of one contract from other contracts of the product.
func (c *contract) group() string { return cmp.Or(c.name, c.id) }

// mainContract gives the group whose primary object is the product's: the only one,
// else the one named like the product, else "".
func mainContract(p *catalog.Product, contracts []*contract) string {
	groups := map[string]bool{}
	for _, c := range contracts {
		groups[c.group()] = true
	}
	if names := sortedKeys(groups); len(names) == 1 {
		return names[0]
	}
	if groups[p.Name] {
		return p.Name
	}
	return ""
}

func (l *loader) addressTable(p *catalog.Product, c *contract, t *catalog.Table, newest, primary bool) {
	bare := p.Name
	pinned := bare + strings.ReplaceAll(l.addressing.versionSuffix, "{major}", strconv.Itoa(t.Major))
	if !primary {
		object := l.addressing.objectSeparator + t.Object
		bare, pinned = bare+object, pinned+object
		if !l.addressing.pattern.MatchString(t.Object) {
			_ = c.object.errorf(c.object.at("schema"), "schema object %q must match %s: it is part of the address %s", t.Object, l.addressing.pattern, bare)
		}
	}
	t.Product = p
	if newest {
		t.Addresses = append(t.Addresses, catalog.Address{Schema: p.Domain.Name, Name: bare})
	}
	t.Addresses = append(t.Addresses, catalog.Address{Schema: p.Domain.Name, Name: pinned})
	for _, a := range t.Addresses {
		if len(a.Name) > maxName {
			_ = c.object.errorf(c.object.at("schema"), "address %s.%s is longer than %d bytes", a.Schema, a.Name, maxName)
		}
	}
}

// claim reports an address that two objects would answer to.
func (l *loader) claim(c *contract, t *catalog.Table, taken map[string]*catalog.Table) {
	for _, a := range t.Addresses {
		if other := taken[a.Name]; other != nil && other != t {
			_ = c.object.errorf(c.object.at("schema"), "address %s.%s is that of another object: %s", a.Schema, a.Name, other.Position)
		}
		taken[a.Name] = t
	}
}
