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

// Until is the next moment after now at which a grant begins or ends; the zero time where
// none does. What anybody may see is the same until then: grants to domains count too,
// since policies look things up by them.
func Until(who Principal, now time.Time) time.Time {
	if who.mesh == nil {
		return time.Time{}
	}
	return who.mesh.NextChange(now)
}
