package planner

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Bind gives the query's typed plan. parameterTypes are the client's (0: infer).
func (s *Select) Bind(env bind.Environment, parameterTypes []pgtype.OID) (bind.Bound, error) {
	return bind.Query(env, s.whole, s.tree, parameterTypes)
}

// Constants binds the arguments of EXECUTE and gives one literal for each parameter.
// An argument that is not a constant after binding is refused.
func (s *Select) Constants(env bind.Environment, parameters []pgtype.Type) ([]*plan.Literal, error) {
	bound, err := bind.Query(env, s.whole, s.tree, nil)
	if err != nil {
		return nil, err
	}
	project, ok := bound.Query.Root.(*plan.Project)
	if !ok || len(project.Items) != len(parameters) {
		return nil, sqlstate.New(sqlstate.SyntaxError, "wrong number of parameters for prepared statement").
			WithDetail("Expected %d parameters but got %d.", len(parameters), len(bound.Query.Output))
	}
	literals := make([]*plan.Literal, len(parameters))
	for i, item := range project.Items {
		l, ok := constant(item.Expr)
		if !ok {
			return nil, sqlstate.Unsupported("an argument of EXECUTE that is not a constant")
		}
		literals[i] = l
	}
	return literals, nil
}

// constant looks through casts: their text forms are read by the parameter's own type.
func constant(e plan.Expr) (*plan.Literal, bool) {
	for {
		switch c := e.(type) {
		case *plan.Literal:
			return c, true
		case *plan.Cast:
			e = c.Arg
		default:
			return nil, false
		}
	}
}
