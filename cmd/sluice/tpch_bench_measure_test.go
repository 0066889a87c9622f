package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/peers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// patience is how long a peer that is not steady may take for all its answers to one
// query: after that it is asked no more, and what it has answered counts. It is given a
// second, warm, answer where its first did not take twice as long.
const patience = 6 * time.Second

func exhausted(took []time.Duration) bool {
	if len(took) == 1 {
		return took[0] > 2*patience
	}
	return sum(took) > patience
}

// tpchResult is what was measured of one query.
type tpchResult struct {
	query tpch.Query
	times []tpchTime // one per contender
	moved []movedRows
	least map[string]int64 // by store
}

// tpchTime is a contender's time for one query.
type tpchTime struct {
	median  time.Duration // 0: no answer
	limit   bool          // it was ended
	cold    bool          // it was asked once only
	absent  bool          // it cannot answer this
	differs string        // how its answer differs from PostgreSQL's
}

// measure asks everybody in turn, A B C, A B C, …, after one round to warm up.
func (a *tpchArena) measure(b *testing.B, q tpch.Query) tpchResult {
	b.Helper()
	r := tpchResult{query: q, moved: a.moved(b, q), least: map[string]int64{}}
	for store, sql := range q.Least {
		r.least[store] = a.count(b, sql)
	}
	rounds := int(envNumber("SLUICE_BENCH_REPEAT", 3))
	took := make([][]time.Duration, len(a.all))
	r.times = make([]tpchTime, len(a.all))
	var want peers.Answer
	for round := range rounds + 1 {
		for _, i := range askingOrder(round, len(a.all)) {
			c, t := a.all[i], &r.times[i]
			if c.alone != "" && !r.only(c.alone) || t.limit || t.absent || !c.steady && exhausted(took[i]) {
				t.absent = t.absent || c.alone != "" && !r.only(c.alone)
				continue
			}
			start := time.Now()
			got, err := a.askWatched(c, q.SQL, benchLimit())
			switch {
			case errors.Is(err, peers.ErrTimeLimit) && i > 0:
				t.limit = true
			case err != nil && i > 1:
				t.absent, t.differs = true, err.Error()
			case err != nil:
				b.Fatalf("%s: %s: %v", q.Name, c.name, err)
			default:
				took[i] = append(took[i], time.Since(start))
			}
			if round == 0 && i == 1 {
				want = got
			}
			if round == 0 && err == nil {
				t.differs = a.compare(b, q, c, got, want)
			}
		}
	}
	for i := range r.times {
		r.times[i].settle(took[i])
	}
	return r
}

// askingOrder is the order of a round: PostgreSQL's answer, with which the others' are
// compared, must be the first of the first.
func askingOrder(round, contenders int) []int {
	order := make([]int, contenders)
	for i := range order {
		order[i] = i
	}
	if round == 0 {
		order[0], order[1] = 1, 0
	}
	return order
}

func sum(all []time.Duration) (total time.Duration) {
	for _, one := range all {
		total += one
	}
	return total
}

// settle takes the median of all but the first, cold, answer, if there are others.
func (t *tpchTime) settle(took []time.Duration) {
	switch {
	case t.limit || len(took) == 0:
		t.median = 0
	case len(took) == 1:
		t.median, t.cold = took[0], true
	default:
		t.median = median(took[1:])
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// compare is strict with Sluice: every character as PostgreSQL writes it.
func (a *tpchArena) compare(b *testing.B, q tpch.Query, c *contender, got, want peers.Answer) string {
	if c.name == "sluice" {
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			b.Errorf("%s: Sluice's answer is not PostgreSQL's: %s", q.Name, peers.Difference(got, want))
		}
		return ""
	}
	return peers.Difference(got, want)
}

// warm asks everybody something of every store, so that none is measured while its
// program is still being compiled or its caches fill.
func (a *tpchArena) warm() {
	for _, q := range tpch.Queries() {
		if q.Name != "q05" && q.Name != "q12" && q.Name != "q16" {
			continue
		}
		for _, c := range a.all {
			if c.alone == "" {
				_, _ = c.Ask(context.Background(), q.SQL, 20*time.Second)
			}
		}
	}
}

// askWatched asks a contender, and looks at its memory while it works: not in the first
// moments, since looking through /proc takes longer than a look-up.
func (a *tpchArena) askWatched(c *contender, sql string, limit time.Duration) (peers.Answer, error) {
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				c.peak = max(c.peak, c.Memory())
			case <-done:
				return
			}
		}
	}()
	answer, err := c.Ask(context.Background(), sql, limit)
	close(done)
	<-watched
	return answer, err
}

