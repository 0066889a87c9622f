package pgfunctions

import (
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgtext"
)

// names: pg_name_in(VARCHAR) VARCHAR, pg_record_field(VARCHAR, INTEGER) VARCHAR,
// pg_size_pretty(VARCHAR) VARCHAR, of a numeric; pg_size_bytes(VARCHAR) BIGINT.
func names() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_char_in", func(text string) (string, error) { return pgtext.Byte(text), nil }),
		duckdb.Func1("pg_name_in", func(text string) (string, error) { return cutName(text), nil }),
		duckdb.Func2("pg_record_field", recordField),
		fromNumber("pg_size_pretty", prettySize), duckdb.Func1("pg_size_bytes", sizeBytes),
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

// sizeUnits are those of pg_size_pretty: what is below limit is told in a unit, which is
// that many bits of the one before; where round is set it is rounded (dbsize.c).
var sizeUnits = []struct {
	name  string
	limit int64
	round bool
	bits  uint
}{
	{"bytes", 10 * 1024, false, 0}, {"kB", 20*1024 - 1, true, 10}, {"MB", 20*1024 - 1, true, 10},
	{"GB", 20*1024 - 1, true, 10}, {"TB", 20*1024 - 1, true, 10}, {"PB", 20*1024 - 1, true, 10},
}

// prettySize is pg_size_pretty of numeric, and of bigint, which comes to the same.
func prettySize(size numeric.Number) (string, error) {
	for i, u := range sizeUnits {
		if i == len(sizeUnits)-1 || numeric.Compare(numeric.Abs(size), numeric.FromInt(u.limit)) < 0 {
			return roundedSize(size, u.round, u.name)
		}
		// One bit more than wanted is kept for rounding.
		next := sizeUnits[i+1]
		bits := next.bits
		if next.round {
			bits--
		}
		if u.round {
			bits++
		}
		var err error
		if size, err = numeric.QuoInt(size, numeric.FromInt(1<<bits)); err != nil {
			return "", err
		}
	}
	return "", nil
}

func roundedSize(size numeric.Number, round bool, unit string) (string, error) {
	if round {
		more := numeric.FromInt(1)
		if size.Sign() < 0 {
			more = numeric.FromInt(-1)
		}
		sum, err := numeric.Add(size, more)
		if err != nil {
			return "", err
		}
		if size, err = numeric.QuoInt(sum, numeric.FromInt(2)); err != nil {
			return "", err
		}
	}
	return size.String() + " " + unit, nil
}
