package executor

import (
	"context"
	"maps"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/internal/budget"
	"github.com/sluicemesh/sluice/planner/plan"
)

// A leaf is read first if it is guessed to give few rows, and reduced if it reads a
// table so large that fewer of its rows are worth a wait (Executor.ReduceFrom).
const (
	smallRows  = 500_000
	reduceFrom = 1_000
)

// reduction is the plan of reading some leaves before others: small ones are gathered,
// and each large one then asked only for rows whose keys are among theirs.
type reduction struct {
	teller
	account  *budget.Account
	known    known
	nodes    []plan.Node
	first    []bool // gathered
	waits    [][]int
	leafOf   map[plan.ColumnID]int
	gathered []*gathered
	done     []chan struct{}
	climbs   map[int]*climb
	partners []*gathered // what climbs have read of other leaves
	apart    func(*plan.Remote) bool
	leading  leading
}

// reduction decides which leaves go first; nil where none does.
func (r *run) reduction(ctx context.Context, nodes []plan.Node) *reduction {
	if !slices.ContainsFunc(nodes, func(n plan.Node) bool { return reducible(n) || limited(n) }) {
		return nil
	}
	d := &reduction{
		teller: teller{r.off, r.executor.MostKeys}, account: r.engines.account, known: r.learn(ctx, nodes), nodes: nodes, first: make([]bool, len(nodes)), waits: make([][]int, len(nodes)),
		leafOf: map[plan.ColumnID]int{}, gathered: make([]*gathered, len(nodes)), done: make([]chan struct{}, len(nodes)), partners: make([]*gathered, len(nodes)),
		apart: r.asksApart, leading: newLeading(len(nodes)),
	}
	for i, n := range nodes {
		d.done[i] = make(chan struct{})
		for _, c := range n.Columns() {
			d.leafOf[c.ID] = i
		}
	}
	for i, n := range nodes {
		if reducible(n) && d.known.whole(n) >= r.executor.reduceFrom() {
			d.waitFor(i, d.before(i))
			d.waitForGroups(i)
		}
	}
	d.climbs = d.chooseClimbs()
	for i, n := range nodes {
		if !d.first[i] && d.waits[i] == nil && reducible(n) && d.known.rows(n) >= r.executor.reduceFrom() {
			d.waitFor(i, d.fromLarger(i))
		}
	}
	if !slices.Contains(d.first, true) && len(d.climbs) == 0 {
		return nil
	}
	return d
}

func (d *reduction) waitFor(i int, first []int) {
	d.waits[i] = first
	for _, k := range first {
		d.first[k] = true
	}
}

// fromLarger gives leaves that bound one which nobody asks less of: they read larger
// tables than it does, but are filtered or grouped, and themselves wait for nobody but
// those that are first already.
func (d *reduction) fromLarger(i int) []int {
	if isSelective(d.nodes[i]) {
		return nil
	}
	var all []int
	for _, k := range d.givers(i) {
		if d.mayBound(k, i) && !slices.Contains(all, k) {
			all = append(all, k)
		}
	}
	return all
}

// mayBound tells whether a leaf is worth waiting for although it reads more: it is guessed to
// give fewer rows, or takes so much longer that the wait does not count and its real size decides.
func (d *reduction) mayBound(k, waiting int) bool {
	rows, most := d.expected(k), d.known.rows(d.nodes[waiting])
	if rows <= 0 || rows > smallRows || !isSelective(d.nodes[k]) && len(d.waits[k]) == 0 || d.fewGroupsLess(d.nodes[waiting].(*plan.Remote), k, rows) {
		return false
	}
	return rows < fewer*most || most <= little*d.known.work(d.nodes[k]) && d.mayFit(k, waiting, rows)
}

// mayFit tells whether the keys of a leaf may be few enough to be told: not where statistics, not
// guesses, say that it gives far more rows than that.
func (d *reduction) mayFit(k, waiting int, rows float64) bool {
	r := d.nodes[waiting].(*plan.Remote)
	return rows <= 2*float64(d.mostTold(r.Source.Kind, r.Reductions[0].Keys.Of)) || d.known.guesses(d.nodes[k])
}

// expected guesses how many rows a leaf gives, asked for the keys of those it waits for.
func (d *reduction) expected(i int) float64 {
	rows, share := d.known.rows(d.nodes[i]), 1.0
	r, ok := d.nodes[i].(*plan.Remote)
	if !ok {
		return rows
	}
	for _, one := range r.Reductions {
		for _, id := range one.By {
			distinct := d.known.distinct(r.Root, one.Column.ID)
			if k := d.leafOf[id]; distinct > 0 && slices.Contains(d.waits[i], k) {
				share = min(share, d.known.rows(d.nodes[k])/distinct)
			}
		}
	}
	return rows * share
}

