package pgfunctions

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/bits"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// binaryStrings are the manual's "Binary String Functions and Operators".
//
//	pg_encode(BLOB, format) VARCHAR, pg_decode(VARCHAR, format) BLOB
//	pg_convert_to(VARCHAR, encoding) BLOB, pg_convert_from(BLOB, encoding) VARCHAR
//	pg_sha224|256|384|512(BLOB) BLOB, pg_crc32(BLOB) BIGINT
//	pg_get_bit(BLOB, BIGINT), pg_get_byte(BLOB, INTEGER) INTEGER, pg_set_bit, pg_set_byte(BLOB, n, INTEGER) BLOB
//	pg_bit_count(BLOB) BIGINT, pg_bytea_substring(BLOB, INTEGER[, INTEGER]) BLOB, pg_bytea_position(BLOB, BLOB) INTEGER
//	pg_bytea_trim(BLOB, BLOB, side) BLOB, pg_bytea_overlay(BLOB, BLOB, INTEGER, INTEGER) BLOB
//	pg_unistr(VARCHAR), pg_normalize(VARCHAR, form) VARCHAR, pg_is_normalized(VARCHAR, form) BOOLEAN
func binaryStrings() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_bytea_in", func(s string) ([]byte, error) {
			if rest, isHex := strings.CutPrefix(s, `\x`); isHex {
				return decodeHex(rest)
			}
			return decodeEscape(s)
		}),
		duckdb.Func2("pg_encode", encode), duckdb.Func2("pg_decode", decode),
		duckdb.Func2("pg_convert_to", convertTo), duckdb.Func2("pg_convert_from", convertFrom),
		duckdb.Func1("pg_sha224", func(b []byte) ([]byte, error) { s := sha256.Sum224(b); return s[:], nil }),
		duckdb.Func1("pg_sha256", func(b []byte) ([]byte, error) { s := sha256.Sum256(b); return s[:], nil }),
		duckdb.Func1("pg_sha384", func(b []byte) ([]byte, error) { s := sha512.Sum384(b); return s[:], nil }),
		duckdb.Func1("pg_sha512", func(b []byte) ([]byte, error) { s := sha512.Sum512(b); return s[:], nil }),
		duckdb.Func1("pg_crc32", func(b []byte) (int64, error) { return int64(crc32.ChecksumIEEE(b)), nil }),
		duckdb.Func1("pg_bit_count", func(b []byte) (int64, error) {
			n := 0
			for _, c := range b {
				n += bits.OnesCount8(c)
			}
			return int64(n), nil
		}),
		duckdb.Func2("pg_get_bit", getBit), duckdb.Func3("pg_set_bit", setBit),
		duckdb.Func2("pg_get_byte", getByte), duckdb.Func3("pg_set_byte", setByte),
		duckdb.Func2("pg_bytea_substring", func(b []byte, start int32) ([]byte, error) { return byteSlice(b, int64(start), 1<<33), nil }),
		duckdb.Func3("pg_bytea_substring", byteSubstring),
		duckdb.Func2("pg_bytea_position", func(part, b []byte) (int32, error) { return int32(strings.Index(string(b), string(part)) + 1), nil }),
		duckdb.Func3("pg_bytea_trim", trimBytes),
		duckdb.Func4("pg_bytea_overlay", overlayBytes),
		duckdb.Func1("pg_unistr", unistr),
		duckdb.Func2("pg_normalize", func(s, form string) (string, error) {
			f, err := normalForm(form)
			return f.String(s), err
		}),
		duckdb.Func2("pg_is_normalized", func(s, form string) (bool, error) {
			f, err := normalForm(form)
			return f.IsNormalString(s), err
		}),
	}
}

func normalForm(name string) (norm.Form, error) {
	switch strings.ToUpper(name) {
	case "NFC":
		return norm.NFC, nil
	case "NFD":
		return norm.NFD, nil
	case "NFKC":
		return norm.NFKC, nil
	case "NFKD":
		return norm.NFKD, nil
	}
	return norm.NFC, sqlstate.New(sqlstate.InvalidParameterValue, "invalid normalization form: %s", name)
}

func encode(b []byte, format string) (string, error) {
	switch strings.ToLower(format) {
	case "hex":
		return hex.EncodeToString(b), nil
	case "base64":
		return wrapped(base64.StdEncoding.EncodeToString(b)), nil
	case "escape":
		return escapeBytes(b), nil
	}
	return "", sqlstate.New(sqlstate.InvalidParameterValue, "unrecognized encoding: \"%s\"", format)
}

// wrapped breaks lines after 76 characters.
func wrapped(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	b.WriteString(s)
	if len(s) == 76 {
		b.WriteByte('\n')
	}
	return b.String()
}

