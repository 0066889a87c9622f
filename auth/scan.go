package auth

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// sessionsOwn tells whether a table belongs to the session that reads it and to no
// domain: its temporary tables hold only what it has been given already. No table of a
// mesh is one, whatever its files say: those have a Product.
func sessionsOwn(t *catalog.Table) bool {
	return t != nil && t.Product == nil && t.Source != nil && ownKinds[t.Source.Kind]
}

// ownKinds are the kinds of sources that hold a session's own tables.
var ownKinds = map[catalog.Kind]bool{catalog.Temporary: true, catalog.System: true, catalog.AuditLog: true}

// scan governs one Scan, or refuses.
func (s *securing) scan(n *plan.Scan) (plan.Node, error) {
	t := n.Table
	if sessionsOwn(t) {
		s.recordAudit(n)
		return n, nil
	}
	if err := s.current(t); err != nil {
		return nil, s.refuse(StaleSnapshot, err)
	}
	a := s.who.accessTo(t)
	if !a.visible() {
		_, err := Visible(s.who, t.Address())
		if err == nil {
			err = missing(t.Address())
		}
		s.decision.Tables = append(s.decision.Tables, TableDecision{Address: addressText(t), Version: t.Version, Via: s.via})
		return nil, s.refuse(NotGranted, err)
	}
	g := &governing{securing: s, scan: n, table: t, access: a, raw: map[int]plan.Column{}}
	g.findRead()
	governed, reason, err := g.govern()
	g.decision.Via = s.via
	s.decision.Tables = append(s.decision.Tables, g.decision)
	if err != nil {
		return nil, s.refuse(reason, err)
	}
	s.decision.Reason = Granted
	s.notice(t)
	return governed, nil
}

// govern goes the steps in order; reason says which of them refused.
func (g *governing) govern() (*plan.Governed, Reason, error) {
	var err error
	if slices.Contains(g.trail, g.table) {
		return nil, Undecided, recursion(g.table)
	}
	if err := g.checkHidden(); err != nil {
		return nil, NotGranted, err
	}
	if g.scopes, err = g.access.scopes(g.table, g.readNames()); err != nil {
		return nil, ColumnDenied, err
	}
	if err := g.limit(); err != nil {
		return nil, Undecided, err
	}
	if err := g.chooseMasks(); err != nil {
		return nil, Undecided, err
	}
	conjuncts, err := g.rowFilters()
	if err != nil {
		return nil, Undecided, err
	}
	governed := g.build(conjuncts)
	if g.table.View != nil {
		if governed, err = g.derive(governed); err != nil {
			return nil, g.viewReason, err
		}
	}
	if g.limited != nil {
		g.limited.governed = governed
	}
	return governed, Granted, nil
}

// current refuses a table of another snapshot: its policies would be judged by the wrong one's.
func (s *securing) current(t *catalog.Table) error {
	if t == nil || t.Product == nil || t.Product.Domain == nil || len(t.Addresses) == 0 || s.who.mesh == nil {
		return sqlstate.New(sqlstate.InternalError, "auth: a scan of no product")
	}
	if now, ok := s.who.mesh.Table(t.Address()); !ok || now != t {
		return sqlstate.New(sqlstate.ObjectNotInPrerequisiteState, "the mesh has changed since the statement was prepared").
			WithHint("Send the statement again.")
	}
	return nil
}

// notice tells once that a product is deprecated.
func (s *securing) notice(t *catalog.Table) {
	if t.Status != "deprecated" && t.Product.Status != "deprecated" || s.noticed[t.Product] {
		return
	}
	s.noticed[t.Product] = true
	e := sqlstate.New(sqlstate.Warning, "%s.%s is deprecated", t.Address().Schema, t.Address().Name)
	e.Severity = "WARNING"
	s.notices = append(s.notices, e)
}

// governing is the work on one Scan. The columns the query knows keep their IDs where
// they pass through; where they are masked the stored values get fresh ones below.
type governing struct {
	*securing
	scan     *plan.Scan
	table    *catalog.Table
	access   access
	scopes   []scope
	read     []int // indexes into scan.Cols
	raw      map[int]plan.Column
	masks    map[int]plan.Expr // by index into scan.Cols
	chosen   map[int]*chosenMask
	masked   []plan.ColumnID
	policies []string
	filtered bool
	decision TableDecision

	carrying   []*catalog.Table // derived products whose inputs are being looked at
	limited    *limited
	viewReason Reason // why the query of a derived product was refused
}

