package duckdb

// ScalarFunction is declared next.
type ScalarFunction struct{}

// AggregateFunction is declared next.
type AggregateFunction struct{}

func (e *Engine) registerScalar(*connection, ScalarFunction) error       { return nil }
func (e *Engine) registerAggregate(*connection, AggregateFunction) error { return nil }