// only tells whether a query's rows come from this store alone.
func (r *tpchResult) only(store string) bool {
	return len(r.moved) == 1 && r.moved[0].source == store
}

// count runs one of the offline bounds where all tables lie.
func (a *tpchArena) count(b *testing.B, sql string) int64 {
	b.Helper()
	answer, err := a.all[1].Ask(context.Background(), sql, time.Minute)
	if err != nil || len(answer) != 1 {
		b.Fatalf("%s: %v", sql, err)
	}
	n, err := strconv.ParseInt(answer[0][0], 10, 64)
	must(b, err)
	return n
}

// movedRows is what one source delivered.
type movedRows struct {
	source      string
	rows, bytes int64
}

var fragmentLine = regexp.MustCompile(`^Fragment \d+: (\w+)\S* .*\(rows=(\d+) bytes=(\d+)`)

// moved runs a query and reads what each source gave from its EXPLAIN.
func (a *tpchArena) moved(b *testing.B, q tpch.Query) []movedRows {
	b.Helper()
	answer, err := a.all[0].Ask(context.Background(), "EXPLAIN (ANALYZE) "+q.SQL, 10*time.Minute)
	if err != nil {
		b.Fatalf("%s: EXPLAIN: %v", q.Name, err)
	}
	var all []movedRows
	for _, row := range answer {
		m := fragmentLine.FindStringSubmatch(row[0])
		if m == nil {
			continue
		}
		one := movedRows{source: m[1]}
		one.rows, _ = strconv.ParseInt(m[2], 10, 64)
		one.bytes, _ = strconv.ParseInt(m[3], 10, 64)
		if at := slices.IndexFunc(all, func(o movedRows) bool { return o.source == one.source }); at >= 0 {
			all[at].rows, all[at].bytes = all[at].rows+one.rows, all[at].bytes+one.bytes
			continue
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(x, y movedRows) int { return strings.Compare(x.source, y.source) })
	return all
}

// movedByLeast is the rows a query moved in terms of the least possible; 0 where no
// bound is known.
func (r *tpchResult) movedByLeast() float64 {
	var moved, least int64
	for _, m := range r.moved {
		moved += m.rows
	}
	for _, n := range r.least {
		least += n
	}
	if least == 0 {
		return 0
	}
	return float64(moved) / float64(least)
}

// String is the line of progress.
func (r *tpchResult) line(all []*contender) string {
	words := []string{r.query.Name}
	for i, t := range r.times {
		if !t.absent || t.differs != "" {
			words = append(words, all[i].name+" "+t.String())
		}
	}
	if ratio := r.movedByLeast(); ratio > 0 {
		words = append(words, fmt.Sprintf("moved/least %.1f", ratio))
	}
	return strings.Join(words, "  ")
}

// String is seconds, or why there are none; * marks a cold answer.
func (t tpchTime) String() string {
	switch {
	case t.limit:
		return "not done"
	case t.absent && t.differs != "":
		return "refused"
	case t.absent:
		return ""
	case t.cold:
		return fmt.Sprintf("%.3f*", t.median.Seconds())
	default:
		return fmt.Sprintf("%.3f", t.median.Seconds())
	}
}
