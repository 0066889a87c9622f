package auth

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Reason is why a statement was allowed or refused, as a code for the audit.
type Reason string

// The reasons. The zero value is no reason to allow anything.
const (
	Granted       Reason = "granted"
	NoTables      Reason = "no_tables" // nothing governed is read
	NotGranted    Reason = "not_granted"
	ColumnDenied  Reason = "column_not_granted"
	UseDenied     Reason = "use_not_allowed" // a column or table was used in a way a policy forbids
	Undecided     Reason = "undecided"       // a policy could not be judged
	Invalid       Reason = "invalid"         // the statement has no plan to decide on
	StaleSnapshot Reason = "stale_snapshot"  // bound under another snapshot of the mesh
	Purpose       Reason = "purpose"         // one was declared, for what is read from now on
)

// Decision is what Secure decided on one statement, and on what grounds. It holds
// names only: no value, no condition.
type Decision struct { // fields in the order of their JSON names, which makes records canonical
	Allowed bool `json:"allowed"`
	// Attributes are those of the principal that policies read, with their values.
	Attributes map[string]string `json:"attributes,omitempty"`
	Epoch      uint64            `json:"epoch"`
	Groups     []string          `json:"groups,omitempty"`
	MeshHash   string            `json:"mesh"`
	Purpose    string            `json:"purpose,omitempty"`
	Reason     Reason            `json:"reason"`
	Tables     []TableDecision   `json:"tables,omitempty"`
	User       string            `json:"user"`
}

// Refused is the decision on a statement that ended before Secure: a name that is not
// visible, a construct that is not supported, an error in the text.
func Refused(who Principal, err error) Decision {
	d := who.decision()
	d.Reason = Invalid
	if e := sqlstate.From(err); e.Code == sqlstate.UndefinedTable || e.Code == sqlstate.InsufficientPrivilege {
		d.Reason = NotGranted // the audit does not tell what is missing from what is hidden; the mesh does
	}
	return d
}

// decision begins a Decision on a principal.
func (who Principal) decision() Decision {
	d := Decision{User: who.User, Groups: who.Groups, Purpose: who.Purpose, Reason: NoTables}
	if who.mesh != nil {
		d.Epoch, d.MeshHash = who.mesh.Epoch, who.mesh.Hash
	}
	return d
}

// TableDecision is the part of a Decision about one scan.
type TableDecision struct {
	Address string `json:"address"`
	// Bypassed are the policies that did not bind because of a bypass.
	Bypassed   []Bypassed   `json:"bypassed,omitempty"`
	Grants     []string     `json:"grants,omitempty"`
	Masks      []ColumnMask `json:"masks,omitempty"`
	Output     []string     `json:"output,omitempty"`      // columns read other than in conditions only
	Predicate  []string     `json:"predicate,omitempty"`   // columns read in conditions
	RowFilters []string     `json:"row_filters,omitempty"` // ids of policies and grants whose filter is in force
	Version    string       `json:"version"`
	// Via says that the statement does not name the table itself: "policy <id>" for a
	// lookup of a condition, "view <address>" for an input of a derived product.
	Via string `json:"via,omitempty"`
}

// Bypassed is a policy's bypass at work, with the reason its author gave.
type Bypassed struct {
	Policy string `json:"policy"`
	Reason string `json:"reason"`
}

// ColumnMask says that a column was masked.
type ColumnMask struct {
	Column string           `json:"column"`
	Mask   catalog.MaskKind `json:"mask"`
	Policy string           `json:"policy"`
}
