package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// rowExpr binds ROW(…) and (a, b).
func (b *binder) rowExpr(s *scope, n *pg_query.RowExpr) (plan.Expr, error) {
	list, _, err := b.exprList(s, n.Args)
	if err != nil {
		return nil, err
	}
	return &plan.Row{Fields: list}, nil
}

// fields gives those of a row, or the one expression that is no row.
func fields(e plan.Expr) []plan.Expr {
	if row, ok := e.(*plan.Row); ok {
		return row.Fields
	}
	return []plan.Expr{e}
}

// compareRows compares rows field by field (make_row_comparison_op): = is an AND, <> an
// OR, the orderings go by the first pair that differs.
func (b *binder) compareRows(name string, left, right []plan.Expr, position int) (plan.Expr, error) {
	if len(left) != len(right) {
		return nil, sqlstate.New(sqlstate.SyntaxError, "unequal number of entries in row expressions").At(position)
	}
	if len(left) == 0 {
		return nil, sqlstate.New(sqlstate.FeatureNotSupported, "cannot compare rows of zero length").At(position)
	}
	calls, err := b.pairwise(name, left, right, position)
	if err != nil {
		return nil, err
	}
	if len(calls) == 1 {
		return calls[0], nil
	}
	switch name {
	case "=":
		return &plan.And{Args: calls}, nil
	case "<>", "!=":
		return &plan.Or{Args: calls}, nil
	case "<", "<=", ">", ">=":
		return orderRows(name, calls), nil
	}
	return nil, sqlstate.New(sqlstate.FeatureNotSupported, "could not determine interpretation of row comparison operator %s", name).
		WithHint("Row comparison operators must be associated with btree operator families.").At(position)
}

// pairwise applies an operator that must yield boolean to each pair of fields.
func (b *binder) pairwise(name string, left, right []plan.Expr, position int) ([]plan.Expr, error) {
	calls := make([]plan.Expr, len(left))
	for i := range left {
		c, err := b.apply(name, left[i], right[i], position)
		if err != nil {
			return nil, err
		}
		if c.Type().OID != pgtype.Bool {
			return nil, sqlstate.New(sqlstate.DatatypeMismatch, "row comparison operator must yield type boolean, not type %s",
				pgtype.SQLName(c.Type().OID)).At(position)
		}
		calls[i] = c
	}
	return calls, nil
}

func orderRows(name string, calls []plan.Expr) plan.Expr {
	row := &plan.RowCompare{Operator: name}
	for _, c := range calls {
		call := c.(*plan.Call)
		row.Left, row.Right = append(row.Left, call.Args[0]), append(row.Right, call.Args[1])
		row.Procedures = append(row.Procedures, call.Procedure)
	}
	return row
}

// allOf and anyOf join conditions, of which there may be one.
func allOf(args ...plan.Expr) plan.Expr {
	if len(args) == 1 {
		return args[0]
	}
	return &plan.And{Args: args}
}

func anyOf(args ...plan.Expr) plan.Expr {
	if len(args) == 1 {
		return args[0]
	}
	return &plan.Or{Args: args}
}
