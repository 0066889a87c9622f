package executor

import (
	"github.com/sluicemesh/sluice/planner/optimization"
)

// asking says how a Remote is asked for less than its rows, or sooner; the zero value is that
// it is asked as the plan has it.
type asking struct {
	reduced string // for people
	by      []optimization.Name
}

// and adds a way of asking for less.
func (a asking) and(reduced string, by optimization.Name) asking {
	if a.reduced != "" {
		reduced = a.reduced + ", " + reduced
	}
	return asking{reduced, a.with(by).by}
}

// with adds what else is at work.
func (a asking) with(by optimization.Name) asking {
	for _, known := range a.by {
		if known == by {
			return a
		}
	}
	a.by = append(a.by[:len(a.by):len(a.by)], by)
	return a
}

// plus puts two ways of asking for less together.
func (a asking) plus(b asking) asking {
	if b.reduced != "" {
		a = a.and(b.reduced, b.by[0])
	}
	for _, by := range b.by {
		a = a.with(by)
	}
	return a
}
