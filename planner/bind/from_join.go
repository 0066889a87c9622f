package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// fromJoin binds JOIN. The right side may read the left by LATERAL, if the join is
// inner or left.
func (s *selection) fromJoin(n *pg_query.JoinExpr, before []*relation) (fromItem, error) {
	kind := joinKind(n.Jointype)
	left, err := s.fromItem(n.Larg, before)
	if err != nil {
		return fromItem{}, err
	}
	visible := append(before[:len(before):len(before)], barred(left.relations, kind)...)
	right, err := s.fromItem(n.Rarg, visible)
	if err != nil {
		return fromItem{}, err
	}
	if err := checkAliases(left.relations, right.relations); err != nil {
		return fromItem{}, err
	}
	joined, err := s.joinOn(n, kind, left, right)
	if err != nil {
		return fromItem{}, err
	}
	return s.aliasJoin(n, joined)
}

func joinKind(t pg_query.JoinType) plan.JoinKind {
	switch t {
	case pg_query.JoinType_JOIN_LEFT:
		return plan.LeftJoin
	case pg_query.JoinType_JOIN_RIGHT:
		return plan.RightJoin
	case pg_query.JoinType_JOIN_FULL:
		return plan.FullJoin
	}
	return plan.InnerJoin
}

// barred marks the left relations of a join whose right side may not read them.
func barred(left []*relation, kind plan.JoinKind) []*relation {
	if kind == plan.InnerJoin || kind == plan.LeftJoin {
		return left
	}
	out := make([]*relation, len(left))
	for i, r := range left {
		changed := *r
		changed.barred = true
		out[i] = &changed
	}
	return out
}

// joined is a join before its alias: the items' relations, and its own columns.
type joined struct {
	fromItem
	merged []scopeColumn // of USING, which stand first in columns
}

func (s *selection) joinOn(n *pg_query.JoinExpr, kind plan.JoinKind, left, right fromItem) (joined, error) {
	names, err := usingNames(n, left.columns, right.columns)
	if err != nil {
		return joined{}, err
	}
	if names != nil {
		return s.joinUsing(kind, names, left, right)
	}
	var on []plan.Expr
	if n.Quals != nil {
		at := s.lateral(clauseJoinOn, append(left.relations[:len(left.relations):len(left.relations)], right.relations...))
		e, err := s.b.exprAs(at, n.Quals, pgtype.Of(pgtype.Bool), "argument of JOIN/ON")
		if err != nil {
			return joined{}, err
		}
		on = s.b.conjuncts(e)
	}
	node := join(kind, left.node, right.node, on)
	left, right = padded(kind, left, right)
	return joined{fromItem: fromItem{
		node:      node,
		relations: append(qualifiedOnly(left.relations), qualifiedOnly(right.relations)...),
		columns:   append(left.columns[:len(left.columns):len(left.columns)], right.columns...),
	}}, nil
}

// padded makes the columns nullable that an outer join may fill with NULL.
func padded(kind plan.JoinKind, left, right fromItem) (fromItem, fromItem) {
	if kind == plan.RightJoin || kind == plan.FullJoin {
		left = left.nullable()
	}
	if kind == plan.LeftJoin || kind == plan.FullJoin {
		right = right.nullable()
	}
	return left, right
}

func (i fromItem) nullable() fromItem {
	i.columns = nullable(i.columns)
	before := i.relations
	i.relations = changed(i.relations, nullable)
	for n, r := range i.relations {
		if !r.padded {
			r.witness = witness(before[n].columns, r.columns)
		}
		r.padded = true
	}
	return i
}

// qualifiedOnly leaves relations inside a join to be named by their alias: names alone
// mean the join's columns.
func qualifiedOnly(relations []*relation) []*relation {
	return changed(relations, func(columns []scopeColumn) []scopeColumn {
		out := append([]scopeColumn{}, columns...)
		for i := range out {
			out[i].unqualified = false
		}
		return out
	})
}

// witness finds a column that held no NULL before its relation became optional.
func witness(before, after []scopeColumn) *scopeColumn {
	for i, c := range before {
		if c.expr.NotNull {
			return &after[i]
		}
	}
	return nil
}

func changed(relations []*relation, change func([]scopeColumn) []scopeColumn) []*relation {
	out := make([]*relation, len(relations))
	for i, r := range relations {
		c := *r
		c.columns = change(r.columns)
		out[i] = &c
	}
	return out
}

func nullable(columns []scopeColumn) []scopeColumn {
	out := append([]scopeColumn{}, columns...)
	for i := range out {
		c := out[i].expr.Column
		c.NotNull = false
		out[i].expr = &plan.ColumnRef{Column: c}
	}
	return out
}

// aliasJoin makes the relation of the join itself. With an alias it hides its sides.
func (s *selection) aliasJoin(n *pg_query.JoinExpr, j joined) (fromItem, error) {
	r := &relation{alias: "unnamed_join", hidden: true, columns: append([]scopeColumn{}, j.columns...)}
	for i := range r.columns {
		r.columns[i].unqualified = true
	}
	if n.JoinUsingAlias != nil {
		using := &relation{alias: n.JoinUsingAlias.Aliasname, aliased: true, columns: append([]scopeColumn{}, j.merged...)}
		for i := range using.columns {
			using.columns[i].unqualified = false
		}
		if err := checkAliases(j.relations, []*relation{using}); err != nil {
			return fromItem{}, err
		}
		j.relations = append(j.relations, using)
		s.tried = append(s.tried, using)
	}
	if n.Alias != nil {
		j.relations, r.hidden = nil, false
	}
	if err := r.renameAs("join expression", n.Alias); err != nil {
		return fromItem{}, err
	}
	if !r.hidden {
		s.tried = append(s.tried, r)
	}
	return fromItem{node: j.node, relations: append(j.relations, r), columns: r.columns}, nil
}
