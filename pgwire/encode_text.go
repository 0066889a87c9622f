package pgwire

import (
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgtext"
)

// appendText writes what stands as text already.
func appendText(buf []byte, a *array.String, row int) []byte { return append(buf, a.Value(row)...) }

func appendBytes(buf []byte, a *array.Binary, row int) []byte { return append(buf, a.Value(row)...) }

// appendCharBinary writes a "char": one byte, zero for the empty text; bytes above
// 127 stand as \ooo (char.c, charout).
func appendCharBinary(buf []byte, a *array.String, row int) []byte {
	s := a.Value(row)
	switch {
	case s == "":
		return append(buf, 0)
	case len(s) == 4 && s[0] == '\\':
		return append(buf, (s[1]-'0')<<6|(s[2]-'0')<<3|(s[3]-'0'))
	}
	return append(buf, s[0])
}

// appendJSONBBinary writes the version, then the text (jsonb.c, jsonb_send).
func appendJSONBBinary(buf []byte, a *array.String, row int) []byte {
	return append(append(buf, 1), a.Value(row)...)
}

// appendJSONPathText writes what PostgreSQL prints for a path (jsonpath.c, jsonpath_out).
func appendJSONPathText(buf []byte, a *array.String, row int) []byte {
	return append(buf, pgtype.PrintJSONPath(a.Value(row))...)
}

// appendJSONPathBinary writes the version, then the text (jsonpath.c, jsonpath_send).
func appendJSONPathBinary(buf []byte, a *array.String, row int) []byte {
	return appendJSONPathText(append(buf, 1), a, row)
}

// appendUUIDBinary writes 16 bytes.
func appendUUIDBinary(buf []byte, a *array.String, row int) []byte {
	start := len(buf)
	var high byte
	odd := false
	for _, c := range []byte(a.Value(row)) {
		nibble, ok := fromHex(c)
		switch {
		case !ok:
			continue // dashes
		case odd:
			buf = append(buf, high|nibble)
		default:
			high = nibble << 4
		}
		odd = !odd
	}
	if len(buf)-start != 16 || odd {
		panic("pgwire: uuid value is not in canonical form")
	}
	return buf
}

func fromHex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}

// byteaText writes bytea as bytea_output says.
func byteaText(output string) func([]byte, *array.Binary, int) []byte {
	print := pgtext.Bytea(output)
	return func(buf []byte, a *array.Binary, row int) []byte { return print(buf, a.Value(row)) }
}
