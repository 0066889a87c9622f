package executor

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// climb is the read of the first rows in an order, of which so many rows must come once they
// are joined to other leaves: some first, more where too few have come.
type climb struct {
	top *plan.Top
	// over are leaves that are asked for partners of the rows read, by the condition that is
	// noted with each; those that the climbing leaf waits for are known before.
	over map[int]plan.Reduction
	// yield is how many rows are expected to come of each that is read.
	yield float64
	// gives tells that leaves wait for the rows' keys, however they are read.
	gives bool
}

const (
	// climbRounds bounds how often more rows are asked for, climbFactor times as many at most.
	climbRounds = 3
	climbFactor = 10
	// climbShare is the share of a leaf's rows beyond which all are read.
	climbShare = 0.25
)

// chooseClimbs gives the leaves of which a few first rows may do: those of many rows, whose
// partners are read before them, or wait for nobody else and can be asked by keys.
func (d *reduction) chooseClimbs() map[int]*climb {
	all := map[int]*climb{}
	if d.off[optimization.AskTopFirst] {
		return all
	}
	for i, n := range d.nodes {
		r, ok := n.(*plan.Remote)
		if !ok || r.Top == nil {
			continue
		}
		if c, ok := d.climbOf(i, r.Top); ok && c.worth(c.first(), d.known.rows(r)) {
			for k := range c.over {
				d.waitFor(k, []int{i})
			}
			all[i] = c
		}
	}
	return all
}

func (d *reduction) climbOf(i int, top *plan.Top) (*climb, bool) {
	c := &climb{top: top, over: map[int]plan.Reduction{}, gives: d.first[i]}
	for _, p := range top.Partners {
		k, known := d.leafOf[p.Of]
		if !known {
			return nil, false
		}
		if slices.Contains(d.waits[i], k) {
			continue
		}
		r, ok := d.nodes[k].(*plan.Remote)
		if !ok || d.first[k] || slices.ContainsFunc(d.waits[k], func(by int) bool { return by != i }) {
			return nil, false
		}
		at := slices.IndexFunc(r.Reductions, func(one plan.Reduction) bool { return one.Column.ID == p.Of && slices.Contains(one.By, p.Own) })
		if _, twice := c.over[k]; twice || at < 0 {
			return nil, false // what is read for two joins is read once
		}
		c.over[k] = r.Reductions[at]
	}
	c.yield = d.yield(i, top, d.waits[i])
	return c, true
}

// worth tells whether to ask for so many of a leaf's rows first: always, if these are sure to do.
func (c *climb) worth(first int64, of float64) bool {
	return c.sure() && first == c.top.Count || float64(first) <= climbShare*of
}

// sure tells whether each row read gives a row or more: keys of all partners are asked for.
func (c *climb) sure() bool {
	return len(c.over) == 0 && len(c.top.Partners) > 0 && !c.top.Whole && c.yield >= 1 &&
		!slices.ContainsFunc(c.top.Partners, func(p plan.Partner) bool { return p.Kind != plan.InnerJoin })
}

// taken gives the rows that a climb has read of a leaf, once.
func (d *reduction) taken(i int) *gathered {
	g := d.partners[i]
	d.partners[i] = nil
	return g
}

// drop frees what nobody has taken. No leaf is being opened any more.
func (d *reduction) drop() {
	for i := range d.partners {
		if g := d.taken(i); g != nil {
			g.Release()
		}
	}
}

// climb reads the first rows of a leaf until enough of them have partners, else all.
func (r *run) climb(ctx context.Context, d *reduction, i int) (array.RecordReader, int64, error) {
	defer close(d.done[i])
	remote, c := d.nodes[i].(*plan.Remote), *d.climbs[i]
	ahead, err := r.ahead(ctx, d, i)
	if err != nil {
		return nil, 0, err
	}
	if !d.ready(ctx, i) {
		if ahead != nil {
			ahead.Release()
		}
		return nil, 0, ctx.Err()
	}
	sets := d.keys(d.waits[i])
	defer d.forget(sets)
	asked, how := d.reduced(remote, sets)
	if how.reduced == "" && ahead == nil {
		c.yield = d.yield(i, c.top, nil) // of all rows
	}
	for rows, round := c.first(), 0; round < climbRounds && c.worth(rows, d.known.rows(remote)); round++ {
		g := ahead
		if ahead = nil; g == nil {
			g, err = r.gatherOf(ctx, remote, firstOf(asked, c.top.Keys, rows), float64(rows), how.firstRows(rows))
		}
		if err != nil {
			return nil, 0, err
		}
		found, err := r.found(ctx, d, &c, g, rows)
		if err != nil || found < c.top.Count {
			g.Release()
		}
		if err != nil {
			return nil, 0, err
		}
		if found >= c.top.Count {
			d.gathered[i] = g
			return g, g.rows(), nil
		}
		rows = c.next(rows, found)
	}
	reader, err := r.ask(ctx, remote, asked, how)
	if err != nil || !c.gives {
		return reader, int64(d.expected(i)), err
	}
	g := gather(reader, remote.Columns(), gatherRows, gatherBytes, r.engines.account)
	d.gathered[i] = g
	return g, g.rows(), nil
}

