package bind

import "github.com/sluicemesh/sluice/planner/plan"

// depends tells whether a column's table is grouped by its primary key in every
// grouping set, so that the column has one value in each group.
func (g *grouped) depends(o origin) bool {
	if o.relation == nil || o.relation.table == nil {
		return false
	}
	for _, key := range o.relation.table.Keys {
		if key.Primary && len(key.Columns) > 0 && g.groupsAll(o.relation, key.Columns) {
			return true
		}
	}
	return false
}

func (g *grouped) groupsAll(r *relation, columns []int) bool {
	for _, c := range columns {
		column := r.ofTable(r.table.Columns[c].Ordinal)
		if column == nil || !g.inEverySet(g.groupOf(column)) {
			return false
		}
	}
	return true
}

// ofTable finds a column of the table by its ordinal; nil where the session has none such.
func (r *relation) ofTable(ordinal int) *plan.ColumnRef {
	for _, c := range r.columns {
		if int(c.attribute) == ordinal {
			return c.expr
		}
	}
	return nil
}

func (g *grouped) inEverySet(index int) bool {
	if index < 0 {
		return false
	}
	for _, set := range g.groups.sets {
		if len(union(set, []int{index})) != len(set) {
			return false
		}
	}
	return true
}

// addDependent groups by a column that depends on the others, which changes no group.
func (g *grouped) addDependent(c plan.Column, o origin) plan.Column {
	made := c
	if g.groups.sets != nil {
		made = g.b.column(c.Name, c.Type, c.NotNull)
		o.kind = aggregateCall
		g.b.origins[made.ID] = o
		for i, set := range g.groups.sets {
			g.groups.sets[i] = append(set[:len(set):len(set)], len(g.groups.items))
		}
	}
	g.groups.items = append(g.groups.items, plan.Item{Column: made, Expr: &plan.ColumnRef{Column: c}})
	return made
}
