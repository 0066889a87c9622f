// Package plan is the language between the stages of planning: relational nodes and
// typed expressions, as immutable values.
//
// In: nothing. Out: values that Bind makes, Secure and Optimize rewrite, connectors
// and the executor turn into SQL. It knows no SQL text, no policy and no engine.
package plan

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/optimization"
)

// Node is a relational operator. Nodes are immutable and may be shared.
type Node interface {
	// Columns gives what the node produces, in order.
	Columns() []Column
	// Inputs gives the child nodes (not those inside expressions).
	Inputs() []Node
	// WithInputs gives a copy over other children, same number and order.
	WithInputs([]Node) Node
	// Exprs gives every expression the node holds itself.
	Exprs() []Expr
	// WithExprs gives a copy with other expressions, same number and order.
	WithExprs([]Expr) Node
}

// Query is a whole SELECT: a plan and how its result is shown.
type Query struct {
	Root   Node
	Output []OutputColumn
	// Careful: what fails must be a function of the governed rows alone. The merge takes
	// them in one order, in one thread, and knows no sizes.
	Careful bool
	// Off are the optimizations that the session leaves out.
	Off optimization.Off
}

// OutputColumn is one column of the result as the client sees it.
type OutputColumn struct {
	ID   ColumnID
	Name string
	Type pgtype.Type
	// Table and Attribute are set where the column is plainly one of a table (RowDescription).
	Table     uint32
	Attribute int16
}

// Scan reads a product's table, ungoverned. Only Secure may let one live, inside a Governed.
type Scan struct {
	Table    *catalog.Table
	Alias    string
	Cols     []Column // what is read; Ordinals[i] is Cols[i]'s index into Table.Columns
	Ordinals []int
	Position int // of the name in the statement, 1-based
}

// Governed is the barrier around what policies left of a Scan. Nothing moves into it
// but predicates and columns that can neither fail nor tell of hidden rows or values.
type Governed struct {
	Input    Node // Project(masks, Filter(row filters, Scan))
	Table    *catalog.Table
	Grants   []string   // ids, for EXPLAIN and the audit
	Policies []string   // ids of the row filters and masks in force
	Masked   []ColumnID // output columns whose value is not the stored one
	Filtered bool       // a row filter is in force
	// Hides: rows, values or columns of the table are kept from the reader, so that its
	// size and its statistics are too. Secure sets it where the statement can fail.
	Hides bool
	// Fenced: a source must apply what is inside before any condition around it.
	Fenced bool
}

// Values is a list of rows, without rows too.
type Values struct {
	Cols []Column
	Rows [][]Expr
}

// Filter keeps rows for which every conjunct is true.
type Filter struct {
	Input     Node
	Conjuncts []Expr
}

// Project computes columns. An item whose Expr is a ColumnRef of its own ID passes a column on.
type Project struct {
	Input Node
	Items []Item
}

// Item is a computed column.
type Item struct {
	Column Column
	Expr   Expr
}

// JoinKind is the kind of a Join.
type JoinKind uint8

// The kinds of Join. Semi and Anti produce the left columns only.
const (
	InnerJoin JoinKind = iota
	LeftJoin
	RightJoin
	FullJoin
	SemiJoin
	AntiJoin
)

// Join combines rows for which every conjunct of On is true. Without On it is a cross
// join. With Lateral the right side may refer to columns of the left.
type Join struct {
	Kind        JoinKind
	Left, Right Node
	On          []Expr
	Lateral     bool
}

// Aggregate groups rows. Groups and Aggs together are its columns, in that order.
// Sets lists grouping sets as indexes into Groups; nil is the one set of all. With no
// Groups and nil Sets it gives exactly one row.
type Aggregate struct {
	Input  Node
	Groups []Item
	Sets   [][]int
	Aggs   []Item // Expr is *AggregateCall or *Grouping
	// Single, where set, marks a partial aggregate: one above puts its groups together, so
	// they may as well stay apart. Single[i] is what Aggs[i] is of one row.
	Single []Expr
}

// Window adds a column for each WindowCall.
type Window struct {
	Input Node
	Items []Item // Expr is *WindowCall
}

// ProjectSet adds a column for each SetCall (or scalar beside it) and repeats rows as set-returning
// functions in a SELECT list do: in lock-step, NULL-padded.
type ProjectSet struct {
	Input Node
	Items []Item
}

// FunctionScan is functions in FROM; several are zipped (ROWS FROM). Each SetCall gives
// one column; Ordinality adds a last bigint column.
type FunctionScan struct {
	Calls      []Expr // *SetCall, or a scalar expression giving one row
	Cols       []Column
	Ordinality bool
	// Fields[i] names how many columns Calls[i] gives (1 unless it returns a composite).
	Fields []int
}

// Sort orders rows. The order is what a parent Limit or the client sees.
type Sort struct {
	Input Node
	Keys  []SortKey
}

// Limit skips Offset rows and gives Count. nil means none. Both are int8 expressions without columns of the input.
type Limit struct {
	Input         Node
	Count, Offset Expr
	WithTies      bool // then Input is a Sort
}

