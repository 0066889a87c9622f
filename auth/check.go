package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Problem is SQL of a policy, grant or derived product that no statement could be
// judged by, or that goes round in circles.
type Problem struct {
	Position string // file:line:column of the rule, grant or view
	Domain   string // of the file; "": governance
	Message  string
	// Warning: statements are judged all the same, but the author should know.
	Warning bool
}

// CheckConditions binds every condition, mask and view of the mesh over each table it
// is about, as a statement would, and gives those that Secure would refuse tables for.
// Unlike its errors these say why: they are for the authors.
func CheckConditions(m *catalog.Mesh, binder PredicateBinder) []Problem {
	c := &checking{mesh: m, binder: binder, lookups: map[*catalog.Table][]*catalog.Table{}}
	for _, d := range m.Domains {
		for _, t := range d.Tables() {
			for _, p := range m.Policies {
				c.policy(p, t)
			}
			for _, g := range m.Grants {
				if g.Domain == d.Name && g.Product == t.Product.Name && g.RowFilter != "" && holds(g, t) {
					c.check(rule{g.RowFilter, g.ID, g.Domain}, g.Position, t)
				}
			}
			c.view(t)
		}
	}
	c.recursion()
	return c.found
}

type checking struct {
	mesh    *catalog.Mesh
	binder  PredicateBinder
	lookups map[*catalog.Table][]*catalog.Table // what the conditions and the view of a table read
	found   []Problem
}

func (c *checking) policy(p *catalog.Policy, t *catalog.Table) {
	for _, r := range c.mesh.RowFiltersOf(p, t) {
		c.check(rule{r.RowFilter, p.ID, p.Domain}, r.Position, t)
	}
	for _, column := range t.Columns {
		for _, m := range c.mesh.MasksOf(t, column) {
			if m.Policy == p && m.Rule.Mask == catalog.MaskSQL {
				c.mask(m, t, column)
			}
		}
	}
}

// governing begins the work that Secure would do for a statement on a table.
func (c *checking) governing(t *catalog.Table) (*governing, []plan.Column) {
	columns := make([]plan.Column, len(t.Columns))
	for i, column := range t.Columns {
		columns[i] = plan.Column{ID: plan.ColumnID(i + 1), Name: column.Name, Type: column.Type, NotNull: column.NotNull}
	}
	who := Governance(c.mesh)
	s := &securing{ctx: context.Background(), who: who, binder: c.binder, next: plan.ColumnID(len(columns) + 1), decision: who.decision()}
	return &governing{securing: s, table: t}, columns
}

func (c *checking) check(r rule, position string, t *catalog.Table) {
	g, columns := c.governing(t)
	e, next, err := c.binder.BindPredicate(r.text, g.author(r.domain), t, columns, Principal{}, g.next)
	switch {
	case err != nil:
		c.add(position, r.domain, "the condition cannot be judged over %s: %s", t.Address().Name, sqlstate.From(err).Message)
	case e == nil || !placeable(e, columnSet(columns)):
		c.add(position, r.domain, "the condition cannot be judged over %s: a condition reads one row, the principal and lookups, without volatile functions", t.Address().Name)
	default:
		if !harmless(e) {
			c.warn(position, r.domain, "the condition can fail over %s, and an error may quote a value of a hidden row", t.Address().Name)
		}
		g.next = next
		c.lookUp(g, e, r, position)
	}
}

// lookUp notes the tables a condition reads and asks for the author's rights on them.
func (c *checking) lookUp(g *governing, e plan.Expr, r rule, position string) {
	before := len(c.lookups[g.table])
	plan.Walk(&plan.Filter{Input: &plan.Values{}, Conjuncts: []plan.Expr{e}}, func(n plan.Node) bool { return c.note(g.table, n) })
	if slices.Contains(c.lookups[g.table][before:], g.table) {
		return // recursion says so
	}
	if _, err := g.lookUp(e, g.author(r.domain), r.id); err != nil && sqlstate.From(err).Code != sqlstate.InvalidObjectDefinition {
		c.add(position, r.domain, "the condition cannot be judged over %s: its author may not read what it looks up: %s", g.table.Address().Name, sqlstate.From(err).Message)
	}
}

func (c *checking) note(t *catalog.Table, n plan.Node) bool {
	if s, ok := n.(*plan.Scan); ok && !slices.Contains(c.lookups[t], s.Table) {
		c.lookups[t] = append(c.lookups[t], s.Table)
	}
	return true
}

