package mysql

import (
	"strconv"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/planner/plan"
)

// keyRange are the rows of a scan whose key is at least from and below to; either is open
// where it is nil.
type keyRange struct {
	scan     *plan.Scan
	key      string
	from, to *int64
}

// conditions of the scan that reads the range.
func (r *keyRange) conditions(alias string) []sqlparser.Expr {
	var out []sqlparser.Expr
	if r.from != nil {
		out = append(out, compared(sqlparser.GreaterEqualOp, columnOf(alias, r.key), integer(*r.from)))
	}
	if r.to != nil {
		out = append(out, compared(sqlparser.LessThanOp, columnOf(alias, r.key), integer(*r.to)))
	}
	return out
}

func integer(v int64) sqlparser.Expr {
	return signed(strconv.FormatInt(v, 10), sqlparser.NewIntLiteral)
}

// ranges cuts the keys from least to most into about count ranges of equal width. Together
// they hold every key there is: the first is open below, the last above.
func ranges(scan *plan.Scan, key string, least, most int64, count uint64) []keyRange {
	width := (uint64(most)-uint64(least))/count + 1
	var all []keyRange
	var from *int64
	for i := uint64(1); i < count; i++ {
		offset := i * width
		if offset/width != i || offset > uint64(most)-uint64(least) {
			break
		}
		to := int64(uint64(least) + offset)
		all = append(all, keyRange{scan, key, from, &to})
		from = &to
	}
	return append(all, keyRange{scan, key, from, nil})
}
