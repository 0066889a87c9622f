package executor

import (
	"cmp"
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// offer is a set of keys that a source may be told, for one column of what it is asked.
type offer struct {
	plan.Reduction
	toldKeys
	from  plan.ColumnID
	share float64 // of the rows that is left, by what its source tells
}

// reduced gives a Remote with the keys that are worth asking for, and tells of them.
func (d *reduction) reduced(r *plan.Remote, sets map[plan.ColumnID]keySet) (*plan.Remote, asking) {
	chosen, how := map[*plan.Literal]toldKeys{}, asking{}
	offers := d.offers(r, sets)
	saving := d.saving(r, offers)
	if paired, how, ok := d.paired(r, saving); ok {
		return paired, how
	}
	for _, o := range saving {
		chosen[o.Keys] = o.toldKeys
	}
	for _, o := range offers {
		if _, is := chosen[o.Keys]; is {
			how = o.asking(how, o.Column)
		}
	}
	if len(chosen) == 0 {
		return r, how
	}
	return withKeys(r, chosen), how
}

// offers lists the keys that would leave out enough rows, each by itself.
func (d *reduction) offers(r *plan.Remote, sets map[plan.ColumnID]keySet) []offer {
	var all []offer
	for _, one := range r.Reductions {
		keys, from := bound(one, sets)
		if keys == nil {
			continue
		}
		told := toldKeys{keys, d.telling(keys, r.Source.Kind, one.Keys.Of)}
		if share, worth := d.worth(r, one, told, from); worth {
			all = append(all, offer{Reduction: one, toldKeys: told, from: from, share: share})
		}
	}
	return all
}

// saving chooses keys that leave out more rows than they are themselves, the best first: of
// fewer rows others may save too few. They would not only be in vain: a condition on a
// large table can keep its source from starting with a small one that other keys have made
// smaller still.
func (d *reduction) saving(r *plan.Remote, offers []offer) []offer {
	var chosen []offer
	rows, width, left := d.known.ungrouped(r), float64(len(r.Columns())), slices.Clone(offers)
	for len(left) > 0 {
		slices.SortStableFunc(left, func(a, b offer) int { return cmp.Compare(b.saves(rows, width), a.saves(rows, width)) })
		best := left[0]
		left = left[1:]
		if rows == 0 || best.saves(rows, width) > 0 {
			chosen = append(chosen, best)
			rows *= best.share
		}
	}
	return chosen
}

// saves is how many rows, of so many values each, less come than keys go.
func (o offer) saves(rows, width float64) float64 {
	without := rows * (1 - o.share)
	switch o.as {
	case ends:
		return without
	case filtered: // for the source it is a value more in each row
		return without*width - rows
	}
	return without - float64(len(o.keys))
}

// worth tells which share of the rows keys leave, and whether that leaves out enough; if
// they fit into no statement, whether their ends do.
func (d *reduction) worth(r *plan.Remote, one plan.Reduction, told toldKeys, from plan.ColumnID) (share float64, worth bool) {
	keys := float64(len(told.keys))
	switch told.as {
	case untold:
		return 1, false
	case ends:
		return fewer, d.worthSpan(r, one, told.keys)
	}
	if keys > fewer*d.known.whole(d.nodes[d.leafOf[from]]) {
		return 1, false
	}
	if distinct := d.known.distinct(r.Root, one.Column.ID); distinct > 0 {
		most := d.mostShare(r, distinct)
		if share = keys / distinct; told.as == filtered {
			share = min(share+passing, 1)
		}
		return share, keys < most*distinct
	}
	return quarter, keys < quarter*d.known.rows(r)
}

// mostShare is the share of a column's values beyond which keys leave out too little.
func (d *reduction) mostShare(r *plan.Remote, distinct float64) float64 {
	if partialOf(r) != nil && !d.apart(r) && d.known.rows(r) <= distinct {
		return fewerOfGroups
	}
	return fewer
}

// fewer is the share of keys beyond which leaving out the rest is not worth it; fewerOfGroups
// where a source groups its rows by the key: it sends one for each and must look at them all.
// Where nobody tells how many values a column has, keys may be a quarter of the rows.
const (
	fewer         = 0.7
	fewerOfGroups = 0.3
	quarter       = 0.25
)
