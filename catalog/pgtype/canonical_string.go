package pgtype

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/pgtext"
)

// maxName is the longest name in bytes (NAMEDATALEN - 1).
const maxName = 63

func canonicalString(t Type, text string) (string, error) {
	switch t.OID {
	case Name:
		return cutBytes(text, maxName), nil
	case Char:
		return pgtext.Byte(text), nil
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
