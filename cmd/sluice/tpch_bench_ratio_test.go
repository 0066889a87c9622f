package main

import (
	"math"
	"time"
)

// tpchSuite is one set of queries, measured.
type tpchSuite struct {
	name    string
	title   string
	results []tpchResult
}

// ratio is Sluice's time in terms of contender i's: below 1 Sluice is faster. A query
// that was ended counts as one that took all the time it was given, which flatters the
// peer. ok is false where there is nothing to compare.
func (r *tpchResult) ratio(i int, limit time.Duration) (ratio float64, ok bool) {
	t := r.times[i]
	took := t.median
	if t.limit {
		took = limit
	}
	if took == 0 || r.times[0].median == 0 {
		return 0, false
	}
	return float64(r.times[0].median) / float64(took), true
}

// comparison sums up a suite against one contender.
type comparison struct {
	queries int     // that both answered
	mean    float64 // the geometric mean of the ratios
	slower  int     // queries for which Sluice took longer
	worst   float64 // the highest ratio
	worstOf string
	notDone int // queries the peer was stopped in
	refused int // queries the peer cannot run
	differs int // queries it answers otherwise
	total   time.Duration
}

func (s *tpchSuite) against(i int) comparison {
	var c comparison
	logs := 0.0
	for _, r := range s.results {
		t := r.times[i]
		c.total += t.median
		switch {
		case t.limit:
			c.notDone++
			c.total += benchLimit()
		case t.absent && t.differs != "":
			c.refused++
		case t.differs != "":
			c.differs++
		}
		ratio, ok := r.ratio(i, benchLimit())
		if !ok {
			continue
		}
		c.queries++
		logs += math.Log(ratio)
		if ratio > 1 {
			c.slower++
		}
		if ratio > c.worst {
			c.worst, c.worstOf = ratio, r.query.Name
		}
	}
	if c.queries > 0 {
		c.mean = math.Exp(logs / float64(c.queries))
	}
	return c
}