func (c *checking) mask(m catalog.AppliedMask, t *catalog.Table, column *catalog.Column) {
	g, columns := c.governing(t)
	r := rule{m.Rule.Args["expression"], m.Policy.ID, m.Policy.Domain}
	e, next, err := c.binder.BindMask(r.text, g.author(r.domain), t, columns, column.Type, Principal{}, g.next)
	name := t.Address().Name + "." + column.Name
	switch {
	case err != nil:
		c.add(m.Rule.Position, r.domain, "mask sql cannot stand for %s: %s", name, sqlstate.From(err).Message)
	case e == nil || !placeable(e, columnSet(columns)):
		c.add(m.Rule.Position, r.domain, "mask sql cannot stand for %s: it reads one row, the principal and lookups, without volatile functions", name)
	case !mayStand(m.Rule, e):
		c.add(m.Rule.Position, r.domain, "mask sql for %s can fail, and an error quotes the value; write it so that it cannot, or args: {mayFail: true}", name)
	default:
		g.next = next
		c.lookUp(g, e, r, m.Rule.Position)
	}
}

// view binds the query of a derived product and holds it to its contract.
func (c *checking) view(t *catalog.Table) {
	if t.View == nil {
		return
	}
	g, _ := c.governing(t)
	domain, reader := t.Product.Domain.Name, g.author(t.Product.Domain.Name)
	q, next, err := c.binder.BindView(t, c.viewReader(t, reader), g.next)
	if err != nil {
		c.add(t.View.Position, domain, "the view of %s: %s", addressText(t), sqlstate.From(err).Message)
		return
	}
	plan.Walk(q.Root, func(n plan.Node) bool { return c.note(t, n) })
	for _, column := range t.Columns {
		i := slices.IndexFunc(q.Output, func(o plan.OutputColumn) bool { return o.Name == column.Name })
		switch {
		case i < 0:
			c.add(column.Position, domain, "the view of %s gives no column %s", addressText(t), column.Name)
		case q.Output[i].Type != column.Type:
			c.add(column.Position, domain, "the view of %s gives %s as %s, the contract says %s", addressText(t), column.Name, pgtype.FormatType(q.Output[i].Type), pgtype.FormatType(column.Type))
		}
	}
	if t.View.Invoker || slices.Contains(c.lookups[t], t) {
		return
	}
	g.next = next
	c.fragile(t, q)
	inner := g.inner(reader, "")
	if _, err := inner.secure(q); err != nil && sqlstate.From(err).Code != sqlstate.InvalidObjectDefinition {
		c.add(t.View.Position, domain, "the view of %s: domain %s may not read what it is made of: %s", addressText(t), domain, sqlstate.From(err).Message)
	}
}

// fragile warns of a view that is refused to those for whom a policy masks what it
// computes from, because the computation can fail.
func (c *checking) fragile(t *catalog.Table, q plan.Query) {
	uses := map[plan.ColumnID]*restriction{}
	plan.Walk(q.Root, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok {
			for i, column := range s.Cols {
				if p := protector(c.mesh, s.Table, s.Table.Columns[s.Ordinals[i]], t); p != nil {
					uses[column.ID] = &restriction{noProject: p.ID, column: column.Name, table: addressText(s.Table)}
				}
			}
		}
		return true
	})
	if err := fragility(q, uses); err != nil {
		e := sqlstate.From(err)
		c.warn(t.View.Position, t.Product.Domain.Name, "the view of %s can fail over column %s of %s: readers for whom its policy holds are refused until the view cannot fail or it is released",
			addressText(t), e.Column, e.Table)
	}
}

// viewReader is whose names a view is checked by: with invoker rights readers bring
// their own grants, so everything is there.
func (c *checking) viewReader(t *catalog.Table, definer Principal) Principal {
	if t.View.Invoker {
		return Governance(c.mesh)
	}
	return definer
}

// recursion reports tables whose policies or views would need themselves.
func (c *checking) recursion() {
	for _, d := range c.mesh.Domains {
		for _, t := range d.Tables() {
			if trail := c.circle(t, t, nil); trail != nil {
				c.add(t.Position, d.Name, "infinite recursion: what governs %s reads %s", addressText(t), strings.Join(trail, ", which reads "))
			}
		}
	}
}

// circle gives the way from a table over what it reads back to it; nil: none.
func (c *checking) circle(from, to *catalog.Table, seen []*catalog.Table) []string {
	for _, next := range c.lookups[from] {
		if next == to {
			return []string{addressText(to)}
		}
		if slices.Contains(seen, next) {
			continue
		}
		seen = append(seen, next)
		if rest := c.circle(next, to, seen); rest != nil {
			return append([]string{addressText(next)}, rest...)
		}
	}
	return nil
}

func (c *checking) add(position, domain, format string, args ...any) {
	c.put(Problem{Position: position, Domain: domain, Message: fmt.Sprintf(format, args...)})
}

func (c *checking) warn(position, domain, format string, args ...any) {
	c.put(Problem{Position: position, Domain: domain, Message: fmt.Sprintf(format, args...), Warning: true})
}

func (c *checking) put(p Problem) {
	if !slices.Contains(c.found, p) {
		c.found = append(c.found, p)
	}
}

func columnSet(columns []plan.Column) plan.ColumnSet {
	s := plan.ColumnSet{}
	for _, c := range columns {
		s[c.ID] = true
	}
	return s
}
