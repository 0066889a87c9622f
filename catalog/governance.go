package catalog

import "time"

// User is a person or program that may log in.
type User struct {
	Name       string
	Groups     []string // direct ones
	Attributes map[string]string
	Scram      SecretRef // holds a SCRAM-SHA-256 verifier
	Verifier   string    // the verifier itself where the mesh gives it inline (it is no secret literal: demo, tests)
	Auditor    bool
	Auth       UserAuthentication
}

// Group is a named set of users and groups.
type Group struct {
	Name   string
	Owner  string
	Groups []string // member of these
}

// TagVocabulary orders classifications and arranges tags as a forest.
type TagVocabulary struct {
	Classifications []string // low to high
	Parents         map[string]string
	// MinClassification is the least a column with the tag (or a child of it) counts as.
	MinClassification map[string]string
	// Detect says how columns that should carry a tag are found.
	Detect map[string]Detector
}

// Detector are the signs of a tag: regular expressions over names of columns and over
// values. Empty ones find nothing.
type Detector struct{ Name, Sample string }

// Grant opens a product's tables to principals. Where Deny is set it closes them
// and overrides every other grant.
type Grant struct {
	ID        string
	Domain    string
	Product   string
	Versions  string // constraint such as ">=2 <3"; "" all
	Columns   []string
	Users     []string
	Groups    []string
	Domains   []string // whose policies and definer views may read it
	Role      string
	Purpose   string
	RowFilter string // SQL over the row; "" all rows. The scopes of several grants are ORed.
	NotBefore time.Time
	Expires   time.Time
	Deny      bool

	ApprovedBy string // who answers for it; binds nobody, and is on record
	Request    string // what it was asked for by, in whatever system
	Position   string
}

// Terms is the grant without what decides on nothing: where it was written, and who
// approved it.
func (g Grant) Terms() Grant {
	g.ApprovedBy, g.Request, g.Position = "", "", ""
	return g
}

// Policy restricts rows or masks columns wherever it matches.
type Policy struct {
	ID          string
	Domain      string // "" global
	Owner       string
	Description string
	Match       Match
	Except      Exception
	Bypass      Bypass
	Rules       []Rule
	DomainsMay  string // tighten, override, nothing
	Tests       []PolicyTest
	Position    string
}

// Match selects tables and columns. Empty fields select all.
type Match struct {
	Products              []string // "product" of its own domain or "domain.product"
	Columns               []string
	Tags                  []string // the tag or a child of it
	AtLeastClassification string
}

// Exception names whom a policy does not bind.
type Exception struct{ Users, Groups, Roles, Purposes, Domains []string }

// Bypass names owners and administrators whom a policy does not bind although it is
// meant for them too. Every use is on record with its reason.
type Bypass struct {
	Users, Groups []string
	Reason        string
}

// Rule is one thing a policy does: exactly one of RowFilter, Mask, HideColumn,
// NoProject and AggregateOnly is set.
type Rule struct {
	RowFilter     string // SQL predicate over the row and principal.*
	Mask          MaskKind
	HideColumn    bool // the column does not exist
	NoProject     bool // the column may be compared and counted, not shown
	AggregateOnly *AggregateOnly
	When          []string // tags; empty: every column the policy matches
	Args          map[string]string
	Mapping       map[string]string // of MaskGeneralise: what stands for each value
	// RefusePredicate refuses statements that compare the masked column; else they
	// compare the mask.
	RefusePredicate bool
	Position        string
}

// AggregateOnly lets rows be read through aggregates over large groups only.
type AggregateOnly struct {
	MinGroup int
	// Of is the column of which a group must hold MinGroup different values; "": rows.
	Of string
	// Dimensions are the columns that may be grouped by and compared; all others may
	// only be aggregated.
	Dimensions []string
}

// MaskKind is how a value is hidden.
type MaskKind string

// The masks, weakest last. What SQL of an author hides is not known, so it is the weakest.
const (
	MaskNull       MaskKind = "null"
	MaskConstant   MaskKind = "constant"
	MaskHash       MaskKind = "hash"
	MaskGeneralise MaskKind = "generalise"
	MaskPartial    MaskKind = "partial"
	MaskSQL        MaskKind = "sql"
)

// MaskKinds are all masks, the strongest first.
var MaskKinds = []MaskKind{MaskNull, MaskConstant, MaskHash, MaskGeneralise, MaskPartial, MaskSQL}

// Check is a rule of governance/checks.
type Check struct{ ID, Level, Assert, Position string }

// Term is an entry of the glossary.
type Term struct {
	Name, Definition, Steward string
	Synonyms                  []string
}

// Release says that policies on a product of its domain do not carry over to products
// that another domain derives from it.
type Release struct {
	Product  string
	Columns  []string // empty: all
	Policies []string // ids; empty: every one of the domain's own
	To       []string // derived products, domain.product
	Reason   string
	Position string
}

// PolicyTest is a query with the answer its author expects.
type PolicyTest struct {
	As, Purpose, Query string
	Value              *string // of the first column of the first row; nil: not expected
	Matches            string  // a regular expression that every value of the first column matches
	Rows               int     // how many rows; -1: any number
	Error              string  // the SQLSTATE of a refusal; "": an answer
	Position           string
}
