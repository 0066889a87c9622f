package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// groupingCall is GROUPING(…); which groups its arguments are is known after GROUP BY.
type groupingCall struct {
	column    plan.Column
	args      []plan.Expr
	positions []int
}

func (s *selection) groupingColumn(args []plan.Expr, positions []int) plan.Column {
	c := s.b.column("grouping", pgtype.Of(pgtype.Int4), true)
	s.groupings = append(s.groupings, groupingCall{column: c, args: args, positions: positions})
	s.b.origins[c.ID] = origin{owner: s, kind: aggregateCall}
	return c
}

// grouping gives the column for GROUPING(…).
func (s *selection) grouping(sc *scope, n *pg_query.GroupingFunc) (plan.Expr, error) {
	position := s.b.position(n.Location)
	if len(n.Args) > 31 {
		return nil, sqlstate.New("54023", "GROUPING must have fewer than 32 arguments").At(position)
	}
	args := make([]plan.Expr, len(n.Args))
	positions := make([]int, len(n.Args))
	for i, a := range n.Args {
		e, err := s.b.expr(sc, a)
		if err != nil {
			return nil, err
		}
		args[i], positions[i] = e, s.b.position(location(a))
	}
	owner, at, err := s.ownerOf(sc, &plan.Row{Fields: args})
	if err != nil {
		return nil, err
	}
	if err := aggregateAllowed(at, "grouping operations", position); err != nil {
		return nil, err
	}
	return s.b.refer(owner.groupingColumn(args, positions), position), nil
}

// groupingItems gives the aggregate items for the GROUPING calls.
func (s *selection) groupingItems() ([]plan.Item, error) {
	var items []plan.Item
	for _, g := range s.groupings {
		indexes := make([]int, len(g.args))
		for i, arg := range g.args {
			index := s.groupOf(arg)
			if index < 0 {
				return nil, sqlstate.New(sqlstate.GroupingError,
					"arguments to GROUPING must be grouping expressions of the associated query level").At(g.positions[i])
			}
			indexes[i] = index
		}
		items = append(items, plan.Item{Column: g.column, Expr: &plan.Grouping{Groups: indexes}})
	}
	return items, nil
}
