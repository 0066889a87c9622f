package auth

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// restriction is what may not be done with a column of a scan.
type restriction struct {
	noProject       string // the policy by which it may be compared and counted, not shown; "": it may be shown
	refusePredicate bool   // it may be shown (masked), not compared
	column, table   string
}

func (g *governing) restrict(id plan.ColumnID) *restriction {
	r := g.uses[id]
	if r == nil {
		r = &restriction{table: g.table.Address().Name}
		for i, c := range g.scan.Cols {
			if c.ID == id {
				r.column = g.column(i).Name
			}
		}
		g.uses[id] = r
	}
	return r
}

// checkUses refuses a statement that does with a column what a policy forbids.
func (s *securing) checkUses(q plan.Query) error {
	if len(s.uses) == 0 {
		return nil
	}
	c := &useCheck{uses: s.uses, lineage: trace(q.Root), origins: map[plan.ColumnID]map[plan.ColumnID]ways{}}
	for _, o := range q.Output {
		c.shown(o.ID)
	}
	plan.Walk(q.Root, func(n plan.Node) bool {
		c.node(n)
		return c.err == nil
	})
	return c.err
}

type useCheck struct {
	uses    map[plan.ColumnID]*restriction
	lineage *lineage
	origins map[plan.ColumnID]map[plan.ColumnID]ways
	err     error
}

func (c *useCheck) of(id plan.ColumnID) map[plan.ColumnID]ways {
	if c.origins[id] == nil {
		c.origins[id] = c.lineage.origins(id)
	}
	return c.origins[id]
}

// shown refuses a column whose values would be read, and an order that tells them.
func (c *useCheck) shown(id plan.ColumnID) {
	for from, w := range c.of(id) {
		if r := c.uses[from]; r != nil && r.noProject != "" && w.shown() {
			c.refuse(r, "The policy %s lets this column be compared, joined on and aggregated, not shown or ordered by.", r.noProject)
		}
	}
}

func (c *useCheck) refuse(r *restriction, detail string, args ...any) {
	e := sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for column %s of table %s", r.column, r.table).WithDetail(detail, args...)
	e.Column, e.Table = r.column, r.table
	if c.err == nil {
		c.err = e
	}
}

func (c *useCheck) node(n plan.Node) {
	for _, e := range n.Exprs() {
		c.cannotFail(e)
		plan.WalkExpr(e, func(e plan.Expr) bool {
			switch e := e.(type) {
			case *plan.Case:
				for _, w := range e.Whens {
					c.compared(w.Condition)
				}
			case *plan.AggregateCall:
				if e.Filter != nil {
					c.compared(e.Filter)
				}
			}
			return true
		})
	}
	switch n := n.(type) {
	case *plan.Filter:
		c.allCompared(n.Conjuncts)
	case *plan.Join:
		c.allCompared(n.On)
	case *plan.Sort:
		for _, k := range n.Keys {
			c.readOff(k.Expr)
		}
	case *plan.Deduplicate:
		for _, e := range n.On {
			c.readOff(e)
		}
	case *plan.SetOperation:
		if n.Kind != plan.Union {
			for _, col := range n.Cols {
				c.compared(&plan.ColumnRef{Column: col})
			}
		}
	}
}

func (c *useCheck) readOff(e plan.Expr) {
	for _, id := range reached(e) {
		c.shown(id)
	}
}

func (c *useCheck) allCompared(conditions []plan.Expr) {
	for _, e := range conditions {
		c.compared(e)
	}
}

// compared refuses conditions on a masked column whose policy forbids them.
func (c *useCheck) compared(e plan.Expr) {
	for _, id := range reached(e) {
		for from := range c.of(id) {
			if r := c.uses[from]; r != nil && r.refusePredicate {
				c.refuse(r, "The column is masked, and its policy refuses conditions on it.")
			}
		}
	}
}

// cannotFail refuses expressions over a column that may not be shown where they can
// fail: the text of an error quotes values.
func (c *useCheck) cannotFail(e plan.Expr) {
	var hidden *restriction
	for _, id := range reached(e) {
		for from := range c.of(id) {
			if r := c.uses[from]; r != nil && r.noProject != "" {
				hidden = r
			}
		}
	}
	if hidden != nil && !harmless(e) {
		c.refuse(hidden, "The policy %s does not let this column be shown, and this expression could fail over one of its values.", hidden.noProject)
	}
}

// fragility refuses a plan in which an expression over one of these columns can fail.
func fragility(q plan.Query, uses map[plan.ColumnID]*restriction) error {
	if len(uses) == 0 {
		return nil
	}
	c := &useCheck{uses: uses, lineage: trace(q.Root), origins: map[plan.ColumnID]map[plan.ColumnID]ways{}}
	plan.Walk(q.Root, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			c.cannotFail(e)
		}
		return c.err == nil
	})
	return c.err
}

// harmless tells whether nothing in an expression can fail. Subqueries and aggregates
// are judged by what they are given: what they do with it quotes no value.
func harmless(e plan.Expr) bool {
	ok := true
	plain := plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		switch e.(type) {
		case *plan.Subquery, *plan.AggregateCall:
			for _, child := range e.Children() {
				ok = ok && functions.Total(child)
			}
			return &plan.Literal{Of: e.Type(), Null: true}
		}
		return e
	})
	return ok && functions.Total(plain)
}