// little is the share of what another leaf reads that may be read after it unnoticed.
const little = 0.1

func (e *Executor) reduceFrom() float64 {
	if e.ReduceFrom > 0 {
		return e.ReduceFrom
	}
	return reduceFrom
}

func reducible(n plan.Node) bool {
	r, ok := n.(*plan.Remote)
	return ok && len(r.Reductions) > 0
}

// limited tells whether a few first rows of a leaf may do.
func limited(n plan.Node) bool {
	r, ok := n.(*plan.Remote)
	return ok && r.Top != nil
}

// precedes tells whether a leaf may be read before another: it gives few rows and is the
// lighter of the two, so that no two wait for each other.
func (d *reduction) precedes(i, large int) bool {
	rows := d.known.rows(d.nodes[i])
	return rows > 0 && rows <= smallRows && d.known.weight(d.nodes[i]) < d.known.weight(d.nodes[large])
}

// paysToGather tells whether a leaf may have so few keys that they can be listed, or the
// other gives so many values that a filter of them is worth its making. Where the other is a
// group for each key a guess is enough to say no: little can be gained by the wait.
func (d *reduction) paysToGather(i, large int) bool {
	r, ok := d.nodes[large].(*plan.Remote)
	if !ok || len(r.Reductions) == 0 {
		return true
	}
	keys := d.known.rows(d.nodes[i])
	if d.fewGroupsLess(r, i, keys) {
		return false
	}
	values := d.known.ungrouped(r) * float64(len(r.Columns()))
	return keys <= float64(d.mostKeys(r.Source.Kind, r.Reductions[0].Keys.Of)) || d.known.guesses(d.nodes[i]) || valuesPerKey*keys <= values
}

// fewGroupsLess tells whether so many keys of a large table would hardly save work where a leaf is a
// group for each. How many a giver has that may itself be asked for fewer rows only its reading shows.
func (d *reduction) fewGroupsLess(r *plan.Remote, giver int, keys float64) bool {
	if reducible(d.nodes[giver]) {
		return false
	}
	distinct := d.known.distinct(r.Root, r.Reductions[0].Column.ID)
	return len(r.Reductions) == 1 && d.mostShare(r, distinct) < fewer && keys > fewerOfGroups*distinct && d.known.whole(d.nodes[giver]) >= manyRows
}

// valuesPerKey is how many values a leaf must give for each key that others give for a filter: to gather
// a key takes the gateway as long as to take some thirty values, and the source waits.
const valuesPerKey = 64

// before gives the small leaves that bound a large one, directly or through each other, as
// far as a condition of the statement makes them smaller than their tables.
func (d *reduction) before(large int) []int {
	seen, order := map[int]bool{}, []int{}
	var visit func(int)
	visit = func(i int) {
		for _, k := range d.givers(i) {
			if k != large && !seen[k] && d.precedes(k, large) && d.paysToGather(k, large) {
				seen[k] = true
				order = append(order, k)
				visit(k)
			}
		}
	}
	visit(large)
	return d.bounding(order)
}

// givers lists the leaves that may bound one.
func (d *reduction) givers(i int) []int {
	var all []int
	if r, ok := d.nodes[i].(*plan.Remote); ok {
		for _, one := range r.Reductions {
			for _, id := range one.By {
				all = append(all, d.leafOf[id])
			}
		}
	}
	return all
}

// bounding leaves out leaves that are read whole whatever the others give.
func (d *reduction) bounding(leaves []int) []int {
	bounds := map[int]bool{}
	for _, k := range leaves {
		bounds[k] = isSelective(d.nodes[k])
	}
	for range leaves {
		for _, k := range leaves {
			bounds[k] = bounds[k] || slices.ContainsFunc(d.givers(k), func(by int) bool { return bounds[by] })
		}
	}
	maps.DeleteFunc(bounds, func(_ int, bounds bool) bool { return !bounds })
	return slices.Sorted(maps.Keys(bounds))
}

func isSelective(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		switch n.(type) {
		case *plan.Filter, *plan.Limit:
			found = true
		}
		return !found
	})
	return found
}

