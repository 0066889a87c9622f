package executor

import (
	"fmt"
	"slices"
	"sync"

	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// leading is where keys of a large leaf lead to groups of another's rows, and the large one is
// asked for its rows by these groups.
type leading struct {
	extra [][]int   // by large leaf, those that it waits for because of their groups only
	rows  []float64 // by large leaf, how many rows its groups make; 0: unknown

	mu     *sync.Mutex
	groups map[int]*keyGroups // by the leaf that the keys lead to
}

func newLeading(leaves int) leading {
	return leading{extra: make([][]int, leaves), rows: make([]float64, leaves), mu: &sync.Mutex{}, groups: map[int]*keyGroups{}}
}

// How many rows a leaf must add up for each that is read before because of its groups: more where
// nobody knows how many groups these will make, and the wait may be in vain.
const (
	worthGroups        = 4
	worthUnknownGroups = 8
)

// waitForGroups has a leaf wait for those that its keys lead to, where the values that statistics
// tell of make few groups.
func (d *reduction) waitForGroups(i int) {
	r := d.nodes[i].(*plan.Remote)
	for _, one := range r.Reductions {
		if !one.Leads || one.Shared {
			continue
		}
		k, known := d.leafOf[one.By[0]]
		if !known || slices.Contains(d.waits[i], k) || !d.precedes(k, i) {
			continue
		}
		rows, worth := d.known.rows(d.nodes[k]), float64(worthGroups)
		groups, sure := d.groupsBut(k, one.By[0])
		if !sure {
			worth = worthUnknownGroups
		}
		if groups <= mostGroups && groups*keysPerGroup <= rows && d.known.ungrouped(r) >= worth*rows {
			d.waitFor(i, append(slices.Clone(d.waits[i]), k))
			d.leading.extra[i] = append(d.leading.extra[i], k)
		}
	}
}

// groupsBut guesses how many groups a leaf's rows make but for one column. sure is false where
// there may be more, since nobody tells how many values another has.
func (d *reduction) groupsBut(k int, key plan.ColumnID) (groups float64, sure bool) {
	groups, sure = 1, true
	for _, c := range d.nodes[k].Columns() {
		if c.ID == key {
			continue
		}
		if values := d.known.values(d.nodes[k], c.ID); values > 0 {
			groups *= values
		} else {
			sure = false
		}
	}
	return groups, sure
}

// grouped gives a Remote that is asked for the groups that its keys lead to, and tells of them;
// the Remote itself where there are none.
func (d *reduction) grouped(i int, r *plan.Remote) (_ *plan.Remote, how asking) {
	rows, led := 1.0, 0
	for _, one := range r.Reductions {
		k, known := d.leafOf[one.By[0]]
		if !one.Leads || one.Shared || !known || !slices.Contains(d.waits[i], k) {
			continue
		}
		next, groups := d.groupedBy(r, one, k)
		if next == nil {
			continue
		}
		how = how.and(fmt.Sprintf("%s in %d groups of %d keys", one.Column.Name, len(groups.rows), groups.keys), optimization.MapKeysToGroups)
		r, rows, led = next, rows*float64(len(groups.rows)+1), led+1
	}
	if a, ok := plan.AggregateOf(r.Root); ok && led > 0 && led == len(a.Groups) {
		d.leading.rows[i] = rows
	}
	return r, how
}

// groupedBy has one column of a Remote be asked for groups of the rows of leaf k. What these rows
// are read for is then their groups, so no other leaf may have been asked for other groups of them.
func (d *reduction) groupedBy(r *plan.Remote, one plan.Reduction, k int) (*plan.Remote, *keyGroups) {
	g := d.gathered[k]
	if g == nil || !g.complete {
		return nil, nil
	}
	share := float64(g.rows()) / d.known.whole(d.nodes[k])
	if share < leastMapped || d.known.ungrouped(r) < worthGroups*float64(g.rows()) {
		return nil, nil
	}
	d.leading.mu.Lock()
	defer d.leading.mu.Unlock()
	if d.leading.groups[k] != nil {
		return nil, nil
	}
	groups, ok := groupKeys(g, one.By[0])
	if !ok {
		return nil, nil
	}
	next, ok := groups.byGroups(r, one, share)
	if !ok {
		return nil, nil
	}
	d.leading.groups[k] = groups
	return next, groups
}

// leastMapped is the share of a table's keys below which a list of them is told: an index may
// serve that, and no index serves what computes the number of a group.
const leastMapped = 0.05

// giving lists the leaves whose keys are still of use to a leaf that may be asked for groups.
func (d *reduction) giving(i int, r *plan.Remote) []int {
	if len(r.Reductions) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.waits[i]), func(k int) bool {
		return slices.Contains(d.leading.extra[i], k)
	})
}

// expectedRows guesses how many rows a leaf gives as it is asked.
func (d *reduction) expectedRows(i int) float64 {
	if rows := d.leading.rows[i]; rows > 0 {
		return rows
	}
	return d.expected(i)
}

// keepGroups leaves of the rows of leaves one for each of their groups, where another leaf was
// asked for these. All leaves have been opened.
func (d *reduction) keepGroups(rows []int64) error {
	for k, groups := range d.leading.groups {
		if err := d.gathered[k].keepGroups(groups); err != nil {
			return err
		}
		rows[k] = int64(len(groups.rows))
	}
	return nil
}
