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

// climb is the read of the first rows in an order, each of which must find partners in
// other leaves: so many first, more where too few have found theirs.
type climb struct {
	top *plan.Top
	// over are leaves that are asked for partners of the rows read, by the condition that is
	// noted with each; those that the climbing leaf waits for are known before.
	over map[int]plan.Reduction
}

const (
	// climbRounds bounds how often more rows are asked for, climbFactor times as many each time.
	climbRounds = 3
	climbFactor = 10
	// climbShare is the share of a leaf's rows beyond which all are read.
	climbShare = 0.1
)

// chooseClimbs gives the leaves of which a few first rows may do: those of many rows, whose
// partners are read before them, or wait for nobody and can be asked by keys.
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
		if c, ok := d.climbOf(i, r.Top); ok && c.worth(r.Top.Count, d.known.rows(r)) {
			for k := range c.over {
				d.waitFor(k, []int{i})
			}
			all[i] = c
		}
	}
	return all
}

func (d *reduction) climbOf(i int, top *plan.Top) (*climb, bool) {
	c := &climb{top: top, over: map[int]plan.Reduction{}}
	for _, p := range top.Partners {
		k, known := d.leafOf[p.Of]
		if !known {
			return nil, false
		}
		if slices.Contains(d.waits[i], k) {
			continue
		}
		r, ok := d.nodes[k].(*plan.Remote)
		if !ok || d.first[k] || d.waits[k] != nil {
			return nil, false
		}
		at := slices.IndexFunc(r.Reductions, func(one plan.Reduction) bool { return one.Column.ID == p.Of && slices.Contains(one.By, p.Own) })
		if at < 0 {
			return nil, false
		}
		c.over[k] = r.Reductions[at]
	}
	return c, true
}

// worth tells whether to ask for so many of a leaf's rows first: always, if keys of all
// partners are asked for, so that these will do.
func (c *climb) worth(first int64, of float64) bool {
	return len(c.over) == 0 && first == c.top.Count || float64(first) <= climbShare*of
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
	remote, c := d.nodes[i].(*plan.Remote), d.climbs[i]
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
	for rows, round := c.firstRows(), 0; round < climbRounds && c.worth(rows, d.known.rows(remote)); rows, round = rows*climbFactor, round+1 {
		g := ahead
		if ahead = nil; g == nil {
			g, err = r.gatherOf(ctx, remote, firstOf(asked, c.top.Keys, rows), rows, how.firstRows(rows))
		}
		if err != nil {
			return nil, 0, err
		}
		var enough bool
		enough, err = r.enough(ctx, d, c, g, sets, rows)
		if err != nil || !enough {
			g.Release()
		}
		if err != nil {
			return nil, 0, err
		}
		if enough {
			d.gathered[i] = g
			return g, g.rows(), nil
		}
	}
	reader, err := r.ask(ctx, remote, asked, how)
	return reader, int64(d.expected(i)), err
}

// ahead reads the first rows before anything is known of their partners, where that would
// not change what is asked; else nil.
func (r *run) ahead(ctx context.Context, d *reduction, i int) (*gathered, error) {
	remote, c := d.nodes[i].(*plan.Remote), d.climbs[i]
	first := c.firstRows()
	if !d.fixed(i) || !c.worth(first, d.known.rows(remote)) {
		return nil, nil
	}
	return r.gatherOf(ctx, remote, firstOf(remote, c.top.Keys, first), first, asking{}.firstRows(first))
}

// firstRows adds that only so many rows in order are asked for.
func (a asking) firstRows(rows int64) asking {
	return a.and(fmt.Sprintf("first %d rows", rows), optimization.AskTopFirst)
}

// firstRows is how many rows are asked for first: no more than needed where keys of all
// partners are asked for.
func (c *climb) firstRows() int64 {
	if len(c.over) == 0 {
		return c.top.Count
	}
	return 2*c.top.Count + 10
}

// gatherOf reads all of a leaf of which so many rows are expected (0: unknown).
func (r *run) gatherOf(ctx context.Context, n, asked *plan.Remote, rows int64, how asking) (*gathered, error) {
	reader, err := r.ask(ctx, n, expecting(asked, float64(rows)), how)
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

// enough reads the partners of rows and tells whether as many rows as needed have one in
// every leaf, or there are no further rows. It keeps what it read only if so.
func (r *run) enough(ctx context.Context, d *reduction, c *climb, g *gathered, sets map[plan.ColumnID]keySet, asked int64) (bool, error) {
	of, taken := map[plan.ColumnID]keySet{}, map[int]*gathered{}
	enough := g.complete
	var failed error
	for _, p := range c.top.Partners {
		k := d.leafOf[p.Of]
		one, over := c.over[k]
		if !over {
			of[p.Own] = sets[p.Of]
			enough = enough && of[p.Own] != nil
			continue
		}
		remote, set := d.nodes[k].(*plan.Remote), g.values(p.Own)
		if !enough || failed != nil || set == nil || d.telling(set, remote.Source.Kind, one.Keys.Of) != listed {
			enough = false
			break
		}
		keys := toldKeys{set, listed}
		partner, err := r.gatherOf(ctx, remote, withKeys(remote, map[*plan.Literal]toldKeys{one.Keys: keys}), 0, keys.asking(asking{}, one.Column))
		if err != nil {
			failed = err
			break
		}
		taken[k] = partner
		of[p.Own] = partner.values(p.Of)
		enough = partner.complete && of[p.Own] != nil
	}
	if failed == nil && enough && (g.rows() < asked || g.among(of) >= c.top.Count) {
		for k, partner := range taken {
			d.partners[k] = partner
		}
		return true, nil
	}
	for _, partner := range taken {
		partner.Release()
	}
	return false, failed
}

// values gives the values of a column; nil where one is no use as a key.
func (g *gathered) values(id plan.ColumnID) keySet {
	at := slices.IndexFunc(g.columns, func(c plan.Column) bool { return c.ID == id })
	own := map[plan.ColumnID]keySet{id: {}}
	for _, b := range g.batches {
		addKeys(own, g.columns[at], b.Column(at), slices.Repeat([]bool{true}, int(b.NumRows())))
	}
	return own[id]
}

// among counts the rows whose columns each have a value in its set.
func (g *gathered) among(sets map[plan.ColumnID]keySet) (rows int64) {
	for _, b := range g.batches {
		for _, in := range within(g.columns, b, sets) {
			if in {
				rows++
			}
		}
	}
	return rows
}
