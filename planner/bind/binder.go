package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// binder holds what is shared while one statement is bound.
//
// Two halves, one file group each: expressions (expr*.go, call*.go, literal.go, …;
// entry b.expr) and queries (query.go, from*.go, select*.go, group*.go, window.go,
// set_operation.go, cte.go, …; entries b.top and b.query).
type binder struct {
	env        Environment
	text       string
	nextID     plan.ColumnID
	nextCTE    int
	parameters []pgtype.Type // by index; zero OID while not yet inferred
	fixed      int           // how many of them the client gave
	stable     bool
	expressions

	uses    map[*plan.ColumnRef]int // where in the statement each use of a column stands
	origins map[plan.ColumnID]origin
	shapes  map[plan.ColumnID][]pgtype.OutColumn // fields of columns that hold composites
}

func newBinder(env Environment, text string, parameterTypes []pgtype.OID) *binder {
	b := &binder{env: env, text: text, nextID: 1,
		uses: map[*plan.ColumnRef]int{}, origins: map[plan.ColumnID]origin{}, shapes: map[plan.ColumnID][]pgtype.OutColumn{}}
	for _, oid := range parameterTypes {
		b.parameters = append(b.parameters, pgtype.Of(oid))
	}
	b.fixed = len(b.parameters)
	return b
}

// unsteady notes that a value of the moment or the session became part of the plan.
func (b *binder) unsteady() {
	b.stable = true
	if b.env.Unsteady != nil {
		b.env.Unsteady()
	}
}

// column makes a column with a fresh ID.
func (b *binder) column(name string, t pgtype.Type, notNull bool) plan.Column {
	b.nextID++
	return plan.Column{ID: b.nextID - 1, Name: name, Type: t, NotNull: notNull}
}

// scope is what names mean at one place of a query: the relations of FROM, and the
// query around it. It is built by the query half and read by the expression half.
type scope struct {
	parent    *scope // the query around, for correlated references; nil at the top
	relations []*relation
	ctes      map[string]*cteBinding // of this WITH; look-ups go on in parent
	// later are names of this WITH that cannot be referred to yet.
	later  map[string]bool
	clause clause // where the expression stands, for error texts and what is allowed
	// entries are all relations of this FROM in order, nameable here or not, for
	// PostgreSQL's hints behind 42P01 and 42703.
	entries []*relation

	// collect receives aggregates, window functions and set-returning functions found
	// in an expression, and gives the column that stands for each; nil where the
	// clause does not allow them.
	collect collector
}

// relation is one entry of FROM.
type relation struct {
	alias   string
	schema  string         // set where the relation can be named schema.table
	table   *catalog.Table // nil where it is no table
	aliased bool           // the alias was written, not taken from the name
	columns []scopeColumn
	hidden  bool          // not reachable by alias (a join without alias)
	system  []scopeColumn // such as tableoid: named only
	// scalar is set for a function whose row is the value itself: naming the relation
	// means its one column.
	scalar bool
	// barred is set for the left side of a RIGHT or FULL JOIN seen from its LATERAL right
	// side: naming it is 42P10 "invalid reference to FROM-clause entry" with the detail
	// "The combining JOIN type must be INNER or LEFT for a LATERAL reference."
	barred bool
	// padded is set for the side of an outer join that may be missing.
	padded bool
	// witness is then a column that is NULL only where the side is missing; nil: none.
	witness *scopeColumn
}

// scopeColumn is a column that can be named.
type scopeColumn struct {
	name string
	expr *plan.ColumnRef // to be used through b.reference, never as it is
	// table and attribute are those of RowDescription.
	table     uint32
	attribute int16
	// unqualified is false for a column that only alias.column reaches (USING's second one).
	unqualified bool
}

// clause is where an expression stands.
type clause string

// The clauses, in the words of PostgreSQL's errors ("aggregate functions are not allowed in WHERE").
const (
	clauseSelect   clause = "SELECT"
	clauseWhere    clause = "WHERE"
	clauseJoinOn   clause = "JOIN conditions"
	clauseGroupBy  clause = "GROUP BY"
	clauseHaving   clause = "HAVING"
	clauseOrderBy  clause = "ORDER BY"
	clauseLimit    clause = "LIMIT"
	clauseOffset   clause = "OFFSET"
	clauseValues   clause = "VALUES"
	clauseUpdate   clause = "UPDATE"
	clauseFrom     clause = "functions in FROM"
	clauseFilter   clause = "FILTER"
	clauseWindow   clause = "window definitions"
	clauseRange    clause = "window RANGE"
	clauseRows     clause = "window ROWS"
	clauseGroups   clause = "window GROUPS"
	clauseSubquery clause = "FROM clause of their own query level"
	clausePolicy   clause = "policy conditions"
	clauseDistinct clause = "DISTINCT ON"
)

// collector gives the column that stands for a call that is not scalar. Arguments are
// bound by the collector's own scope rules (an aggregate's see the input rows).
type collector interface {
	aggregate(s *scope, n *pg_query.FuncCall) (plan.Expr, error)
	window(s *scope, n *pg_query.FuncCall) (plan.Expr, error)
	setReturning(s *scope, call *plan.SetCall, name string, position int) (plan.Expr, error)
	grouping(s *scope, n *pg_query.GroupingFunc) (plan.Expr, error)
}

// What the halves owe each other:
//
//	expression half
//	  b.expr(s, node)                        unknown literals stay Literal{Of: unknown}, parameters without type Parameter{Of: unknown}
//	  b.exprAs(s, node, type, what)          bound and coerced, e.g. to boolean ("argument of WHERE must be type boolean, not type integer", 42804)
//	  b.coerce(e, to, context, position)     42846 where there is no cast
//	  b.unify(construct, exprs, positions)   UNION, CASE, VALUES, IN … to one type; of an unknown only: text
//	  b.resolveUnknown(e, position)          an unknown literal or parameter becomes text
//	  b.conjuncts(e)                         splits AND
//	  b.equality(t, position), b.ordering(t, position)   42883 where a type has none
//	  b.compare(operator, left, right, position)             an operator over bound expressions
//	  b.classify(call)                       scalar, aggregate, window or set-returning, by pg_proc and OVER
//	  b.resolveCall(s, call, sorted)         procedure and coerced arguments of a call that is not scalar
//	  b.fromCall(s, node)                    a function in FROM
//	  b.star(s, columnRef)                   "*" and "alias.*"; names in scope are looked up in name.go (42703, 42702, 42P01, hints)
//	  b.label(node)                          PostgreSQL's FigureColname
//	  b.checkParameters()                    42P18, 42P08 at the end of a statement
//	  b.position(location)                   byte offset of the syntax tree to character position; location(node) gives exprLocation
//	query half
//	  b.query(parent *scope, stmt *pg_query.SelectStmt) (bound boundQuery, error)   for subqueries
//	  b.reference(column, position) *plan.ColumnRef          every use of a scopeColumn is a ColumnRef of its own, so that errors found later have a position
//	  b.holds(e, kind) bool                  whether e contains a column that stands for an aggregate, window or set-returning call of whatever query
//	  b.from… walk relations: "*" is every column with unqualified set, in the order of scope.relations
type boundQuery struct {
	node      plan.Node // its columns are exactly those of columns, in order
	columns   []plan.OutputColumn
	positions []int // where in the statement each column is made
}

// cteBinding is what a WITH name means.
type cteBinding struct {
	id           int
	name         string
	columns      []plan.OutputColumn
	node         plan.Node // nil while a recursive one is bound
	added        int       // how many of the last columns SEARCH and CYCLE add
	materialized string
}
