package pgfunctions

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgregex"
	"github.com/sluicemesh/sluice/sqlstate"
)

// regexFunctions are the manual's "POSIX Regular Expressions". Flags are letters.
//
//	pg_regex_like(VARCHAR, pattern, flags) BOOLEAN
//	pg_regex_substring(VARCHAR, pattern) VARCHAR                substring(s from pattern)
//	pg_regex_replace(VARCHAR, pattern, by, flags), (VARCHAR, pattern, by, start, nth, flags) VARCHAR
//	pg_regex_match(VARCHAR, pattern, flags) VARCHAR[]
//	pg_regex_matches(VARCHAR, pattern, flags) VARCHAR[]         of array literals
//	pg_regex_split(VARCHAR, pattern, flags) VARCHAR[]
//	pg_regex_count(VARCHAR, pattern, start, flags) INTEGER
//	pg_regex_instr(VARCHAR, pattern, start, nth, end, flags, group) INTEGER
//	pg_regex_substr(VARCHAR, pattern, start, nth, flags, group) VARCHAR
//	pg_similar_to_escape(VARCHAR, escape) VARCHAR
func regexFunctions() []duckdb.ScalarFunction {
	integers := func(n int) []duckdb.Type {
		types := []duckdb.Type{duckdb.Varchar, duckdb.Varchar}
		for range n {
			types = append(types, duckdb.Integer)
		}
		return types
	}
	return []duckdb.ScalarFunction{
		duckdb.Func3("pg_regex_like", func(s, pattern, flags string) (bool, error) {
			re, err := compiled("regexp_like()", pattern, flags, false)
			if err != nil {
				return false, err
			}
			return re.Match(s), nil
		}),
		duckdb.Func2("pg_regex_substring", regexSubstring),
		{Name: "pg_regex_replace", Params: append(append([]duckdb.Type{duckdb.Varchar}, integers(0)...), duckdb.Integer, duckdb.Integer, duckdb.Varchar), Result: duckdb.Varchar,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				c := in.Columns
				nth := duckdb.At[int32](c[4], i)
				if err := positive("n", nth, 0); err != nil {
					return err
				}
				s, err := regexReplace(duckdb.At[string](c[0], i), duckdb.At[string](c[1], i), duckdb.At[string](c[2], i), duckdb.At[int32](c[3], i), nth, duckdb.At[string](c[5], i))
				if err == nil {
					duckdb.Put(out, s)
				}
				return err
			})},
		duckdb.Func4("pg_regex_replace", func(s, pattern, by, flags string) (string, error) {
			return regexReplace(s, pattern, by, 1, byFlags, flags)
		}),
		toList("pg_regex_match", 3, func(a []string) ([]*string, error) { return regexMatch(a[0], a[1], a[2]) }),
		toList("pg_regex_matches", 3, func(a []string) ([]*string, error) { return regexMatches(a[0], a[1], a[2]) }),
		toList("pg_regex_split", 4, func(a []string) ([]*string, error) { return regexSplit(a[0], a[1], a[2], a[3]) }),
		{Name: "pg_regex_count", Params: append(integers(1), duckdb.Varchar), Result: duckdb.Integer,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				c := in.Columns
				n, err := regexCount(duckdb.At[string](c[0], i), duckdb.At[string](c[1], i), duckdb.At[int32](c[2], i), duckdb.At[string](c[3], i))
				if err == nil {
					duckdb.Put(out, n)
				}
				return err
			})},
		{Name: "pg_regex_instr", Params: append(integers(3), duckdb.Varchar, duckdb.Integer), Result: duckdb.Integer,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				c := in.Columns
				n, err := regexInstr(duckdb.At[string](c[0], i), duckdb.At[string](c[1], i), duckdb.At[int32](c[2], i), duckdb.At[int32](c[3], i),
					duckdb.At[int32](c[4], i), duckdb.At[string](c[5], i), duckdb.At[int32](c[6], i))
				if err == nil {
					duckdb.Put(out, n)
				}
				return err
			})},
		{Name: "pg_regex_substr", Params: append(integers(2), duckdb.Varchar, duckdb.Integer), Result: duckdb.Varchar,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				c := in.Columns
				s, found, err := regexSubstr(duckdb.At[string](c[0], i), duckdb.At[string](c[1], i), duckdb.At[int32](c[2], i), duckdb.At[int32](c[3], i),
					duckdb.At[string](c[4], i), duckdb.At[int32](c[5], i))
				switch {
				case err != nil:
				case !found:
					out.PutNull()
				default:
					duckdb.Put(out, s)
				}
				return err
			})},
		ofTexts("pg_similar_to_escape", 2, false, func(args []*string) (string, error) {
			if args[0] == nil || args[1] == nil {
				return "", duckdb.ErrNull
			}
			return similarToEscape(*args[0], *args[1])
		}),
	}
}

