package pgtype

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/pgbits"
	"github.com/sluicemesh/sluice/internal/pgnetwork"
	"github.com/sluicemesh/sluice/sqlstate"
)

func canonicalBytea(text string) (string, error) {
	var raw []byte
	var err error
	if digits, ok := strings.CutPrefix(text, `\x`); ok {
		raw, err = hexBytes(digits)
	} else {
		raw, err = escapedBytes(text)
	}
	return `\x` + hex.EncodeToString(raw), err
}

// hexBytes reads pairs of digits with blanks between pairs.
func hexBytes(s string) ([]byte, error) {
	var raw []byte
	for i := 0; i < len(s); {
		if strings.IndexByte(" \n\t\r", s[i]) >= 0 {
			i++
			continue
		}
		high, err := hexDigit(s, i)
		if err != nil {
			return nil, err
		}
		if i+1 == len(s) {
			return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid hexadecimal data: odd number of digits")
		}
		low, err := hexDigit(s, i+1)
		if err != nil {
			return nil, err
		}
		raw = append(raw, high<<4|low)
		i += 2
	}
	return raw, nil
}

func hexDigit(s string, i int) (byte, error) {
	if d := strings.IndexByte("0123456789abcdef", lower(s[i])); d >= 0 {
		return byte(d), nil
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return 0, sqlstate.New(sqlstate.InvalidParameterValue, `invalid hexadecimal digit: "%c"`, r)
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// escapedBytes reads bytes as they are, \\ and \ooo.
func escapedBytes(s string) ([]byte, error) {
	var raw []byte
	for i := 0; i < len(s); {
		switch {
		case s[i] != '\\':
			raw = append(raw, s[i])
			i++
		case i+1 < len(s) && s[i+1] == '\\':
			raw = append(raw, '\\')
			i += 2
		case i+3 < len(s) && isOctal(s[i+1], '3') && isOctal(s[i+2], '7') && isOctal(s[i+3], '7'):
			raw = append(raw, (s[i+1]-'0')<<6|(s[i+2]-'0')<<3|(s[i+3]-'0'))
			i += 4
		default:
			return nil, sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type bytea")
		}
	}
	return raw, nil
}

func isOctal(c, most byte) bool { return c >= '0' && c <= most }

// canonicalUUID takes hyphens after any group of four digits, and braces around all.
func canonicalUUID(text string) (string, error) {
	s, braced := text, false
	if strings.HasPrefix(s, "{") {
		s, braced = s[1:], true
	}
	var digits []byte
	for i := 0; len(digits) < 32; {
		if i+1 >= len(s) || strings.Trim(s[i:i+2], "0123456789abcdefABCDEF") != "" {
			return "", badInput("uuid", text)
		}
		digits = append(digits, lower(s[i]), lower(s[i+1]))
		i += 2
		if i < len(s) && s[i] == '-' && len(digits)%4 == 0 && len(digits) < 32 {
			i++
		}
		if len(digits) == 32 {
			s = s[i:]
			break
		}
	}
	if braced && s != "}" || !braced && s != "" {
		return "", badInput("uuid", text)
	}
	d := string(digits)
	return d[:8] + "-" + d[8:12] + "-" + d[12:16] + "-" + d[16:20] + "-" + d[20:], nil
}

// canonicalBits: bit(n) cuts or fills with zeros on the right, as its cast does.
func canonicalBits(t Type, text string) (string, error) {
	bits, err := pgbits.Parse(text)
	if err != nil || t.Mod <= 0 {
		return bits, err
	}
	return pgbits.Fit(bits, int(t.Mod), t.OID == Bit), nil
}

func canonicalMac(t OID, text string) (string, error) {
	a, err := pgnetwork.ParseMac(text, t == Macaddr8)
	return a.String(), err
}

func canonicalAddress(t OID, text string) (string, error) {
	a, err := pgnetwork.Parse(text, t == Cidr)
	switch {
	case err != nil:
		return "", err
	case t == Cidr:
		return a.Cidr(), nil
	}
	return a.Inet(), nil
}
