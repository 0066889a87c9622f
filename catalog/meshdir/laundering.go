package meshdir

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
)

// checkLaundering reports the same stored columns published twice where one of the two
// is governed less: whoever may not read the one would ask the other. What is compared
// is what holds of the data itself: its classification and the policies on each column
// and on the rows.
func (l *loader) checkLaundering() {
	stored := map[string][]*catalog.Table{}
	var places []string
	for _, d := range l.mesh.Domains {
		for _, t := range d.Tables() {
			if t.View != nil || t.Source == nil {
				continue
			}
			place := storedAt(t)
			if stored[place] == nil {
				places = append(places, place)
			}
			stored[place] = append(stored[place], t)
		}
	}
	slices.Sort(places)
	for _, place := range places {
		for i, a := range stored[place] {
			for _, b := range stored[place][:i] {
				l.compareTwins(a, b)
				l.compareTwins(b, a)
			}
		}
	}
}

// storedAt says where a table lies: the server or file, not the name of the source.
func storedAt(t *catalog.Table) string {
	s := t.Source
	if s.Path != "" {
		return strings.Join([]string{string(s.Kind), s.Path, t.Physical.Schema, t.Physical.Name, t.Physical.Path}, "\x00")
	}
	kind := s.Kind
	if kind == catalog.MariaDB {
		kind = catalog.MySQL
	}
	schema := t.Physical.Schema
	if kind == catalog.Postgres {
		schema = cmp.Or(schema, "public")
	}
	return strings.Join([]string{string(kind), strings.ToLower(s.Host), fmt.Sprint(s.Port), s.Database, schema, t.Physical.Name}, "\x00")
}

// compareTwins reports where weaker governs the same data less than stronger. Versions
// of one product are one publication: its owners change policies by version.
func (l *loader) compareTwins(weaker, stronger *catalog.Table) {
	if weaker.Product == stronger.Product {
		return
	}
	for _, p := range l.mesh.Policies {
		if len(l.mesh.RowFiltersOf(p, stronger)) > 0 && len(l.mesh.RowFiltersOf(p, weaker)) == 0 {
			l.reportAt(l.reviewed(), weaker.Position, "%s publishes the same data as %s without the row filter of policy %s", name(weaker), name(stronger), p.ID)
		}
		if len(l.mesh.AggregateOnlyOf(p, stronger)) > 0 && len(l.mesh.AggregateOnlyOf(p, weaker)) == 0 {
			l.reportAt(l.reviewed(), weaker.Position, "%s publishes the same data as %s without policy %s, which lets it be aggregated only", name(weaker), name(stronger), p.ID)
		}
	}
	for _, c := range weaker.Columns {
		for _, twin := range stronger.Columns {
			if twin.Physical == c.Physical {
				l.compareColumns(weaker, c, stronger, twin)
			}
		}
	}
}

func (l *loader) compareColumns(weaker *catalog.Table, c *catalog.Column, stronger *catalog.Table, twin *catalog.Column) {
	m := l.mesh
	if mine, theirs := m.Classification(weaker, c), m.Classification(stronger, twin); m.Tags.Rank(mine) < m.Tags.Rank(theirs) {
		l.reportAt(l.reviewed(), c.Position, "column %s of %s is %s, and %s where %s publishes the same data", c.Name, name(weaker), mine, theirs, name(stronger))
	}
	for _, p := range m.Policies {
		theirs, mine := l.columnRule(p, stronger, twin), l.columnRule(p, weaker, c)
		if theirs != nil && mine == nil && !l.maskedAsWell(weaker, c, theirs) {
			l.reportAt(l.reviewed(), c.Position, "column %s of %s escapes policy %s, which holds where %s publishes the same data", c.Name, name(weaker), p.ID, name(stronger))
		}
	}
}

// maskedAsWell tells whether a policy of the weaker side's own masks a column at least as much.
func (l *loader) maskedAsWell(t *catalog.Table, c *catalog.Column, theirs *catalog.Rule) bool {
	return theirs.Mask != "" && slices.ContainsFunc(l.mesh.MasksOf(t, c), func(m catalog.AppliedMask) bool {
		return !exceptsSomebody(m.Policy) && !theirs.Mask.Stronger(m.Rule.Mask)
	})
}

// reviewed is the severity of what only people can decide: of two publications neither
// may stop the other from being served, but both come up for review.
func (l *loader) reviewed() Severity {
	if l.options.Review {
		return Error
	}
	return Warning
}

func name(t *catalog.Table) string { return t.Address().Schema + "." + t.Address().Name }
