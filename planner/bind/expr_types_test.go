package bind

import (
	"fmt"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestArgumentsHaveDeclaredTypes: after binding every argument has just the type its
// procedure declares, every cast exists, and nothing is unknown.
func TestArgumentsHaveDeclaredTypes(t *testing.T) {
	t.Parallel()
	env := testEnvironment(t)
	checked := 0
	for _, statement := range oracleStatements(t) {
		tree, err := pg_query.Parse(statement)
		if err != nil {
			continue
		}
		bound, err := Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
		if err != nil {
			continue
		}
		plan.Walk(bound.Query.Root, func(n plan.Node) bool {
			for _, e := range n.Exprs() {
				plan.WalkExpr(e, func(e plan.Expr) bool {
					checked++
					if err := wellTyped(e); err != nil {
						t.Errorf("%s: %s: %v", statement, plan.FormatExpr(e), err)
					}
					return true
				})
			}
			return true
		})
	}
	t.Logf("%d expressions checked", checked)
}

func wellTyped(e plan.Expr) error {
	if _, literal := e.(*plan.Literal); !literal && e.Type().OID == pgtype.Unknown || e.Type().OID == 0 { // a literal in a row stays unknown
		return fmt.Errorf("type %d", e.Type().OID)
	}
	switch e := e.(type) {
	case *plan.Call:
		return takes(e.Procedure, e.Args...)
	case *plan.Distinct:
		return takes(e.Equal, e.Left, e.Right)
	case *plan.NullIf:
		return takes(e.Equal, e.Left, e.Right)
	case *plan.In:
		for _, item := range e.List {
			if err := takes(e.Equal, e.Arg, item); err != nil {
				return err
			}
		}
	case *plan.Subquery:
		for i, p := range e.Procedures {
			if err := takes(p, e.Left[i], &plan.ColumnRef{Column: e.Plan.Columns()[i]}); err != nil {
				return err
			}
		}
	case *plan.RowCompare:
		for i, p := range e.Procedures {
			if err := takes(p, e.Left[i], e.Right[i]); err != nil {
				return err
			}
		}
	case *plan.ArrayCompare:
		elem, _ := pgtype.ElementOf(e.Array.Type().OID)
		return takes(e.Procedure, e.Left, &plan.Literal{Of: pgtype.Of(elem)})
	case *plan.SetCall:
		return takes(e.Procedure, e.Args...)
	case *plan.AggregateCall:
		if len(e.WithinGroup) == 0 {
			return takes(e.Procedure, e.Args...)
		}
	case *plan.WindowCall:
		return takes(e.Procedure, e.Args...)
	case *plan.Cast:
		if _, ok := pgtype.FindCast(e.Arg.Type().OID, e.To.OID, castContexts[e.Context]); !ok && e.Arg.Type().OID != e.To.OID {
			return fmt.Errorf("no cast from %d to %d", e.Arg.Type().OID, e.To.OID)
		}
	case *plan.Case:
		return branchesAre(e.Of.OID, e.Children(), func(i int) bool { return i%2 == 1 || i == 2*len(e.Whens) })
	case *plan.Coalesce:
		return branchesAre(e.Of.OID, e.Args, nil)
	case *plan.Extreme:
		return branchesAre(e.Of.OID, e.Args, nil)
	case *plan.Array:
		elem, _ := pgtype.ElementOf(e.Of.OID)
		return branchesAre(elem, e.Elements, nil)
	}
	return nil
}

func branchesAre(of pgtype.OID, list []plan.Expr, which func(int) bool) error {
	for i, e := range list {
		if (which == nil || which(i)) && e.Type().OID != of {
			return fmt.Errorf("branch %d has type %d, not %d", i, e.Type().OID, of)
		}
	}
	return nil
}

// takes compares arguments with declared types; polymorphic ones take any.
func takes(p *pgtype.Procedure, args ...plan.Expr) error {
	const variadicAny = 2276
	if p.Variadic != variadicAny && len(args) != len(p.ArgTypes) {
		return fmt.Errorf("%s has %d arguments", p.Signature(), len(args))
	}
	for i, declared := range p.ArgTypes {
		info, ok := pgtype.TypeByOID(declared)
		if i >= len(args) || ok && info.Kind == 'p' {
			continue
		}
		if got := args[i].Type().OID; got != declared {
			return fmt.Errorf("argument %d of %s has type %s", i+1, p.Signature(), pgtype.SQLName(got))
		}
	}
	return nil
}

// TestGivenParameterTypes: types the client gives are not inferred again.
func TestGivenParameterTypes(t *testing.T) {
	t.Parallel()
	connection, env := oracle(t)
	for _, c := range []struct {
		statement string
		types     []uint32
	}{
		{"SELECT $1", []uint32{23}},
		{"SELECT $1", []uint32{0}},
		{"SELECT $1 + 1", []uint32{20}},
		{"SELECT $1 + 1", []uint32{25}},
		{"SELECT i4 FROM t WHERE i4 = $1", []uint32{1043}},
		{"SELECT i4 FROM t WHERE i4 = $1 AND i8 = $2", []uint32{0, 21}},
		{"SELECT i4 FROM t WHERE d = $1", []uint32{1114}},
		{"SELECT i4 FROM t LIMIT $1", []uint32{23}},
		{"SELECT i4 FROM t LIMIT $1", []uint32{25}},
		{"SELECT $2::int", []uint32{0, 705}},
		{"SELECT $1 IS NULL", []uint32{16}},
		{"SELECT $1, $2", []uint32{25, 1184, 23}},
		{"SELECT coalesce($1, $2)", []uint32{23}},
		{"SELECT $1 = ANY ($2)", []uint32{23, 1016}},
		{"SELECT $1", []uint32{705}},
	} {
		want := describedWith(t, connection, c.statement, c.types)
		given := make([]pgtype.OID, len(c.types))
		for i, oid := range c.types {
			given[i] = pgtype.OID(oid)
		}
		if got := describedGiven(env, c.statement, given); got != want {
			t.Errorf("%s %v:\n    got  %s\n    want %s", c.statement, c.types, got, want)
		}
	}
}
