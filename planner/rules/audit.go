package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// auditRuns tells what the audit log does by itself: leave records out, give them by their
// numbers, which is how they lie there, and stop after some.
//
//	[Limit] [Sort[seq]] [Project, Filter…] Scan
func auditRuns(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Filter, *plan.Project:
		return records(n) != nil
	case *plan.Sort:
		return len(n.Keys) == 1 && isNumber(records(n.Input), n.Keys[0].Expr)
	case *plan.Limit:
		input := n.Input
		if s, ok := input.(*plan.Sort); ok {
			input = s.Input
		}
		_, known := lastRow(n)
		return known && records(input) != nil
	}
	return false
}

// records gives the log below conditions and columns that are handed on; nil: it is more
// than that.
func records(n plan.Node) *plan.Scan {
	for {
		switch node := n.(type) {
		case *plan.Filter:
			n = node.Input
		case *plan.Project:
			if slices.ContainsFunc(node.Items, func(i plan.Item) bool { return !i.PassesOn() }) {
				return nil
			}
			n = node.Input
		case *plan.Scan:
			return node
		default:
			return nil
		}
	}
}

// isNumber tells whether an expression is the column seq of the log, whatever it is called.
func isNumber(log *plan.Scan, e plan.Expr) bool {
	ref, ok := e.(*plan.ColumnRef)
	return ok && log != nil && slices.ContainsFunc(log.Cols, func(c plan.Column) bool { return c.ID == ref.ID && c.Name == "seq" })
}

// auditSays tells which expressions the audit log answers exactly: comparisons of seq and
// time with constants, equality of texts with constants, and what such nodes are made of.
func auditSays(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.ColumnRef:
		return true
	case *plan.Literal:
		return !e.Null
	case *plan.Call:
		if len(e.Args) != 2 {
			return false
		}
		column, ok1 := e.Args[0].(*plan.ColumnRef)
		value, ok2 := e.Args[1].(*plan.Literal)
		if !ok1 || !ok2 || value.Null {
			return false
		}
		return auditCompares(column.Type().OID, e.Operator, value.Of.OID)
	}
	return false
}

func auditCompares(column pgtype.OID, operator string, value pgtype.OID) bool {
	ordered := slices.Contains([]string{"=", "<", "<=", ">", ">="}, operator)
	switch column {
	case pgtype.Text:
		return operator == "=" && value == pgtype.Text
	case pgtype.Int8:
		return ordered && slices.Contains([]pgtype.OID{pgtype.Int2, pgtype.Int4, pgtype.Int8}, value)
	case pgtype.Timestamptz:
		return ordered && value == pgtype.Timestamptz
	}
	return false
}
