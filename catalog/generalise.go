package catalog

import (
	"slices"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// Generalisations are what `to` of mask generalise may say, by type.
var (
	DateUnits      = []string{"week", "month", "quarter", "year"}
	TimestampUnits = []string{"hour", "day", "week", "month", "quarter", "year"}
)

// largestBucket bounds the width of buckets by type, so that it is a value of it.
var largestBucket = map[pgtype.OID]int64{
	pgtype.Int2: 10_000, pgtype.Int4: 1_000_000_000, pgtype.Int8: 1_000_000_000_000, pgtype.Numeric: 1_000_000_000_000,
	pgtype.Float8: 1_000_000_000,
}

// GeneraliseFits tells whether values of a type can be generalised as a rule says.
func (r Rule) GeneraliseFits(t pgtype.Type) bool {
	switch {
	case r.Mapping != nil:
		return PartialFits(t)
	case r.Args["bucket"] != "":
		n, err := strconv.ParseInt(r.Args["bucket"], 10, 64)
		return err == nil && n >= 1 && n <= largestBucket[t.OID]
	case t.OID == pgtype.Date:
		return slices.Contains(DateUnits, r.Args["to"])
	case t.OID == pgtype.Timestamp, t.OID == pgtype.Timestamptz:
		return slices.Contains(TimestampUnits, r.Args["to"])
	}
	return false
}
