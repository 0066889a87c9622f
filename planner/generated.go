package planner

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Generate is the UPDATE that computes the generated columns of a table; nil where there
// are none.
func (d TableDefinition) Generate(table string) *Edit {
	e := &Edit{source: source{text: "generated columns of temporary table " + table}, Command: "UPDATE", Table: Relation{Name: table},
		tree: bind.Edit{Target: ofSession(table, table)}, generates: true}
	for _, c := range d.Columns {
		if c.Generated != nil {
			e.Columns, e.values = append(e.Columns, Target{Name: c.Name}), append(e.values, c.Generated)
		}
	}
	if e.Columns == nil {
		return nil
	}
	e.mismatch = func(from, to pgtype.Type) *sqlstate.Error {
		return sqlstate.New(sqlstate.DatatypeMismatch, "generation expression is of type %s, not %s", pgtype.SQLName(from.OID), pgtype.SQLName(to.OID))
	}
	return e
}

// CheckGenerated tells why columns cannot be generated as they are defined, as far as that
// does not show when they are bound.
func (d TableDefinition) CheckGenerated() error {
	for _, c := range d.Columns {
		if c.Generated == nil {
			continue
		}
		var refused error
		bind.EachNode(c.Generated.ProtoReflect(), func(m protoreflect.Message) {
			if _, ok := m.Interface().(*pg_query.SubLink); ok {
				refused = sqlstate.New(sqlstate.FeatureNotSupported, "cannot use subquery in column generation expression")
			}
		})
		for _, name := range columnsNamed(c.Generated) {
			if slices.ContainsFunc(d.Columns, func(o ColumnDefinition) bool { return o.Name == name && o.Generated != nil }) {
				refused = sqlstate.New(sqlstate.InvalidObjectDefinition, "cannot use generated column %q in column generation expression", name).
					WithDetail("A generated column cannot reference another generated column.")
			}
		}
		if refused != nil {
			return refused
		}
	}
	return nil
}

// GeneratedFrom gives a generated column that is computed from a column; "" for none.
func (d TableDefinition) GeneratedFrom(column string) string {
	for _, c := range d.Columns {
		if c.Generated != nil && slices.Contains(columnsNamed(c.Generated), column) {
			return c.Name
		}
	}
	return ""
}

// checkImmutable refuses generated columns that may have another value later.
func checkImmutable(q plan.Query) error {
	same := true
	plan.Walk(q.Root, func(n plan.Node) bool {
		if p, ok := n.(*plan.Project); ok {
			for _, item := range p.Items {
				same = same && functions.Immutable(item.Expr)
			}
		}
		return true
	})
	if !same {
		return sqlstate.New(sqlstate.InvalidObjectDefinition, "generation expression is not immutable")
	}
	return nil
}
