// Package bind turns PostgreSQL's syntax tree of a query into a typed plan: names
// become columns of the catalog, operators and functions those PostgreSQL would
// choose, literals values of a type. All errors a user can make end here.
//
// In: a syntax tree (pg_query), an Environment. Out: a plan.Query, parameter types.
// It knows no policy (the Environment decides which tables exist for the session),
// no source and no engine.
package bind

import (
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Environment is what binding needs to know of the session.
type Environment struct {
	// Resolve gives the table behind a name; schema is "" for an unqualified name.
	// Its error is what the user sees (42P01 for what is missing or not visible).
	Resolve func(schema, name string) (*catalog.Table, error)
	// Hidden tells columns that do not exist for the session; nil: all exist.
	Hidden func(*catalog.Table, *catalog.Column) bool
	// Function answers a call of schema.name('text', …) in FROM itself; nil where there
	// is no such function.
	Function func(schema, name string, args []string) (*Relation, error)
	// Setting gives a session setting, as current_setting does.
	Setting func(name string) (value string, ok bool)
	// User, Database, SearchPath (existing schemas only), Version answer the session functions.
	User, Database, Version string
	SearchPath              []string
	// TemporarySchema is that of the session's own tables; "" while there are none.
	TemporarySchema string
	ProcessID       uint32
	// TransactionStart and StatementStart are now() and statement_timestamp(); stable
	// functions are folded to literals here.
	TransactionStart, StatementStart time.Time
	TimeZone                         *time.Location
	DateOrder                        string // MDY, DMY, YMD
	// Unsteady hears that a value of the moment or the session became part of what is
	// bound, a policy's condition too: it is good for one execution only. May be nil.
	Unsteady func()
	// NoParameters is set where there can be no $1: in the simple protocol, in utility statements.
	NoParameters bool
}

// Bound is a bound query.
type Bound struct {
	Query plan.Query
	// Parameters are the types of $1, $2, …, inferred where the client left them open.
	Parameters []pgtype.Type
	// NextID is the first column ID not in use, for those who add columns later.
	NextID plan.ColumnID
	// Stable tells that a folded value depends on the moment or the session, so the
	// plan is good for one execution only.
	Stable bool
}

// Query binds a SELECT, VALUES or TABLE statement. text is the whole text the client
// sent, of which stmt may be one of several statements: positions in errors count its
// characters. parameterTypes are the client's (0: infer).
func Query(env Environment, text string, stmt *pg_query.SelectStmt, parameterTypes []pgtype.OID) (Bound, error) {
	b := newBinder(env, text, parameterTypes)
	q, err := b.top(stmt)
	if err != nil {
		return Bound{}, err
	}
	return b.bound(q)
}

// Predicate binds a policy author's SQL condition over the columns of one table.
// principal.user, principal.groups (text[]), principal.attributes.<name> (text, NULL
// where missing) and principal.purpose read from principal. Subqueries resolve through env.
func Predicate(env Environment, text string, table *catalog.Table, columns []plan.Column, principal Principal, nextID plan.ColumnID) (plan.Expr, plan.ColumnID, error) {
	return bindPredicate(env, text, table, columns, principal, nextID)
}

// Expression binds a policy author's expression over the row, as Predicate does, and
// coerces it to a type as an assignment is.
func Expression(env Environment, text string, table *catalog.Table, columns []plan.Column, principal Principal, nextID plan.ColumnID, t pgtype.Type) (plan.Expr, plan.ColumnID, error) {
	return bindPolicyExpression(env, text, table, columns, principal, nextID, t, "mask")
}

// View binds the query of a view into a plan that has nextID columns already.
func View(env Environment, text string, stmt *pg_query.SelectStmt, nextID plan.ColumnID) (Bound, error) {
	b := newBinder(env, text, nil)
	b.nextID = nextID
	q, err := b.top(stmt)
	if err != nil {
		return Bound{}, err
	}
	if len(b.parameters) > 0 {
		return Bound{}, sqlstate.New(sqlstate.UndefinedParameter, "there is no parameter $1")
	}
	return b.bound(q)
}

// Principal is what a policy predicate may read of the session's user.
type Principal struct {
	User       string
	Groups     []string
	Attributes map[string]string
	Purpose    string
	Read       func(attribute, value string) // hears of each attribute that is read; may be nil
}