// rows calls f for each row without NULL.
func rows(f func(in *duckdb.Arguments, out *duckdb.Results, i int) error) func(*duckdb.Arguments, *duckdb.Results) error {
	return func(in *duckdb.Arguments, out *duckdb.Results) error {
		for i := range in.Rows {
			if in.AnyNull(i) {
				out.PutNull()
			} else if err := f(in, out, i); err != nil {
				return err
			}
		}
		return nil
	}
}

// patternsKept is how many compiled patterns are kept.
const patternsKept = 500

var compiledPatterns struct {
	sync.Mutex
	known map[[2]string]*pgregex.Regexp
}

// compiled gives a pattern compiled. function is named where flag g is not for it.
func compiled(function, pattern, letters string, global bool) (*pgregex.Regexp, error) {
	key := [2]string{pattern, letters}
	compiledPatterns.Lock()
	re := compiledPatterns.known[key]
	compiledPatterns.Unlock()
	if re != nil && (global || !strings.Contains(letters, "g")) {
		return re, nil
	}
	flags, err := regexFlags(letters)
	if err != nil {
		return nil, err
	}
	if !global && strings.Contains(letters, "g") {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "%s does not support the \"global\" option", function)
	}
	if re, err = pgregex.Compile(pattern, flags); err != nil {
		return nil, err
	}
	compiledPatterns.Lock()
	defer compiledPatterns.Unlock()
	if compiledPatterns.known == nil || len(compiledPatterns.known) >= patternsKept {
		compiledPatterns.known = map[[2]string]*pgregex.Regexp{}
	}
	compiledPatterns.known[[2]string{strings.Clone(pattern), strings.Clone(letters)}] = re
	return re, nil
}

func regexFlags(letters string) (f pgregex.Flags, err error) {
	for _, c := range letters {
		switch c {
		case 'g':
		case 'b', 'e':
			return f, sqlstate.Unsupported("regular expression option %c", c)
		case 'c':
			f.IgnoreCase = false
		case 'i':
			f.IgnoreCase = true
		case 'm', 'n':
			f.DotNoBreak, f.LineAnchors = true, true
		case 'p':
			f.DotNoBreak, f.LineAnchors = true, false
		case 'q':
			f.Literal = true
		case 's':
			f.DotNoBreak, f.LineAnchors = false, false
		case 't':
			f.Expanded = false
		case 'w':
			f.DotNoBreak, f.LineAnchors = false, true
		case 'x':
			f.Expanded = true
		default:
			return f, sqlstate.New(sqlstate.InvalidParameterValue, "invalid regular expression option: \"%c\"", c)
		}
	}
	return f, nil
}

// captured gives group n of a match, nil where it took no part.
func captured(s []rune, m []int, n int) *string {
	if 2*n+1 >= len(m) || m[2*n] < 0 {
		return nil
	}
	text := string(s[m[2*n]:m[2*n+1]])
	return &text
}

func regexSubstring(s, pattern string) (string, error) {
	re, err := compiled("substring", pattern, "", false)
	if err != nil {
		return "", err
	}
	text := []rune(s)
	m, found := re.Find(text, 0)
	if !found {
		return "", duckdb.ErrNull
	}
	part := captured(text, m, min(re.Groups, 1))
	if part == nil {
		return "", duckdb.ErrNull
	}
	return *part, nil
}

