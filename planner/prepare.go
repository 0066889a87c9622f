package planner

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Prepare names a query.
type Prepare struct {
	source
	Name  string
	Query *Select
	types []*pg_query.TypeName
}

// Types gives the parameter types that were named.
func (p *Prepare) Types(env bind.Environment) ([]pgtype.OID, error) {
	var all []pgtype.OID
	for _, n := range p.types {
		t, err := bind.TypeOf(env, p.Query.whole, n)
		if err != nil {
			return nil, err
		}
		all = append(all, t.OID)
	}
	return all, nil
}

// Execute runs a prepared query with constant arguments.
type Execute struct {
	source
	Name      string
	whole     string
	arguments []*pg_query.Node
}

// Bind gives the arguments, of the types of the parameters, as the one row of a plan
// that reads no table.
func (e *Execute) Bind(env bind.Environment, parameters []pgtype.Type) ([]plan.Expr, error) {
	if len(e.arguments) != len(parameters) {
		return nil, sqlstate.New(sqlstate.SyntaxError, "wrong number of parameters for prepared statement %q", e.Name).
			WithDetail("Expected %d parameters but got %d.", len(parameters), len(e.arguments))
	}
	if len(parameters) == 0 {
		return nil, nil
	}
	bound, err := bind.Arguments(env, e.whole, e.arguments, parameters)
	if err != nil {
		return nil, err
	}
	row := bound.Query.Root.(*plan.Values).Rows[0]
	for _, e := range row {
		plan.WalkExpr(e, func(e plan.Expr) bool {
			if _, ok := e.(*plan.Subquery); ok {
				err = sqlstate.New(sqlstate.FeatureNotSupported, "cannot use subquery in EXECUTE parameter")
			}
			return err == nil
		})
	}
	return row, err
}

// Deallocate forgets a prepared query; all of them where Name is empty.
type Deallocate struct {
	source
	Name string
}

// Discard is DISCARD ALL, PLANS, SEQUENCES or TEMP.
type Discard struct {
	source
	Target string
}

func prepare(at source, text string, n *pg_query.PrepareStmt) (Statement, error) {
	inner, ok := n.Query.Node.(*pg_query.Node_SelectStmt)
	if !ok {
		return nil, sqlstate.Unsupported("PREPARE of %s", commandName(n.Query))
	}
	p := &Prepare{source: at, Name: n.Name, Query: &Select{source: at, whole: text, tree: inner.SelectStmt}}
	for _, a := range n.Argtypes {
		p.types = append(p.types, a.GetTypeName())
	}
	return p, nil
}

func execute(at source, text string, n *pg_query.ExecuteStmt) Statement {
	return &Execute{source: at, whole: text, Name: n.Name, arguments: n.Params}
}

func discard(at source, n *pg_query.DiscardStmt) Statement {
	names := map[pg_query.DiscardMode]string{
		pg_query.DiscardMode_DISCARD_ALL:       "ALL",
		pg_query.DiscardMode_DISCARD_PLANS:     "PLANS",
		pg_query.DiscardMode_DISCARD_SEQUENCES: "SEQUENCES",
		pg_query.DiscardMode_DISCARD_TEMP:      "TEMP",
	}
	return &Discard{source: at, Target: names[n.Target]}
}
