package bind

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// setItem is a set-returning call of a SELECT list, ORDER BY or GROUP BY, and the
// column that stands for it.
type setItem struct {
	column plan.Column
	call   *plan.SetCall
	depth  int // 1, or one more than the deepest set-returning call in its arguments
	stage  setStage
	done   bool // its arguments read grouped rows
}

// setStage is when a set-returning call runs.
type setStage uint8

// Calls that are grouped by run before grouping.
const (
	setsAfterGroup setStage = iota
	setsBeforeGroup
)

// setReturning gives the column for a set-returning call (parse_func.c, check_srf_call_placement).
func (s *selection) setReturning(sc *scope, call *plan.SetCall, name string, position int) (plan.Expr, error) {
	switch sc.clause {
	case clauseSelect, clauseOrderBy, clauseGroupBy, clauseDistinct:
	case clauseFrom:
		return nil, sqlstate.New(sqlstate.FeatureNotSupported, "set-returning functions must appear at top level of FROM").At(position)
	case clauseRange, clauseRows, clauseGroups:
		return nil, setsNotAllowed(clauseWindow, position)
	case clauseWindow:
		return nil, sqlstate.Unsupported("set-returning function %s in a window definition", name).At(position)
	default:
		return nil, setsNotAllowed(sc.clause, position)
	}
	for _, item := range s.sets {
		if same(item.call, call) {
			return s.b.refer(item.column, position), nil
		}
	}
	item := &setItem{column: s.b.column(name, call.Of, false), call: call, depth: 1}
	for _, arg := range call.Args {
		for _, inner := range s.setsIn(arg) {
			item.depth = max(item.depth, inner.depth+1)
		}
	}
	s.b.shaped(item.column, call)
	s.sets = append(s.sets, item)
	s.b.origins[item.column.ID] = origin{owner: s, kind: setReturningCall}
	return s.b.refer(item.column, position), nil
}

func setsNotAllowed(c clause, position int) error {
	return sqlstate.New(sqlstate.FeatureNotSupported, "set-returning functions are not allowed in %s", c).At(position)
}

// setsIn gives this query's set-returning calls that an expression holds.
func (s *selection) setsIn(e plan.Expr) []*setItem {
	var found []*setItem
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if ref, ok := e.(*plan.ColumnRef); ok {
			if item := s.setOf(ref.ID); item != nil {
				found = append(found, item)
			}
		}
		return true
	})
	return found
}

func (s *selection) setOf(id plan.ColumnID) *setItem {
	for _, item := range s.sets {
		if item.column.ID == id {
			return item
		}
	}
	return nil
}

// groupSets makes the calls in a grouping expression run before grouping.
func (s *selection) groupSets(e plan.Expr) {
	for _, item := range s.setsIn(e) {
		item.stage = setsBeforeGroup
		for _, arg := range item.call.Args {
			s.groupSets(arg)
		}
	}
}

// projectSets adds the calls of a stage, those in arguments first: calls of one depth
// run in lock-step.
func (s *selection) projectSets(n plan.Node, stage setStage) plan.Node {
	for depth := 1; ; depth++ {
		var items []plan.Item
		deeper := false
		for _, item := range s.sets {
			if item.stage == stage && item.depth == depth {
				items = append(items, plan.Item{Column: item.column, Expr: item.call})
			}
			deeper = deeper || item.stage == stage && item.depth > depth
		}
		if len(items) > 0 {
			n = &plan.ProjectSet{Input: n, Items: items}
		}
		if !deeper {
			return n
		}
	}
}

// setsAfterSort tells whether set-returning calls run after ORDER BY: neither it nor
// DISTINCT needs them (planner.c, make_sort_input_target).
func (s *selection) setsAfterSort() bool {
	if len(s.order) == 0 || s.distinct.all || s.limit.withTies {
		return false
	}
	late := false
	for _, t := range s.targets {
		if !s.isLate(t) {
			continue
		}
		if s.ordered(t) || slices.Contains(s.distinct.on, t) {
			return false
		}
		late = true
	}
	return late
}

// isLate tells whether a target reads a call that runs after grouping.
func (s *selection) isLate(t *target) bool {
	for _, item := range s.setsIn(t.expr) {
		if item.stage == setsAfterGroup {
			return true
		}
	}
	return false
}

// splitTargets sets apart the targets that wait for set-returning calls. Hidden ones
// that were only grouped by are in neither: they would keep DISTINCT from seeing duplicates.
func (s *selection) splitTargets(setsLate bool) (early, late []*target) {
	for _, t := range s.targets {
		switch {
		case setsLate && s.isLate(t):
			late = append(late, t)
		case !t.hidden || s.ordered(t) || slices.Contains(s.distinct.on, t):
			early = append(early, t)
		}
	}
	return early, late
}

// inputsOf gives targets for the columns of n that late targets read and early ones do not pass on.
func (s *selection) inputsOf(late, early []*target, n plan.Node) []*target {
	passed := map[plan.ColumnID]bool{}
	for _, t := range early {
		if ref, ok := t.expr.(*plan.ColumnRef); ok {
			passed[ref.ID] = true
		}
	}
	available := map[plan.ColumnID]plan.Column{}
	for _, c := range n.Columns() {
		available[c.ID] = c
	}
	var inputs []*target
	take := func(ref *plan.ColumnRef) {
		if c, ok := available[ref.ID]; ok && !passed[ref.ID] {
			passed[ref.ID] = true
			inputs = append(inputs, &target{label: c.Name, expr: &plan.ColumnRef{Column: c}, hidden: true})
		}
	}
	for _, t := range late {
		eachReference(t.expr, take)
	}
	for _, item := range s.sets {
		eachReference(item.call, take)
	}
	return inputs
}

// projectAll computes the late targets beside the early ones, in the order of the SELECT list.
func (s *selection) projectAll(n plan.Node, late []*target) plan.Node {
	var items []plan.Item
	for _, t := range s.targets {
		switch {
		case t.hidden:
			continue
		case slices.Contains(late, t):
			t.column = s.b.shaped(s.b.column(t.label, t.expr.Type(), false), t.expr)
			items = append(items, plan.Item{Column: t.column, Expr: t.expr})
		default:
			items = append(items, plan.Item{Column: t.column, Expr: &plan.ColumnRef{Column: t.column}})
		}
	}
	return &plan.Project{Input: n, Items: items}
}
