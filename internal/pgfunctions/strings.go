package pgfunctions

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// longest is the size of a text PostgreSQL can make (MaxAllocSize).
const longest = 1<<30 - 1

func tooLong() error {
	return sqlstate.New(sqlstate.ProgramLimitExceeded, "requested length too large")
}

// stringFunctions follow the manual's "String Functions and Operators" in the "C"
// collation: letters are those of ASCII, lengths count characters.
func stringFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_substring", func(s string, start int32) (string, error) { return fromCharacter(s, int64(start)-1), nil }),
		duckdb.Func3("pg_substring", substring),
		duckdb.Func2("pg_left", func(s string, n int32) (string, error) { return s[:atCharacter(s, n)], nil }),
		duckdb.Func2("pg_right", func(s string, n int32) (string, error) { return right(s, n), nil }),
		duckdb.Func3("pg_lpad", lpad),
		duckdb.Func3("pg_rpad", rpad),
		duckdb.Func2("pg_repeat", repeat),
		duckdb.Func1("pg_reverse", func(s string) (string, error) { return reversed(s), nil }),
		duckdb.Func1("pg_initcap", func(s string) (string, error) { return initcap(s), nil }),
		duckdb.Func3("pg_split_part", splitPart),
		duckdb.Func1("pg_ascii", ascii),
		duckdb.Func1("pg_chr", chr),
		duckdb.Func2("pg_to_hex", func(n int64, bits int32) (string, error) { return inBase(n, bits, 16), nil }),
		duckdb.Func3("pg_to_base", func(n int64, bits, base int32) (string, error) { return inBase(n, bits, int(base)), nil }),
		duckdb.Func1("pg_quote_literal", func(s string) (string, error) { return quoteLiteral(s), nil }),
		duckdb.Func4("pg_overlay", overlay),
		duckdb.Func2("pg_like_escape", likeEscape), duckdb.Func2("pg_bytea_like_escape", byteaLikeEscape),
	}
}

// inBase writes a number of 32 or 64 bits, a negative one by its two's complement.
func inBase(n int64, bits int32, base int) string {
	if bits == 32 {
		n = int64(uint32(n))
	}
	return strconv.FormatUint(uint64(n), base)
}

// fromCharacter gives the text from a character counted from 0; before the first is the first.
func fromCharacter(s string, n int64) string {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}

// atCharacter gives the byte at which n characters end; a negative n leaves that many
// at the end.
func atCharacter(s string, n int32) int {
	if n < 0 {
		n = max(0, int32(utf8.RuneCountInString(s))+n)
	}
	return len(s) - len(fromCharacter(s, int64(n)))
}

// right gives the last n characters; a negative n leaves out as many at the front.
func right(s string, n int32) string {
	switch {
	case n == 0:
		return ""
	case n == math.MinInt32: // has no negative: PostgreSQL gives all
		return s
	case n < 0:
		return fromCharacter(s, -int64(n))
	}
	return fromCharacter(s, int64(utf8.RuneCountInString(s))-int64(n))
}

func substring(s string, start, length int32) (string, error) {
	if length < 0 {
		return "", sqlstate.New(sqlstate.SubstringError, "negative substring length not allowed")
	}
	end := int64(start) + int64(length) // first character behind, counted from 1
	s = fromCharacter(s, int64(start)-1)
	keep := end - max(int64(start), 1)
	if keep <= 0 {
		return "", nil
	}
	return s[:len(s)-len(fromCharacter(s, keep))], nil
}

// padding gives fill repeated to n characters.
func padding(fill string, n int) string {
	runes := []rune(fill)
	var b strings.Builder
	for i := range n {
		b.WriteRune(runes[i%len(runes)])
	}
	return b.String()
}

func pad(s string, length int32, fill string) (kept, added string, err error) {
	n := utf8.RuneCountInString(s)
	switch {
	case length <= 0:
		return "", "", nil
	case int(length) <= n || fill == "":
		return s[:atCharacter(s, length)], "", nil
	case int64(length) > longest/4:
		return "", "", tooLong()
	}
	return s, padding(fill, int(length)-n), nil
}

func lpad(s string, length int32, fill string) (string, error) {
	kept, added, err := pad(s, length, fill)
	return added + kept, err
}

