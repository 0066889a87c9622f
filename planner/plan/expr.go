package plan

import "github.com/sluicemesh/sluice/catalog/pgtype"

// Expr is a typed scalar expression. Expressions are immutable and may be shared.
// Every coercion PostgreSQL would insert is an explicit Cast: after Bind the
// argument types of a Call are exactly those its procedure declares.
type Expr interface {
	Type() pgtype.Type
	// Children gives the direct sub-expressions, not those inside a Subquery's plan.
	Children() []Expr
	// WithChildren gives a copy with other sub-expressions, same number and order.
	WithChildren([]Expr) Expr
}

// ColumnID identifies a column within one plan. IDs are never reused: a column of a
// table scanned twice has two, so a reference needs no scope to be resolved, and an
// ID that no input of a node produces is a correlated reference.
type ColumnID int

// Column is a column a node produces.
type Column struct {
	ID   ColumnID
	Name string // for people and for SQL text; never for resolution
	Type pgtype.Type
	// NotNull is set only where no row can hold NULL.
	NotNull bool
}

// Literal is a constant: PostgreSQL's canonical text form (ISO dates, hex bytea,
// "t"/"f") of a value, or NULL.
type Literal struct {
	Of   pgtype.Type
	Null bool
	Text string
	// Secret marks a policy author's constant: EXPLAIN and logs never show it.
	Secret bool
}

// Parameter is $n, replaced by a Literal before a plan is secured.
type Parameter struct {
	Index int // 1-based
	Of    pgtype.Type
}

// ColumnRef reads a column of the input, or of an outer query where no input has it.
type ColumnRef struct{ Column }

// Call applies a function or operator.
type Call struct {
	Procedure *pgtype.Procedure
	Operator  string // "+", "~~"; "" for a function call
	Args      []Expr
	Of        pgtype.Type
}

// CastContext says how a cast came about.
type CastContext uint8

// Casts written by the user, and those PostgreSQL inserts.
const (
	CastExplicit CastContext = iota
	CastAssignment
	CastImplicit
)

// Cast converts Arg to another type, or only to another type modifier.
type Cast struct {
	Arg     Expr
	To      pgtype.Type
	Context CastContext
}

// And is true where all are; three-valued. At least two.
type And struct{ Args []Expr }

// Or is true where one is; three-valued. At least two.
type Or struct{ Args []Expr }

// Not is three-valued negation.
type Not struct{ Arg Expr }

// IsNull is IS NULL, or IS NOT NULL where Negated. Of a scalar, not of a row.
type IsNull struct {
	Arg     Expr
	Negated bool
}

// BooleanTest is IS [NOT] TRUE, FALSE, UNKNOWN.
type BooleanTest struct {
	Arg     Expr
	Is      string // TRUE, FALSE, UNKNOWN
	Negated bool
}

// Distinct is IS DISTINCT FROM, by the equality operator in Equal; Negated: IS NOT DISTINCT FROM.
type Distinct struct {
	Left, Right Expr
	Equal       *pgtype.Procedure
	Negated     bool
}

// When is one arm of a Case.
type When struct{ Condition, Result Expr }

// Case is the searched CASE; the simple form is bound to it. Else nil means NULL.
type Case struct {
	Whens []When
	Else  Expr
	Of    pgtype.Type
}

// Coalesce gives its first argument that is not NULL.
type Coalesce struct {
	Args []Expr
	Of   pgtype.Type
}

// NullIf is NULL where Equal(Left, Right), else Left.
type NullIf struct {
	Left, Right Expr // Right and Left coerced as Equal demands; result is Left
	Equal       *pgtype.Procedure
	Of          pgtype.Type
}

// Extreme is GREATEST or LEAST: NULLs are ignored.
type Extreme struct {
	Greatest bool
	Args     []Expr
	Of       pgtype.Type
}

// In is Arg [NOT] IN (list of scalars), by the operator of Equal.
type In struct {
	Arg     Expr
	List    []Expr
	Equal   *pgtype.Procedure
	Negated bool
}

