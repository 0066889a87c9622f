package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// caseExpr binds CASE; the simple form becomes "test = value" in each arm.
func (b *binder) caseExpr(s *scope, n *pg_query.CaseExpr) (plan.Expr, error) {
	sets := len(b.sets)
	test, err := b.caseTest(s, n)
	if err != nil {
		return nil, err
	}
	whens := make([]plan.When, len(n.Args))
	results, positions := make([]plan.Expr, len(n.Args)+1), make([]int, len(n.Args)+1)
	for i, node := range n.Args {
		when := node.GetCaseWhen()
		if whens[i].Condition, err = b.caseCondition(s, n, i, test); err != nil {
			return nil, err
		}
		if results[i+1], err = b.expr(s, when.Result); err != nil {
			return nil, err
		}
		positions[i+1] = b.position(location(when.Result))
	}
	results[0] = &plan.Literal{Of: pgtype.Of(pgtype.Unknown), Null: true}
	if n.Defresult != nil {
		if results[0], err = b.expr(s, n.Defresult); err != nil {
			return nil, err
		}
		positions[0] = b.position(location(n.Defresult))
	}
	results, of, err := b.unify("CASE", results, positions)
	if err != nil {
		return nil, err
	}
	for i := range whens {
		whens[i].Result = results[i+1]
	}
	e := &plan.Case{Whens: whens, Of: of}
	if n.Defresult != nil {
		e.Else = results[0]
	}
	return e, b.noSetsSince(sets, "CASE")
}

// caseTest binds the test of a simple CASE, nil for a searched one. It is evaluated once
// in PostgreSQL, so it may not be volatile here, where each arm repeats it.
func (b *binder) caseTest(s *scope, n *pg_query.CaseExpr) (plan.Expr, error) {
	if n.Arg == nil {
		return nil, nil
	}
	test, err := b.expr(s, n.Arg)
	if err != nil {
		return nil, err
	}
	position := b.position(location(n.Arg))
	if b.holds(test, setReturningCall) {
		return nil, b.noSetsSince(0, "CASE")
	}
	if len(n.Args) > 1 && changing(test) {
		return nil, sqlstate.Unsupported("volatile function in the test of a simple CASE").At(position)
	}
	return b.resolveUnknown(test, position)
}

// caseCondition binds WHEN. The test serves every arm, but one with a subquery is bound
// again for each after the first.
func (b *binder) caseCondition(s *scope, n *pg_query.CaseExpr, arm int, test plan.Expr) (plan.Expr, error) {
	when := n.Args[arm].GetCaseWhen()
	if test == nil {
		return b.exprAs(s, when.Expr, boolean, "argument of CASE/WHEN")
	}
	if arm > 0 && volatile(test) {
		var err error
		if err = b.repeat(); err != nil {
			return nil, err
		}
		if test, err = b.caseTest(s, n); err != nil {
			return nil, err
		}
	}
	value, err := b.expr(s, when.Expr)
	if err != nil {
		return nil, err
	}
	e, err := b.apply("=", test, value, b.position(when.Location))
	if err != nil {
		return nil, err
	}
	return b.demand(e, boolean, "argument of CASE/WHEN", b.position(location(when.Expr)))
}

// repeat counts what is bound again. Nesting multiplies it, so it has a limit.
func (b *binder) repeat() error {
	if b.repeats++; b.repeats > maxRepeats {
		return sqlstate.New(sqlstate.StatementTooComplex, "statement is too complex: subqueries nested in CASE or BETWEEN")
	}
	return nil
}

const maxRepeats = 1000

// coalesceExpr binds COALESCE.
func (b *binder) coalesceExpr(s *scope, n *pg_query.CoalesceExpr) (plan.Expr, error) {
	sets := len(b.sets)
	args, of, err := b.branches(s, "COALESCE", n.Args)
	if err != nil {
		return nil, err
	}
	return &plan.Coalesce{Args: args, Of: of}, b.noSetsSince(sets, "COALESCE")
}

// minMaxExpr binds GREATEST and LEAST.
func (b *binder) minMaxExpr(s *scope, n *pg_query.MinMaxExpr) (plan.Expr, error) {
	name := "GREATEST"
	if n.Op == pg_query.MinMaxOp_IS_LEAST {
		name = "LEAST"
	}
	args, of, err := b.branches(s, name, n.Args)
	if err != nil {
		return nil, err
	}
	if _, _, ok := pgtype.OrderingOperators(of.OID); !ok {
		// PostgreSQL finds this when it starts to execute, so without a position.
		return nil, sqlstate.New(sqlstate.UndefinedFunction, "could not identify a comparison function for type %s", pgtype.SQLName(of.OID))
	}
	return &plan.Extreme{Greatest: name == "GREATEST", Args: args, Of: of}, nil
}

func (b *binder) branches(s *scope, construct string, list []*pg_query.Node) ([]plan.Expr, pgtype.Type, error) {
	exprs, positions := make([]plan.Expr, len(list)), make([]int, len(list))
	for i, n := range list {
		e, err := b.expr(s, n)
		if err != nil {
			return nil, pgtype.Type{}, err
		}
		exprs[i], positions[i] = e, b.position(location(n))
	}
	return b.unify(construct, exprs, positions)
}

// noSetsSince fails where a set-returning function was found inside a construct that
// may not evaluate it.
func (b *binder) noSetsSince(count int, construct string) error {
	if len(b.sets) == count {
		return nil
	}
	return sqlstate.New(sqlstate.FeatureNotSupported, "set-returning functions are not allowed in %s", construct).
		WithHint("You might be able to move the set-returning function into a LATERAL FROM item.").At(b.position(b.sets[len(b.sets)-1]))
}

// volatile tells whether an expression may not be shared or repeated: it may give another
// value each time, or holds a subquery, the IDs of whose columns are unique in a plan.
func volatile(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		_, subquery := e.(*plan.Subquery)
		found = found || subquery || callsVolatile(e)
		return !found
	})
	return found
}

// changing tells whether an expression, subqueries included, may give another value each time.
func changing(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if q, ok := e.(*plan.Subquery); ok {
			plan.Walk(q.Plan, func(n plan.Node) bool {
				for _, e := range n.Exprs() {
					found = found || changing(e)
				}
				return !found
			})
		}
		found = found || callsVolatile(e)
		return !found
	})
	return found
}

func callsVolatile(e plan.Expr) bool {
	c, ok := e.(*plan.Call)
	return ok && c.Procedure != nil && c.Procedure.Volatility == 'v'
}
