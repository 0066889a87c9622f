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
}

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
	Role      string
	Purpose   string
	RowFilter string // SQL over the row; "" all rows. The scopes of several grants are ORed.
	NotBefore time.Time
	Expires   time.Time
	Deny      bool
	Position  string
}

// Policy restricts rows or masks columns wherever it matches.
type Policy struct {
	ID          string
	Domain      string // "" global
	Owner       string
	Description string
	Match       Match
	Except      Exception
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
type Exception struct{ Users, Groups, Roles, Purposes []string }

// Rule is one row filter or one mask of a policy.
type Rule struct {
	RowFilter string // SQL predicate over the row and principal.*
	Mask      MaskKind
	When      []string // tags; empty: every column the policy matches
	Args      map[string]string
	Position  string
}

// MaskKind is how a value is hidden.
type MaskKind string

// The masks, weakest last.
const (
	MaskNull     MaskKind = "null"
	MaskConstant MaskKind = "constant"
	MaskHash     MaskKind = "hash"
	MaskPartial  MaskKind = "partial"
)

// Check is a rule of governance/checks.
type Check struct{ ID, Level, Assert, Position string }

// Term is an entry of the glossary.
type Term struct {
	Name, Definition, Steward string
	Synonyms                  []string
}

// PolicyTest is a query with the answer its author expects.
type PolicyTest struct{ As, Query, Value, Matches string }