// eachMatch calls f for one match after the other, until it says false.
func eachMatch(re *pgregex.Regexp, s []rune, start int, f func(m []int) bool) {
	for start <= len(s) {
		m, found := re.Find(s, start)
		if !found || !f(m) {
			return
		}
		start = m[1]
		if m[0] == m[1] {
			start++
		}
	}
}

func positive(name string, n, least int32) error {
	if n < least {
		return invalidParameter(name, n)
	}
	return nil
}

func invalidParameter(name string, n int32) error {
	return sqlstate.New(sqlstate.InvalidParameterValue, "invalid value for parameter \"%s\": %d", name, n)
}

// byFlags stands for the number of a match: flag g decides between the first and all.
const byFlags = -1

// regexReplace replaces the nth match; all where nth is 0.
func regexReplace(s, pattern, by string, start, nth int32, letters string) (string, error) {
	if nth == byFlags && letters != "" && letters[0] >= '0' && letters[0] <= '9' {
		e := sqlstate.New(sqlstate.InvalidParameterValue, "invalid regular expression option: \"%c\"", letters[0])
		return "", e.WithHint("If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer explicitly.")
	}
	if err := positive("start", start, 1); err != nil {
		return "", err
	}
	re, err := compiled("regexp_replace", pattern, letters, true)
	if err != nil {
		return "", err
	}
	if nth == byFlags {
		if nth = 1; strings.Contains(letters, "g") {
			nth = 0
		}
	}
	text := []rune(s)
	var b strings.Builder
	last, n := 0, int32(0)
	eachMatch(re, text, int(start)-1, func(m []int) bool {
		n++
		if nth > 0 && n < nth {
			return true
		}
		b.WriteString(string(text[last:m[0]]))
		substitute(&b, by, text, m)
		last = m[1]
		return nth == 0
	})
	b.WriteString(string(text[last:]))
	return b.String(), nil
}

// substitute writes a replacement: \1 to \9 are groups, \& is the match, \\ a backslash.
func substitute(b *strings.Builder, by string, s []rune, m []int) {
	for i := 0; i < len(by); i++ {
		if by[i] != '\\' || i+1 == len(by) {
			b.WriteByte(by[i])
			continue
		}
		i++
		n := -1
		switch c := by[i]; {
		case c >= '1' && c <= '9':
			n = int(c - '0')
		case c == '&':
			n = 0
		case c == '\\':
			b.WriteByte('\\')
			continue
		default:
			b.WriteByte('\\')
			i--
			continue
		}
		if part := captured(s, m, n); part != nil {
			b.WriteString(*part)
		}
	}
}

// groupsOf gives the groups of a match, or all of it where there are none.
func groupsOf(re *pgregex.Regexp, s []rune, m []int) []*string {
	if re.Groups == 0 {
		return []*string{captured(s, m, 0)}
	}
	out := make([]*string, re.Groups)
	for i := range out {
		out[i] = captured(s, m, i+1)
	}
	return out
}

func regexMatch(s, pattern, letters string) ([]*string, error) {
	re, err := compiled("regexp_match()", pattern, letters, false)
	if err != nil {
		if e := sqlstate.From(err); e.Code == sqlstate.InvalidParameterValue && strings.Contains(letters, "g") {
			err = e.WithHint("Use the regexp_matches function instead.")
		}
		return nil, err
	}
	text := []rune(s)
	m, found := re.Find(text, 0)
	if !found {
		return nil, nil
	}
	return groupsOf(re, text, m), nil
}

func regexMatches(s, pattern, letters string) ([]*string, error) {
	re, err := compiled("regexp_matches()", pattern, letters, true)
	if err != nil {
		return nil, err
	}
	text, out := []rune(s), []*string{}
	eachMatch(re, text, 0, func(m []int) bool {
		row := arrayOut(groupsOf(re, text, m))
		out = append(out, &row)
		return strings.Contains(letters, "g")
	})
	return out, nil
}

