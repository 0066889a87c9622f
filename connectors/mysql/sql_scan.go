package mysql

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

func (w *writer) scan(n *plan.Scan) *block {
	alias := w.alias()
	table := sqlparser.NewTableName(n.Table.Physical.Name)
	if n.Table.Physical.Schema != "" {
		table = sqlparser.NewTableNameWithQualifier(n.Table.Physical.Name, n.Table.Physical.Schema)
	}
	b := &block{from: sqlparser.NewAliasedTableExpr(table, alias), columns: n.Cols, cols: map[plan.ColumnID]value{}}
	for i, c := range n.Cols {
		column := n.Table.Columns[n.Ordinals[i]]
		b.cols[c.ID] = stored(alias, column, w.storage(n.Table, column))
	}
	if w.part != nil && w.part.scan == n {
		b.where = w.part.conditions(alias)
		b.stage = atWhere
	}
	return b
}

// stored reads a column of a table. A boolean is TINYINT(1) or BIT(1), of which every
// value but zero is true. A FLOAT prints with six digits, and all of them as a DOUBLE. A
// YEAR is compared with 24 as with 2024, which a number is not.
func stored(alias string, c *catalog.Column, as storage) value {
	column := columnOf(alias, physicalName(c))
	v := value{expr: column, strict: true, storage: as}
	switch c.Type.OID {
	case pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Numeric:
		if as.year {
			v.expr = castTo(column, "SIGNED")
		}
	case pgtype.Bool:
		v.expr = compared(sqlparser.NotEqualOp, column, sqlparser.NewIntLiteral("0"))
	case pgtype.Float4:
		v.expr = castTo(column, "DOUBLE")
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar:
		v.text = asStored
	}
	return v
}

func physicalName(c *catalog.Column) string {
	if c.Physical == "" {
		return c.Name
	}
	return c.Physical
}
