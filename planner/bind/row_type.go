package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// rowCast binds NULL::relation, the empty row that json_populate_record wants; missing tells
// that the type was not found among those of PostgreSQL.
func (b *binder) rowCast(n *pg_query.TypeCast, missing error) (plan.Expr, error) {
	if e, ok := missing.(*sqlstate.Error); !ok || e.Code != sqlstate.UndefinedObject || b.env.Resolve == nil {
		return nil, missing
	}
	schema, name := splitName(n.TypeName.Names)
	of, ok := b.rowType(schema, name)
	switch {
	case !ok:
		return nil, missing
	case len(n.TypeName.ArrayBounds) > 0 || !n.Arg.GetAConst().GetIsnull():
		return nil, sqlstate.Unsupported("cast to the row type of a relation").At(b.position(n.TypeName.Location))
	}
	return &plan.Literal{Of: of, Null: true}, nil
}

// rowType gives the type of a relation's rows.
func (b *binder) rowType(schema, name string) (pgtype.Type, bool) {
	table, err := b.env.Resolve(schema, name)
	if err != nil || len(table.Addresses) == 0 {
		return pgtype.Type{}, false
	}
	var fields []pgtype.Field
	for _, c := range table.Columns {
		if !c.System && (b.env.Hidden == nil || !b.env.Hidden(table, c)) {
			fields = append(fields, pgtype.Field{Name: c.Name, Type: c.Type})
		}
	}
	a := table.Address()
	return pgtype.RowOf(a.Schema, a.Name, fields), true
}
