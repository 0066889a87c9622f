package pgtype

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxName is the longest name in bytes (NAMEDATALEN - 1).
const maxName = 63

func canonicalString(t Type, text string) (string, error) {
	switch t.OID {
	case Name:
		return cutBytes(text, maxName), nil
	case Char:
		return canonicalByte(text), nil
	}
	length := int(t.Mod) - 4
	if length < 0 {
		return text, nil
	}
	runes := utf8.RuneCountInString(text)
	switch {
	case runes > length:
		return cutRunes(text, length), nil
	case t.OID == Bpchar:
		return text + strings.Repeat(" ", length-runes), nil
	}
	return text, nil
}

// cutBytes cuts at a character's border.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// canonicalByte keeps the first byte, which may be written \ooo and is printed so beyond
// ASCII; the zero byte prints as nothing.
func canonicalByte(text string) string {
	if text == "" {
		return ""
	}
	c := text[0]
	if len(text) == 4 && c == '\\' && isOctal(text[1], '7') && isOctal(text[2], '7') && isOctal(text[3], '7') {
		c = (text[1]-'0')<<6 | (text[2]-'0')<<3 | (text[3] - '0')
	}
	switch {
	case c == 0:
		return ""
	case c >= utf8.RuneSelf:
		return fmt.Sprintf(`\%03o`, c)
	}
	return string(rune(c))
}