// ArrayCompare is Left op ANY (Array) or, with All, op ALL.
type ArrayCompare struct {
	Procedure *pgtype.Procedure
	Operator  string
	Left      Expr
	Array     Expr
	All       bool
}

// Array is ARRAY[…].
type Array struct {
	Elements []Expr
	Of       pgtype.Type
}

// Subscript is Arg[Index], or the slice Arg[Lower:Upper] where Slice (nil bounds are open).
type Subscript struct {
	Arg          Expr
	Index        Expr
	Slice        bool
	Lower, Upper Expr
	Of           pgtype.Type
}

// Row is ROW(…) or a relation's row. As a value it is a record, whose fields its type tells.
type Row struct {
	Fields []Expr
	// Names are those of a relation's row; nil where the fields are f1, f2, …
	Names []string
	// Schema and Relation name the table, if it is one's.
	Schema, Relation string
	// Padded: an outer join may have made all of it NULL, which is another thing than a row of NULLs.
	// Witness is then a field that holds no NULL of its own; nil where there is none.
	Padded  bool
	Witness Expr
}

// RowCompare compares rows field by field: = and <> with three-valued AND/OR, the
// orderings by the first pair that differs.
type RowCompare struct {
	Operator    string // =, <>, <, <=, >, >=
	Left, Right []Expr
	Procedures  []*pgtype.Procedure
}

// SubqueryKind is how a subquery stands in an expression.
type SubqueryKind uint8

// The kinds of Subquery.
const (
	ScalarSubquery SubqueryKind = iota // one column, at most one row, else 21000
	ExistsSubquery
	AnySubquery // Left op ANY (…); IN is = ANY
	AllSubquery // Left op ALL (…); NOT IN is <> ALL
	ArraySubquery
)

// Subquery is a plan inside an expression. It may refer to columns of the query around it.
type Subquery struct {
	Kind       SubqueryKind
	Plan       Node
	Left       []Expr // Any, All: as many as Plan has columns
	Operator   string
	Procedures []*pgtype.Procedure // parallel to Left
	Of         pgtype.Type
}

// Grouping is GROUPING(…) over grouping expressions, by index into Aggregate.Groups.
// It stands only in an Aggregate's list.
type Grouping struct{ Groups []int }

// AggregateCall stands only in an Aggregate's or Window's list.
type AggregateCall struct {
	Procedure   *pgtype.Procedure
	Args        []Expr // empty: count(*)
	Distinct    bool
	OrderBy     []SortKey
	Filter      Expr
	WithinGroup []SortKey // ordered-set and hypothetical-set; Args are then the direct arguments
	Of          pgtype.Type
}

// WindowCall is a window function or an aggregate over a window.
type WindowCall struct {
	Procedure *pgtype.Procedure
	Args      []Expr
	Filter    Expr
	Partition []Expr
	OrderBy   []SortKey
	Frame     Frame
	Of        pgtype.Type
}

// SetCall is a set-returning function.
type SetCall struct {
	Procedure *pgtype.Procedure
	Args      []Expr
	Of        pgtype.Type
}

// SortKey orders by one expression.
type SortKey struct {
	Expr       Expr
	Descending bool
	NullsFirst bool
}

// FrameMode is ROWS, RANGE or GROUPS.
type FrameMode uint8

// The frame modes.
const (
	FrameRange FrameMode = iota
	FrameRows
	FrameGroups
)

// BoundKind is where a frame begins or ends.
type BoundKind uint8

// The frame bounds.
const (
	UnboundedPreceding BoundKind = iota
	Preceding
	CurrentRow
	Following
	UnboundedFollowing
)

// Bound is one end of a frame.
type Bound struct {
	Kind   BoundKind
	Offset Expr // Preceding, Following
}

// Frame is the window frame; the zero value with End CurrentRow is PostgreSQL's default.
type Frame struct {
	Mode       FrameMode
	Start, End Bound
	Exclude    string // "", CURRENT ROW, GROUP, TIES
}
