package functions

import (
	"strings"
	"time"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// mysqlSays tells whether MySQL can say one expression, given its arguments, beyond
// what the rows of the table tell: types it lacks, values outside of its types, and
// numerics whose scale it would change.
func mysqlSays(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.ColumnRef:
		return true // read as it is, wherever it is allowed to stand
	case *plan.Literal:
		return e.Null && mysqlTypes[e.Of.OID] || mysqlLiteral(e)
	case *plan.Parameter:
		return mysqlParameters[e.Of.OID]
	case *plan.And, *plan.Or, *plan.Not, *plan.IsNull, *plan.BooleanTest, *plan.In:
		return true
	case *plan.Distinct:
		return true
	case *plan.Call:
		return mysqlCall(e)
	case *plan.Cast:
		return mysqlCast(e)
	case *plan.Case:
		return mysqlResult(e.Of, caseResults(e))
	case *plan.Coalesce:
		return mysqlResult(e.Of, e.Args)
	case *plan.NullIf:
		return e.Of.OID != pgtype.Bpchar && mysqlTypes[e.Of.OID]
	case *plan.AggregateCall:
		return mysqlAggregate(e)
	case *plan.Subquery:
		return mysqlSubquery(e)
	}
	return false
}

// mysqlCast: a modifier cuts or fails in ways of its own, and a char(n) without its
// length would be shown without its padding.
func mysqlCast(e *plan.Cast) bool {
	if e.To.OID == pgtype.Bpchar {
		_, literal := e.Arg.(*plan.Literal)
		return literal && e.To.Mod < 0
	}
	return e.To.Mod < 0 && mysqlTypes[e.To.OID]
}

// mysqlTypes are those whose values can be computed there, not only read.
var mysqlTypes = map[pgtype.OID]bool{
	pgtype.Bool: true, pgtype.Int2: true, pgtype.Int4: true, pgtype.Int8: true, pgtype.Numeric: true,
	pgtype.Float4: true, pgtype.Float8: true, pgtype.Text: true, pgtype.Varchar: true, pgtype.Bpchar: true, pgtype.Bytea: true,
	pgtype.Date: true, pgtype.Time: true, pgtype.Timestamp: true, pgtype.Timestamptz: true,
}

// mysqlParameters are the types of which it says every value: what stands in a Parameter's place
// when the plan is run is a literal that nobody has judged (gateway, general).
var mysqlParameters = map[pgtype.OID]bool{pgtype.Bool: true, pgtype.Int2: true, pgtype.Int4: true, pgtype.Int8: true}

// mysqlLiteral: no infinities, no years before 1 or after 9999, numbers within
// DECIMAL(65,30).
func mysqlLiteral(l *plan.Literal) bool {
	switch l.Of.OID {
	case pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Bytea:
		return true
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar:
		return !strings.ContainsRune(l.Text, 0)
	case pgtype.Float4, pgtype.Float8:
		return strings.Trim(l.Text, "0123456789+-.eE") == ""
	case pgtype.Numeric:
		_, _, ok := literalDecimal(l.Text)
		return ok
	case pgtype.Date, pgtype.Time, pgtype.Timestamp, pgtype.Timestamptz:
		_, ok := MySQLTime(l)
		return ok
	}
	return false
}

// MySQLTime gives the text of a date or time for a literal of MySQL, instants in UTC.
func MySQLTime(l *plan.Literal) (string, bool) {
	switch l.Of.OID {
	case pgtype.Date:
		_, err := time.Parse("2006-01-02", l.Text)
		return l.Text, err == nil && !strings.HasPrefix(l.Text, "0000")
	case pgtype.Time:
		return l.Text, strings.Trim(l.Text, "0123456789:.") == ""
	case pgtype.Timestamp:
		_, err := time.Parse("2006-01-02 15:04:05.999999", l.Text)
		return l.Text, err == nil && !strings.HasPrefix(l.Text, "0000")
	case pgtype.Timestamptz:
		for _, layout := range []string{"2006-01-02 15:04:05.999999-07", "2006-01-02 15:04:05.999999-07:00", "2006-01-02 15:04:05.999999-07:00:00"} {
			if at, err := time.Parse(layout, l.Text); err == nil {
				at = at.UTC()
				return at.Format("2006-01-02 15:04:05.999999"), at.Year() >= 1 && at.Year() <= 9999
			}
		}
	}
	return "", false
}

