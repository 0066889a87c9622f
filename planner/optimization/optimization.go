// Package optimization names everything that makes statements faster, wherever it is done:
// `SET sluice.disabled_rules` takes these names, EXPLAIN (TRACE) tells them, docs/performance.md
// lists them.
//
// In: nothing. Out: the table, and which of it a session leaves out. It knows no plan. What an
// optimization needs of a session comes with the plan (plan.Query.Off, plan.Remote.Off); the
// answer never depends on it.
package optimization

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Name is that of one optimization.
type Name string

// Optimization is a row of the table.
type Optimization struct {
	Name Name
	File string // that does it, from the root of the module
	Does string // one sentence, without its end
}

// Fired is one optimization at work, for EXPLAIN (TRACE).
type Fired struct {
	Phase string // of planning, "keep" of a plan for the next run, or "run"
	Rule  Name
	Node  string // what it fired on: a kind of node, or a fragment
}

// Off are the optimizations that a session leaves out; nil: none. It is not changed once made.
type Off map[Name]bool

// All gives what leaves out everything.
func All() Off {
	off := Off{}
	for _, o := range Table {
		off[o.Name] = true
	}
	return off
}

// Parse reads names separated by commas, in any case; "all" are all of them. A name that is
// none is 22023.
func Parse(list string) (Off, error) {
	if strings.TrimSpace(list) == "" {
		return nil, nil
	}
	off := Off{}
	for _, word := range strings.Split(list, ",") {
		word = strings.TrimSpace(word)
		if strings.EqualFold(word, "all") {
			return All(), nil
		}
		i := slices.IndexFunc(Table, func(o Optimization) bool { return strings.EqualFold(string(o.Name), word) })
		if i < 0 {
			return nil, sqlstate.New(sqlstate.InvalidParameterValue, "there is no optimization %q", word).
				WithHint("There are all, %s.", strings.Join(names(), ", "))
		}
		off[Table[i].Name] = true
	}
	return off, nil
}

func names() []string {
	all := make([]string, len(Table))
	for i, o := range Table {
		all[i] = string(o.Name)
	}
	return all
}
