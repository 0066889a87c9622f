package pgtext

import (
	"fmt"
	"unicode/utf8"
)

// Byte is a text as the type "char" prints it: its first byte, which may be written \ooo and is
// printed so beyond ASCII; the zero byte prints as nothing.
func Byte(text string) string {
	if text == "" {
		return ""
	}
	c := text[0]
	if len(text) == 4 && c == '\\' && isOctal(text[1]) && isOctal(text[2]) && isOctal(text[3]) {
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

func isOctal(c byte) bool { return c >= '0' && c <= '7' }