func caseResults(e *plan.Case) []plan.Expr {
	var all []plan.Expr
	for _, w := range e.Whens {
		all = append(all, w.Result)
	}
	if e.Else != nil {
		all = append(all, e.Else)
	}
	return all
}

// mysqlResult judges values that share a column. MySQL gives numerics one scale, where
// in PostgreSQL each keeps its own ("CASE WHEN a THEN 1.50 ELSE 0 END" is 0, not 0.00);
// char(n) would lose the padding of its longest.
func mysqlResult(of pgtype.Type, values []plan.Expr) bool {
	if of.OID == pgtype.Bpchar || of.OID == pgtype.Bytea || !mysqlTypes[of.OID] {
		return false
	}
	if of.OID != pgtype.Numeric {
		return true
	}
	common := int32(-1)
	for _, v := range values {
		if l, ok := v.(*plan.Literal); ok && l.Null {
			continue
		}
		_, scale, ok := mysqlDecimal(v)
		if !ok || common >= 0 && scale != common {
			return false
		}
		common = scale
	}
	return true
}

func mysqlCall(e *plan.Call) bool {
	if !mysqlTypes[e.Of.OID] {
		return false
	}
	switch {
	case Comparison(e.Operator) && text(e.Args[0].Type().OID):
		// Two columns are left to the local engine: by bytes there is no index to join by.
		return fixedText(e.Args[0]) || fixedText(e.Args[1])
	case !Comparison(e.Operator) && e.Of.OID == pgtype.Numeric && e.Operator != "":
		_, _, ok := mysqlDecimal(e)
		return ok
	}
	return true
}

func text(t pgtype.OID) bool {
	return t == pgtype.Text || t == pgtype.Varchar || t == pgtype.Bpchar || t == pgtype.Name
}

func clock(t pgtype.OID) bool {
	return t == pgtype.Time || t == pgtype.Timestamp || t == pgtype.Timestamptz
}

// fixedText tells whether an expression reads no column.
func fixedText(e plan.Expr) bool {
	reads := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		_, column := e.(*plan.ColumnRef)
		_, subquery := e.(*plan.Subquery)
		reads = reads || column || subquery
		return !reads
	})
	return !reads
}

func mysqlAggregate(e *plan.AggregateCall) bool {
	if len(e.OrderBy) > 0 {
		return false
	}
	if e.Distinct && (text(e.Args[0].Type().OID) || !mysqlTypes[e.Args[0].Type().OID] || e.Args[0].Type().OID == pgtype.Bytea) {
		return false
	}
	if Signature(e) == "sum(numeric)" {
		p, _, ok := mysqlDecimal(e.Args[0])
		return ok && p+22 <= mysqlDigits // what SUM adds
	}
	return true
}

// neverNull: looked up in an index of a narrower type, MariaDB 10.11 answers false where
// a NULL in the list makes it unknown.
func neverNull(e *plan.Subquery) bool {
	left, column := e.Left[0].(*plan.ColumnRef)
	return column && left.NotNull && e.Plan.Columns()[0].NotNull
}

// mysqlSubquery: EXISTS, a single value, [NOT] IN of one column that needs no collation.
func mysqlSubquery(e *plan.Subquery) bool {
	switch e.Kind {
	case plan.ExistsSubquery:
		return true
	case plan.ScalarSubquery:
		return mysqlTypes[e.Of.OID]
	case plan.AnySubquery, plan.AllSubquery:
		// Times of different decimals would be looked up in an index as what they are not.
		inList := e.Kind == plan.AnySubquery && e.Operator == "=" || e.Kind == plan.AllSubquery && e.Operator == "<>"
		return inList && len(e.Left) == 1 && mysqlTypes[e.Left[0].Type().OID] && !text(e.Left[0].Type().OID) && !clock(e.Left[0].Type().OID) && neverNull(e)
	}
	return false
}
