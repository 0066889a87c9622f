package pgregex

import (
	"github.com/sluicemesh/sluice/sqlstate"
)

// parser reads a pattern from left to right.
type parser struct {
	in             []rune
	at             int
	flags          Flags
	groups         int
	closed         map[int]*node // groups whose parenthesis has closed
	backReferences bool
	looking        int // depth of lookarounds: nothing captures in there
}

func (p *parser) more() bool { return p.at < len(p.in) }

func (p *parser) has(prefix string) bool {
	for i, c := range []rune(prefix) {
		if p.at+i >= len(p.in) || p.in[p.at+i] != c {
			return false
		}
	}
	return true
}

func (p *parser) take(prefix string) bool {
	if !p.has(prefix) {
		return false
	}
	p.at += len([]rune(prefix))
	return true
}

// options reads what may stand before the pattern: ***= and ***: and (?letters).
func (p *parser) options() error {
	switch {
	case p.flags.Literal:
		return nil
	case p.take("***="):
		p.flags.Literal = true
		return nil
	case p.take("***:"):
	case p.has("***"):
		return invalid("invalid regexp (reg version 0.8)")
	}
	if !p.has("(?") || p.at+2 >= len(p.in) || !isLetter(p.in[p.at+2]) {
		return nil
	}
	p.at += 2
	for ; p.more() && isLetter(p.in[p.at]); p.at++ {
		if err := p.flags.option(p.in[p.at]); err != nil {
			return err
		}
	}
	if !p.take(")") {
		return invalid("invalid embedded option")
	}
	return nil
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (f *Flags) option(letter rune) error {
	switch letter {
	case 'c':
		f.IgnoreCase = false
	case 'i':
		f.IgnoreCase = true
	case 'm', 'n':
		f.DotNoBreak, f.LineAnchors = true, true
	case 'p':
		f.DotNoBreak, f.LineAnchors = true, false
	case 'w':
		f.DotNoBreak, f.LineAnchors = false, true
	case 's':
		f.DotNoBreak, f.LineAnchors = false, false
	case 'q':
		f.Literal = true
	case 't':
		f.Expanded = false
	case 'x':
		f.Expanded = true
	case 'b', 'e':
		return sqlstate.Unsupported("regular expression option %c", letter)
	default:
		return invalid("invalid embedded option")
	}
	return nil
}

func (p *parser) pattern() (*node, error) {
	p.closed = map[int]*node{}
	if p.flags.Literal {
		var list []*node
		for _, c := range p.in[p.at:] {
			list = append(list, p.literal(c))
		}
		return newSequence(list), nil
	}
	n, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.more() {
		return nil, invalid("parentheses () not balanced")
	}
	return n, nil
}

func (p *parser) alternatives() (*node, error) {
	var branches []*node
	for {
		b, err := p.branch()
		if err != nil {
			return nil, err
		}
		branches = append(branches, b)
		if !p.take("|") {
			break
		}
	}
	if len(branches) == 1 {
		return branches[0], nil
	}
	n := &node{kind: either, parts: branches, prefers: longer}
	for _, b := range branches {
		n.captures = n.captures || b.captures
	}
	return n, nil
}

func (p *parser) branch() (*node, error) {
	var list []*node
	for {
		if err := p.skip(); err != nil {
			return nil, err
		}
		if !p.more() || p.in[p.at] == '|' || p.in[p.at] == ')' {
			return newSequence(list), nil
		}
		n, err := p.quantified()
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
}

// skip passes over comments and, in expanded syntax, blanks.
func (p *parser) skip() error {
	for {
		switch {
		case p.has("(?#"):
			for p.more() && p.in[p.at] != ')' {
				p.at++
			}
			if !p.take(")") {
				return nil
			}
		case p.flags.Expanded && p.more() && (p.in[p.at] == ' ' || p.in[p.at] >= '\t' && p.in[p.at] <= '\r'):
			p.at++
		case p.flags.Expanded && p.has("#"):
			for p.more() && p.in[p.at] != '\n' {
				p.at++
			}
		default:
			return nil
		}
	}
}

func (p *parser) quantified() (*node, error) {
	x, err := p.atom()
	if err != nil || x.kind == assert || x.kind == look {
		return x, err
	}
	if err := p.skip(); err != nil {
		return nil, err
	}
	low, high, prefers, found, err := p.quantifier()
	if err != nil || !found {
		return x, err
	}
	return newRepeat(x, low, high, prefers), nil
}

func (p *parser) quantifier() (low, high int, prefers preference, found bool, err error) {
	prefers, found = longer, true
	switch {
	case p.take("*"):
		low, high = 0, -1
	case p.take("+"):
		low, high = 1, -1
	case p.take("?"):
		low, high = 0, 1
	case p.has("{") && p.at+1 < len(p.in) && isDigit(p.in[p.at+1]):
		p.at++
		if low, high, prefers, err = p.bounds(); err != nil {
			return
		}
	default:
		return 0, 0, none, false, nil
	}
	if p.take("?") && prefers == longer {
		prefers = shorter
	}
	return
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func (p *parser) number() (int, error) {
	n := 0
	if !p.more() || !isDigit(p.in[p.at]) {
		return 0, invalid("invalid repetition count(s)")
	}
	for ; p.more() && isDigit(p.in[p.at]); p.at++ {
		if n = n*10 + int(p.in[p.at]-'0'); n > most {
			return 0, invalid("invalid repetition count(s)")
		}
	}
	return n, nil
}

// bounds reads m}, m,} and m,n}. {m} leaves the preference to what is repeated.
func (p *parser) bounds() (low, high int, prefers preference, err error) {
	if low, err = p.number(); err != nil {
		return
	}
	high = low
	if p.take(",") {
		prefers, high = longer, -1
		if p.more() && isDigit(p.in[p.at]) {
			if high, err = p.number(); err != nil {
				return
			}
			if low > high {
				return 0, 0, none, invalid("invalid repetition count(s)")
			}
		}
	}
	if !p.take("}") {
		if p.more() {
			return 0, 0, none, invalid("invalid repetition count(s)")
		}
		return 0, 0, none, invalid("braces {} not balanced")
	}
	return
}

func (p *parser) literal(c rune) *node {
	s := &set{}
	s.add(c, c)
	if p.flags.IgnoreCase {
		s.fold()
	}
	return &node{kind: class, set: s.seal()}
}

func (p *parser) atom() (*node, error) {
	c := p.in[p.at]
	switch c {
	case '^':
		p.at++
		if p.flags.LineAnchors {
			return &node{kind: assert, place: lineStart}, nil
		}
		return &node{kind: assert, place: textStart}, nil
	case '$':
		p.at++
		if p.flags.LineAnchors {
			return &node{kind: assert, place: lineEnd}, nil
		}
		return &node{kind: assert, place: textEnd}, nil
	case '(':
		return p.parenthesis()
	case '[':
		return p.bracket()
	case '\\':
		return p.escape()
	case '.':
		p.at++
		s := &set{}
		s.add(0, lastRune)
		if p.flags.DotNoBreak {
			s = s.without('\n')
		}
		return &node{kind: class, set: s.seal()}, nil
	case '*', '+', '?':
		return nil, invalid("quantifier operand invalid")
	case '{':
		if p.at+1 < len(p.in) && isDigit(p.in[p.at+1]) {
			return nil, invalid("quantifier operand invalid")
		}
	}
	p.at++
	return p.literal(c), nil
}

func (p *parser) parenthesis() (*node, error) {
	n := &node{kind: group}
	switch {
	case p.take("(?:"):
	case p.take("(?="):
		n.kind = look
	case p.take("(?!"):
		n.kind, n.negated = look, true
	case p.take("(?<="):
		n.kind, n.behind = look, true
	case p.take("(?<!"):
		n.kind, n.behind, n.negated = look, true, true
	case p.has("(?"):
		return nil, invalid("quantifier operand invalid")
	default:
		p.at++
		if p.looking == 0 {
			p.groups++
			n.number, n.captures = p.groups, true
		}
	}
	if n.kind == look {
		p.looking++
	}
	inner, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if n.kind == look {
		p.looking--
	}
	if !p.take(")") {
		return nil, invalid("parentheses () not balanced")
	}
	n.parts = []*node{inner}
	if n.kind == group {
		n.prefers, n.captures = inner.prefers, n.captures || inner.captures
	}
	if n.number > 0 {
		p.closed[n.number] = n
	}
	return n, nil
}

// hex reads up to n hexadecimal digits; all of them where exact.
func (p *parser) hex(n int, exact bool) (rune, bool) {
	value, read := rune(0), 0
	for ; p.more() && read < n; p.at++ {
		c := p.in[p.at]
		d := rune(0)
		switch {
		case isDigit(c):
			d = c - '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			d = (c | 0x20) - 'a' + 10
		default:
			return value, read > 0 && !exact && value <= lastRune
		}
		if value > lastRune>>4 && value > lastRune {
			return 0, false
		}
		value = value<<4 | d
		read++
	}
	return value, read > 0 && (!exact || read == n) && value <= lastRune
}

var badEscape = invalid("invalid escape \\ sequence")

// escape reads a backslash and what follows it, outside of brackets.
func (p *parser) escape() (*node, error) {
	if p.at+1 >= len(p.in) {
		return nil, badEscape
	}
	c := p.in[p.at+1]
	if places, ok := map[rune]place{'A': textStart, 'Z': textEnd, 'm': wordStart, 'M': wordEnd, 'y': wordEdge, 'Y': notWordEdge}[c]; ok {
		p.at += 2
		return &node{kind: assert, place: places}, nil
	}
	if s := escapedClass(c); s != nil {
		p.at += 2
		return &node{kind: class, set: s.seal()}, nil
	}
	if c >= '1' && c <= '9' {
		if n, ok := p.reference(); ok {
			if p.closed[n.number] == nil {
				return nil, invalid("invalid backreference number")
			}
			return n, nil
		}
	}
	r, err := p.escapedCharacter()
	if err != nil {
		return nil, err
	}
	return p.literal(r), nil
}

func escapedClass(c rune) *set {
	switch c {
	case 'd':
		return namedSet("digit")
	case 's':
		return namedSet("space")
	case 'w':
		return namedSet("word")
	case 'D':
		return namedSet("digit").complement()
	case 'S':
		return namedSet("space").complement()
	case 'W':
		return namedSet("word").complement()
	}
	return nil
}

// reference reads \n: of one digit always a back reference, of more where there are so
// many groups. ok is false for an octal number.
func (p *parser) reference() (*node, bool) {
	start, n := p.at, 0
	p.at++
	for ; p.more() && isDigit(p.in[p.at]) && n < 1000; p.at++ {
		n = n*10 + int(p.in[p.at]-'0')
	}
	if p.at-start > 2 && n > len(p.closed) {
		p.at = start
		return nil, false
	}
	p.backReferences = true
	return &node{kind: backReference, number: n, captures: true}, true
}

// escapedCharacter reads an escape that stands for one character.
func (p *parser) escapedCharacter() (rune, error) {
	if p.at+1 >= len(p.in) {
		return 0, badEscape
	}
	c := p.in[p.at+1]
	p.at += 2
	if simple, ok := map[rune]rune{'a': 7, 'b': 8, 'B': '\\', 'e': 27, 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}[c]; ok {
		return simple, nil
	}
	ok := true
	var r rune
	switch {
	case c == 'c':
		if !p.more() {
			return 0, badEscape
		}
		r = p.in[p.at] & 0x1f
		p.at++
	case c == 'u':
		r, ok = p.hex(4, true)
	case c == 'U':
		r, ok = p.hex(8, true)
	case c == 'x':
		r, ok = p.hex(255, false)
	case isDigit(c):
		p.at--
		for read := 0; read < 3 && p.more() && p.in[p.at] >= '0' && p.in[p.at] <= '7'; read++ {
			r = r<<3 | (p.in[p.at] - '0')
			p.at++
		}
		ok = p.in[p.at-1] != '\\' && r <= 255
	case isLetter(c):
		return 0, badEscape
	default:
		return c, nil
	}
	if !ok {
		return 0, badEscape
	}
	return r, nil
}
