package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// target is a column of the SELECT list, or an expression that only ORDER BY,
// GROUP BY or DISTINCT ON name.
type target struct {
	label    string
	expr     plan.Expr
	position int
	hidden   bool
	column   plan.Column // what it is after projection; set by build
}

// bindTargets binds the SELECT list.
func (s *selection) bindTargets(list []*pg_query.Node) error {
	scope := s.in(clauseSelect)
	for _, n := range list {
		if err := s.bindTarget(scope, n.GetResTarget()); err != nil {
			return err
		}
	}
	if len(s.targets) > maxTargets {
		return sqlstate.New(sqlstate.TooManyColumns, "target lists can have at most %d entries", maxTargets)
	}
	return nil
}

// maxTargets is PostgreSQL's MaxTupleAttributeNumber.
const maxTargets = 1664

func (s *selection) bindTarget(scope *scope, n *pg_query.ResTarget) error {
	if isStar(n.GetVal()) {
		ref := n.GetVal().GetColumnRef()
		columns, err := s.b.star(scope, ref)
		for _, c := range columns {
			position := s.b.position(ref.Location)
			s.targets = append(s.targets, &target{label: c.name, expr: s.b.reference(c, position), position: position})
		}
		return err
	}
	if list, ok, err := s.b.fieldsOf(scope, n.GetVal()); ok {
		for _, f := range list {
			s.targets = append(s.targets, &target{label: f.name, expr: f.expr, position: s.b.position(location(n.GetVal()))})
		}
		return err
	}
	e, err := s.b.expr(scope, n.GetVal())
	if err != nil {
		return err
	}
	label := n.GetName()
	if label == "" {
		label = s.b.label(n.GetVal())
	}
	s.targets = append(s.targets, &target{label: label, expr: e, position: s.b.position(location(n.GetVal()))})
	return nil
}

// resolveTargets makes text of unknown literals, as PostgreSQL does for a query whose
// columns nobody gives a type.
func (s *selection) resolveTargets(mode queryMode) error {
	if mode.keepUnknown {
		return nil
	}
	for _, t := range s.targets {
		if err := s.resolveTarget(t); err != nil {
			return err
		}
	}
	return nil
}

func (s *selection) resolveTarget(t *target) (err error) {
	if oid := t.expr.Type().OID; oid == pgtype.Unknown || oid == pgtype.Record {
		t.expr, err = s.b.resolveUnknown(t.expr, t.position)
	}
	return err
}

// expressionTarget gives the target that computes an expression, a hidden one where
// none does yet (findTargetlistEntrySQL99).
func (s *selection) expressionTarget(scope *scope, n *pg_query.Node) (*target, error) {
	e, err := s.b.expr(scope, n)
	if err != nil {
		return nil, err
	}
	for _, t := range s.targets {
		if same(e, stripImplicit(t.expr)) {
			return t, nil
		}
	}
	t := &target{label: s.b.label(n), expr: e, position: s.b.position(location(n)), hidden: true}
	s.targets = append(s.targets, t)
	return t, nil
}

// output projects the targets the client sees, as the root of the query.
func (s *selection) output(n plan.Node) boundQuery {
	var q boundQuery
	var items []plan.Item
	for _, t := range s.targets {
		if t.hidden {
			continue
		}
		o := s.b.originOf(t.expr)
		q.columns = append(q.columns, plan.OutputColumn{
			ID: t.column.ID, Name: t.label, Type: t.expr.Type(), Table: o.table, Attribute: o.attribute,
		})
		q.positions = append(q.positions, t.position)
		items = append(items, plan.Item{Column: t.column, Expr: &plan.ColumnRef{Column: t.column}})
	}
	q.node = n
	if !sameColumns(n.Columns(), items) {
		q.node = &plan.Project{Input: n, Items: items}
	}
	return q
}

// originOf gives where a plain column comes from; the zero origin for other expressions.
func (b *binder) originOf(e plan.Expr) origin {
	switch e := e.(type) {
	case *plan.ColumnRef:
		return b.origins[e.ID]
	case *plan.Row: // of a table: it comes from no column
		if e.Relation != "" && len(e.Fields) > 0 {
			return origin{table: b.originOf(e.Fields[0]).table}
		}
	}
	return origin{}
}

func sameColumns(columns []plan.Column, items []plan.Item) bool {
	if len(columns) != len(items) {
		return false
	}
	for i, c := range columns {
		if c.ID != items[i].Column.ID {
			return false
		}
	}
	return true
}

// project computes targets. A column of FROM or of a call is passed on as it is, once;
// everything else, the columns of outer queries too, becomes a column of its own.
func (s *selection) project(n plan.Node, targets []*target) plan.Node {
	passed := map[plan.ColumnID]bool{}
	items := make([]plan.Item, len(targets))
	available := map[plan.ColumnID]plan.Column{}
	for _, c := range n.Columns() {
		available[c.ID] = c
	}
	for i, t := range targets {
		ref, ok := t.expr.(*plan.ColumnRef)
		if c, local := available[idOf(ref)]; ok && local && !passed[c.ID] {
			passed[c.ID] = true
			t.column = c
		} else {
			t.column = s.b.shaped(s.b.column(t.label, t.expr.Type(), neverNull(t.expr)), t.expr)
		}
		items[i] = plan.Item{Column: t.column, Expr: t.expr}
	}
	return &plan.Project{Input: n, Items: items}
}

func idOf(ref *plan.ColumnRef) plan.ColumnID {
	if ref == nil {
		return 0
	}
	return ref.ID
}

// neverNull tells of the plainest expressions that no row can hold NULL in them.
func neverNull(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.ColumnRef:
		return e.NotNull
	case *plan.Literal:
		return !e.Null
	}
	return false
}
