package charset

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// InvalidUTF8 names the first wrong bytes, as many as their first one announces.
func InvalidUTF8(value []byte) error {
	for len(value) > 0 {
		r, size := utf8.DecodeRune(value)
		if r == utf8.RuneError && size <= 1 {
			break
		}
		value = value[size:]
	}
	return InvalidBytes(value[:min(len(value), announcedLength(value))])
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

// InvalidBytes is the error of bytes that are no text in UTF-8.
func InvalidBytes(value []byte) error {
	var list strings.Builder
	for _, c := range value {
		fmt.Fprintf(&list, " 0x%02x", c)
	}
	return sqlstate.New(sqlstate.CharacterNotInRepertoire, `invalid byte sequence for encoding "UTF8":%s`, list.String())
}
