package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// expr binds an expression. Unknown literals stay Literals of type unknown and
// parameters without a type Parameters of type unknown, for the context to decide.
func (b *binder) expr(s *scope, n *pg_query.Node) (plan.Expr, error) {
	return nil, sqlstate.Unsupported("expression %T", n.GetNode())
}

// exprAs binds an expression that what ("argument of WHERE") demands be of a type: 42804.
func (b *binder) exprAs(s *scope, n *pg_query.Node, t pgtype.Type, what string) (plan.Expr, error) {
	return nil, sqlstate.Unsupported("expression %T", n.GetNode())
}