// ahead reads the first rows before anything is known of their partners, where that would
// not change what is asked; else nil.
func (r *run) ahead(ctx context.Context, d *reduction, i int) (*gathered, error) {
	remote, c := d.nodes[i].(*plan.Remote), d.climbs[i]
	first := c.first()
	if !d.fixed(i) || !c.worth(first, d.known.rows(remote)) {
		return nil, nil
	}
	return r.gatherOf(ctx, remote, firstOf(remote, c.top.Keys, first), float64(first), asking{}.firstRows(first))
}

// firstRows adds that only so many rows in order are asked for.
func (a asking) firstRows(rows int64) asking {
	return a.and(fmt.Sprintf("first %d rows", rows), optimization.AskTopFirst)
}

// first is how many rows are asked for first: no more than needed where all give one or more,
// else twice as many.
func (c *climb) first() int64 {
	if c.sure() {
		return c.top.Count
	}
	return int64(min(2*float64(c.top.Count)/c.yield, mostCounted)) + 10
}

// next is how many rows to ask for after so many have given too few.
func (c *climb) next(rows, found int64) int64 {
	most := rows * climbFactor
	if found <= 0 {
		return most
	}
	return int64(min(max(1.5*float64(rows)*float64(c.top.Count)/float64(found), 2*float64(rows)), float64(most)))
}

// gatherOf reads all of a leaf of which so many rows are expected (0: unknown).
func (r *run) gatherOf(ctx context.Context, n, asked *plan.Remote, rows float64, how asking) (*gathered, error) {
	reader, err := r.ask(ctx, n, expecting(asked, rows), how)
	if err != nil {
		return nil, err
	}
	g := gather(reader, n.Columns(), gatherRows, gatherBytes, r.engines.account)
	if !g.complete && g.Err() != nil {
		err = g.Err()
		g.Release()
		return nil, err
	}
	return g, nil
}

// firstOf asks for the first rows in an order.
func firstOf(r *plan.Remote, keys []plan.SortKey, rows int64) *plan.Remote {
	count := &plan.Literal{Of: pgtype.Of(pgtype.Int8), Text: strconv.FormatInt(rows, 10)}
	return &plan.Remote{Source: r.Source, Root: &plan.Limit{Input: &plan.Sort{Input: r.Root, Keys: keys}, Count: count}}
}

// found reads the partners of the first rows and counts what comes of these: as many rows as are
// needed at most, and so many too where there are no further rows. It keeps what it has read only then.
func (r *run) found(ctx context.Context, d *reduction, c *climb, g *gathered, asked int64) (int64, error) {
	if !g.complete {
		return 0, nil
	}
	taken, read := map[int]*gathered{}, make([]*gathered, len(c.top.Partners))
	drop := func() {
		for _, partner := range taken {
			partner.Release()
		}
	}
	for at, p := range c.top.Partners {
		k := d.leafOf[p.Of]
		one, over := c.over[k]
		if !over {
			read[at] = d.gathered[k]
			continue
		}
		remote, set := d.nodes[k].(*plan.Remote), g.values(p.Own)
		if set == nil || d.telling(set, remote.Source.Kind, one.Keys.Of) != listed {
			drop()
			return 0, nil
		}
		keys := toldKeys{set, listed}
		partner, err := r.gatherOf(ctx, remote, withKeys(remote, map[*plan.Literal]toldKeys{one.Keys: keys}), d.having(k, p.Of, len(set)), keys.asking(asking{}, one.Column))
		if err != nil {
			drop()
			return 0, err
		}
		taken[k], read[at] = partner, partner
	}
	found := c.answers(g, read, g.rows() < asked)
	if found < c.top.Count {
		drop()
		return found, nil
	}
	for k, partner := range taken {
		d.partners[k] = partner
	}
	return found, nil
}
