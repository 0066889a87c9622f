package sqlwriter

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// logical writes AND (r: conjunction) or OR. PostgreSQL asks the operands from left to right
// until one decides, so that one behind it raises no error; DuckDB asks all, in an order of its
// own, but for CASE.
func (w *writer) logical(args []plan.Expr, values []value, r rank) value {
	out := values[len(values)-1]
	fails := func(i int) bool { return w.d.engine() == functions.DuckDB && w.failsOnRows(args[i], values[i]) }
	guarded := fails(len(args) - 1)
	for i := len(args) - 2; i >= 0; i-- {
		guarded = guarded || fails(i)
		out = w.either(args[i], values[i], out, r, guarded)
	}
	return out
}

// condition writes an expression of which only TRUE counts, and where the engine may choose
// what it asks first: in WHERE and ON.
func (w *writer) condition(e plan.Expr) value {
	switch e := e.(type) {
	case *plan.And:
		return w.conditionsOf(e.Args, conjunction)
	case *plan.Or:
		return w.conditionsOf(e.Args, disjunction)
	}
	return w.truth(e)
}

func (w *writer) conditionsOf(args []plan.Expr, r rank) value {
	out := w.condition(args[len(args)-1])
	for i := len(args) - 2; i >= 0; i-- {
		out = whether(w.condition(args[i]), out, r, false)
	}
	return out
}

// truth writes an expression of which only TRUE counts.
func (w *writer) truth(e plan.Expr) value {
	if s, ok := e.(*plan.Subquery); ok && s.Kind == plan.AnySubquery && len(s.Left) > 1 {
		return w.anyRow(s)
	}
	return w.expr(e)
}

// whether joins two texts, the second guarded or not.
func whether(v, rest value, r rank, guarded bool) value {
	word, decided, answer := " OR ", v.inside(atom), "true"
	if r == conjunction {
		word, decided, answer = " AND ", "NOT "+v.inside(atom), "false"
	}
	if !guarded {
		return value{sql: v.inside(r+1) + word + rest.inside(r), rank: r}
	}
	return value{rank: atom, sql: "CASE WHEN " + decided + " THEN " + answer + " ELSE " + v.inside(r+1) + word + rest.inside(r+1) + " END"}
}

// either joins an operand with those behind it; guarded: which are asked only if it does not decide.
func (w *writer) either(first plan.Expr, v, rest value, r rank, guarded bool) value {
	if !guarded {
		return whether(v, rest, r, guarded)
	}
	operands := []value{v}
	around := w.once([]plan.Expr{first}, operands, never, always)
	return around(whether(operands[0], rest, r, guarded))
}