// ready waits for the leaves that one depends on; false where ctx ended. A leaf that fails
// ends it.
func (d *reduction) ready(ctx context.Context, i int) bool {
	for _, k := range d.waits[i] {
		select {
		case <-d.done[k]:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// bound gives the smallest set of keys that bounds a column, and the column it is from;
// nil where none does.
func bound(one plan.Reduction, sets map[plan.ColumnID]keySet) (best keySet, from plan.ColumnID) {
	for _, id := range one.By {
		if s, ok := sets[id]; ok && (best == nil || len(s) < len(best)) {
			best, from = s, id
		}
	}
	return best, from
}

// rounds of letting gathered leaves reduce each other: a chain of so many tables.
const rounds = 3

// keys gives the values of each column of gathered leaves that bounds others, in rows whose own
// keys are among those of the others.
func (d *reduction) keys(leaves []int) map[plan.ColumnID]keySet {
	sets := map[plan.ColumnID]keySet{}
	for range rounds {
		before := total(sets)
		for _, i := range leaves {
			if g := d.gathered[i]; g != nil && g.complete {
				d.collect(d.nodes[i], g, sets)
			}
		}
		if total(sets) == before {
			break
		}
	}
	if !d.account.Take(held(sets)) {
		return map[plan.ColumnID]keySet{} // there is no room for them: nobody is reduced
	}
	return sets
}

// keyBytes is what a key takes in a set beside its text, which stands in a statement for a
// while too.
const keyBytes = 48

func held(sets map[plan.ColumnID]keySet) int64 {
	bytes := int64(0)
	for _, s := range sets {
		for key := range s {
			bytes += keyBytes + 2*int64(len(key))
		}
	}
	return bytes
}

// forget gives back what keys were charged with.
func (d *reduction) forget(sets map[plan.ColumnID]keySet) { d.account.Give(held(sets)) }

func total(sets map[plan.ColumnID]keySet) int {
	n := 0
	for _, s := range sets {
		n += len(s)
	}
	return n
}

// collect adds the values of one leaf. A round later fewer may be left.
func (d *reduction) collect(n plan.Node, g *gathered, sets map[plan.ColumnID]keySet) {
	bounds := map[plan.ColumnID]keySet{}
	if r, ok := n.(*plan.Remote); ok {
		for _, one := range r.Reductions {
			if s, _ := bound(one, sets); s != nil {
				bounds[one.Column.ID] = s
			}
		}
	}
	wanted := map[plan.ColumnID]bool{}
	for _, other := range d.nodes {
		if r, ok := other.(*plan.Remote); ok {
			for _, one := range r.Reductions {
				for _, id := range one.By {
					wanted[id] = true
				}
			}
		}
	}
	own := map[plan.ColumnID]keySet{}
	for _, b := range g.batches {
		keep := within(g.columns, b, bounds)
		for c, col := range g.columns {
			if wanted[col.ID] {
				addKeys(own, col, b.Column(c), keep)
			}
		}
	}
	for _, col := range g.columns {
		if wanted[col.ID] && len(g.batches) == 0 {
			own[col.ID] = keySet{}
		}
	}
	maps.DeleteFunc(own, func(_ plan.ColumnID, s keySet) bool { return s == nil })
	maps.Copy(sets, own)
}

// within tells which rows of a batch have all their bounded columns among the keys.
func within(columns []plan.Column, b arrow.RecordBatch, bounds map[plan.ColumnID]keySet) []bool {
	keep := slices.Repeat([]bool{true}, int(b.NumRows()))
	var buffer []byte
	for c, col := range columns {
		set, bounded := bounds[col.ID]
		text, ok := keyTexts(col.Type, b.Column(c))
		if !bounded || !ok {
			continue
		}
		for i := range keep {
			if b.Column(c).IsNull(i) {
				keep[i] = false
				continue
			}
			buffer, _ = text(buffer[:0], i)
			if _, in := set[string(buffer)]; !in {
				keep[i] = false
			}
		}
	}
	return keep
}

// addKeys adds the values of a column in the rows that are kept. A column with a value that
// is no use as a key has none: nil.
func addKeys(own map[plan.ColumnID]keySet, col plan.Column, values arrow.Array, keep []bool) {
	text, ok := keyTexts(col.Type, values)
	set, begun := own[col.ID]
	if !ok || begun && set == nil {
		return
	}
	if !begun {
		set = keySet{}
		own[col.ID] = set
	}
	var buffer []byte
	for i, kept := range keep {
		if !kept || values.IsNull(i) {
			continue
		}
		buffer, ok = text(buffer[:0], i)
		if !ok {
			own[col.ID] = nil
			return
		}
		if _, in := set[string(buffer)]; !in {
			set[string(buffer)] = struct{}{}
		}
	}
}
