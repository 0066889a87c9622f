package rules

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// splitAggregate has a source add up its own rows before they are joined with those of
// others, so that one row comes for each value of what joins and groups them.
//
//	Aggregate[g; sum(x)](Join[a = b](Remote(A), B))
//	=>  Project[g; total](Aggregate[g; total := sum(s)](Join[a = b](Remote(Aggregate[a; s := sum(x)](A)), B)))
//
// Every row of A that has the same a meets the same rows of B, so adding up before or
// after is the same; for that all columns of A that anything above reads become groups.
// It also takes apart an aggregate that stands right on A, where the source can compute
// the parts and not the whole (an average in MySQL).
//
// What is added up early is added up of rows that the join might drop, so it must not
// fail. Which aggregates can be taken apart exactly says splittable. Whether the groups
// are fewer than the rows only the executor knows: a partial aggregate may be left out.
var splitAggregate = Rule{"SplitAggregate", func(c *Context, n plan.Node) (plan.Node, bool) {
	top, ok := n.(*plan.Aggregate)
	if !ok || top.Single != nil {
		return n, false
	}
	top = overProject(top)
	for _, leaf := range partLeaves(top.Input) {
		if out, ok := c.splitAt(top, leaf); ok {
			return out, true
		}
	}
	return n, false
}}

// overProject reads through computed columns that may be computed elsewhere, so that
// what an aggregate adds up is seen in terms of tables.
//
//	Aggregate[g; sum(y)](Project[y := f(x)](in))  =>  Aggregate[g; sum(f(x))](in)
func overProject(n *plan.Aggregate) *plan.Aggregate {
	p, ok := n.Input.(*plan.Project)
	if !ok {
		return n
	}
	by := map[plan.ColumnID]plan.Expr{}
	for _, i := range p.Items {
		if !i.PassesOn() {
			by[i.Column.ID] = i.Expr
		}
		if _, literal := i.Expr.(*plan.Literal); literal || plan.HasSubquery(i.Expr) || !functions.TotalBounded(i.Expr) {
			return n
		}
	}
	exprs := n.Exprs()
	for i, e := range exprs {
		exprs[i] = plan.Substitute(e, by)
	}
	out := n.WithExprs(exprs).(*plan.Aggregate)
	out.Input = p.Input
	return overProject(out)
}

// partLeaf is a Remote below an aggregate, or a union of such, and the way to it.
type partLeaf struct {
	node   plan.Node
	direct bool // nothing stands between
	padded bool // an outer join may pad its rows
}

// partLeaves lists the leaves that an aggregate reaches through joins and conditions.
func partLeaves(n plan.Node) []partLeaf {
	all := reachable(n, false)
	for i := range all {
		all[i].direct = all[i].node == n
	}
	return all
}

func reachable(n plan.Node, padded bool) []partLeaf {
	switch n := n.(type) {
	case *plan.Remote:
		return []partLeaf{{node: n, padded: padded}}
	case *plan.SetOperation:
		if branches(n) != nil {
			return []partLeaf{{node: n, padded: padded}}
		}
	case *plan.Filter:
		return reachable(n.Input, padded)
	case *plan.Join:
		if n.Lateral {
			return nil
		}
		left := reachable(n.Left, padded || !leftKept(n.Kind))
		if n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin {
			return left
		}
		return append(left, reachable(n.Right, padded || n.Kind == plan.LeftJoin || n.Kind == plan.FullJoin)...)
	}
	return nil
}

// splitAt takes the aggregate apart over one Remote.
func (c *Context) splitAt(top *plan.Aggregate, leaf partLeaf) (plan.Node, bool) {
	next := c.options.NextID
	out, ok := c.splitOver(top, leaf)
	if !ok {
		c.options.NextID = next
	}
	return out, ok
}

func (c *Context) splitOver(top *plan.Aggregate, leaf partLeaf) (plan.Node, bool) {
	own := plan.Produced(leaf.node)
	keys := neededAbove(top.Input, leaf.node, own)
	groups, keys := groupsBelow(top.Groups, leaf, own, keys)
	parts := &plan.Aggregate{Input: leaf.node}
	combined := &plan.Aggregate{Groups: groups, Sets: top.Sets}
	whole := &plan.Project{}
	for _, g := range groups {
		whole.Items = append(whole.Items, plan.PassOn(g.Column))
	}
	s := &splits{context: c, padded: leaf.padded}
	for _, item := range top.Aggs {
		if below(item.Expr, leaf, own) {
			p, ok := s.split(item)
			if !ok {
				return nil, false
			}
			p = s.shared(p, parts.Aggs)
			parts.Aggs, parts.Single = append(parts.Aggs, p.parts...), append(parts.Single, p.single...)
			combined.Aggs = append(combined.Aggs, p.combined...)
			whole.Items = append(whole.Items, plan.Item{Column: item.Column, Expr: p.whole})
			continue
		}
		if !staysWhole(item.Expr) {
			return nil, false
		}
		addWithin(keys.read, plan.References(item.Expr), own)
		combined.Aggs = append(combined.Aggs, item)
		whole.Items = append(whole.Items, plan.PassOn(item.Column))
	}
	if parts.Aggs == nil && leaf.direct {
		return nil, false
	}
	parts.Groups = keys.items(leaf.node)
	if parts.Groups == nil && !(leaf.direct && len(top.Groups) == 0 && top.Sets == nil) || !c.fewer(leaf, parts) {
		return nil, false // without groups there is a row even of no rows
	}
	if parts.Single == nil {
		parts.Single = []plan.Expr{}
	}
	in, ok := c.absorbParts(parts)
	if !ok {
		return nil, false
	}
	combined.Input = replaceNode(top.Input, leaf.node, in)
	whole.Input = combined
	return whole, true
}

