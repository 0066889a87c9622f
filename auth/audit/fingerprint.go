package audit

import (
	"crypto/sha256"
	"encoding/hex"
)

// Fingerprint is equal for statements sent to a source that differ in literals only, in
// whatever dialect. It is a hash, so a literal it fails to leave out is not told.
func Fingerprint(text string) string {
	if text == "" {
		return ""
	}
	sum := sha256.Sum256(withoutLiterals(text))
	return hex.EncodeToString(sum[:8])
}

// withoutLiterals puts ? for each string and number, and for each list of them.
func withoutLiterals(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\'':
			i = afterQuoted(text, i)
			out = literal(out)
		case c == '"' || c == '`':
			end := afterQuoted(text, i)
			out = append(out, text[i:end]...)
			i = end
		case '0' <= c && c <= '9' && (i == 0 || !wordByte(text[i-1])):
			for i < len(text) && (wordByte(text[i]) || text[i] == '.') {
				i++
			}
			out = literal(out)
		default:
			out = append(out, c)
			i++
		}
	}
	return out
}

// literal appends a ?, unless one stands before it in a list.
func literal(out []byte) []byte {
	end := len(out)
	for end > 0 && (out[end-1] == ' ' || out[end-1] == ',') {
		end--
	}
	if end < len(out) && end > 0 && out[end-1] == '?' {
		return out[:end]
	}
	return append(out, '?')
}

// afterQuoted gives the place behind a quoted string; a doubled quote is inside.
func afterQuoted(text string, i int) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		if text[i] != quote {
			continue
		}
		if i+1 >= len(text) || text[i+1] != quote {
			return i + 1
		}
		i++
	}
	return i
}

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
