package pgjsonpath

import (
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// tokenKind is what a token is.
type tokenKind uint8

const (
	endOfPath tokenKind = iota
	symbol
	word
	quoted
	number
	variable
)

type token struct {
	kind tokenKind
	text string
	at   int
}

// is tells whether a token is a symbol, or a word that the path may write in any case.
func (t token) is(text string) bool {
	return t.kind == symbol && t.text == text || t.kind == word && strings.EqualFold(t.text, text)
}

const special = "?%$.[]{}()|&!=<>@#,*:-+/\"\\"

var symbols = []string{"&&", "||", "**", "==", "!=", "<>", "<=", ">="}

func syntax(s string, at int) error {
	if at >= len(s) {
		return sqlstate.New(sqlstate.SyntaxError, "syntax error at end of jsonpath input")
	}
	return sqlstate.New(sqlstate.SyntaxError, "syntax error at or near \"%s\" of jsonpath input", s[at:])
}

// tokens splits a path.
func tokens(s string) ([]token, error) {
	var all []token
	for at := 0; ; {
		for at < len(s) && strings.IndexByte(" \t\n\r\f", s[at]) >= 0 {
			at++
		}
		if at >= len(s) {
			return append(all, token{kind: endOfPath, at: at}), nil
		}
		if strings.HasPrefix(s[at:], "/*") {
			end := strings.Index(s[at+2:], "*/")
			if end < 0 {
				return nil, sqlstate.New(sqlstate.SyntaxError, "unexpected end of comment of jsonpath input")
			}
			at += end + 4
			continue
		}
		t, next, err := oneToken(s, at)
		if err != nil {
			return nil, err
		}
		all, at = append(all, t), next
	}
}

func oneToken(s string, at int) (token, int, error) {
	c := s[at]
	switch {
	case c == '"':
		text, next, err := quotedText(s, at)
		return token{quoted, text, at}, next, err
	case c == '$' && at+1 < len(s) && s[at+1] == '"':
		text, next, err := quotedText(s, at+1)
		return token{variable, text, at}, next, err
	case c == '$' && at+1 < len(s) && plain(s[at+1]):
		text, next, err := wordText(s, at+1)
		return token{variable, text, at}, next, err
	case digit(c) || c == '.' && at+1 < len(s) && digit(s[at+1]):
		return numberToken(s, at)
	case plain(c) || c == '\\':
		text, next, err := wordText(s, at)
		return token{word, text, at}, next, err
	}
	for _, double := range symbols {
		if strings.HasPrefix(s[at:], double) {
			return token{symbol, double, at}, at + 2, nil
		}
	}
	return token{symbol, string(c), at}, at + 1, nil
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func plain(c byte) bool {
	return strings.IndexByte(special, c) < 0 && strings.IndexByte(" \t\n\r\f", c) < 0
}

// numberToken reads a number; what follows it at once must not be a word. Its text is in
// decimal, without underscores.
func numberToken(s string, at int) (token, int, error) {
	if t, end, ok := basedToken(s, at); ok {
		return t, end, nil
	}
	end := digitsOf(s, at)
	if end-at > 1 && s[at] == '0' {
		return token{}, 0, sqlstate.New(sqlstate.SyntaxError, "trailing junk after numeric literal at or near \"%s\" of jsonpath input", s[at:at+2])
	}
	if end+1 < len(s) && s[end] == '.' && end > at && plain(s[end+1]) && !digit(s[end+1]) {
		return token{}, 0, sqlstate.New(sqlstate.SyntaxError, "trailing junk after numeric literal at or near \"%s\" of jsonpath input", s[at:end+2])
	}
	if end < len(s) && s[end] == '.' && (end == at || end+1 >= len(s) || digit(s[end+1]) || strings.IndexByte(special, s[end+1]) >= 0 && s[end+1] != '.' && s[end+1] != '*' && s[end+1] != '"') {
		end = digitsOf(s, end+1)
	}
	if end < len(s) && (s[end] == 'e' || s[end] == 'E') {
		exponent := end + 1
		if exponent < len(s) && (s[exponent] == '+' || s[exponent] == '-') {
			exponent++
		}
		if exponent >= len(s) || !digit(s[exponent]) {
			return token{}, 0, sqlstate.New(sqlstate.SyntaxError, "trailing junk after numeric literal at or near \"%s\" of jsonpath input", s[at:end+1])
		}
		end = digitsOf(s, exponent)
	}
	if end < len(s) && plain(s[end]) {
		return token{}, 0, sqlstate.New(sqlstate.SyntaxError, "trailing junk after numeric literal at or near \"%s\" of jsonpath input", s[at:end+1])
	}
	return token{number, strings.ReplaceAll(s[at:end], "_", ""), at}, end, nil
}

// digitsOf is where digits end, between which single underscores may stand.
func digitsOf(s string, at int) int {
	for at < len(s) && (digit(s[at]) || s[at] == '_' && at > 0 && digit(s[at-1]) && at+1 < len(s) && digit(s[at+1])) {
		at++
	}
	return at
}

// basedToken reads a hexadecimal, octal or binary integer.
func basedToken(s string, at int) (t token, end int, ok bool) {
	if at+2 >= len(s) || s[at] != '0' || strings.IndexByte("xXoObB", s[at+1]) < 0 {
		return t, 0, false
	}
	for end = at + 2; end < len(s) && plain(s[end]); end++ {
	}
	value, valid := new(big.Int).SetString(s[at:end], 0)
	if !valid {
		return t, 0, false
	}
	return token{number, value.String(), at}, end, true
}

// wordText reads a word, in which a backslash escapes.
func wordText(s string, at int) (string, int, error) {
	end := at
	for end < len(s) && plain(s[end]) {
		_, size := utf8.DecodeRuneInString(s[end:])
		end += size
	}
	if end < len(s) && s[end] == '\\' {
		return "", 0, sqlstate.Unsupported("jsonpath key with an escape outside quotes")
	}
	return s[at:end], end, nil
}

// quotedText reads a string in double quotes, with JSON's escapes.
func quotedText(s string, at int) (string, int, error) {
	for end := at + 1; end < len(s); end++ {
		switch s[end] {
		case '\\':
			if end+1 < len(s) && strings.IndexByte(`"\/bfnrtu`, s[end+1]) < 0 {
				return "", 0, sqlstate.Unsupported("jsonpath string with the escape \\%c", s[end+1])
			}
			end++
		case '"':
			raw := strings.NewReplacer("\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(s[at : end+1])
			v, err := pgjson.Parse(raw, true)
			if err != nil {
				return "", 0, err
			}
			return v.Text, end + 1, nil
		}
	}
	return "", 0, sqlstate.New(sqlstate.SyntaxError, "unterminated quoted string at or near \"%s\" of jsonpath input", s[at:])
}
