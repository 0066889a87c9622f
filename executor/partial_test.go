package executor

import (
	"testing"

	"github.com/sluicemesh/sluice/planner/plan"
)

// TestRowsApartAreDividedAsGroupsAre: what may be read in parts still may once it is not grouped.
func TestRowsApartAreDividedAsGroupsAre(t *testing.T) {
	t.Parallel()
	for _, divisible := range []bool{true, false} {
		a := &plan.Aggregate{Input: scanOrders(), Groups: []plan.Item{plan.PassOn(customer)}, Single: []plan.Expr{}}
		apart := ungrouped(&plan.Remote{Root: a, Divisible: divisible, GroupKeys: []plan.ColumnID{customer.ID}})
		if _, grouped := apart.Root.(*plan.Aggregate); grouped || apart.Divisible != divisible || apart.GroupKeys != nil {
			t.Errorf("divisible %t: got %+v", divisible, apart)
		}
	}
}
