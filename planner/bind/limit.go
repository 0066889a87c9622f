package bind

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// limit is LIMIT, OFFSET and FETCH FIRST.
type limit struct {
	count, offset plan.Expr
	withTies      bool
}

// bindLimit binds OFFSET, then LIMIT.
func (s *selection) bindLimit(stmt *pg_query.SelectStmt) (err error) {
	s.limit, err = s.b.bindLimit(s.scope, stmt)
	return err
}

func (b *binder) bindLimit(s *scope, stmt *pg_query.SelectStmt) (l limit, err error) {
	l.withTies = stmt.LimitOption == pg_query.LimitOption_LIMIT_OPTION_WITH_TIES
	if l.offset, err = b.rowCount(s.in(clauseOffset), stmt.LimitOffset); err != nil {
		return l, err
	}
	if l.count, err = b.rowCount(s.in(clauseLimit), stmt.LimitCount); err != nil {
		return l, err
	}
	if l.withTies && isNullConstant(stmt.LimitCount) {
		return l, sqlstate.New(sqlstate.InvalidRowCountInLimit, "row count cannot be null in FETCH FIRST ... WITH TIES clause")
	}
	return l, nil
}

func isNullConstant(n *pg_query.Node) bool { return n.GetAConst().GetIsnull() }

// rowCount binds the bigint expression of LIMIT or OFFSET; nil for ALL and NULL.
func (b *binder) rowCount(s *scope, n *pg_query.Node) (plan.Expr, error) {
	if n == nil || isNullConstant(n) {
		return nil, nil
	}
	e, err := b.exprAs(s, n, pgtype.Of(pgtype.Int8), "argument of "+string(s.clause))
	if err != nil {
		return nil, err
	}
	if err := checkNotNegative(e, s.clause); err != nil {
		return nil, err
	}
	return e, b.checkNoColumns(s, e, string(s.clause))
}

// checkNotNegative refuses negative constants; other values are checked when they are known.
func checkNotNegative(e plan.Expr, c clause) error {
	l, ok := e.(*plan.Literal)
	if !ok || !strings.HasPrefix(l.Text, "-") {
		return nil
	}
	code := sqlstate.InvalidRowCountInLimit
	if c == clauseOffset {
		code = sqlstate.InvalidRowCountInOffset
	}
	return sqlstate.New(code, "%s must not be negative", c)
}

// checkNoColumns refuses columns of the query itself; those of outer queries are constants here.
func (b *binder) checkNoColumns(s *scope, e plan.Expr, construct string) error {
	var err error
	eachReference(e, func(ref *plan.ColumnRef) {
		if o, ok := b.origins[ref.ID]; ok && err == nil && o.owner == s.collect {
			err = sqlstate.New(sqlstate.InvalidColumnReference, "argument of %s must not contain variables", construct).
				At(b.positionOf(ref))
		}
	})
	return err
}

// over limits a plan, where there is anything to limit.
func (l limit) over(n plan.Node) plan.Node {
	if l.count == nil && l.offset == nil {
		return n
	}
	return &plan.Limit{Input: n, Count: l.count, Offset: l.offset, WithTies: l.withTies}
}
