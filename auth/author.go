package auth

import (
	"slices"
	"time"

	"github.com/sluicemesh/sluice/catalog"
)

// Governance gives the authors of global policies as a principal: they may look up
// everything.
func Governance(mesh *catalog.Mesh) Principal {
	return Principal{User: "governance", governance: true, mesh: mesh, now: time.Now}
}

// OfDomain gives a domain as a principal: the authors of its policies and its views. It
// owns its products, and reads those of others by grants to it, under their policies.
func OfDomain(mesh *catalog.Mesh, domain string) Principal {
	who := Principal{User: "domain:" + domain, domain: domain, mesh: mesh, grants: map[string][]*catalog.Grant{}, now: time.Now}
	for _, g := range mesh.Grants {
		if slices.Contains(g.Domains, domain) {
			product := g.Domain + "." + g.Product
			who.grants[product] = append(who.grants[product], g)
		}
	}
	return who
}

// author gives who wrote a rule as a principal; "" is governance.
func (s *securing) author(domain string) Principal {
	if known, ok := s.authors[domain]; ok {
		return known
	}
	author := Governance(s.who.mesh)
	if domain != "" {
		author = OfDomain(s.who.mesh, domain)
	}
	author.now = s.who.now
	if s.authors == nil {
		s.authors = map[string]Principal{}
	}
	s.authors[domain] = author
	return author
}

// owns tells whether nothing between the principal and a table's rows is for it to decide.
func (who Principal) owns(t *catalog.Table) bool {
	return who.governance || who.domain != "" && who.domain == t.Product.Domain.Name
}