// regexSplit cuts at matches; empty ones at the ends or right behind another do not count.
func regexSplit(s, pattern, letters, function string) ([]*string, error) {
	re, err := compiled(function, pattern, letters, false)
	if err != nil {
		return nil, err
	}
	text, out := []rune(s), []*string{}
	last, before := 0, 0
	eachMatch(re, text, 0, func(m []int) bool {
		if m[0] < len(text) && m[1] > before {
			part := string(text[last:m[0]])
			out = append(out, &part)
			last = m[1]
		}
		before = m[1]
		return true
	})
	part := string(text[last:])
	return append(out, &part), nil
}

func regexCount(s, pattern string, start int32, letters string) (int32, error) {
	if err := positive("start", start, 1); err != nil {
		return 0, err
	}
	re, err := compiled("regexp_count()", pattern, letters, false)
	if err != nil {
		return 0, err
	}
	n := int32(0)
	eachMatch(re, []rune(s), int(start)-1, func([]int) bool {
		n++
		return true
	})
	return n, nil
}

// nthMatch finds the nth match from a character on.
func nthMatch(re *pgregex.Regexp, s []rune, start, nth int32) []int {
	var out []int
	n := int32(0)
	eachMatch(re, s, int(start)-1, func(m []int) bool {
		if n++; n == nth {
			out = m
		}
		return n < nth
	})
	return out
}

func regexInstr(s, pattern string, start, nth, end int32, letters string, subexpression int32) (int32, error) {
	for _, check := range []error{positive("start", start, 1), positive("n", nth, 1), positive("endoption", end, 0), positive("subexpr", subexpression, 0)} {
		if check != nil {
			return 0, check
		}
	}
	if end > 1 {
		return 0, invalidParameter("endoption", end)
	}
	re, err := compiled("regexp_instr()", pattern, letters, false)
	if err != nil || int(subexpression) > re.Groups {
		return 0, err
	}
	m := nthMatch(re, []rune(s), start, nth)
	if m == nil || m[2*subexpression] < 0 {
		return 0, nil
	}
	return int32(m[2*subexpression+end]) + 1, nil
}

func regexSubstr(s, pattern string, start, nth int32, letters string, subexpression int32) (string, bool, error) {
	for _, check := range []error{positive("start", start, 1), positive("n", nth, 1), positive("subexpr", subexpression, 0)} {
		if check != nil {
			return "", false, check
		}
	}
	re, err := compiled("regexp_substr()", pattern, letters, false)
	if err != nil || int(subexpression) > re.Groups {
		return "", false, err
	}
	text := []rune(s)
	m := nthMatch(re, text, start, nth)
	if m == nil {
		return "", false, nil
	}
	part := captured(text, m, int(subexpression))
	if part == nil {
		return "", false, nil
	}
	return *part, true, nil
}

// similarToEscape turns a pattern of SIMILAR TO into a regular expression (regexp.c:
// similar_escape_internal). An escape and a double quote part it into three.
func similarToEscape(pattern, escape string) (string, error) {
	if utf8.RuneCountInString(escape) > 1 {
		e := sqlstate.New(sqlstate.InvalidEscapeSequence, "invalid escape string")
		return "", e.WithHint("Escape string must be empty or one character.")
	}
	var b strings.Builder
	b.WriteString("^(?:")
	after, inBracket, quotes := false, false, 0
	for _, c := range pattern {
		switch {
		case after:
			if c == '"' && !inBracket {
				switch quotes {
				case 0:
					b.WriteString("){1,1}?(")
				case 1:
					b.WriteString("){1,1}(?:")
				default:
					return "", sqlstate.New(invalidUseOfEscape, "SQL regular expression may not contain more than two escape-double-quote separators")
				}
				quotes++
			} else {
				b.WriteByte('\\')
				b.WriteRune(c)
			}
			after = false
		case escape != "" && string(c) == escape:
			after = true
		case inBracket:
			if c == '\\' {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
			inBracket = c != ']'
		case c == '[':
			b.WriteRune(c)
			inBracket = true
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		case c == '(':
			b.WriteString("(?:")
		case strings.ContainsRune(`\.^$`, c):
			b.WriteByte('\\')
			b.WriteRune(c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteString(")$")
	return b.String(), nil
}

const invalidUseOfEscape sqlstate.Code = "2200C"