// fewer tells whether grouping can make rows fewer, as far as contracts tell, and whether
// all groups can be told apart before as well as after.
func (c *Context) fewer(leaf partLeaf, parts *plan.Aggregate) bool {
	for _, g := range parts.Groups {
		if !printsAlike(g.Expr) {
			return false
		}
	}
	r, ok := leaf.node.(*plan.Remote)
	return leaf.direct || !ok || !uniqueBy(r.Root, plan.Produced(&plan.Project{Items: parts.Groups}))
}

// below tells whether an aggregate can be computed in part over the Remote alone.
func below(e plan.Expr, leaf partLeaf, own plan.ColumnSet) bool {
	call, ok := e.(*plan.AggregateCall)
	if !ok || !splittable(call) {
		return false
	}
	refs := plan.References(call)
	if !own.Has(refs) || len(refs) == 0 && (len(call.Args) > 0 || call.Filter != nil) {
		return false
	}
	if leaf.direct {
		return true
	}
	for _, a := range call.Children() {
		if plan.HasSubquery(a) || !functions.TotalBounded(a) {
			return false
		}
	}
	// Of a padded row the argument must be NULL, which no part would be.
	return !leaf.padded || call.Filter == nil && (len(call.Args) == 0 || nullOfNulls(call.Args[0]))
}

// nullOfNulls tells whether an expression is NULL where all its columns are.
func nullOfNulls(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.ColumnRef:
		return true
	case *plan.Cast:
		return nullOfNulls(e.Arg)
	case *plan.Call:
		for _, a := range e.Args {
			if e.Procedure.Strict && nullOfNulls(a) {
				return true
			}
		}
	}
	return false
}

// staysWhole tells whether an aggregate gives the same however often a row stands.
func staysWhole(e plan.Expr) bool {
	call, ok := e.(*plan.AggregateCall)
	if !ok {
		return true // GROUPING
	}
	return len(call.OrderBy) == 0 && len(call.WithinGroup) == 0 && (call.Distinct || functions.Idempotent(functions.Signature(call))) &&
		functions.Signature(call) != "array_agg(anynonarray)"
}

// partKeys are the groups of a partial aggregate: columns that are read above, and
// groups that are computed below.
type partKeys struct {
	read     plan.ColumnSet
	computed []plan.Item
}

func (k partKeys) items(n plan.Node) []plan.Item {
	var items []plan.Item
	for _, col := range n.Columns() {
		if k.read[col.ID] {
			items = append(items, plan.PassOn(col))
		}
	}
	return append(items, k.computed...)
}

// neededAbove gives the columns of a leaf that conditions between it and n read.
func neededAbove(n, leaf plan.Node, own plan.ColumnSet) partKeys {
	k := partKeys{read: plan.ColumnSet{}}
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			addWithin(k.read, plan.References(e), own)
		}
		return n != leaf
	})
	return k
}

func addWithin(to, refs, own plan.ColumnSet) {
	for id := range refs {
		if own[id] {
			to[id] = true
		}
	}
}

// groupsBelow computes groups over the leaf alone below, where that cannot fail and
// no outer join would have computed them of NULLs; of all others it notes the columns.
func groupsBelow(groups []plan.Item, leaf partLeaf, own plan.ColumnSet, k partKeys) ([]plan.Item, partKeys) {
	out := make([]plan.Item, len(groups))
	for i, g := range groups {
		out[i] = g
		refs := plan.References(g.Expr)
		_, plain := g.Expr.(*plan.ColumnRef)
		if plain || leaf.padded || len(refs) == 0 || !own.Has(refs) || plan.HasSubquery(g.Expr) || !leaf.answers(g.Expr) || !printsAlike(g.Expr) {
			addWithin(k.read, refs, own)
			continue
		}
		k.computed = append(k.computed, g)
		out[i] = plan.PassOn(g.Column)
	}
	return out, k
}

// answers tells whether an expression cannot fail where the leaf is read.
func (l partLeaf) answers(e plan.Expr) bool {
	r, ok := l.node.(*plan.Remote)
	return functions.TotalBounded(e) || ok && r.Source.Kind == catalog.Postgres && functions.WholeField(e)
}

// replaceNode puts a node in the place of another below n.
func replaceNode(n, old, new plan.Node) plan.Node {
	if n == old {
		return new
	}
	inputs := n.Inputs()
	out := make([]plan.Node, len(inputs))
	changed := false
	for i, in := range inputs {
		out[i] = replaceNode(in, old, new)
		changed = changed || out[i] != in
	}
	if !changed {
		return n
	}
	return n.WithInputs(out)
}
