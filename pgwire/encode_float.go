package pgwire

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/pgtext"
)

func float4Text(extraDigits int) func([]byte, *array.Float32, int) []byte {
	return func(buf []byte, a *array.Float32, row int) []byte {
		return pgtext.Float4(buf, a.Value(row), extraDigits)
	}
}

func float8Text(extraDigits int) func([]byte, *array.Float64, int) []byte {
	return func(buf []byte, a *array.Float64, row int) []byte {
		return pgtext.Float8(buf, a.Value(row), extraDigits)
	}
}

// A NaN has PostgreSQL's bits, whoever computed it (float.c: get_float8_nan).
const (
	nan4 = 0x7fc00000
	nan8 = 0x7ff8000000000000
)

func appendFloat4Binary(buf []byte, a *array.Float32, row int) []byte {
	v := a.Value(row)
	if v != v {
		return binary.BigEndian.AppendUint32(buf, nan4)
	}
	return binary.BigEndian.AppendUint32(buf, math.Float32bits(v))
}

func appendFloat8Binary(buf []byte, a *array.Float64, row int) []byte {
	v := a.Value(row)
	if v != v {
		return binary.BigEndian.AppendUint64(buf, nan8)
	}
	return binary.BigEndian.AppendUint64(buf, math.Float64bits(v))
}
