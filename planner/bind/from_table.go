package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// fromTable binds a name in FROM: a WITH query, else a table.
func (s *selection) fromTable(n *pg_query.RangeVar) (fromItem, error) {
	position := s.b.position(n.Location)
	if n.Schemaname == "" {
		if cte := s.scope.cte(n.Relname); cte != nil {
			return s.fromCTE(cte, n)
		}
	}
	if n.Catalogname != "" && n.Catalogname != s.b.env.Database {
		return fromItem{}, sqlstate.New(sqlstate.FeatureNotSupported, "cross-database references are not implemented: \"%s.%s.%s\"",
			n.Catalogname, n.Schemaname, n.Relname).At(position)
	}
	table, err := s.b.env.Resolve(n.Schemaname, n.Relname)
	if err != nil {
		return fromItem{}, s.explainMissing(err, n)
	}
	return s.fromScan(table, n)
}

// explainMissing points at the name and tells of a WITH query that cannot be meant yet.
func (s *selection) explainMissing(err error, n *pg_query.RangeVar) error {
	err = pointAt(err, s.b.position(n.Location))
	e, ok := err.(*sqlstate.Error)
	if !ok || e.Code != sqlstate.UndefinedTable || n.Schemaname != "" || !s.scope.isLater(n.Relname) {
		return err
	}
	return e.WithDetail("There is a WITH item named \"%s\", but it cannot be referenced from this part of the query.", n.Relname).
		WithHint("Use WITH RECURSIVE, or re-order the WITH items to remove forward references.")
}

// fromScan scans a table; every scan has columns of its own.
func (s *selection) fromScan(table *catalog.Table, n *pg_query.RangeVar) (fromItem, error) {
	scan := &plan.Scan{Table: table, Alias: n.Relname, Position: s.b.position(n.Location)}
	r := &relation{alias: n.Relname, schema: n.Schemaname, table: table}
	if r.schema == "" && len(table.Addresses) > 0 {
		r.schema = table.Address().Schema
	}
	for i, c := range table.Columns {
		if s.b.env.Hidden != nil && s.b.env.Hidden(table, c) {
			continue
		}
		column := s.b.column(c.Name, c.Type, c.NotNull)
		scan.Cols = append(scan.Cols, column)
		scan.Ordinals = append(scan.Ordinals, i)
		list := &r.columns
		if c.System {
			list = &r.system
		}
		*list = append(*list, scopeColumn{
			name: c.Name, expr: &plan.ColumnRef{Column: column}, unqualified: true,
			table: table.OID, attribute: int16(c.Ordinal),
		})
	}
	if err := r.rename(n.Alias); err != nil {
		return fromItem{}, err
	}
	scan.Alias = r.alias
	return s.item(scan, r), nil
}
