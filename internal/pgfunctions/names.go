package pgfunctions

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
)

// names: pg_name_in(VARCHAR) VARCHAR, pg_record_field(VARCHAR, INTEGER) VARCHAR,
// pg_size_pretty(BIGINT) VARCHAR.
func names() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_name_in", func(text string) (string, error) { return cutName(text), nil }),
		duckdb.Func2("pg_record_field", recordField),
		duckdb.Func1("pg_size_pretty", func(n int64) (string, error) { return prettySize(n), nil }),
	}
}

// nameLength is NAMEDATALEN - 1.
const nameLength = 63

// cutName cuts a text to what a name holds, between characters.
func cutName(text string) string {
	if len(text) <= nameLength {
		return text
	}
	end := nameLength
	for end > 0 && text[end]&0xc0 == 0x80 {
		end--
	}
	return text[:end]
}

// recordField reads the n-th field of a composite in its text form (rowtypes.c: record_in).
func recordField(record string, n int32) (string, error) {
	rest := strings.TrimPrefix(record, "(")
	for at := int32(1); ; at++ {
		text, null, after, ok := nextField(rest)
		if !ok {
			return "", badSyntax("record", record)
		}
		switch {
		case at == n && null:
			return "", duckdb.ErrNull
		case at == n:
			return text, nil
		case after == "":
			return "", duckdb.ErrNull
		}
		rest = after
	}
}

// nextField reads up to the comma or parenthesis behind a field; an empty one is NULL.
func nextField(s string) (text string, null bool, after string, ok bool) {
	var b strings.Builder
	quoted, inside := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case c == '"' && inside && i+1 < len(s) && s[i+1] == '"':
			i++
			b.WriteByte('"')
		case c == '"':
			inside, quoted = !inside, true
		case !inside && (c == ',' || c == ')'):
			return b.String(), !quoted && b.Len() == 0, s[i+1:], true
		default:
			b.WriteByte(c)
		}
	}
	return "", false, "", false
}

// prettySize is pg_size_pretty(bigint): units are halved up from the step below (dbsize.c).
func prettySize(size int64) string {
	units := []struct {
		name  string
		limit int64
		round bool
		bits  uint
	}{
		{"bytes", 10 * 1024, false, 0}, {"kB", 20*1024 - 1, true, 10}, {"MB", 20*1024 - 1, true, 20},
		{"GB", 20*1024 - 1, true, 30}, {"TB", 20*1024 - 1, true, 40}, {"PB", 20*1024 - 1, true, 50},
	}
	for i, u := range units {
		if last := i == len(units)-1; last || max(size, -size) < u.limit {
			if u.round {
				size = halfRounded(size)
			}
			return fmt.Sprintf("%s %s", strconv.FormatInt(size, 10), u.name)
		}
		// One bit more than wanted is kept for rounding.
		bits := units[i+1].bits - u.bits
		if units[i+1].round {
			bits--
		}
		if u.round {
			bits++
		}
		size /= 1 << bits
	}
	return ""
}

func halfRounded(n int64) int64 {
	if n < 0 {
		return (n - 1) / 2
	}
	return (n + 1) / 2
}