func escapeBytes(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		switch {
		case c == 0 || c >= 0x80:
			fmt.Fprintf(&out, `\%03o`, c)
		case c == '\\':
			out.WriteString(`\\`)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func decode(s, format string) ([]byte, error) {
	switch strings.ToLower(format) {
	case "hex":
		return decodeHex(s)
	case "base64":
		return decodeBase64(s)
	case "escape":
		return decodeEscape(s)
	}
	return nil, sqlstate.New(sqlstate.InvalidParameterValue, "unrecognized encoding: \"%s\"", format)
}

func decodeHex(s string) ([]byte, error) {
	var digits []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r':
			if len(digits)%2 == 1 {
				return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid hexadecimal digit: \"%c\"", c)
			}
		case c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f':
			digits = append(digits, c)
		default:
			r, _ := utf8.DecodeRuneInString(s[i:])
			return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid hexadecimal digit: \"%c\"", r)
		}
	}
	if len(digits)%2 == 1 {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid hexadecimal data: odd number of digits")
	}
	return hex.DecodeString(string(digits))
}

// decodeBase64 skips blanks and asks for the padding (encode.c: pg_base64_decode).
func decodeBase64(s string) ([]byte, error) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var out []byte
	buf, pos, end := uint32(0), 0, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			continue
		}
		value := uint32(0)
		if c == '=' {
			if end == 0 {
				switch pos {
				case 2:
					end = 1
				case 3:
					end = 2
				default:
					return nil, sqlstate.New(sqlstate.InvalidParameterValue, "unexpected \"=\" while decoding base64 sequence")
				}
			}
		} else {
			at := strings.IndexByte(alphabet, c)
			if at < 0 {
				r, _ := utf8.DecodeRuneInString(s[i:])
				return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid symbol \"%c\" found while decoding base64 sequence", r)
			}
			value = uint32(at)
		}
		buf = buf<<6 | value
		if pos++; pos == 4 {
			out = append(out, byte(buf>>16))
			if end == 0 || end > 1 {
				out = append(out, byte(buf>>8))
			}
			if end == 0 || end > 2 {
				out = append(out, byte(buf))
			}
			buf, pos = 0, 0
		}
	}
	if pos != 0 {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid base64 end sequence")
	}
	return out, nil
}

func decodeEscape(s string) ([]byte, error) {
	var out []byte
	octal := func(i int, most byte) bool { return i < len(s) && s[i] >= '0' && s[i] <= most }
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '\\':
			out = append(out, s[i])
		case octal(i+1, '3') && octal(i+2, '7') && octal(i+3, '7'):
			out = append(out, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 3
		case strings.HasPrefix(s[i:], `\\`):
			out = append(out, '\\')
			i++
		default:
			return nil, sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type bytea")
		}
	}
	return out, nil
}

// encodingOf takes the names of UTF-8 and Latin 1; others are not served.
func encodingOf(name, role string) (latin1 bool, err error) {
	var plain strings.Builder
	for _, c := range strings.ToLower(name) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			plain.WriteRune(c)
		}
	}
	switch plain.String() {
	case "utf8", "unicode":
		return false, nil
	case "latin1", "iso88591":
		return true, nil
	case "sqlascii", "big5", "gb18030", "gbk", "uhc", "johab", "sjis", "shiftjis", "euccn", "eucjp", "euckr", "euctw", "koi8r", "koi8u", "koi8",
		"latin2", "latin3", "latin4", "latin5", "latin6", "latin7", "latin8", "latin9", "latin10", "iso88592", "iso88595", "iso885915",
		"win1250", "win1251", "win1252", "win1253", "win1254", "win1255", "win1256", "win1257", "win1258", "win866", "win874", "windows1252":
		return false, sqlstate.Unsupported("encoding %s", name)
	}
	return false, sqlstate.New(sqlstate.InvalidParameterValue, "invalid %s encoding name \"%s\"", role, name)
}

func convertTo(s, name string) ([]byte, error) {
	latin1, err := encodingOf(name, "destination")
	if err != nil || !latin1 {
		return []byte(s), err
	}
	var out []byte
	for _, r := range s {
		if r > 0xff {
			return nil, sqlstate.New(sqlstate.UntranslatableCharacter, "character with byte sequence %s in encoding \"UTF8\" has no equivalent in encoding \"LATIN1\"", byteList([]byte(string(r))))
		}
		out = append(out, byte(r))
	}
	return out, nil
}

func byteList(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("0x%02x", c)
	}
	return strings.Join(parts, " ")
}

func convertFrom(b []byte, name string) (string, error) {
	latin1, err := encodingOf(name, "source")
	if err != nil {
		return "", err
	}
	if i := strings.IndexByte(string(b), 0); i >= 0 {
		encoding := "UTF8"
		if latin1 {
			encoding = "LATIN1"
		}
		return "", sqlstate.New(sqlstate.CharacterNotInRepertoire, "invalid byte sequence for encoding \"%s\": 0x00", encoding)
	}
	if !latin1 {
		if !utf8.Valid(b) {
			return "", sqlstate.New(sqlstate.CharacterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\"")
		}
		return string(b), nil
	}
	runes := make([]rune, len(b))
	for i, c := range b {
		runes[i] = rune(c)
	}
	return string(runes), nil
}

