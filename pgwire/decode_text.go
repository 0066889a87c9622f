package pgwire

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// validText gives client text as a string, which must be UTF-8 without NUL.
func validText(value []byte) (string, error) {
	for i, c := range value {
		if c == 0 {
			return "", invalidBytes(value[i : i+1])
		}
	}
	if !utf8.Valid(value) {
		return "", invalidUTF8(value)
	}
	return string(value), nil
}

// invalidUTF8 names the first wrong bytes, as many as their first one announces.
func invalidUTF8(value []byte) error {
	for len(value) > 0 {
		r, size := utf8.DecodeRune(value)
		if r == utf8.RuneError && size <= 1 {
			break
		}
		value = value[size:]
	}
	return invalidBytes(value[:min(len(value), announcedLength(value))])
}

// announcedLength is pg_utf_mblen.
func announcedLength(value []byte) int {
	switch {
	case len(value) == 0:
		return 0
	case value[0]&0xe0 == 0xc0:
		return 2
	case value[0]&0xf0 == 0xe0:
		return 3
	case value[0]&0xf8 == 0xf0:
		return 4
	}
	return 1
}

func invalidBytes(value []byte) error {
	var list strings.Builder
	for _, c := range value {
		fmt.Fprintf(&list, " 0x%02x", c)
	}
	return sqlstate.New(sqlstate.CharacterNotInRepertoire, `invalid byte sequence for encoding "UTF8":%s`, list.String())
}
