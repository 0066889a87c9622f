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
		v := stored(alias, column)
		v.charset = w.charset(n.Table, column)
		b.cols[c.ID] = v
	}
	return b
}

// stored reads a column of a table. A boolean is TINYINT(1) or BIT(1), of which every
// value but zero is true. A FLOAT prints with six digits, and all of them as a DOUBLE.
func stored(alias string, c *catalog.Column) value {
	column := columnOf(alias, physicalName(c))
	v := value{expr: column, strict: true}
	switch c.Type.OID {
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
