package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// passage is how a column comes to be another.
type passage uint8

// A column is handed on unchanged, goes into what is computed, or into an aggregate that
// gives none of its values back.
const (
	handedOn passage = iota
	computed
	counted
)

// step leads from a column to one it is made of.
type step struct {
	from plan.ColumnID
	kind passage
}

// lineage says of every column of a plan which columns of its scans it is made of.
// What only decides which rows there are (conditions, joins) is no part of it.
type lineage struct {
	steps map[plan.ColumnID][]step
	scans map[plan.ColumnID]*plan.Scan
}

// trace reads the lineage of a plan that is not secured yet.
func trace(root plan.Node) *lineage {
	l := &lineage{steps: map[plan.ColumnID][]step{}, scans: map[plan.ColumnID]*plan.Scan{}}
	ctes := map[int][]plan.Column{}
	plan.Walk(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.With:
			for _, c := range n.CTEs {
				ctes[c.ID] = c.Plan.Columns()
			}
		case *plan.RecursiveUnion:
			ctes[n.CTE] = n.Cols
		}
		return true
	})
	plan.Walk(root, func(n plan.Node) bool {
		l.node(n, ctes)
		return true
	})
	return l
}

func (l *lineage) node(n plan.Node, ctes map[int][]plan.Column) {
	switch n := n.(type) {
	case *plan.Scan:
		for _, c := range n.Cols {
			l.scans[c.ID] = n
		}
	case *plan.Project:
		l.items(n.Items)
	case *plan.Window:
		l.items(n.Items)
	case *plan.ProjectSet:
		l.items(n.Items)
	case *plan.Aggregate:
		l.items(n.Groups)
		l.items(n.Aggs)
	case *plan.SetOperation:
		l.parallel(n.Cols, n.Left.Columns())
		l.parallel(n.Cols, n.Right.Columns())
	case *plan.RecursiveUnion:
		l.parallel(n.Cols, n.Base.Columns())
		l.parallel(n.Cols, n.Step.Columns())
	case *plan.CTERef:
		l.parallel(n.Cols, ctes[n.CTE])
	case *plan.FunctionScan:
		for _, c := range n.Cols {
			for _, e := range n.Calls {
				l.expr(c.ID, e, computed)
			}
		}
	case *plan.Values:
		for i, c := range n.Cols {
			for _, row := range n.Rows {
				l.expr(c.ID, row[i], computed)
			}
		}
	}
}

func (l *lineage) items(items []plan.Item) {
	for _, i := range items {
		switch e := i.Expr.(type) {
		case *plan.ColumnRef:
			if !i.PassesOn() {
				l.add(i.Column.ID, step{e.ID, handedOn})
			}
		case *plan.AggregateCall:
			kind := computed
			if e.Procedure != nil && summary(e.Procedure.Name) {
				kind = counted
			}
			l.expr(i.Column.ID, e, kind)
		default:
			l.expr(i.Column.ID, e, computed)
		}
	}
}

func (l *lineage) parallel(to, from []plan.Column) {
	for i := range min(len(to), len(from)) {
		l.add(to[i].ID, step{from[i].ID, handedOn})
	}
}

func (l *lineage) expr(to plan.ColumnID, e plan.Expr, kind passage) {
	for _, from := range reached(e) {
		l.add(to, step{from, kind})
	}
}

func (l *lineage) add(to plan.ColumnID, s step) {
	if to != s.from && !slices.Contains(l.steps[to], s) {
		l.steps[to] = append(l.steps[to], s)
	}
}

// reached gives the columns whose values an expression is computed from: those it
// refers to and those its subqueries give.
func reached(e plan.Expr) []plan.ColumnID {
	var all []plan.ColumnID
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.ColumnRef:
			all = append(all, e.ID)
		case *plan.Subquery:
			for _, c := range e.Plan.Columns() {
				all = append(all, c.ID)
			}
		}
		return true
	})
	return all
}

// ways are all the passages by which a column comes to be another.
type ways struct{ handedOn, computed, counted bool }

func (w *ways) add(kind passage) {
	w.handedOn = w.handedOn || kind == handedOn
	w.computed = w.computed || kind == computed
	w.counted = w.counted || kind == counted
}

// shown tells whether values can be read off.
func (w ways) shown() bool { return w.handedOn || w.computed }

// unchanged tells whether the column is the other one and nothing more.
func (w ways) unchanged() bool { return w.handedOn && !w.computed && !w.counted }

// origins gives the columns of scans that a column is made of.
func (l *lineage) origins(id plan.ColumnID) map[plan.ColumnID]ways {
	found, seen := map[plan.ColumnID]ways{}, map[step]bool{}
	var visit func(id plan.ColumnID, kind passage)
	visit = func(id plan.ColumnID, kind passage) {
		if l.scans[id] != nil {
			w := found[id]
			w.add(kind)
			found[id] = w
			return
		}
		for _, s := range l.steps[id] {
			next := max(kind, s.kind)
			if at := (step{s.from, next}); !seen[at] {
				seen[at] = true
				visit(s.from, next)
			}
		}
	}
	visit(id, handedOn)
	return found
}

// summaries are the aggregates that give none of the values they are made of.
var summaries = []string{
	"count", "sum", "avg", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "corr", "covar_pop",
	"covar_samp", "regr_avgx", "regr_avgy", "regr_count", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy",
}

func summary(name string) bool { return slices.Contains(summaries, name) }

// input is a column of a table that a derived column is made of.
type input struct {
	table  *catalog.Table
	column *catalog.Column
	ways
}