func rpad(s string, length int32, fill string) (string, error) {
	kept, added, err := pad(s, length, fill)
	return kept + added, err
}

func repeat(s string, n int32) (string, error) {
	if n <= 0 || s == "" {
		return "", nil
	}
	if int64(n)*int64(len(s)) > longest-4 {
		return "", tooLong()
	}
	return strings.Repeat(s, int(n)), nil
}

func reversed(s string) string {
	b := make([]byte, 0, len(s))
	for s != "" {
		_, size := utf8.DecodeLastRuneInString(s)
		b = append(b, s[len(s)-size:]...)
		s = s[:len(s)-size]
	}
	return string(b)
}

func initcap(s string) string {
	b := []byte(s)
	inside := false
	for i, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		switch {
		case letter && inside:
			b[i] = c | 0x20
		case letter:
			b[i] = c &^ 0x20
		}
		inside = letter || c >= '0' && c <= '9'
	}
	return string(b)
}

func splitPart(s, separator string, n int32) (string, error) {
	if n == 0 {
		return "", sqlstate.New(sqlstate.InvalidParameterValue, "field position must not be zero")
	}
	parts := []string{s}
	if separator != "" && s != "" {
		parts = strings.Split(s, separator)
	}
	i := int(n) - 1
	if n < 0 {
		i = len(parts) + int(n)
	}
	if i < 0 || i >= len(parts) {
		return "", nil
	}
	return parts[i], nil
}

func ascii(s string) (int32, error) {
	if s == "" {
		return 0, nil
	}
	r, _ := utf8.DecodeRuneInString(s)
	return int32(r), nil
}

func chr(n int32) (string, error) {
	switch {
	case n == 0:
		return "", sqlstate.New(sqlstate.ProgramLimitExceeded, "null character not permitted")
	case n < 0:
		return "", sqlstate.New(sqlstate.InvalidParameterValue, "character number must be positive")
	case !utf8.ValidRune(n):
		return "", sqlstate.New(sqlstate.ProgramLimitExceeded, "requested character too large for encoding: %d", n)
	}
	return string(rune(n)), nil
}

func quoteLiteral(s string) string {
	quoted := "'" + strings.ReplaceAll(s, "'", "''") + "'"
	if strings.Contains(s, `\`) {
		return "E" + strings.ReplaceAll(quoted, `\`, `\\`)
	}
	return quoted
}

func overlay(s, by string, start, length int32) (string, error) {
	if start <= 0 {
		return "", sqlstate.New(sqlstate.SubstringError, "negative substring length not allowed")
	}
	end := int64(start) + int64(length)
	if end > 1<<31-1 {
		return "", outOfRange("integer out of range")
	}
	return s[:atCharacter(s, start-1)] + by + fromCharacter(s, end-1), nil
}

// likeEscape turns a pattern with another escape character into one with a backslash
// (like_escape in like_match.c). An empty escape means none.
func likeEscape(pattern, escape string) (string, error) {
	switch {
	case escape == "":
		return strings.ReplaceAll(pattern, `\`, `\\`), nil
	case utf8.RuneCountInString(escape) != 1:
		return "", sqlstate.New(sqlstate.InvalidEscapeSequence, "invalid escape string").WithHint("Escape string must be empty or one character.")
	case escape == `\`:
		return pattern, nil
	}
	var b strings.Builder
	after := false
	for _, r := range pattern {
		switch {
		case string(r) == escape && !after:
			b.WriteByte('\\')
			after = true
			continue
		case r == '\\':
			if !after {
				b.WriteByte('\\')
			}
			b.WriteByte('\\')
		default:
			b.WriteRune(r)
		}
		after = false
	}
	return b.String(), nil
}

// byteaLikeEscape is likeEscape where each byte is a character.
func byteaLikeEscape(pattern, escape []byte) ([]byte, error) {
	text, err := likeEscape(runesOf(pattern), runesOf(escape))
	out := make([]byte, 0, len(text))
	for _, r := range text {
		out = append(out, byte(r))
	}
	return out, err
}

// runesOf gives the text whose characters are numbered as the bytes are.
func runesOf(bytes []byte) string {
	out := make([]rune, len(bytes))
	for i, b := range bytes {
		out[i] = rune(b)
	}
	return string(out)
}
