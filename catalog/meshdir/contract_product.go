package meshdir

import "github.com/sluicemesh/sluice/catalog"

// productOf makes a product of contracts that no product.odps.yaml describes.
func (l *loader) productOf(domain *catalog.Domain, contracts []*contract) *catalog.Product {
	newest := contracts[0]
	for _, c := range contracts[1:] {
		if c.version.Compare(newest.version) > 0 {
			newest = c
		}
	}
	p := &catalog.Product{
		Domain: domain, ID: newest.id, Name: newest.dataProduct, Version: newest.versionText,
		Status: "active", Description: newest.description, Owner: newest.owner,
	}
	key := "dataProduct"
	if p.Name == "" {
		p.Name, key = newest.name, "name"
	}
	if p.Name == "" {
		_ = newest.object.errorf(newest.object.node, "contract has neither dataProduct nor name, so the product has no address")
	} else {
		l.checkName(newest.object, key, p.Name)
	}
	return p
}
