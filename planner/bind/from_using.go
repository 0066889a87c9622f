package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// usingNames gives the columns a join merges; nil for a join without USING or NATURAL.
func usingNames(n *pg_query.JoinExpr, left, right []scopeColumn) ([]string, error) {
	if n.IsNatural {
		return commonNames(left, right), nil
	}
	var names []string
	for _, u := range n.UsingClause {
		name := u.GetString_().GetSval()
		for _, other := range names {
			if other == name {
				return nil, sqlstate.New(sqlstate.DuplicateColumn, "column name \"%s\" appears more than once in USING clause", name)
			}
		}
		names = append(names, name)
	}
	return names, nil
}

// commonNames lists the names both sides have, in the left side's order.
func commonNames(left, right []scopeColumn) []string {
	names := []string{}
	for _, l := range left {
		for _, r := range right {
			if l.name == r.name {
				names = append(names, l.name)
				break
			}
		}
	}
	return names
}

// joinUsing joins by equality of the named columns, which stand first and once in the
// result: merged, rest of the left, rest of the right.
func (s *selection) joinUsing(kind plan.JoinKind, names []string, left, right fromItem) (joined, error) {
	var pairs []usingPair
	for _, name := range names {
		p, err := findPair(name, left.columns, right.columns)
		if err != nil {
			return joined{}, err
		}
		if _, _, err := s.b.unify("JOIN/USING", []plan.Expr{p.left.expr, p.right.expr}, []int{0, 0}); err != nil {
			return joined{}, err
		}
		pairs = append(pairs, p)
	}
	on, err := s.usingCondition(pairs)
	if err != nil {
		return joined{}, err
	}
	node := join(kind, left.node, right.node, on)
	left, right = padded(kind, left, right)
	j := joined{fromItem: fromItem{relations: append(qualifiedOnly(left.relations), qualifiedOnly(right.relations)...)}}
	var computed []plan.Item
	for _, p := range pairs {
		p, _ = findPair(p.left.name, left.columns, right.columns) // nullable now, where the join pads
		c, item, err := s.merge(kind, p)
		if err != nil {
			return joined{}, err
		}
		j.merged = append(j.merged, c)
		computed = append(computed, item...)
	}
	j.node = extend(node, computed)
	j.columns = append(j.columns, j.merged...)
	j.columns = append(j.columns, without(left.columns, names)...)
	j.columns = append(j.columns, without(right.columns, names)...)
	return j, nil
}

func (s *selection) usingCondition(pairs []usingPair) ([]plan.Expr, error) {
	var on []plan.Expr
	for _, p := range pairs {
		e, err := s.b.compare("=", p.left.expr, p.right.expr, 0)
		if err != nil {
			return nil, err
		}
		on = append(on, e)
	}
	return on, nil
}

type usingPair struct{ left, right scopeColumn }

func findPair(name string, left, right []scopeColumn) (p usingPair, err error) {
	if p.left, err = findUsing(name, left, "left"); err != nil {
		return p, err
	}
	p.right, err = findUsing(name, right, "right")
	return p, err
}

func findUsing(name string, columns []scopeColumn, side string) (found scopeColumn, err error) {
	for _, c := range columns {
		if c.name != name {
			continue
		}
		if found.expr != nil {
			return found, sqlstate.New(sqlstate.AmbiguousColumn, "common column name \"%s\" appears more than once in %s table", name, side)
		}
		found = c
	}
	if found.expr == nil {
		return found, sqlstate.New(sqlstate.UndefinedColumn, "column \"%s\" specified in USING clause does not exist in %s table", name, side)
	}
	return found, nil
}

// merge gives the one column two equal ones become (parse_clause.c, buildMergedJoinVar):
// one of the sides where it is never padded, else the first that is not NULL.
func (s *selection) merge(kind plan.JoinKind, p usingPair) (scopeColumn, []plan.Item, error) {
	sides, of, err := s.b.unify("JOIN/USING", []plan.Expr{p.left.expr, p.right.expr}, []int{0, 0})
	if err != nil {
		return scopeColumn{}, nil, err
	}
	leftPlain, rightPlain := sides[0] == plan.Expr(p.left.expr), sides[1] == plan.Expr(p.right.expr)
	var e plan.Expr
	switch {
	case kind == plan.FullJoin:
		e = &plan.Coalesce{Args: sides, Of: of}
	case kind == plan.LeftJoin, kind == plan.InnerJoin && (leftPlain || !rightPlain):
		if leftPlain {
			return p.left, nil, nil
		}
		e = sides[0]
	default:
		if rightPlain {
			return p.right, nil, nil
		}
		e = sides[1]
	}
	c := s.b.column(p.left.name, of, false)
	s.b.origins[c.ID] = origin{owner: s, kind: scalarCall, relation: s.b.originOf(p.left.expr).relation, name: p.left.name, merged: e}
	return scopeColumn{name: p.left.name, expr: &plan.ColumnRef{Column: c}, unqualified: true},
		[]plan.Item{{Column: c, Expr: e}}, nil
}

// relabel casts what differs from the common type in its modifier only.
func relabel(exprs []plan.Expr, t pgtype.Type) []plan.Expr {
	out := make([]plan.Expr, len(exprs))
	for i, e := range exprs {
		out[i] = e
		if e.Type() != t {
			out[i] = &plan.Cast{Arg: e, To: t, Context: plan.CastImplicit}
		}
	}
	return out
}

// extend adds computed columns to those of n.
func extend(n plan.Node, computed []plan.Item) plan.Node {
	if len(computed) == 0 {
		return n
	}
	var items []plan.Item
	for _, c := range n.Columns() {
		items = append(items, plan.Item{Column: c, Expr: &plan.ColumnRef{Column: c}})
	}
	return &plan.Project{Input: n, Items: append(items, computed...)}
}

func without(columns []scopeColumn, names []string) []scopeColumn {
	var out []scopeColumn
next:
	for _, c := range columns {
		for _, name := range names {
			if c.name == name {
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}
