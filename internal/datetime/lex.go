package datetime

import "strings"

// fieldKind is what a piece of input looks like, before its meaning is known.
type fieldKind uint8

const (
	numberField  fieldKind = iota // 2024, 20240105, .5
	wordField                     // jan, noon, utc
	dateField                     // 2024-01-05, jan-5-2024, america/new_york
	timeField                     // 12:34:56.7
	zoneField                     // +02:00, -8
	specialField                  // +infinity, -infinity
)

type field struct {
	kind fieldKind
	text string // lower case
}

// maxFields is PostgreSQL's MAXDATEFIELDS.
const maxFields = 25

// lex splits date and time input into fields, by the look of each (ParseDateTime).
// ok is false where a character has no place.
func lex(text string) (list []field, ok bool) {
	l := lexer{text: text}
	for {
		for l.at < len(text) && isSpace(text[l.at]) {
			l.at++
		}
		if l.at == len(text) {
			return list, true
		}
		start := l.at
		kind, isField, ok := l.next()
		if !ok || isField && len(list) == maxFields {
			return nil, false
		}
		if isField {
			list = append(list, field{kind, dropSpaces(strings.ToLower(text[start:l.at]))})
		}
	}
}

// dropSpaces takes out the blanks a sign may be followed by.
func dropSpaces(s string) string {
	if strings.ContainsAny(s, " \t\n\r\v\f") {
		return strings.Join(strings.Fields(s), "")
	}
	return s
}

type lexer struct {
	text string
	at   int
}

func (l *lexer) next() (kind fieldKind, isField, ok bool) {
	switch c := l.text[l.at]; {
	case isDigit(c):
		return l.number(), true, true
	case c == '.':
		l.at++
		l.skip(isDigit)
		return numberField, true, true
	case isAlpha(c):
		return l.word(), true, true
	case c == '+' || c == '-':
		return l.signed()
	case isPunct(c): // only separates
		l.at++
		return 0, false, true
	}
	return 0, false, false
}

func (l *lexer) peek() byte {
	if l.at < len(l.text) {
		return l.text[l.at]
	}
	return 0
}

func (l *lexer) skip(class func(byte) bool) {
	for l.at < len(l.text) && class(l.text[l.at]) {
		l.at++
	}
}

// number reads what starts with a digit: a time by its colon, a date by its separators.
func (l *lexer) number() fieldKind {
	l.skip(isDigit)
	separator := l.peek()
	switch separator {
	case ':':
		l.skip(func(c byte) bool { return isDigit(c) || c == ':' || c == '.' })
		return timeField
	case '-', '/', '.':
	default:
		return numberField
	}
	l.at++
	if !isDigit(l.peek()) {
		l.skip(func(c byte) bool { return isDigit(c) || isAlpha(c) || c == separator })
		return dateField
	}
	l.skip(isDigit)
	if l.peek() == separator { // the same twice: a whole date
		l.skip(func(c byte) bool { return isDigit(c) || c == separator })
		return dateField
	}
	if separator == '.' {
		return numberField
	}
	return dateField
}

// word reads what starts with a letter: a date or a zone's name by its punctuation.
func (l *lexer) word() fieldKind {
	start := l.at
	l.skip(isAlpha)
	date := false
	switch c := l.peek(); {
	case c == '-' || c == '/' || c == '.':
		date = true
	case c == '+' || isDigit(c):
		_, known := dateTokens[truncate(strings.ToLower(l.text[start:l.at]))]
		date = !known
	}
	if !date {
		return wordField
	}
	l.skip(func(c byte) bool { return isDigit(c) || isAlpha(c) || strings.IndexByte("+-/_.:", c) >= 0 })
	return dateField
}

func (l *lexer) signed() (fieldKind, bool, bool) {
	l.at++
	l.skip(isSpace)
	switch c := l.peek(); {
	case isDigit(c):
		l.skip(func(c byte) bool { return isDigit(c) || c == ':' || c == '.' || c == '-' })
		return zoneField, true, true
	case isAlpha(c):
		l.skip(isAlpha)
		return specialField, true, true
	}
	return 0, false, false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isAlpha(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }
func isPunct(c byte) bool { return c > ' ' && c < 0x7f && !isDigit(c) && !isAlpha(c) }
