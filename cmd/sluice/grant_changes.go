package main

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"time"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/catalog"
)

// grantChanges tells the audit what access a snapshot brings and takes. At a start it is
// all that is in force: nobody knows what changed while nothing ran.
func grantChanges(before, after []*catalog.Grant, start bool) []audit.Grant {
	was := map[string]audit.Grant{}
	for _, g := range before {
		was[g.Domain+"\x00"+g.ID] = auditGrant(g)
	}
	var changes []audit.Grant
	for _, g := range after {
		now := auditGrant(g)
		key := g.Domain + "\x00" + g.ID
		old, known := was[key]
		delete(was, key)
		switch {
		case start:
			now.Change = "in_force"
		case !known:
			now.Change = "added"
		case reflect.DeepEqual(old, now):
			continue
		default:
			now.Change = "changed"
		}
		changes = append(changes, now)
	}
	for _, g := range before {
		if old, gone := was[g.Domain+"\x00"+g.ID]; gone {
			old.Change = "removed"
			changes = append(changes, old)
		}
	}
	return changes
}

func auditGrant(g *catalog.Grant) audit.Grant {
	a := audit.Grant{
		Approver: g.ApprovedBy, Request: g.Request,
		Columns: g.Columns, Deny: g.Deny, Domains: g.Domains, Expires: moment(g.Expires), Groups: g.Groups, ID: g.ID,
		NotBefore: moment(g.NotBefore), Product: g.Domain + "." + g.Product, Purpose: g.Purpose, Role: g.Role, Users: g.Users, Versions: g.Versions,
	}
	if g.RowFilter != "" {
		sum := sha256.Sum256([]byte(g.RowFilter))
		a.RowFilter = hex.EncodeToString(sum[:])
	}
	return a
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
