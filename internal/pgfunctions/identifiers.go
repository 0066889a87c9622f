package pgfunctions

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
)

// identifiers: pg_uuid_in(VARCHAR) VARCHAR; pg_uuid_version(uuid) SMALLINT and
// pg_uuid_timestamp(uuid) TIMESTAMPTZ of uuids as text.
func identifiers() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_uuid_in", readUUID),
		duckdb.Func1("pg_uuid_version", func(text string) (int16, error) {
			id := rawUUID(text)
			if !isRFC(id) {
				return 0, duckdb.ErrNull
			}
			return int16(id[6] >> 4), nil
		}),
		duckdb.Func1("pg_uuid_timestamp", func(text string) (timestamptz, error) {
			id := rawUUID(text)
			if !isRFC(id) || id[6]>>4 != 1 {
				return 0, duckdb.ErrNull
			}
			// RFC 9562, 5.1: tenths of microseconds since the Gregorian calendar began.
			ticks := int64(binary.BigEndian.Uint16(id[6:])&0x0FFF)<<48 | int64(binary.BigEndian.Uint16(id[4:]))<<32 | int64(binary.BigEndian.Uint32(id))
			return timestamptz(ticks/10 - gregorianToUnix), nil
		}),
	}
}

// gregorianToUnix is the time from 1582-10-15 to 1970-01-01 in microseconds.
const gregorianToUnix = 141427 * 24 * 3600 * 1_000_000

// isRFC tells whether a uuid is of the variant that RFC 9562 describes.
func isRFC(id []byte) bool { return len(id) == 16 && id[8]>>6 == 0b10 }

// rawUUID gives the 16 bytes of a uuid in its printed form.
func rawUUID(text string) []byte {
	raw, _ := hex.DecodeString(strings.ReplaceAll(text, "-", ""))
	return raw
}

// readUUID reads 32 hexadecimal digits, a hyphen allowed behind each fourth, braces
// around all (uuid.c: string_to_uuid).
func readUUID(text string) (string, error) {
	s := text
	if strings.HasPrefix(s, "{") {
		inner, closed := strings.CutSuffix(s[1:], "}")
		if !closed {
			return "", badSyntax("uuid", text)
		}
		s = inner
	}
	digits := make([]byte, 0, 32)
	for i := 0; i < len(s); i++ {
		if s[i] == '-' && len(digits) > 0 && len(digits)%4 == 0 && len(digits) < 32 && s[i-1] != '-' {
			continue
		}
		digits = append(digits, s[i])
	}
	raw, err := hex.DecodeString(string(digits))
	if err != nil || len(raw) != 16 {
		return "", badSyntax("uuid", text)
	}
	d := hex.EncodeToString(raw)
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:], nil
}
