package postgres

import "time"

// caution says until when look-ups of a statement are asked alone, since one was not quick.
// Once may be chance (a machine that was busy, a page that was not in memory); each time it
// comes back soon, it lasts twice as long.
type caution struct {
	until time.Time
	lasts time.Duration
}

const (
	leastCaution = 100 * time.Millisecond
	mostCaution  = 10 * time.Second
	// goneAfter is how many times as long as caution lasted it must not come back, to be chance.
	goneAfter = 10
)

// holds tells whether a look-up that comes now is to be asked alone.
func (c *caution) holds(now time.Time) bool { return now.Before(c.until) }

// slow is told when a look-up was not quick, or made others wait.
func (c *caution) slow(now time.Time) {
	switch {
	case c.holds(now): // one of those that are asked alone
	case now.Sub(c.until) > goneAfter*c.lasts:
		c.lasts = leastCaution
	default:
		c.lasts = min(2*c.lasts, mostCaution)
	}
	c.until = now.Add(c.lasts)
}
