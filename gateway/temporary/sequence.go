package temporary

import (
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// sequence counts the rows of a serial or identity column, from 1. What was given once is
// never given again, whatever becomes of the transaction, as of a sequence.
type sequence struct {
	name string
	of   pgtype.OID
	last int64
}

// take gives so many of them as the column stores them.
func (n *sequence) take(rows int) (arrow.Array, error) {
	most := map[pgtype.OID]int64{pgtype.Int2: math.MaxInt16, pgtype.Int4: math.MaxInt32, pgtype.Int8: math.MaxInt64}[n.of]
	if int64(rows) > most-n.last {
		return nil, sqlstate.New(sqlstate.SequenceLimitExceeded, "nextval: reached maximum value of sequence %q (%d)", n.name, most)
	}
	b := array.NewBuilder(memory.DefaultAllocator, pgtype.Arrow(pgtype.Of(n.of)))
	defer b.Release()
	for range rows {
		n.last++
		switch b := b.(type) {
		case *array.Int16Builder:
			b.Append(int16(n.last))
		case *array.Int32Builder:
			b.Append(int32(n.last))
		case *array.Int64Builder:
			b.Append(n.last)
		}
	}
	return b.NewArray(), nil
}
