package postgres

import (
	"strings"
	"sync"

	"github.com/sluicemesh/sluice/planner/plan"
)

// mostFew is how many rows a read may give that is expected to give few; one that gives
// more is remembered, and goes the way of all others from then on.
const mostFew = 8192

// mostKept is how many values a column may be compared with in a statement that is kept: a
// plan for any values takes them to be about ten.
const mostKept = 32

// fewConstants gives the constants of a plan that is expected to give few rows, as
// parameters of a statement that is the same for all their values: those that columns are
// compared with for equality. ok is false where other constants would make it another
// statement each time: a connection keeps only so many.
func fewConstants(root plan.Node) (values []plan.Expr, ok bool) {
	ok = true
	plan.Walk(root, func(n plan.Node) bool {
		if f, is := n.(*plan.Filter); is {
			for _, e := range f.Conjuncts {
				found, only := equalConstants(e)
				values, ok = append(values, found...), ok && only
			}
		}
		return ok
	})
	return values, ok
}

// equalConstants gives the constants of column = constant and column = ANY (constants);
// only is false where a condition has others.
func equalConstants(e plan.Expr) (found []plan.Expr, only bool) {
	if _, value := plan.EqualConstant(e); known(value) {
		return []plan.Expr{value}, true
	}
	if in, is := e.(*plan.ArrayCompare); is && in.Operator == "=" && !in.All {
		_, column := in.Left.(*plan.ColumnRef)
		if list, is := in.Array.(*plan.Literal); column && is && known(list) && strings.Count(list.Text, ",") < mostKept {
			return []plan.Expr{list}, true
		}
	}
	only = true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		l, is := e.(*plan.Literal)
		_, subquery := e.(*plan.Subquery)
		only = only && !subquery && (!is || l.Secret || l.Null)
		return only
	})
	return nil, only
}

// manyAfterAll remembers texts of statements that have given many rows where few were
// expected.
type manyAfterAll struct {
	mu    sync.Mutex
	texts map[string]bool
}

// mostMany bounds the texts that are remembered.
const mostMany = 1024

func (m *manyAfterAll) has(text string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.texts[text]
}

func (m *manyAfterAll) add(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.texts == nil || len(m.texts) >= mostMany {
		m.texts = map[string]bool{}
	}
	m.texts[text] = true
}
