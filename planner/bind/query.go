package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// top binds a whole statement.
func (b *binder) top(stmt *pg_query.SelectStmt) (boundQuery, error) { return b.query(nil, stmt) }

// query binds a SELECT, VALUES, TABLE or set operation that stands inside parent.
func (b *binder) query(parent *scope, stmt *pg_query.SelectStmt) (boundQuery, error) {
	return b.queryAs(parent, stmt, queryMode{})
}

// queryMode says how the results of a query are used.
type queryMode struct {
	// keepUnknown leaves unknown literals of the SELECT list as they are, for the set
	// operation around to give them a type.
	keepUnknown bool
	// operand is set below a set operation.
	operand bool
}

func (b *binder) queryAs(parent *scope, stmt *pg_query.SelectStmt, mode queryMode) (boundQuery, error) {
	if stmt.GetIntoClause() != nil {
		return boundQuery{}, sqlstate.Unsupported("SELECT INTO").At(b.position(stmt.IntoClause.GetRel().GetLocation()))
	}
	if stmt.WithClause == nil {
		return b.body(parent, stmt, mode)
	}
	return b.with(parent, stmt.WithClause, func(s *scope) (boundQuery, error) { return b.body(s, stmt, mode) })
}

// body binds a query without its WITH.
func (b *binder) body(parent *scope, stmt *pg_query.SelectStmt, mode queryMode) (q boundQuery, err error) {
	switch {
	case len(stmt.ValuesLists) > 0:
		q, err = b.values(parent, stmt, mode)
	case stmt.Op == pg_query.SetOperation_SETOP_NONE:
		q, err = b.selectStatement(parent, stmt, mode)
	default:
		q, err = b.setOperation(parent, stmt, mode)
	}
	if err == nil && len(stmt.LockingClause) > 0 {
		err = lockingError(stmt.LockingClause[0].GetLockingClause())
	}
	return q, err
}

// lockingError refuses FOR UPDATE and its like: everything here is read-only.
func lockingError(n *pg_query.LockingClause) error {
	return sqlstate.New(sqlstate.ReadOnlySQLTransaction, "cannot execute SELECT %s in a read-only transaction", lockingStrength(n))
}

func lockingStrength(n *pg_query.LockingClause) string {
	switch n.GetStrength() {
	case pg_query.LockClauseStrength_LCS_FORNOKEYUPDATE:
		return "FOR NO KEY UPDATE"
	case pg_query.LockClauseStrength_LCS_FORSHARE:
		return "FOR SHARE"
	case pg_query.LockClauseStrength_LCS_FORKEYSHARE:
		return "FOR KEY SHARE"
	}
	return "FOR UPDATE"
}

// bound finishes a statement: parameters have types, the root gives exactly the output.
func (b *binder) bound(q boundQuery) (Bound, error) {
	if err := b.checkParameters(); err != nil {
		return Bound{}, err
	}
	return Bound{
		Query:      plan.Query{Root: b.resolveParameters(q.node), Output: q.columns},
		Parameters: b.parameters,
		NextID:     b.nextID,
		Stable:     b.stable,
	}, nil
}

// resolveParameters gives every parameter the type that was found for it in the end.
func (b *binder) resolveParameters(n plan.Node) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		return plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			if p, ok := e.(*plan.Parameter); ok && p.Of != b.parameters[p.Index-1] {
				return &plan.Parameter{Index: p.Index, Of: b.parameters[p.Index-1]}
			}
			return e
		})
	})
}

// pointAt puts a position into an error that has none.
func pointAt(err error, position int) error {
	if e, ok := err.(*sqlstate.Error); ok && e.Position == 0 && position > 0 {
		return e.At(position)
	}
	return err
}
