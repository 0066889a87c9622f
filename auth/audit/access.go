package audit

// Grant is a grant as the audit knows it: whom it lets where, and of its condition only
// a hash, since that may hold values.
type Grant struct {
	Approver  string   `json:"approved_by,omitempty"`
	Change    string   `json:"change"` // in_force (at a start), added, removed, changed
	Columns   []string `json:"columns,omitempty"`
	Deny      bool     `json:"deny,omitempty"`
	Domains   []string `json:"domains,omitempty"` // whose policies and views may read
	Expires   string   `json:"expires,omitempty"`
	Groups    []string `json:"groups,omitempty"`
	ID        string   `json:"id"`
	NotBefore string   `json:"not_before,omitempty"`
	Product   string   `json:"product"` // domain.product
	Purpose   string   `json:"purpose,omitempty"`
	Request   string   `json:"request,omitempty"`
	Role      string   `json:"role,omitempty"`
	RowFilter string   `json:"row_filter,omitempty"` // SHA-256, hex
	Users     []string `json:"users,omitempty"`
	Versions  string   `json:"versions,omitempty"`
}

// Access records the grants that came with an epoch, and those that went. On an error the
// epoch must not come into force.
func (l *Log) Access(epoch uint64, changes []Grant) error {
	records := make([]record, len(changes))
	for i := range changes {
		records[i] = record{Kind: "access", Epoch: epoch, Grant: &changes[i]}
	}
	return l.writeAll(records)
}

// writeAll hands records over together and waits for all.
func (l *Log) writeAll(records []record) error {
	waiting := make([]*pending, len(records))
	for i := range records {
		p := newPending()
		p.sync = l.options.Sync
		p.pieces.encode(&records[i], ready{})
		if err := l.hand(p); err != nil {
			return err
		}
		waiting[i] = p
	}
	var first error
	for i := range waiting {
		if err := l.await(waiting[i], false); err != nil && first == nil {
			first = unwritable(err)
		}
	}
	return first
}
