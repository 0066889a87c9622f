package bind

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

func bindPredicate(env Environment, text string, table *catalog.Table, columns []plan.Column, principal Principal, nextID plan.ColumnID) (plan.Expr, plan.ColumnID, error) {
	return nil, nextID, sqlstate.Unsupported("policy condition")
}