func indexError(n int64, most int) error {
	return sqlstate.New(sqlstate.ArraySubscriptError, "index %d out of valid range, 0..%d", n, most)
}

func getBit(b []byte, n int64) (int32, error) {
	if n < 0 || n >= int64(len(b))*8 {
		return 0, indexError(n, len(b)*8-1)
	}
	return int32(b[n/8] >> (n % 8) & 1), nil
}

func setBit(b []byte, n int64, bit int32) ([]byte, error) {
	if n < 0 || n >= int64(len(b))*8 {
		return nil, indexError(n, len(b)*8-1)
	}
	if bit != 0 && bit != 1 {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "new bit must be 0 or 1")
	}
	out := append([]byte{}, b...)
	out[n/8] = out[n/8]&^(1<<(n%8)) | byte(bit)<<(n%8)
	return out, nil
}

func getByte(b []byte, n int32) (int32, error) {
	if n < 0 || int(n) >= len(b) {
		return 0, indexError(int64(n), len(b)-1)
	}
	return int32(b[n]), nil
}

func setByte(b []byte, n, value int32) ([]byte, error) {
	if n < 0 || int(n) >= len(b) {
		return nil, indexError(int64(n), len(b)-1)
	}
	out := append([]byte{}, b...)
	out[n] = byte(value)
	return out, nil
}

// byteSlice gives length bytes from start, counted from 1.
func byteSlice(b []byte, start, length int64) []byte {
	from := min(max(start-1, 0), int64(len(b)))
	to := min(max(start-1+length, from), int64(len(b)))
	return b[from:to]
}

func byteSubstring(b []byte, start, length int32) ([]byte, error) {
	if length < 0 {
		return nil, sqlstate.New(sqlstate.SubstringError, "negative substring length not allowed")
	}
	return byteSlice(b, int64(start), int64(length)), nil
}

func trimBytes(b, set []byte, side string) ([]byte, error) {
	in := func(c byte) bool { return strings.IndexByte(string(set), c) >= 0 }
	for side != "right" && len(b) > 0 && in(b[0]) {
		b = b[1:]
	}
	for side != "left" && len(b) > 0 && in(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b, nil
}

func overlayBytes(b, by []byte, start, length int32) ([]byte, error) {
	if start <= 0 {
		return nil, sqlstate.New(sqlstate.SubstringError, "negative substring length not allowed")
	}
	end := int64(start) + int64(length)
	if end > 1<<31-1 {
		return nil, outOfRange("integer out of range")
	}
	out := append([]byte{}, byteSlice(b, 1, int64(start)-1)...)
	out = append(out, by...)
	return append(out, byteSlice(b, end, 1<<33)...), nil
}

// unistr replaces \XXXX, \+XXXXXX, \uXXXX and \UXXXXXXXX.
func unistr(s string) (string, error) {
	bad := func(message string) error { return sqlstate.New(sqlstate.SyntaxError, "%s", message) }
	var b strings.Builder
	var high rune
	for s != "" {
		if s[0] != '\\' || strings.HasPrefix(s, `\\`) {
			if high != 0 {
				return "", bad("invalid Unicode surrogate pair")
			}
			b.WriteByte(s[0])
			if s[0] == '\\' {
				s = s[1:]
			}
			s = s[1:]
			continue
		}
		r, n, ok := unicodeEscape(s)
		if !ok {
			return "", bad("invalid Unicode escape").(*sqlstate.Error).WithHint("Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.")
		}
		s = s[n:]
		switch {
		case r == 0 || r > 0x10ffff:
			return "", sqlstate.New(sqlstate.InvalidParameterValue, "invalid Unicode code point: %04X", r)
		case high != 0 && r >= 0xdc00 && r <= 0xdfff:
			b.WriteRune((high-0xd800)<<10 + r - 0xdc00 + 0x10000)
			high = 0
		case high != 0 || r >= 0xdc00 && r <= 0xdfff:
			return "", bad("invalid Unicode surrogate pair")
		case r >= 0xd800 && r <= 0xdbff:
			high = r
		default:
			b.WriteRune(r)
		}
	}
	if high != 0 {
		return "", bad("invalid Unicode surrogate pair")
	}
	return b.String(), nil
}

func unicodeEscape(s string) (r rune, n int, ok bool) {
	for _, form := range []struct {
		prefix string
		digits int
	}{{`\+`, 6}, {`\u`, 4}, {`\U`, 8}, {`\`, 4}} {
		rest, has := strings.CutPrefix(s, form.prefix)
		if !has || len(rest) < form.digits {
			continue
		}
		value := int64(0)
		for _, c := range []byte(rest[:form.digits]) {
			d := strings.IndexByte("0123456789abcdef", c|0x20)
			if c >= '0' && c <= '9' {
				d = int(c - '0')
			}
			if d < 0 {
				return 0, 0, false
			}
			value = value<<4 | int64(d)
		}
		return rune(min(value, 1<<30)), len(form.prefix) + form.digits, true
	}
	return 0, 0, false
}
