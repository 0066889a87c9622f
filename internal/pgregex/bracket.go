package pgregex

import "strings"

// bracket reads a bracket expression. [[:<:]] and [[:>:]] are the edges of words.
func (p *parser) bracket() (*node, error) {
	switch {
	case p.take("[[:<:]]"):
		return &node{kind: assert, place: wordStart}, nil
	case p.take("[[:>:]]"):
		return &node{kind: assert, place: wordEnd}, nil
	}
	p.at++
	negated := p.take("^")
	s := &set{}
	for first := true; ; first = false {
		if !p.more() {
			return nil, invalid("brackets [] not balanced")
		}
		if p.in[p.at] == ']' && !first {
			p.at++
			break
		}
		if err := p.bracketItem(s, first); err != nil {
			return nil, err
		}
	}
	if p.flags.IgnoreCase {
		s.fold()
	}
	if negated {
		s = s.complement()
		if p.flags.DotNoBreak {
			s = s.without('\n')
		}
	}
	return &node{kind: class, set: s.seal()}, nil
}

// bracketItem reads a character, a range or a class.
func (p *parser) bracketItem(s *set, first bool) error {
	switch {
	case p.take("[:"):
		name, err := p.until(":]")
		if err != nil {
			return err
		}
		if named[name] == nil {
			return invalid("invalid character class")
		}
		if p.flags.IgnoreCase && (name == "upper" || name == "lower") {
			name = "alpha"
		}
		s.addAll(namedSet(name))
		return p.noRange()
	case p.take("[="):
		name, err := p.until("=]")
		if err != nil {
			return err
		}
		c, ok := collating(name)
		if !ok {
			return invalid("invalid collating element")
		}
		s.add(c, c)
		return p.noRange()
	case p.has(`\`) && p.at+1 < len(p.in) && escapedClass(p.in[p.at+1]) != nil:
		s.addAll(escapedClass(p.in[p.at+1]))
		p.at += 2
		return p.noRange()
	}
	if p.in[p.at] == '-' && !first && p.at+1 < len(p.in) && p.in[p.at+1] != ']' {
		return invalid("invalid character range") // a hyphen stands first, last, or between two
	}
	low, err := p.bracketCharacter()
	if err != nil {
		return err
	}
	high := low
	if p.has("-") && p.at+1 < len(p.in) && p.in[p.at+1] != ']' {
		p.at++
		if p.has("[:") || p.has("[=") || p.has(`\`) && p.at+1 < len(p.in) && escapedClass(p.in[p.at+1]) != nil {
			return invalid("invalid character range")
		}
		if high, err = p.bracketCharacter(); err != nil {
			return err
		}
		if low > high {
			return invalid("invalid character range")
		}
	}
	s.add(low, high)
	return nil
}

// noRange: a class is no end of a range.
func (p *parser) noRange() error {
	if p.has("-") && p.at+1 < len(p.in) && p.in[p.at+1] != ']' {
		return invalid("invalid character range")
	}
	return nil
}

func (p *parser) bracketCharacter() (rune, error) {
	switch {
	case !p.more():
		return 0, invalid("brackets [] not balanced")
	case p.take("[."):
		name, err := p.until(".]")
		if err != nil {
			return 0, err
		}
		c, ok := collating(name)
		if !ok {
			return 0, invalid("invalid collating element")
		}
		return c, nil
	case p.in[p.at] == '\\':
		if p.at+1 < len(p.in) && strings.ContainsRune("AZmMyY", p.in[p.at+1]) {
			return 0, badEscape
		}
		return p.escapedCharacter()
	}
	p.at++
	return p.in[p.at-1], nil
}

func (p *parser) until(end string) (string, error) {
	start := p.at
	for ; p.more(); p.at++ {
		if p.has(end) {
			name := string(p.in[start:p.at])
			p.take(end)
			return name, nil
		}
	}
	return "", invalid("brackets [] not balanced")
}

// collating gives the character that a collating element names.
func collating(name string) (rune, bool) {
	if runes := []rune(name); len(runes) == 1 {
		return runes[0], true
	}
	c, ok := map[string]rune{"NUL": 0, "tab": '\t', "newline": '\n', "space": ' ', "hyphen": '-', "period": '.', "comma": ',', "slash": '/',
		"backslash": '\\', "circumflex": '^', "underscore": '_', "left-square-bracket": '[', "right-square-bracket": ']'}[name]
	return c, ok
}
