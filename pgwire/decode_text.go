package pgwire

import (
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/charset"
)

// validText gives client text as a string, which must be UTF-8 without NUL.
func validText(value []byte) (string, error) {
	for i, c := range value {
		if c == 0 {
			return "", charset.InvalidBytes(value[i : i+1])
		}
	}
	if !utf8.Valid(value) {
		return "", charset.InvalidUTF8(value)
	}
	return string(value), nil
}
