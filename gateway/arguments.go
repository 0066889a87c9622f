package gateway

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// arguments are those of EXECUTE as values of the parameters' types.
func (e *executeStatement) arguments(ctx context.Context, q *query) ([]pgwire.Parameter, error) {
	now, err := e.session.moment()
	if err != nil {
		return nil, err
	}
	row, err := e.execute.Bind(now.env, q.described.Parameters)
	if err != nil {
		return nil, err
	}
	parameters := make([]pgwire.Parameter, len(row))
	var computed []int
	for i, e := range row {
		if l, ok := e.(*plan.Literal); ok {
			parameters[i] = parameterOf(l)
		} else {
			computed = append(computed, i)
		}
	}
	if len(computed) == 0 {
		return parameters, nil
	}
	return parameters, e.session.compute(ctx, now, row, computed, parameters)
}

// parametersOf are parameters of these values.
func parametersOf(values []*plan.Literal) []pgwire.Parameter {
	all := make([]pgwire.Parameter, len(values))
	for i, v := range values {
		all[i] = parameterOf(v)
	}
	return all
}

func parameterOf(l *plan.Literal) pgwire.Parameter {
	if l.Null {
		return pgwire.Parameter{}
	}
	return pgwire.Parameter{Value: []byte(l.Text)}
}

// compute lets the local engine compute arguments that binding has not, as text. They
// read no table, so there is nothing to decide on.
func (s *session) compute(ctx context.Context, now *moment, row []plan.Expr, which []int, into []pgwire.Parameter) error {
	text := pgtype.Of(pgtype.Text)
	values := &plan.Values{Rows: [][]plan.Expr{nil}}
	q := plan.Query{Root: values}
	for i, w := range which {
		c := plan.Column{ID: plan.ColumnID(i + 1), Name: "argument", Type: text}
		values.Cols = append(values.Cols, c)
		values.Rows[0] = append(values.Rows[0], &plan.Cast{Arg: row[w], To: text, Context: plan.CastExplicit})
		q.Output = append(q.Output, plan.OutputColumn{ID: c.ID, Name: c.Name, Type: text})
	}
	result, err := s.gateway.executor.Run(ctx, q, s.options(now))
	if err != nil {
		return err
	}
	defer result.Close()
	if !result.Next() {
		return sqlstate.From(result.Err())
	}
	for i, w := range which {
		switch column := result.RecordBatch().Column(i).(type) {
		case *array.String:
			if column.IsValid(0) {
				into[w] = pgwire.Parameter{Value: []byte(column.Value(0))}
			}
		case *array.Null:
		default:
			return sqlstate.New(sqlstate.InternalError, "an argument is %s, not text", column.DataType())
		}
	}
	return nil
}
