package auth

import (
	"time"

	"github.com/sluicemesh/sluice/catalog"
)

// VisibleColumns tells of each column of a table whether the principal may read it; nil
// where they may not know of the table.
func VisibleColumns(who Principal, t *catalog.Table) []bool {
	if !who.accessTo(t).visible() {
		return nil
	}
	shown := make([]bool, len(t.Columns))
	for i, c := range t.Columns {
		shown[i] = ColumnVisible(who, t, c.Name)
	}
	return shown
}

// Until is the next moment at which a grant to the principal begins or ends; the zero
// time where none does. What they may see is the same until then.
func Until(who Principal) (next time.Time) {
	if who.now == nil {
		return next
	}
	now := who.now()
	for _, grants := range who.grants {
		for _, g := range grants {
			for _, t := range []time.Time{g.NotBefore, g.Expires} {
				if t.After(now) && (next.IsZero() || t.Before(next)) {
					next = t
				}
			}
		}
	}
	return next
}
