package rules

import (
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// capability is what one kind of source can be asked, beyond single expressions.
type capability struct {
	engine functions.Engine
	// fence: the source can be told to apply a row filter before any condition around it.
	fence                                     bool
	fullJoin, lateral                         bool
	groupingSets, windows, distinctOn, ties   bool
	intersect, with, values, subqueries       bool
	orderedAggregates, caseSensitiveTextOrder bool
	// ranges are columns of which it leaves out rows beyond a bound, more or less: a
	// comparison with a constant is asked of it, and again here.
	ranges []string
	// also, where set, judges nodes further.
	also func(plan.Node) bool
	// exact, where set, judges expressions in place of the engine.
	exact func(plan.Expr) bool
}

// capabilities by kind of source. The contract suite of the connectors proves each
// both ways. A kind that is missing is asked for bare tables only.
var capabilities = map[catalog.Kind]capability{
	catalog.Postgres: {
		engine: functions.Postgres, fence: true, fullJoin: true, lateral: true, groupingSets: true, windows: true,
		distinctOn: true, ties: true, intersect: true, with: true, values: true, subqueries: true, orderedAggregates: true, caseSensitiveTextOrder: true,
	},
	catalog.DuckDB:   embedded,
	catalog.Files:    embedded,
	catalog.MySQL:    mysql,
	catalog.MariaDB:  mysql,
	catalog.AuditLog: {ranges: []string{"seq", "time"}, also: auditRuns, exact: auditSays},
}

var embedded = capability{
	engine: functions.DuckDB, fence: true, fullJoin: true, lateral: true, groupingSets: true, windows: true, distinctOn: true,
	ties: true, intersect: true, with: true, values: true, subqueries: true, orderedAggregates: true, caseSensitiveTextOrder: true,
}

var mysql = capability{engine: functions.MySQL, subqueries: true, also: mysqlRuns}

// growthRule names the rule that lets a kind of node into a Remote. A node whose rule is
// disabled keeps out, in a subquery too.
func growthRule(n plan.Node) optimization.Name {
	switch n.(type) {
	case *plan.Scan, *plan.Remote, *plan.Stage:
		return ""
	case *plan.Governed:
		return "PushGovernedIntoRemote"
	case *plan.Filter:
		return "PushFilterIntoRemote"
	case *plan.Project, *plan.Values, *plan.FunctionScan, *plan.ProjectSet:
		return "PushProjectIntoRemote"
	case *plan.Join:
		return "PushJoinIntoRemote"
	case *plan.Aggregate:
		return "PushAggregateIntoRemote"
	case *plan.Window:
		return "PushWindowIntoRemote"
	case *plan.Deduplicate:
		return "PushDeduplicateIntoRemote"
	case *plan.SetOperation, *plan.With, *plan.CTERef, *plan.RecursiveUnion:
		return "PushSetOperationIntoRemote"
	case *plan.Sort, *plan.Limit:
		return "PushTopIntoRemote"
	default:
		panic(fmt.Sprintf("rules: unhandled node %T", n))
	}
}

// runs tells whether a source can run a node itself exactly, given that it runs the inputs.
func (c *Context) runs(source *catalog.Source, n plan.Node) bool {
	able, ok := capabilities[source.Kind]
	if !ok || c.options.Disabled[growthRule(n)] {
		return false
	}
	for _, e := range n.Exprs() {
		if c.keeps(e) || !c.says(source, able, e) {
			return false
		}
	}
	if able.also != nil && !able.also(n) {
		return false
	}
	switch n := n.(type) {
	case *plan.Scan:
		return n.Table.Source.ID() == source.ID()
	case *plan.Governed, *plan.Filter, *plan.Project, *plan.Limit:
		return tiesFit(able, n)
	case *plan.Join:
		return (n.Kind != plan.FullJoin || able.fullJoin) && (!n.Lateral || able.lateral)
	case *plan.Aggregate:
		return (n.Sets == nil || able.groupingSets) && able.compares(n.Columns()[:len(n.Groups)])
	case *plan.Window:
		return able.windows
	case *plan.Deduplicate:
		return (len(n.On) == 0 || able.distinctOn) && able.compares(n.Columns())
	case *plan.SetOperation:
		return (n.Kind == plan.Union || able.intersect) && able.compares(n.Cols)
	case *plan.Sort:
		return able.sorts(n.Keys)
	case *plan.With, *plan.CTERef, *plan.RecursiveUnion:
		return able.with
	case *plan.Values:
		return able.values
	default:
		return false
	}
}

func tiesFit(able capability, n plan.Node) bool {
	l, ok := n.(*plan.Limit)
	return !ok || !l.WithTies || able.ties
}

// says tells whether a source can say an expression exactly, with the plans of its subqueries.
func (c *Context) says(source *catalog.Source, able capability, e plan.Expr) bool {
	if able.exact != nil {
		return able.exact(e)
	}
	if functions.Supports(e, able.engine) != functions.Exact || functions.NeedsSession(e) {
		return false
	}
	ok := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Subquery:
			ok = ok && able.subqueries && c.runsAll(source, e.Plan)
		case *plan.Call: // ours, with keys that no source sees
			ok = ok && (e.Procedure == nil || e.Procedure.Schema != "sluice")
		}
		return ok
	})
	return ok
}

