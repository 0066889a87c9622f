package pgcatalog

import (
	"context"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// longestSleep bounds what pg_sleep holds of an engine.
const longestSleep = time.Hour

// sleep is pg_sleep: it ends with the statement.
func (s *Session) sleep(seconds float64) (string, error) {
	if seconds > longestSleep.Seconds() {
		return "", sqlstate.Unsupported("pg_sleep of more than an hour")
	}
	if !(seconds > 0) { // NaN too
		return "", nil
	}
	timer := time.NewTimer(time.Duration(seconds * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return "", nil
	case <-s.Context.Done():
		return "", context.Cause(s.Context)
	}
}
