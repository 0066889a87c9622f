package postgres

import (
	"github.com/sluicemesh/sluice/planner/plan"
)

// keyValues gives the constants, or parameters, by which a plan looks up rows of one
// table by a whole key of its contract: then at most a few rows come, and what a
// statement costs is its planning. ok is false for any other plan.
func keyValues(n plan.Node) (values []plan.Expr, ok bool) {
	equal := map[plan.ColumnID]plan.Expr{}
	for {
		switch in := n.(type) {
		case *plan.Filter:
			for _, e := range in.Conjuncts {
				if column, value := plan.EqualConstant(e); known(value) {
					equal[column.ID] = value
				}
			}
		case *plan.Project, *plan.Governed, *plan.Sort:
		case *plan.Scan:
			return coversKey(in, equal)
		default:
			return nil, false
		}
		n = n.Inputs()[0]
	}
}

// known tells of a value that may be told to a source as a key.
func known(e plan.Expr) bool {
	l, isLiteral := e.(*plan.Literal)
	return e != nil && (!isLiteral || !l.Null && !l.Secret)
}

// coversKey gives the constants that stand for the columns of one of a table's keys.
func coversKey(s *plan.Scan, equal map[plan.ColumnID]plan.Expr) ([]plan.Expr, bool) {
	byOrdinal := map[int]plan.Expr{}
	for i, c := range s.Cols {
		if value := equal[c.ID]; value != nil {
			byOrdinal[s.Ordinals[i]] = value
		}
	}
	for _, key := range s.Table.Keys {
		var values []plan.Expr
		for _, ordinal := range key.Columns {
			if value := byOrdinal[ordinal]; value != nil {
				values = append(values, value)
			}
		}
		if len(values) == len(key.Columns) && len(values) > 0 {
			return values, true
		}
	}
	return nil, false
}
