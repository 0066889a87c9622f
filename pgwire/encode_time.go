package pgwire

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/pgtext"
)

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86400 * microsPerSecond
)

func appendTimeBinary(buf []byte, a *array.Time64, row int) []byte {
	return binary.BigEndian.AppendUint64(buf, uint64(a.Value(row)))
}

func appendTimeText(buf []byte, a *array.Time64, row int) []byte {
	return pgtext.Clock(buf, int64(a.Value(row)))
}
