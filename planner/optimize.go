package planner

import (
	"strings"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/planner/rules"
)

// Optimized is a plan ready to run, with the rules that made it.
type Optimized struct {
	Query plan.Query
	Fired []rules.Fired
	// PolicyMayFail says that an error may be a policy's, raised by a row that it hides:
	// then no words of it may reach the user.
	PolicyMayFail bool
}

// Optimize lets each source take what it can run exactly. It accepts only what auth has
// secured. disabled names rules to leave out, separated by commas; "all" leaves out
// every one: the answer is the same, only slower.
func Optimize(s auth.Secured, disabled string) (Optimized, error) {
	q, fired, err := rules.Optimize(s.Query(), rules.Options{NextID: s.NextID(), Disabled: disabledRules(disabled)})
	return Optimized{Query: q, Fired: fired, PolicyMayFail: policyMayFail(s.Query().Root)}, err
}

func disabledRules(list string) map[string]bool {
	off := map[string]bool{}
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		if strings.EqualFold(name, "all") {
			for _, n := range rules.Names() {
				off[n] = true
			}
			continue
		}
		for _, n := range rules.Names() {
			if strings.EqualFold(n, name) {
				off[n] = true
			}
		}
	}
	return off
}
