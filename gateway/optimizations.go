package gateway

import (
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/sqlstate"
)

// optimizations takes names of optimizations, or "all".
func optimizations(p parameter, value, _ string) (string, error) {
	if _, err := optimization.Parse(value); err != nil {
		e := sqlstate.From(err)
		return "", invalid(p, value).WithDetail("%s.", e.Message).WithHint("%s", e.Hint)
	}
	return value, nil
}

// off are the optimizations that the session leaves out.
func (s *session) off() optimization.Off {
	off, _ := optimization.Parse(s.settings.value("sluice.disabled_rules")) // which optimizations has checked
	return off
}
