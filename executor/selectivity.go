package executor

import (
	"strconv"
	"time"

	"github.com/sluicemesh/sluice/planner/plan"
)

// share guesses which part of its input's rows a list of conditions keeps. PostgreSQL's
// own guesses without statistics are of this kind (selfuncs.h); two bounds of one column
// are one range there too (clauselist_selectivity).
func (k known) share(in plan.Node, conjuncts []plan.Expr) float64 {
	s, ranges := 1.0, map[plan.ColumnID]float64{}
	for _, e := range conjuncts {
		column, part, ok := k.bounded(in, e)
		if !ok {
			s *= k.selectivity(in, e)
			continue
		}
		if first, twice := ranges[column]; twice {
			part += first - 1
		}
		ranges[column] = part
	}
	for _, part := range ranges {
		s *= max(part, leastShare)
	}
	return s
}

// leastShare is what is left of a range that seems to hold nothing: bounds are of a sample.
const leastShare = 0.0005

// sure is the share kept by comparisons with one value of a column whose number of values
// is known; all else is taken to keep every row.
func (k known) sure(in plan.Node, conjuncts []plan.Expr) float64 {
	s := 1.0
	for _, e := range conjuncts {
		if column, ok := settledColumn(e); ok {
			if distinct := k.distinct(in, column); distinct > 0 {
				s /= distinct
			}
		}
	}
	return s
}

// settledColumn takes apart column = literal.
func settledColumn(e plan.Expr) (plan.ColumnID, bool) {
	column, operator, _, ok := comparison(e)
	return column, ok && operator == "="
}

// comparison takes apart a comparison of a column with a literal, turned so that the
// column stands left.
func comparison(e plan.Expr) (column plan.ColumnID, operator, value string, ok bool) {
	call, is := e.(*plan.Call)
	if !is || len(call.Args) != 2 {
		return 0, "", "", false
	}
	operator = call.Operator
	left, right := uncast(call.Args[0]), uncast(call.Args[1])
	if _, turned := left.(*plan.Literal); turned {
		left, right, operator = right, left, mirrored[operator]
	}
	ref, isColumn := left.(*plan.ColumnRef)
	literal, isLiteral := right.(*plan.Literal)
	if !isColumn || !isLiteral || literal.Null {
		return 0, "", "", false
	}
	return ref.ID, operator, literal.Text, true
}

var mirrored = map[string]string{"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func uncast(e plan.Expr) plan.Expr {
	for {
		c, ok := e.(*plan.Cast)
		if !ok {
			return e
		}
		e = c.Arg
	}
}

// bounded gives the share of rows that one bound of a column keeps, if values lie evenly
// between the least and the greatest that the source tells of.
func (k known) bounded(in plan.Node, e plan.Expr) (column plan.ColumnID, part float64, ok bool) {
	column, operator, text, ok := comparison(e)
	if !ok || operator == "=" || mirrored[operator] == "" {
		return 0, 0, false
	}
	about := k.statistics(in, column)
	value, ok1 := position(text)
	least, ok2 := position(about.Min)
	greatest, ok3 := position(about.Max)
	if !ok1 || !ok2 || !ok3 || greatest <= least {
		return 0, 0, false
	}
	part = min(max((value-least)/(greatest-least), 0), 1)
	if operator[0] == '>' {
		part = 1 - part
	}
	return column, part, true
}

// guesses tells whether a condition of a plan is one that no statistics tell of.
func (k known) guesses(root plan.Node) bool {
	found := false
	plan.Walk(root, func(n plan.Node) bool {
		if f, ok := n.(*plan.Filter); ok {
			for _, e := range f.Conjuncts {
				_, settled := settledColumn(e)
				_, _, bounded := k.bounded(f.Input, e)
				found = found || !settled && !bounded
			}
		}
		return !found
	})
	return found
}

// position places a number, a date or a time on a line.
func position(text string) (float64, bool) {
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f, true
	}
	for _, layout := range []string{time.DateOnly, time.DateTime} {
		if t, err := time.Parse(layout, text); err == nil {
			return float64(t.Unix()), true
		}
	}
	return 0, false
}

// selectivity guesses the share of rows that one condition keeps.
func (k known) selectivity(in plan.Node, e plan.Expr) float64 {
	switch e := e.(type) {
	case *plan.Call:
		if e.Operator == "=" && len(e.Args) == 2 {
			return k.oneOf(in, e.Args)
		}
		return 0.33
	case *plan.And:
		return k.share(in, e.Args)
	case *plan.Or:
		s := 0.0
		for _, a := range e.Args {
			s += k.selectivity(in, a)
		}
		return min(s, 1)
	case *plan.Subquery:
		return 0.2
	case *plan.In:
		return min(k.oneOf(in, []plan.Expr{e.Arg})*float64(len(e.List)), 0.5)
	}
	return 0.5
}

// oneOf is the share of rows that have one value of a column, the first of the operands.
func (k known) oneOf(in plan.Node, operands []plan.Expr) float64 {
	for _, e := range operands {
		if c, ok := e.(*plan.ColumnRef); ok {
			if distinct := k.distinct(in, c.ID); distinct > 0 {
				return 1 / distinct
			}
		}
	}
	return 0.05
}