// applied notes that a policy is in force.
func (g *governing) applied(p *catalog.Policy) {
	if !slices.Contains(g.policies, p.ID) {
		g.policies = append(g.policies, p.ID)
	}
}

// findRead finds the columns the query reads.
func (g *governing) findRead() {
	g.decision = TableDecision{Address: addressText(g.table), Version: g.table.Version}
	for i, c := range g.scan.Cols {
		name := g.column(i).Name
		if g.used.predicate[c.ID] {
			g.decision.Predicate = append(g.decision.Predicate, name)
		}
		if g.used.output[c.ID] {
			g.decision.Output = append(g.decision.Output, name)
		}
		if g.used.read[c.ID] {
			g.read = append(g.read, i)
		}
	}
}

func addressText(t *catalog.Table) string { return t.Address().Schema + "." + t.Address().Name }

func (g *governing) column(i int) *catalog.Column { return g.table.Columns[g.scan.Ordinals[i]] }

func (g *governing) readNames() []string {
	names := make([]string, len(g.read))
	for i, r := range g.read {
		names[i] = g.column(r).Name
	}
	return names
}

// fresh gives an ID that nothing else has.
func (s *securing) fresh() plan.ColumnID {
	s.next++
	return s.next - 1
}

// stored gives the column of the scan below that holds the stored values of a column
// of the table, by its index there.
func (g *governing) stored(ordinal int) plan.Column {
	if c, ok := g.raw[ordinal]; ok {
		return c
	}
	column := g.table.Columns[ordinal]
	c := plan.Column{Name: column.Name, Type: column.Type, NotNull: column.NotNull}
	if i := slices.Index(g.scan.Ordinals, ordinal); i >= 0 && g.masks[i] == nil {
		c = g.scan.Cols[i]
	} else {
		c.ID = g.fresh()
	}
	g.raw[ordinal] = c
	return c
}

// build puts the governed plan together.
func (g *governing) build(conjuncts []plan.Expr) *plan.Governed {
	items := make([]plan.Item, 0, len(g.read))
	needed := map[int]bool{}
	for _, i := range g.read {
		c := g.scan.Cols[i]
		needed[g.scan.Ordinals[i]] = true
		if mask := g.masks[i]; mask != nil {
			delete(needed, g.scan.Ordinals[i]) // unless the mask refers to it, the stored value is not even read
			c.NotNull = g.chosen[i].notNull(c.NotNull)
			g.weaken = g.weaken || !c.NotNull && g.scan.Cols[i].NotNull
			items = append(items, plan.Item{Column: c, Expr: mask})
			g.masked = append(g.masked, c.ID)
			continue
		}
		items = append(items, plan.PassOn(c))
	}
	items = append(items, g.units(needed)...)
	var input plan.Node = g.narrowed(needed, conjuncts)
	if len(conjuncts) > 0 {
		input = &plan.Filter{Input: input, Conjuncts: conjuncts}
	}
	return &plan.Governed{
		Input: &plan.Project{Input: input, Items: items}, Table: g.table,
		Grants: g.decision.Grants, Policies: g.policies, Masked: g.masked, Filtered: g.filtered, Hides: g.fails && g.hides(),
	}
}

// narrowed gives the scan of the stored columns that items and conditions need.
func (g *governing) narrowed(needed map[int]bool, conjuncts []plan.Expr) *plan.Scan {
	used := plan.ColumnSet{}
	for _, e := range conjuncts {
		for id := range plan.References(e) {
			used[id] = true
		}
	}
	for _, m := range g.masks {
		for id := range plan.References(m) {
			used[id] = true
		}
	}
	out := &plan.Scan{Table: g.table, Alias: g.scan.Alias, Position: g.scan.Position}
	for ordinal := range g.table.Columns {
		c, ok := g.raw[ordinal]
		if needed[ordinal] && !ok {
			c, ok = g.stored(ordinal), true
		}
		if ok && (needed[ordinal] || used[c.ID]) {
			out.Cols, out.Ordinals = append(out.Cols, c), append(out.Ordinals, ordinal)
		}
	}
	return out
}
