package executor

import (
	"context"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// mostConstants bounds the memory of constants; when it is full it begins anew.
const mostConstants = 4096

// constants are those that have been computed, by the text that the engine reads. They are
// immutable, so they hold for everybody.
type constants struct {
	mu  sync.Mutex
	all map[string]evaluated
}

type evaluated struct {
	value plan.Known
	err   error
}

// Evaluate has the local engine compute an expression that reads nothing. known is false for
// what cannot be said there, and where it is not the expression that fails.
func (e *Executor) Evaluate(ctx context.Context, x plan.Expr, o Options) (value plan.Known, known bool, err error) {
	q := oneValue(x)
	text, err := sqlwriter.DuckDB(q.Root, sqlwriter.Options{Locale: o.Locale}.ForQuery(q))
	if err != nil {
		return plan.Known{}, false, nil
	}
	if found, ok := e.constants.of(text); ok {
		return found.value, true, found.err
	}
	value, err = e.evaluate(ctx, q, Options{Principal: o.Principal, Locale: o.Locale})
	if err != nil && sqlstate.From(err).Owner() != sqlstate.OwnerUser {
		return plan.Known{}, false, nil
	}
	e.constants.keep(text, evaluated{value, err})
	return value, true, err
}

// oneValue is a query of one row of one column.
func oneValue(x plan.Expr) plan.Query {
	c := plan.Column{ID: 1, Name: "value", Type: x.Type()}
	return plan.Query{
		Root:   &plan.Values{Cols: []plan.Column{c}, Rows: [][]plan.Expr{{x}}},
		Output: []plan.OutputColumn{{ID: c.ID, Name: c.Name, Type: c.Type}},
	}
}

func (e *Executor) evaluate(ctx context.Context, q plan.Query, o Options) (plan.Known, error) {
	result, err := e.Run(ctx, q, o)
	if err != nil {
		return plan.Known{}, err
	}
	defer result.Close()
	if !result.Next() {
		return plan.Known{}, sqlstate.From(result.Err())
	}
	column := result.RecordBatch().Column(0)
	value := plan.Known{Null: column.IsNull(0)}
	if bools, ok := column.(*array.Boolean); ok && q.Output[0].Type.OID == pgtype.Bool {
		value.True = !value.Null && bools.Value(0)
	}
	return value, nil
}

func (c *constants) of(text string) (evaluated, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.all[text]
	return found, ok
}

func (c *constants) keep(text string, v evaluated) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil || len(c.all) >= mostConstants {
		c.all = map[string]evaluated{}
	}
	c.all[text] = v
}
