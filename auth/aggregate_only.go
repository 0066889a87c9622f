package auth

import (
	"slices"
	"strconv"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// limited is a scan whose rows may be read through aggregates over large groups only.
type limited struct {
	*governing
	rules      []catalog.Rule
	dimensions plan.ColumnSet // may be grouped by and compared
	measures   plan.ColumnSet // may be aggregated
	units      []plan.Item    // what must be different often enough, by rule; no Expr: rows
	governed   *plan.Governed
	done       bool // an Aggregate reads it as it may
}

// limit finds the rules that let the table be aggregated only. For a derived product
// that somebody else reads they cannot be applied here: its inputs' owner releases
// them, or it is not read.
func (g *governing) limit() error {
	for _, reader := range g.readers {
		for _, p := range reader.mesh.Policies {
			if len(reader.mesh.AggregateOnlyOf(p, g.table)) > 0 && !released(p, g.table, g.readNames(), g.view) &&
				g.bindsReader(reader, p, reader.accessTo(g.table).allScopes(), g.readNames()) {
				return undecided(g.table, p.ID, nil)
			}
		}
	}
	var rules []catalog.Rule
	for _, p := range g.who.mesh.Policies {
		if of := g.who.mesh.AggregateOnlyOf(p, g.table); len(of) > 0 && g.binds(p, g.readNames()) {
			rules = append(rules, of...)
			g.applied(p)
		}
	}
	if len(rules) == 0 {
		return nil
	}
	g.limited = &limited{governing: g, rules: rules, dimensions: plan.ColumnSet{}, measures: plan.ColumnSet{}}
	if len(g.limits) > 0 {
		return g.limited.refuse("a statement reads such a table once")
	}
	for i, c := range g.scan.Cols {
		g.limits[c.ID] = g.limited
		everywhere := !slices.ContainsFunc(rules, func(r catalog.Rule) bool {
			return !slices.Contains(r.AggregateOnly.Dimensions, g.column(i).Name)
		})
		if everywhere {
			g.limited.dimensions[c.ID] = true
		}
		g.limited.measures[c.ID] = true
	}
	if len(g.scan.Cols) == 0 {
		return g.limited.refuse("it has no columns")
	}
	return nil
}

// refuse says what keeps a statement from reading the table.
func (l *limited) refuse(why string) error {
	a := l.rules[0].AggregateOnly
	return sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for table %s", l.table.Address().Name).
		WithDetail("It may only be read through aggregates over groups of at least %d; %s.", a.MinGroup, why).
		WithHint("Group by and compare only its dimensions, aggregate its plain columns with count, sum, avg or a variance, in one SELECT.")
}

// units gives the stored columns that are counted to see whether a group is large enough.
func (g *governing) units(needed map[int]bool) []plan.Item {
	if g.limited == nil {
		return nil
	}
	var items []plan.Item
	for _, r := range g.limited.rules {
		i := slices.IndexFunc(g.table.Columns, func(c *catalog.Column) bool { return c.Name == r.AggregateOnly.Of })
		if i < 0 {
			g.limited.units = append(g.limited.units, plan.Item{})
			continue
		}
		needed[i] = true
		stored := g.stored(i)
		c := stored
		c.ID = g.fresh()
		item := plan.Item{Column: c, Expr: &plan.ColumnRef{Column: stored}}
		g.limited.units = append(g.limited.units, item)
		items = append(items, item)
	}
	return items
}

// checkLimits refuses a plan in which a limited scan does not stand below an Aggregate
// that was allowed to read it (suppress).
func (s *securing) checkLimits() error {
	for _, l := range s.limits {
		if !l.done {
			return l.refuse("here its rows are read otherwise")
		}
	}
	return nil
}

// suppress lets an Aggregate read a limited scan and drops the groups that are too small:
//
//	Aggregate[g, a](…Governed(in))  =>  Governed(Project[g, a](Filter[count >= n](Aggregate[g, a, count](…Governed(in)))))
//
// The inner barrier stays: conditions of the statement must not meet rows it hides. What stands around sees the groups that are left and nothing else. It is refused
// where something other than dimensions is grouped by or compared, where an aggregate
// could give a value back or single a row out by its argument, and where several levels
// of grouping would tell a dropped group by the difference.
func (s *securing) suppress(n *plan.Aggregate) plan.Node {
	chain, governed := chainBelow(n.Input)
	if governed == nil {
		return n
	}
	var l *limited
	for _, c := range s.limits {
		if c.governed == governed {
			l = c
		}
	}
	if l == nil {
		return n
	}
	if why := l.allows(n, chain); why != "" {
		s.err = s.refuse(UseDenied, l.refuse(why))
		return n
	}
	l.done = true
	out, err := l.build(n, chain, governed)
	if err != nil {
		s.err = s.refuse(Undecided, err)
		return n
	}
	return out
}

// chainBelow gives the Filters and Projects down to a barrier, top first.
func chainBelow(n plan.Node) ([]plan.Node, *plan.Governed) {
	var chain []plan.Node
	for {
		switch at := n.(type) {
		case *plan.Governed:
			return chain, at
		case *plan.Filter:
			chain, n = append(chain, at), at.Input
		case *plan.Project:
			chain, n = append(chain, at), at.Input
		default:
			return nil, nil
		}
	}
}

// allows says what keeps an Aggregate from reading the rows; "": nothing.
func (l *limited) allows(n *plan.Aggregate, chain []plan.Node) string {
	for _, at := range slices.Backward(chain) {
		switch at := at.(type) {
		case *plan.Filter:
			for _, e := range at.Conjuncts {
				if !l.fromDimensions(e) {
					return "a condition compares what is no dimension"
				}
			}
		case *plan.Project:
			for _, i := range at.Items {
				switch ref, plain := i.Expr.(*plan.ColumnRef); {
				case l.fromDimensions(i.Expr):
					l.dimensions[i.Column.ID], l.measures[i.Column.ID] = true, true
				case plain && l.measures[ref.ID]:
					l.measures[i.Column.ID] = true
				}
			}
		}
	}
	if n.Sets != nil {
		return "grouping sets would tell the groups that are too small"
	}
	for _, i := range n.Groups {
		if !l.fromDimensions(i.Expr) {
			return "what is grouped by is no dimension"
		}
	}
	for _, i := range n.Aggs {
		if why := l.allowsCall(i.Expr); why != "" {
			return why
		}
	}
	return ""
}

// fromDimensions tells whether an expression is computed from dimensions alone.
func (l *limited) fromDimensions(e plan.Expr) bool {
	return !plan.HasSubquery(e) && l.dimensions.Has(plan.References(e))
}

func (l *limited) allowsCall(e plan.Expr) string {
	call, ok := e.(*plan.AggregateCall)
	if !ok || call.Procedure == nil || !summary(call.Procedure.Name) {
		return "an aggregate would show values"
	}
	if call.Filter != nil || len(call.OrderBy)+len(call.WithinGroup) > 0 {
		return "an aggregate has a FILTER or an order of its own"
	}
	for _, a := range call.Args {
		for {
			c, ok := a.(*plan.Cast)
			if !ok || c.Context != plan.CastImplicit {
				break
			}
			a = c.Arg
		}
		if _, constant := a.(*plan.Literal); constant || l.fromDimensions(a) {
			continue
		}
		if ref, ok := a.(*plan.ColumnRef); !ok || !l.measures[ref.ID] {
			return "an aggregate's argument is more than a column"
		}
	}
	return ""
}

// build makes the barrier around the groups.
func (l *limited) build(n *plan.Aggregate, chain []plan.Node, governed *plan.Governed) (plan.Node, error) {
	at := plan.Node(governed)
	for _, link := range slices.Backward(chain) {
		if p, ok := link.(*plan.Project); ok {
			wide := &plan.Project{Input: at, Items: slices.Clone(p.Items)}
			for _, u := range l.units {
				if u.Expr != nil {
					wide.Items = append(wide.Items, plan.PassOn(u.Column))
				}
			}
			at = wide
			continue
		}
		at = link.WithInputs([]plan.Node{at})
	}
	b := &builder{}
	counted := *n
	counted.Input, counted.Aggs = at, slices.Clone(n.Aggs)
	var large []plan.Expr
	for i, r := range l.rules {
		size := plan.Column{ID: l.fresh(), Name: "size", Type: pgtype.Of(pgtype.Int8), NotNull: true}
		counted.Aggs = append(counted.Aggs, plan.Item{Column: size, Expr: b.counts(l.units[i])})
		large = append(large, b.operator(">=", &plan.ColumnRef{Column: size}, literal(pgtype.Int8, strconv.Itoa(r.AggregateOnly.MinGroup))))
	}
	kept := &plan.Project{Input: &plan.Filter{Input: &counted, Conjuncts: large}}
	for _, c := range n.Columns() {
		kept.Items = append(kept.Items, plan.PassOn(c))
	}
	out := *governed
	out.Input, out.Filtered, out.Masked = kept, true, nil
	return &out, b.err
}

// counts gives count(DISTINCT unit), or count(*) where rows are counted.
func (b *builder) counts(unit plan.Item) plan.Expr {
	call := &plan.AggregateCall{Of: pgtype.Of(pgtype.Int8)}
	for _, p := range pgtype.ProceduresByName("", "count") {
		if p.Kind == pgtype.AggregateKind && len(p.ArgTypes) == min(1, len(argsOf(unit))) {
			call.Procedure = p
		}
	}
	if call.Procedure == nil {
		b.fail("aggregate count")
	}
	call.Args, call.Distinct = argsOf(unit), unit.Expr != nil
	return call
}

func argsOf(unit plan.Item) []plan.Expr {
	if unit.Expr == nil {
		return nil
	}
	return []plan.Expr{&plan.ColumnRef{Column: unit.Column}}
}
