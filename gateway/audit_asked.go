package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/planner/plan"
)

// auditAsked is what a Remote asks of the log: rules.auditRuns says what it may.
type auditAsked struct {
	columns   []int // of auditColumns, those of the Remote
	within    audit.Range
	conjuncts []plan.Expr // asked here; others are asked again above
	sorted    bool
	backwards bool  // sorted by seq, descending
	limited   bool  // to rows, after those skipped
	rows      int64 // with those skipped
	skip      int64
}

func askedOf(r *plan.Remote) (a auditAsked, err error) {
	bare := plan.Transform(r.Root, func(n plan.Node) plan.Node {
		switch n := n.(type) {
		case *plan.Filter:
			a.conjuncts = append(a.conjuncts, n.Conjuncts...)
			return n.Input
		case *plan.Sort:
			a.sorted, a.backwards = true, n.Keys[0].Descending
			return n.Input
		case *plan.Limit:
			a.limited = true
			if a.skip, err = bound64(n.Offset); err == nil {
				a.rows, err = bound64(n.Count)
				a.rows += a.skip
			}
			return n.Input
		}
		return n
	})
	if err != nil {
		return a, err
	}
	scan, columns, err := connectors.BareScan(&plan.Remote{Source: r.Source, Root: bare})
	if err != nil {
		return a, err
	}
	a.columns = columns
	a.conjuncts = byOwnNames(scan, a.conjuncts)
	a.within = auditRange(a.conjuncts)
	return a, nil
}

// byOwnNames has conditions name the columns of the log as it does, whatever they are called
// in the statement.
func byOwnNames(scan *plan.Scan, conjuncts []plan.Expr) []plan.Expr {
	out := make([]plan.Expr, len(conjuncts))
	for i, e := range conjuncts {
		out[i] = plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
			ref, ok := e.(*plan.ColumnRef)
			at := slices.IndexFunc(scan.Cols, func(c plan.Column) bool { return ok && c.ID == ref.ID })
			if at < 0 {
				return e
			}
			named := *ref
			named.Name = auditColumns[scan.Ordinals[at]].name
			return &named
		})
	}
	return out
}

// bound64 reads what a LIMIT or OFFSET says; nil is 0.
func bound64(e plan.Expr) (int64, error) {
	l, ok := e.(*plan.Literal)
	if !ok {
		return 0, nil
	}
	return strconv.ParseInt(l.Text, 10, 64)
}

// enough tells whether no more rows are wanted.
func (a auditAsked) enough(given int64) bool { return a.limited && given >= a.rows }

// fits tells whether a row meets the conditions that can be asked here.
func (a auditAsked) fits(row audit.Row) bool {
	return !slices.ContainsFunc(a.conjuncts, func(e plan.Expr) bool { return !meets(row, e) })
}

// meets asks a condition of a row, as PostgreSQL does: NULL meets none. What it cannot ask
// it leaves to the plan above.
func meets(row audit.Row, e plan.Expr) bool {
	call, ok := e.(*plan.Call)
	if !ok || len(call.Args) != 2 {
		return true
	}
	column, ok1 := call.Args[0].(*plan.ColumnRef)
	literal, ok2 := call.Args[1].(*plan.Literal)
	if !ok1 || !ok2 {
		return true
	}
	at := slices.IndexFunc(auditColumns, func(c auditColumn) bool { return c.name == column.Name })
	switch value := auditColumns[at].from(row).(type) {
	case nil:
		return false
	case string:
		return call.Operator != "=" || value == literal.Text
	case int64:
		n, err := strconv.ParseInt(literal.Text, 10, 64)
		return err != nil || ordered(call.Operator, cmp.Compare(value, n))
	case time.Time:
		micros, err := datetime.ParseTimestamptz(literal.Text, datetime.Input{})
		return err != nil || ordered(call.Operator, cmp.Compare(value.UnixMicro(), micros))
	}
	return true
}

// ordered tells whether what was compared stands in an operator's relation.
func ordered(operator string, compared int) bool {
	switch operator {
	case "=":
		return compared == 0
	case "<":
		return compared < 0
	case "<=":
		return compared <= 0
	case ">":
		return compared > 0
	case ">=":
		return compared >= 0
	}
	return true
}

// text says for EXPLAIN what is read.
func (a auditAsked) text() string {
	out := "TABLE mesh.audit"
	parts := rangeText(a.within)
	for _, e := range a.conjuncts {
		if call, ok := e.(*plan.Call); ok && call.Operator == "=" && len(call.Args) == 2 {
			column, ok1 := call.Args[0].(*plan.ColumnRef)
			value, ok2 := call.Args[1].(*plan.Literal)
			if ok1 && ok2 && column.Name != "seq" && column.Name != "time" {
				parts = append(parts, fmt.Sprintf("%s = %s", column.Name, value.Text))
			}
		}
	}
	if parts != nil {
		out += " of " + strings.Join(parts, ", ")
	}
	if a.backwards {
		out += " from its end"
	}
	if a.limited {
		out += fmt.Sprintf(", %d rows", a.rows)
	}
	return out
}
