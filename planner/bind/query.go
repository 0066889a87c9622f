package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// selection is one SELECT while it is bound.
type selection struct{ b *binder }

// top binds a whole statement.
func (b *binder) top(stmt *pg_query.SelectStmt) (boundQuery, error) { return b.query(nil, stmt) }

// query binds a SELECT, VALUES, TABLE or set operation that stands inside parent.
func (b *binder) query(parent *scope, stmt *pg_query.SelectStmt) (boundQuery, error) {
	return boundQuery{}, sqlstate.Unsupported("SELECT")
}

func (b *binder) bound(q boundQuery) (Bound, error) {
	if err := b.checkParameters(); err != nil {
		return Bound{}, err
	}
	return Bound{
		Query:      plan.Query{Root: q.node, Output: q.columns},
		Parameters: b.parameters,
		NextID:     b.nextID,
		Stable:     b.stable,
	}, nil
}