// Deduplicate removes duplicate rows; with On it keeps the first row of each value of On, in the order of Input (a Sort).
type Deduplicate struct {
	Input Node
	On    []Expr
}

// SetKind is the kind of a SetOperation.
type SetKind uint8

// The set operations.
const (
	Union SetKind = iota
	Intersect
	Except
)

// SetOperation combines rows by position. Both inputs have the types of Cols.
type SetOperation struct {
	Kind        SetKind
	All         bool
	Left, Right Node
	Cols        []Column
}

// With binds common table expressions for Body.
type With struct {
	CTEs []CTE
	Body Node
}

// CTE is one common table expression. A recursive one is a RecursiveUnion.
type CTE struct {
	ID           int // unique within the plan
	Name         string
	Plan         Node
	Materialized string // "", ALWAYS, NEVER
}

// CTERef reads a CTE. Cols are fresh IDs, parallel to the CTE's columns.
type CTERef struct {
	CTE  int
	Name string
	Cols []Column
}

// RecursiveUnion is WITH RECURSIVE: Step refers to the rows of the round before by a CTERef of CTE.
type RecursiveUnion struct {
	CTE        int
	All        bool
	Base, Step Node
	Cols       []Column
}

// Remote is what one source runs by itself as one query. Root holds no other Remote.
type Remote struct {
	Source *catalog.Source
	Root   Node
	// Reductions are conditions that may be added once other leaves have been read.
	// Reduced is Root with all of them in place; nil where there are none.
	Reductions []Reduction
	Reduced    Node
	// Top, where set, tells how few of its rows may be enough.
	Top *Top
	// Locale is the session's, for sources that run functions of ours; the executor knows it.
	Locale Locale
	// Divisible: the rows are those of one table, one by one, or parts of an aggregate over
	// them; a connector may read the table in parts at once, in any order.
	Divisible bool
	// Few: so few rows are expected that what a connector prepares for many is not worth it.
	// The executor knows it when it reads.
	Few bool
	// GroupKeys are columns of the one table whose rows are grouped: all rows of a group have
	// one value of each. A connector may ask for the groups by ranges of one of them.
	GroupKeys []ColumnID
	// First are conditions on keys that a subquery groups; a connector may ask for those
	// before, and tell them.
	First []FirstKeys
	// Off are the optimizations that the session leaves out; the executor knows it when it reads.
	Off optimization.Off
}

// FirstKeys is a condition within a Remote that a column is one of those a subquery gives,
// and the columns its groups may be divided by.
type FirstKeys struct {
	In        *Subquery
	GroupKeys []ColumnID
}

// In gives the Remote for a session.
func (r *Remote) In(l Locale, off optimization.Off) *Remote {
	here := *r
	here.Locale, here.Off = l, off
	return &here
}

// Locale is what of a session the meaning of expressions depends on. Empty fields are
// PostgreSQL's defaults, in UTC.
type Locale struct {
	TimeZone string
	// DateOrder is DateStyle's order of fields: MDY, DMY, YMD.
	DateOrder string
	// Output is how values print: DateStyle's format and order, IntervalStyle, bytea_output and
	// extra_float_digits with commas between.
	Output string
}

// Reduction is a semi-join across sources: only rows whose Column is among the values
// of a column of By, each of another leaf of the plan, contribute to the answer. The
// condition stands in Remote.Reduced as Column IN (Keys): Keys is a placeholder, found
// by its address.
type Reduction struct {
	Column Column
	By     []ColumnID
	Keys   *Literal
	// Shared: what gives the keys, or takes them, is read for several places of the plan. Else a
	// row that contributes has all its keys of one leaf in one row of that.
	Shared bool
	// Leads: nothing reads Column or its one giver but the equality of both, so that they may hold
	// the number of a group of the giver's rows instead. Column is a group of a partial aggregate.
	Leads bool
}

// WithDropped gives a plan with the columns that are dropped on top of it.
func WithDropped(n Node) Node {
	for {
		p, ok := n.(*Project)
		if !ok || slices.ContainsFunc(p.Items, func(i Item) bool { return !i.PassesOn() }) {
			return n
		}
		n = p.Input
	}
}

// AggregateOf gives the aggregate that a plan is, but for columns that are dropped.
func AggregateOf(n Node) (*Aggregate, bool) {
	a, ok := WithDropped(n).(*Aggregate)
	return a, ok
}

// Top says that a statement needs a Remote's first rows in the order of Keys only: so many that
// Count rows come of them, once they have been joined to the leaves of Partners and to nothing else.
type Top struct {
	Keys  []SortKey
	Count int64
	// Whole: rows that are equal in all Keys, which are columns, are wanted all or none.
	Whole    bool
	Partners []Partner
}

// Partner is a join by Own = Of, a column of another leaf, and by nothing else: an inner, left,
// semi- or anti-join, with that leaf on the right.
type Partner struct {
	Own, Of ColumnID
	Kind    JoinKind
}

// Stage runs in the local engine apart from, and before, the merge, so that the merge
// holds governed rows only.
type Stage struct{ Root Node }
