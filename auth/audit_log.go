package auth

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// recordAudit puts on record that the audit itself is read.
func (s *securing) recordAudit(n *plan.Scan) {
	if n.Table.Source.Kind != catalog.AuditLog {
		return
	}
	d := TableDecision{Address: addressText(n.Table)}
	for _, c := range n.Cols {
		d.Output = append(d.Output, c.Name)
	}
	s.decision.Tables = append(s.decision.Tables, d)
	s.decision.Reason = Granted
}

// Audited says which records of the audit a principal may read. The zero value: none.
type Audited struct {
	all      bool
	domains  map[string]bool // owned whole
	products map[catalog.Address]bool
}

// MayAudit gives the records a principal may read: an auditor all, the owner of a domain
// or product those about it. The owner is a user or a group by name.
func MayAudit(who Principal) Audited {
	if who.mesh == nil {
		return Audited{}
	}
	a := Audited{all: who.Auditor, domains: map[string]bool{}, products: map[catalog.Address]bool{}}
	for _, d := range who.mesh.Domains {
		if who.isOwner(d.Owner) {
			a.domains[d.Name] = true
		}
		for _, p := range d.Products {
			if who.isOwner(p.Owner) {
				a.products[catalog.Address{Schema: d.Name, Name: p.Name}] = true
				for _, t := range p.Tables {
					for _, address := range t.Addresses {
						a.products[address] = true
					}
				}
			}
		}
	}
	return a
}

// isOwner tells whether the principal is the one named. A user whom nobody registered has
// a name that an issuer chose: it owns nothing by that, only by its groups.
func (who Principal) isOwner(name string) bool {
	if name == "" {
		return false
	}
	_, registered := who.mesh.User(who.User)
	return registered && name == who.User || slices.Contains(who.Groups, name)
}

// Any tells whether there may be a record to read at all.
func (a Audited) Any() bool { return a.all || len(a.domains) > 0 || len(a.products) > 0 }

// All tells whether every record may be read.
func (a Audited) All() bool { return a.all }

// Table tells whether records about a table, by its address as recorded, may be read.
func (a Audited) Table(address string) bool {
	at := parseAddress(address)
	return a.all || a.domains[at.Schema] || a.products[at]
}

// parseAddress reads an address as decisions write it.
func parseAddress(text string) catalog.Address {
	schema, name, _ := strings.Cut(text, ".")
	return catalog.Address{Schema: schema, Name: name}
}
