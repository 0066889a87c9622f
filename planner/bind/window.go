package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// windowItem is a window call and the column that stands for it. Its window is known
// only when all window definitions are bound.
type windowItem struct {
	column     plan.Column
	call       *plan.WindowCall
	definition *windowDefinition
}

// window gives the column for a window function or an aggregate with OVER.
func (s *selection) window(sc *scope, n *pg_query.FuncCall) (plan.Expr, error) {
	position := s.b.position(n.Location)
	sorted, err := s.withinGroup(sc, n)
	if err != nil {
		return nil, err
	}
	call := &plan.WindowCall{}
	if n.AggFilter != nil {
		if call.Filter, err = s.b.exprAs(sc.in(clauseFilter), n.AggFilter, pgtype.Of(pgtype.Bool), "argument of FILTER"); err != nil {
			return nil, s.argumentError(sc, n, err)
		}
	}
	bound, err := s.b.resolveCall(sc, n, sorted)
	if err != nil {
		return nil, err
	}
	if err := checkWindowForm(n, bound.procedure, position); err != nil {
		return nil, err
	}
	call.Procedure, call.Args, call.Of = bound.procedure, bound.args, bound.result
	if err := s.checkWindowArguments(call); err != nil {
		return nil, err
	}
	if err := windowAllowed(sc.clause, position); err != nil {
		return nil, err
	}
	definition, err := s.windowFor(n.Over)
	if err != nil {
		return nil, err
	}
	if !volatile(call) {
		for _, w := range s.windows {
			if w.definition == definition && same(w.call, call) {
				return s.b.refer(w.column, position), nil
			}
		}
	}
	item := &windowItem{column: s.b.column(bound.procedure.Name, call.Of, false), call: call, definition: definition}
	s.windows = append(s.windows, item)
	s.b.origins[item.column.ID] = origin{owner: s, kind: windowCall}
	return s.b.refer(item.column, position), nil
}

// checkWindowForm refuses what PostgreSQL does not have over windows (parse_func.c).
func checkWindowForm(n *pg_query.FuncCall, p *pgtype.Procedure, position int) error {
	aggregate := p.Kind == pgtype.AggregateKind
	refused := ""
	switch {
	case aggregate && (p.AggregateClass == 'o' || p.AggregateClass == 'h'):
		return sqlstate.New(sqlstate.FeatureNotSupported, "OVER is not supported for ordered-set aggregate %s", p.Name).At(position)
	case p.Kind == pgtype.FunctionKind:
		return sqlstate.New(sqlstate.WrongObjectType, "OVER specified, but %s is not a window function nor an aggregate function", p.Name).At(position)
	case n.AggWithinGroup:
		return sqlstate.New(sqlstate.WrongObjectType, "window function %s cannot have WITHIN GROUP", p.Name).At(position)
	case n.AggDistinct:
		refused = "DISTINCT is not implemented for window functions"
	case len(n.AggOrder) > 0:
		refused = "aggregate ORDER BY is not implemented for window functions"
	case n.AggFilter != nil && !aggregate:
		refused = "FILTER is not implemented for non-aggregate window functions"
	default:
		return nil
	}
	return sqlstate.New(sqlstate.FeatureNotSupported, "%s", refused).At(position)
}

func (s *selection) checkWindowArguments(call *plan.WindowCall) error {
	if ref := s.b.find(call, s.own(windowCall)); ref != nil {
		return sqlstate.New(sqlstate.WindowingError, "window function calls cannot be nested").At(s.b.positionOf(ref))
	}
	if ref := s.b.find(call, s.own(setReturningCall)); ref != nil {
		return sqlstate.New(sqlstate.FeatureNotSupported, "window function calls cannot contain set-returning function calls").
			WithHint("You might be able to move the set-returning function into a LATERAL FROM item.").
			At(s.b.positionOf(ref))
	}
	return nil
}

func windowAllowed(c clause, position int) error {
	switch c {
	case clauseSelect, clauseOrderBy, clauseDistinct:
		return nil
	case clauseRange, clauseRows, clauseGroups:
		c = clauseWindow
	}
	return sqlstate.New(sqlstate.WindowingError, "window functions are not allowed in %s", c).At(position)
}

func (s *selection) windowOf(id plan.ColumnID) *windowItem {
	for _, w := range s.windows {
		if w.column.ID == id {
			return w
		}
	}
	return nil
}

// projectWindows adds the window calls, those over the same partitions and order in one node.
func (s *selection) projectWindows(n plan.Node) plan.Node {
	placed := map[*windowItem]bool{}
	for _, first := range orderedFirst(s.windows) {
		if placed[first] {
			continue
		}
		var items []plan.Item
		for _, w := range s.windows {
			if !placed[w] && sameWindow(w.call, first.call) {
				placed[w] = true
				items = append(items, plan.Item{Column: w.column, Expr: w.call})
			}
		}
		n = &plan.Window{Input: n, Items: items}
	}
	return n
}

// orderedFirst puts calls over the whole input last, as PostgreSQL does: where an
// aggregate shows the order of its input, it is that of the windows before.
func orderedFirst(windows []*windowItem) []*windowItem {
	sorted := slices.Clone(windows)
	slices.SortStableFunc(sorted, func(x, y *windowItem) int { return whole(x.call) - whole(y.call) })
	return sorted
}

func whole(call *plan.WindowCall) int {
	if len(call.Partition)+len(call.OrderBy) == 0 {
		return 1
	}
	return 0
}

func sameWindow(x, y *plan.WindowCall) bool {
	return same(&plan.WindowCall{Partition: x.Partition, OrderBy: x.OrderBy}, &plan.WindowCall{Partition: y.Partition, OrderBy: y.OrderBy})
}
