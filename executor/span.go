package executor

import (
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// span gives the least and the greatest of many keys; ok is false for types whose order is
// not the same everywhere, texts above all.
func (s keySet) span(of pgtype.OID) (least, greatest string, ok bool) {
	before := func(a, b string) bool { return a < b } // dates of four digits
	switch {
	case shortKeys[of]:
		before = func(a, b string) bool {
			x, _ := strconv.ParseInt(a, 10, 64)
			y, _ := strconv.ParseInt(b, 10, 64)
			return x < y
		}
	case of != pgtype.Date:
		return "", "", false
	}
	for key := range s {
		if !fits(of, key) {
			continue
		}
		if !ok || before(key, least) {
			least = key
		}
		if !ok || before(greatest, key) {
			greatest = key
		}
		ok = true
	}
	return least, greatest, ok
}

// worthSpan tells whether the bounds of keys leave out enough of a column's values, if these
// lie evenly between those its source tells of.
func (d *reduction) worthSpan(r *plan.Remote, one plan.Reduction, set keySet) bool {
	first, last, ok := set.span(one.Keys.Of.OID)
	about := d.known.statistics(r.Root, one.Column.ID)
	least, ok1 := position(about.Min)
	greatest, ok2 := position(about.Max)
	from, ok3 := position(first)
	to, ok4 := position(last)
	if !ok || !ok1 || !ok2 || !ok3 || !ok4 {
		return false
	}
	return min(to, greatest)-max(from, least) < fewer*(greatest-least)
}

// between says least <= Column <= greatest of keys.
func between(in *plan.In, of pgtype.Type, keys keySet) plan.Expr {
	least, greatest, _ := keys.span(of.OID)
	return &plan.And{Args: []plan.Expr{operate(">=", in.Arg, &plan.Literal{Of: of, Text: least}), operate("<=", in.Arg, &plan.Literal{Of: of, Text: greatest})}}
}

// withEnds adds the ends of keys to another condition, where their type has an order.
func withEnds(in *plan.In, of pgtype.Type, keys keySet, condition plan.Expr) plan.Expr {
	if _, _, ok := keys.span(of.OID); !ok {
		return condition
	}
	return &plan.And{Args: []plan.Expr{between(in, of, keys), condition}}
}
