// Package charset converts between UTF-8 and the character sets that clients may ask for,
// as PostgreSQL converts them (manual, "Character Set Support").
//
// In: bytes of a client, or UTF-8. Out: the other, or 22P05 for what the other side has no
// character for. It knows sets of one byte a character; those of several are not served.
package charset

import (
	"fmt"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Set is a character set.
type Set struct {
	name    string
	symbols [256]rune // utf8.RuneError where there is none
	bytes   map[rune]byte
}

// table says what a set is called besides its name, and where it differs from what the
// standard's map says.
type table struct {
	name    string
	aliases string // lower-case letters and digits
	of      *charmap.Charmap
	differs map[byte]rune
}

// tables are PostgreSQL's sets of one byte.
var tables = []table{
	{"LATIN1", "iso88591", charmap.ISO8859_1, nil}, {"LATIN2", "iso88592", charmap.ISO8859_2, nil}, {"LATIN3", "iso88593", charmap.ISO8859_3, nil},
	{"LATIN4", "iso88594", charmap.ISO8859_4, nil}, {"LATIN5", "iso88599", charmap.ISO8859_9, nil}, {"LATIN6", "iso885910", charmap.ISO8859_10, nil},
	{"LATIN7", "iso885913", charmap.ISO8859_13, nil}, {"LATIN8", "iso885914", charmap.ISO8859_14, nil}, {"LATIN9", "iso885915", charmap.ISO8859_15, nil},
	{"LATIN10", "iso885916", charmap.ISO8859_16, nil}, {"ISO_8859_5", "", charmap.ISO8859_5, nil}, {"ISO_8859_6", "", charmap.ISO8859_6, nil},
	{"ISO_8859_7", "", charmap.ISO8859_7, nil}, {"ISO_8859_8", "", charmap.ISO8859_8, nil},
	{"KOI8R", "koi8", charmap.KOI8R, nil}, {"KOI8U", "", charmap.KOI8U, map[byte]rune{0xae: '╝', 0xbe: '╬'}},
	{"WIN866", "alt windows866", charmap.CodePage866, nil}, {"WIN874", "windows874", charmap.Windows874, nil},
	{"WIN1250", "windows1250", charmap.Windows1250, nil}, {"WIN1251", "win windows1251", charmap.Windows1251, nil},
	{"WIN1252", "windows1252", charmap.Windows1252, nil}, {"WIN1253", "windows1253", charmap.Windows1253, nil},
	{"WIN1254", "windows1254", charmap.Windows1254, nil}, {"WIN1255", "windows1255", charmap.Windows1255, map[byte]rune{0xca: utf8.RuneError}},
	{"WIN1256", "windows1256", charmap.Windows1256, nil}, {"WIN1257", "windows1257", charmap.Windows1257, nil},
	{"WIN1258", "abc tcvn tcvn5712 vscii windows1258", charmap.Windows1258, nil},
}

var byName = sync.OnceValue(func() map[string]*Set {
	all := map[string]*Set{}
	for _, t := range tables {
		set := t.set()
		all[plain(t.name)] = set
		for _, alias := range strings.Fields(t.aliases) {
			all[alias] = set
		}
	}
	return all
})

func (t table) set() *Set {
	s := &Set{name: t.name, bytes: map[rune]byte{}}
	standard := strings.HasPrefix(t.name, "LATIN") || strings.HasPrefix(t.name, "ISO")
	for i := range s.symbols {
		b := byte(i)
		symbol := t.of.DecodeByte(b)
		if standard && b >= 0x80 && b < 0xa0 { // the control characters, which the standard leaves open
			symbol = rune(b)
		}
		if other, differs := t.differs[b]; differs {
			symbol = other
		}
		s.symbols[i] = symbol
		if symbol != utf8.RuneError {
			s.bytes[symbol] = b
		}
	}
	return s
}

// Find gives the set that a name means; nil where there is none.
func Find(name string) *Set { return byName()[plain(name)] }

// plain leaves letters and digits, as PostgreSQL compares such names.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

// Name is PostgreSQL's for the set.
func (s *Set) Name() string { return s.name }

// Decode gives a client's text in UTF-8.
func (s *Set) Decode(text string) (string, error) {
	if isASCII(text) {
		return text, nil
	}
	var b strings.Builder
	for i := range len(text) {
		symbol := s.symbols[text[i]]
		if symbol == utf8.RuneError {
			return "", untranslatable([]byte{text[i]}, s.name, "UTF8")
		}
		b.WriteRune(symbol)
	}
	return b.String(), nil
}

// EncodeFrom turns the end of buf, from a place on, from UTF-8 into the set.
func (s *Set) EncodeFrom(buf []byte, from int) ([]byte, error) {
	text := string(buf[from:])
	if isASCII(text) {
		return buf, nil
	}
	buf = buf[:from]
	for i, symbol := range text {
		b, ok := s.bytes[symbol]
		if !ok {
			return buf, untranslatable([]byte(text[i:i+utf8.RuneLen(symbol)]), "UTF8", s.name)
		}
		buf = append(buf, b)
	}
	return buf, nil
}

// Message gives text that must be sent whatever it holds: what has no character is "?".
func (s *Set) Message(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	for _, symbol := range text {
		c, ok := s.bytes[symbol]
		if !ok {
			c = '?'
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func untranslatable(bytes []byte, from, to string) error {
	var list strings.Builder
	for _, b := range bytes {
		fmt.Fprintf(&list, " 0x%02x", b)
	}
	return sqlstate.New(sqlstate.UntranslatableCharacter, "character with byte sequence%s in encoding %q has no equivalent in encoding %q", list.String(), from, to)
}
