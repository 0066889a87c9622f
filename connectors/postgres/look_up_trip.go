package postgres

import "time"

// trip is how far away a source is: the time of the quickest batch of the last seconds.
type trip struct {
	least, lately time.Duration
	since         time.Time
}

// shortTrip is one that others are worth waiting for. Where the network takes longer,
// more goes on at once over more connections.
const shortTrip = 300 * time.Microsecond

func (t *trip) saw(took time.Duration, now time.Time) {
	if now.Sub(t.since) > time.Second {
		t.least, t.lately, t.since = t.lately, 0, now
	}
	shorter := func(than time.Duration) time.Duration {
		if than == 0 || took < than {
			return took
		}
		return than
	}
	t.least, t.lately = shorter(t.least), shorter(t.lately)
}

// lanes is how many batches go on at once. What is near takes processors rather than time.
func (g *gathering) lanes() int {
	if g.trip.least > shortTrip {
		return g.source.connections
	}
	return g.source.lanes
}