// keeps tells whether an expression must be asked here, in the merge.
func (c *Context) keeps(e plan.Expr) bool { return c.careful && c.policies == 0 && functions.Fails(e) }

// runsAll tells whether a source can run a whole plan.
func (c *Context) runsAll(source *catalog.Source, n plan.Node) bool {
	if !c.runs(source, n) {
		return false
	}
	for _, in := range n.Inputs() {
		if !c.runsAll(source, in) {
			return false
		}
	}
	return true
}

// narrows tells whether a condition bounds a column of which the source leaves rows out.
func (able capability) narrows(e plan.Expr) bool {
	call, ok := e.(*plan.Call)
	if !ok || len(call.Args) != 2 || !slices.Contains([]string{"=", "<", "<=", ">", ">="}, call.Operator) {
		return false
	}
	left, right := call.Args[0], call.Args[1]
	if settled(left) {
		left, right = right, left
	}
	column, ok := left.(*plan.ColumnRef)
	return ok && settled(right) && slices.Contains(able.ranges, column.Name)
}

// settled tells whether an expression is a literal, or two with an operator between them,
// such as a moment and an interval before it.
func settled(e plan.Expr) bool {
	if call, ok := e.(*plan.Call); ok && call.Operator != "" {
		return !slices.ContainsFunc(call.Args, func(a plan.Expr) bool { _, literal := a.(*plan.Literal); return !literal })
	}
	_, ok := e.(*plan.Literal)
	return ok
}

// compares tells whether a source tells rows of these columns apart as PostgreSQL does.
func (able capability) compares(columns []plan.Column) bool {
	for _, col := range columns {
		if !able.orders(col.Type.OID) {
			return false
		}
	}
	return true
}

func (able capability) sorts(keys []plan.SortKey) bool {
	for _, k := range keys {
		if !able.orders(k.Expr.Type().OID) {
			return false
		}
	}
	return true
}

// plainOrder are the types that every source orders alike.
var plainOrder = map[pgtype.OID]bool{
	pgtype.Bool: true, pgtype.Int2: true, pgtype.Int4: true, pgtype.Int8: true, pgtype.Numeric: true, pgtype.Date: true,
	pgtype.Time: true, pgtype.Timestamp: true, pgtype.Timestamptz: true, pgtype.Float4: true, pgtype.Float8: true,
}

// orders tells whether a source orders and compares values of a type as PostgreSQL does.
func (able capability) orders(t pgtype.OID) bool { return able.caseSensitiveTextOrder || plainOrder[t] }
