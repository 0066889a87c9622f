package functions

import (
	"strings"
	"unicode/utf8"
)

// regexPattern turns a PostgreSQL advanced regular expression into one that DuckDB's
// RE2 matches alike, for the part of the language that both read alike: literals, dot,
// anchors, simple brackets, groups, alternation, greedy quantifiers. Only whether a
// text matches is alike; which part does is not (POSIX takes the longest).
// ok is false for everything else.
func regexPattern(pattern string) (string, bool) { return translateRegex(pattern, false) }

// regexPatternInsensitive spells the case of ASCII letters out, as the "C" collation
// folds them; RE2's own flag would fold all of Unicode.
func regexPatternInsensitive(pattern string) (string, bool) { return translateRegex(pattern, true) }

func translateRegex(pattern string, fold bool) (string, bool) {
	if strings.HasPrefix(pattern, "***") || strings.HasPrefix(pattern, "(?") || !utf8.ValidString(pattern) {
		return "", false
	}
	t := regexTranslator{rest: pattern, fold: fold, start: true}
	for t.rest != "" {
		if !t.step() {
			return "", false
		}
	}
	return t.out.String(), t.depth == 0
}

// regexTranslator reads one pattern from left to right.
type regexTranslator struct {
	rest   string
	out    strings.Builder
	fold   bool
	depth  int
	start  bool // at the beginning of a branch
	ended  bool // behind a $: the branch must end
	atomic bool // what was read last can be quantified
}

func (t *regexTranslator) step() bool {
	c := t.rest[0]
	if t.ended && c != ')' && c != '|' {
		return false
	}
	switch c {
	case '^':
		return t.start && t.take(1, "^", true, false)
	case '$':
		ok := t.take(1, "$", false, false)
		t.ended = true
		return ok
	case '|':
		t.ended = false
		return t.take(1, "|", true, false)
	case '(':
		return t.open()
	case ')':
		t.depth--
		t.ended = false
		return t.depth >= 0 && t.take(1, ")", false, true)
	case '*', '+', '?':
		return t.atomic && !strings.HasPrefix(t.rest[1:], "?") && t.take(1, string(c), false, false)
	case '{':
		return t.bound()
	case '[':
		return t.bracket()
	case '\\':
		return t.escape()
	case '.':
		return t.take(1, ".", false, true)
	}
	r, size := utf8.DecodeRuneInString(t.rest)
	return t.take(size, t.literal(r), false, true)
}

func (t *regexTranslator) take(n int, out string, start, atomic bool) bool {
	t.rest = t.rest[n:]
	t.out.WriteString(out)
	t.start, t.atomic = start, atomic
	return true
}

func (t *regexTranslator) open() bool {
	t.depth++
	if strings.HasPrefix(t.rest, "(?:") {
		return t.take(3, "(?:", true, false)
	}
	return !strings.HasPrefix(t.rest, "(?") && t.take(1, "(?:", true, false)
}

// bound reads {m}, {m,} and {m,n}; PostgreSQL's limit is 255.
func (t *regexTranslator) bound() bool {
	inside, _, closed := strings.Cut(t.rest[1:], "}")
	if !t.atomic || !closed || len(inside) > 7 || inside == "" || inside[0] == ',' || strings.Count(inside, ",") > 1 {
		return false
	}
	low, high, two := strings.Cut(inside, ",")
	if !small(low) || two && high != "" && (!small(high) || len(high) < len(low) || len(high) == len(low) && high < low) {
		return false
	}
	if strings.HasPrefix(t.rest[len(inside)+2:], "?") {
		return false
	}
	return t.take(len(inside)+2, "{"+inside+"}", false, false)
}

func small(number string) bool {
	for _, c := range number {
		if c < '0' || c > '9' {
			return false
		}
	}
	return number != "" && (len(number) < 3 || len(number) == 3 && number <= "255")
}

// escape reads a backslash and what follows. Classes are those of the "C" locale.
func (t *regexTranslator) escape() bool {
	if len(t.rest) < 2 {
		return false
	}
	classes := map[byte]string{
		'd': "[0-9]", 'D': "[^0-9]", 'w': "[0-9A-Za-z_]", 'W': "[^0-9A-Za-z_]",
		's': `[ \t\n\v\f\r]`, 'S': `[^ \t\n\v\f\r]`, 'n': `\n`, 't': `\t`, 'r': `\r`, 'f': `\f`, 'v': `\v`,
	}
	c := t.rest[1]
	if class, ok := classes[c]; ok {
		return t.take(2, class, false, true)
	}
	if c >= 0x80 || isWord(c) {
		return false
	}
	return t.take(2, t.literal(rune(c)), false, true)
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || isLetter(c) || c == '_'
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func (t *regexTranslator) literal(r rune) string {
	switch {
	case r < 0x80 && isLetter(byte(r)) && t.fold:
		return "[" + string(r&^0x20) + string(r|0x20) + "]"
	case r < 0x80 && r > ' ' && !isWord(byte(r)):
		return `\` + string(r)
	}
	return string(r)
}

// bracket reads a bracket expression of single characters, ranges of ASCII letters or
// digits, and POSIX classes.
func (t *regexTranslator) bracket() bool {
	in := t.rest[1:]
	out := "["
	if strings.HasPrefix(in, "^") {
		in, out = in[1:], "[^"
	}
	for first := true; ; first = false {
		if in == "" {
			return false
		}
		if in[0] == ']' && !first {
			return t.take(len(t.rest)-len(in)+1, out+"]", false, true)
		}
		item, n := t.bracketItem(in)
		if n == 0 {
			return false
		}
		in, out = in[n:], out+item
	}
}

func (t *regexTranslator) bracketItem(in string) (string, int) {
	if strings.HasPrefix(in, "[:") {
		name, _, closed := strings.Cut(in[2:], ":]")
		known := map[string]bool{"alpha": true, "digit": true, "alnum": true, "space": true, "punct": true, "xdigit": true,
			"upper": !t.fold, "lower": !t.fold}
		if !closed || !known[name] {
			return "", 0
		}
		return "[:" + name + ":]", len(name) + 4
	}
	if in[0] == '\\' || in[0] == '[' {
		return "", 0
	}
	if len(in) > 2 && in[1] == '-' && in[2] != ']' {
		return t.bracketRange(in[0], in[2])
	}
	r, size := utf8.DecodeRuneInString(in)
	if r >= 0x80 && strings.HasPrefix(in[size:], "-") {
		return "", 0
	}
	if r < 0x80 && isLetter(byte(r)) && t.fold {
		return string(r&^0x20) + string(r|0x20), size
	}
	if r < 0x80 && r > ' ' && !isWord(byte(r)) {
		return `\` + string(r), size
	}
	return string(r), size
}

func (t *regexTranslator) bracketRange(low, high byte) (string, int) {
	kind := func(c byte) int {
		switch {
		case c >= '0' && c <= '9':
			return 1
		case c >= 'a' && c <= 'z':
			return 2
		case c >= 'A' && c <= 'Z':
			return 3
		}
		return 0
	}
	if kind(low) == 0 || kind(low) != kind(high) || low > high {
		return "", 0
	}
	text := string(low) + "-" + string(high)
	if kind(low) > 1 && t.fold {
		text += string(low^0x20) + "-" + string(high^0x20)
	}
	return text, 3
}
