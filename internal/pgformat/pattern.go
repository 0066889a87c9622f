// Package pgformat formats and reads dates and numbers by the patterns of PostgreSQL's
// to_char, to_date, to_timestamp and to_number, in the C locale.
//
// In: values and patterns. Out: texts and values, or PostgreSQL's errors. It knows no SQL.
package pgformat

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// nodeKind of a pattern's part.
type nodeKind uint8

const (
	action    nodeKind = iota // a keyword
	character                 // to be copied, or passed over
	separator
	space
)

// node is one part of a pattern.
type node struct {
	kind nodeKind
	word *keyword
	text string
	// quoted: the pattern has the character in quotes
	quoted bool
	fill   bool // FM
	th     byte // 't' or 'T' for th and TH
}

// keyword of a pattern. Those with lower set print in lower case.
type keyword struct {
	name  string
	id    string // the upper-case name
	digit bool   // reads a number
	mode  dateMode
}

// dateMode is the calendar a field belongs to.
type dateMode uint8

const (
	anyDate dateMode = iota
	gregorian
	isoWeek
)

// parse cuts a pattern into nodes. suffixes are those of dates: FM, TM, TH, th, SP.
func parse(format string, words map[byte][]keyword, suffixes bool) []node {
	var nodes []node
	for format != "" {
		fill := false
		if suffixes {
			for _, prefix := range []string{"FM", "fm", "TM", "tm"} {
				if rest, has := strings.CutPrefix(format, prefix); has {
					fill, format = true, rest
					break
				}
			}
		}
		if format == "" {
			break
		}
		if w := find(words, format); w != nil {
			n := node{kind: action, word: w, fill: fill}
			format = format[len(w.name):]
			if suffixes {
				for _, suffix := range []string{"TH", "th", "SP"} {
					if rest, has := strings.CutPrefix(format, suffix); has {
						format = rest
						if suffix != "SP" {
							n.th = suffix[0]
						}
						break
					}
				}
			}
			nodes = append(nodes, n)
			continue
		}
		nodes, format = literal(nodes, format, suffixes)
	}
	return nodes
}

func find(words map[byte][]keyword, format string) *keyword {
	list := words[format[0]]
	for i := range list {
		if strings.HasPrefix(format, list[i].name) {
			return &list[i]
		}
	}
	return nil
}

// literal takes a quoted text, or one character.
func literal(nodes []node, format string, dates bool) ([]node, string) {
	if format[0] == '"' {
		format = format[1:]
		for format != "" && format[0] != '"' {
			if format[0] == '\\' && len(format) > 1 {
				format = format[1:]
			}
			_, size := utf8.DecodeRuneInString(format)
			nodes = append(nodes, node{kind: character, text: format[:size], quoted: true})
			format = format[size:]
		}
		return nodes, strings.TrimPrefix(format, `"`)
	}
	if strings.HasPrefix(format, `\"`) {
		format = format[1:]
	}
	_, size := utf8.DecodeRuneInString(format)
	n := node{kind: character, text: format[:size]}
	switch {
	case dates && isSeparator(format[0]):
		n.kind = separator
	case isSpace(format[0]):
		n.kind = space
	}
	return append(nodes, n), format[size:]
}

func isSeparator(c byte) bool {
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c|0x20 >= 'a' && c|0x20 <= 'z')
}

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// table makes keywords findable by their first letter, in the given order.
func table(list []keyword) map[byte][]keyword {
	out := map[byte][]keyword{}
	for _, k := range list {
		if k.id == "" {
			k.id = strings.ToUpper(k.name)
		}
		out[k.name[0]] = append(out[k.name[0]], k)
	}
	return out
}

// ordinal is st, nd, rd or th behind a number.
func ordinal(number string, upper bool) (string, error) {
	last := number[len(number)-1]
	if !isDigit(last) {
		return "", sqlstate.New(sqlstate.InvalidTextRepresentation, "\"%s\" is not a number", number)
	}
	if len(number) > 1 && number[len(number)-2] == '1' {
		last = '0'
	}
	word := "th"
	switch last {
	case '1':
		word = "st"
	case '2':
		word = "nd"
	case '3':
		word = "rd"
	}
	if upper {
		word = strings.ToUpper(word)
	}
	return word, nil
}
