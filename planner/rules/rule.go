// Package rules rewrites a secured plan so that each source runs as much of it as it
// can run exactly: "everything under a Remote becomes that source's own query".
//
// In: a plan whose tables stand inside Governed barriers. Out: a plan of the same
// answer whose leaves are Remotes. It knows no source's SQL, no user and no policy; what
// a source can do it reads from the function table and from capabilities.
//
// Each rule is a small function in a file of its own and can be disabled by name; the
// answer never depends on it (the rules-off oracle of the tests).
package rules

import (
	"fmt"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Rule rewrites one node whose inputs have been rewritten. fired is false where it
// does not apply. It never changes the columns a node gives to those above it, except
// for dropping columns nobody reads.
type Rule struct {
	Name  optimization.Name
	Apply func(*Context, plan.Node) (result plan.Node, fired bool)
}

// Phase is a list of rules applied together until none fires.
type Phase struct {
	Name  string
	Rules []Rule
}

// phases are all the rules, in the order they run. Logical rewriting first: it makes
// single-source sub-plans adjacent and narrow. Then growth turns them into Remotes.
var phases = []Phase{
	{"simplify", []Rule{inlineCTE, foldDateArithmetic, mergeFilters, removeTrueFilter, factorDisjunction, inferFromDisjunction, inferFromEquality}},
	{"push down", pushDown},
	{"reorder", []Rule{pullSubqueryThroughJoin, groupJoinsBySource}},
}

// pushDown moves conditions towards the tables.
var pushDown = []Rule{
	mergeFilters, removeTrueFilter,
	pushFilterThroughProject, pushFilterThroughGoverned, pushFilterThroughJoin, pushFilterIntoJoin,
	pushJoinConditionDown, pushFilterThroughAggregate, pushFilterThroughSetOperation, pushFilterThroughSort,
	pushFilterThroughDeduplicate, pushFilterThroughWindow, pullProjectThroughLimit, sinkWith,
}

// growth are the rules that make Remotes larger, tried bottom-up on each node.
var growth = []Rule{
	pushGovernedIntoRemote, pushFilterIntoRemote, splitFilterAtRemote, pushProjectIntoRemote,
	pushJoinIntoRemote, pushAggregateIntoRemote, splitAggregate, pushWindowIntoRemote, pushDeduplicateIntoRemote,
	pushSetOperationIntoRemote, pushTopIntoRemote, pushTopThroughJoin, pushTopThroughWindow, pushLimitIntoRemote,
}

// Names lists every rule that can be disabled.
func Names() []optimization.Name {
	seen := map[optimization.Name]bool{}
	var names []optimization.Name
	add := func(name optimization.Name) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, p := range phases {
		for _, r := range p.Rules {
			add(r.Name)
		}
	}
	for _, r := range growth {
		add(r.Name)
	}
	for _, name := range []optimization.Name{removeUnusedJoinName, pruneColumnsName, pushResultIntoRemoteName, turnSubqueryIntoJoinName, narrowRemoteName, deduplicateMembersName, reduceAcrossSourcesName, widenToShareName, shareRemotesName, divideScanName, divideGroupsName, askKeysFirstName, mapKeysToGroupsName} {
		add(name)
	}
	return names
}

// Options choose what Optimize may do.
type Options struct {
	Disabled optimization.Off // rules left out, by name
	NextID   plan.ColumnID    // the first free column ID
	Careful  bool             // run every expression that can fail in the merge (Context.careful)
	Evaluate Evaluate         // nil: only literals decide
}

// Fired is one rule at work.
type Fired = optimization.Fired

// Context is what rules share while one plan is optimized.
type Context struct {
	options Options
	// careful keeps what can fail out of sources, which decide by statistics of hidden data
	// too in which rows it is asked (functions.Tells). Inside policies it does not hold.
	careful  bool
	policies int // innermost barriers around the node at hand
	phase    string
	trace    []Fired
	fault    error // the first that verify found
}

// Optimize rewrites a plan and gives the rules that fired. The result's leaves are
// Remotes and Stages; it fails by a constant that fails, else by our own fault only (XX000).
func Optimize(q plan.Query, o Options) (plan.Query, []Fired, error) {
	c := &Context{options: o}
	root, err := decideConstants(q.Root, q.Output, o.Evaluate)
	if err != nil {
		return q, nil, err
	}
	for _, p := range phases {
		c.phase = p.Name
		root = c.fixpoint(root, p.Rules)
	}
	c.careful = o.Careful || functions.Tells(root)
	c.phase = "prune"
	root = c.prune(root, q.Output)
	root = c.prune(c.removeUnusedJoins(root, q.Output), q.Output)
	c.phase = "grow remotes"
	root = c.turnSubqueriesIntoJoins(c.growRoot(root))
	root = c.narrow(root, q.Output)
	root = c.deduplicateMembers(root)
	c.phase = "reduce"
	root = c.noteTops(c.widenToShare(c.reduce(root))) // what is grouped here is no partner of first rows
	c.phase = "read"
	root = c.mapKeysToGroups(c.divideGroups(c.divideScans(c.fence(c.shareRemotes(root)))))
	q.Root, q.Careful, q.Off = c.askKeysFirst(root), c.careful, o.Disabled
	if c.fault == nil {
		c.fault = plan.Verify(q.Root)
	}
	if c.fault != nil {
		return q, c.trace, c.fault
	}
	if err := Placed(q); err != nil {
		return q, c.trace, err
	}
	return q, c.trace, nil
}

// rounds bounds a phase: rules only move things one way, so this is never reached
// unless two rules undo each other, which is a fault of ours.
const rounds = 100

// newColumn gives a column that the plan does not have yet.
func (c *Context) newColumn(name string, of pgtype.Type) plan.Column {
	id := c.options.NextID
	c.options.NextID++
	return plan.Column{ID: id, Name: name, Type: of}
}

func (c *Context) fixpoint(root plan.Node, rules []Rule) plan.Node {
	for range rounds {
		again := false
		root = plan.Transform(root, func(n plan.Node) plan.Node {
			for _, r := range rules {
				if out, fired := c.apply(r, n); fired {
					n, again = out, true
				}
			}
			return n
		})
		if !again {
			return root
		}
	}
	return root
}

// apply runs one rule unless it is disabled, and checks its work.
func (c *Context) apply(r Rule, n plan.Node) (plan.Node, bool) {
	if c.options.Disabled[r.Name] {
		return n, false
	}
	out, fired := r.Apply(c, n)
	if !fired {
		return n, false
	}
	c.trace = append(c.trace, Fired{Phase: c.phase, Rule: r.Name, Node: fmt.Sprintf("%T", n)})
	c.verify(r.Name, n, out)
	return out, true
}

// verify checks a rule's work: the plan still holds together, and gives the columns it
// gave. The first fault is kept, and ends Optimize.
func (c *Context) verify(rule optimization.Name, before, after plan.Node) {
	if c.fault != nil {
		return
	}
	err := plan.Verify(after)
	if err == nil && key(plan.Produced(before)) != key(plan.Produced(after)) {
		err = sqlstate.New(sqlstate.InternalError, "plan: other columns than before")
	}
	if err != nil {
		c.fault = fmt.Errorf("rule %s: %w", rule, err)
	}
}
