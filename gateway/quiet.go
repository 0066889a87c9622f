package gateway

import (
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// quieted takes the words from an error that a policy may have raised: PostgreSQL's
// quote the value, which may be one that the policy is there to hide. The code stays.
func quieted(err error) error {
	e := sqlstate.From(err)
	if !strings.HasPrefix(string(e.Code), "22") && e.Code != sqlstate.CardinalityViolation {
		return err
	}
	return sqlstate.New(e.Code, "an expression of the statement or of a policy fails").
		WithHint("What it fails on is not told, since a policy of the products that are read can fail on rows that it hides.")
}
