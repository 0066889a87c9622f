// Package pgregex matches PostgreSQL's advanced regular expressions.
//
// In: a pattern, flags, texts. Out: where it matches, as PostgreSQL has it: the leftmost
// match, the longest or the shortest as the pattern's first quantifier prefers, divided
// among its parts from left to right. Letters and their case are those of ASCII, as
// under collation "C". It knows no SQL.
package pgregex

import (
	"github.com/sluicemesh/sluice/sqlstate"
)

// Flags are the options that letters give.
type Flags struct {
	IgnoreCase  bool // i
	Literal     bool // q
	Expanded    bool // x
	DotNoBreak  bool // n, p: . and [^…] match no newline
	LineAnchors bool // n, w: ^ and $ match at newlines
}

// Regexp is a compiled pattern. It may be used by several goroutines.
type Regexp struct {
	Groups int // capturing ones
	root   *node
	exact  bool // no back references: every match of the automaton is one
	flags  Flags
}

func invalid(reason string) error {
	return sqlstate.New(sqlstate.InvalidRegularExpression, "invalid regular expression: %s", reason)
}

// Compile reads a pattern.
func Compile(pattern string, flags Flags) (*Regexp, error) {
	p := &parser{in: []rune(pattern), flags: flags}
	if err := p.options(); err != nil {
		return nil, err
	}
	root, err := p.pattern()
	if err != nil {
		return nil, err
	}
	re := &Regexp{Groups: p.groups, root: root, exact: !p.backReferences, flags: p.flags}
	return re, re.compile(root, p.closed)
}

// kind of a node.
type kind uint8

const (
	empty    kind = iota
	class         // one character of a set
	assert        // a place in the text
	look          // lookahead, lookbehind
	sequence      // left, then right
	either        // one of several
	repeat
	group
	backReference
)

// place is what an assertion asks of a position.
type place uint8

const (
	lineStart place = iota
	lineEnd
	textStart
	textEnd
	wordStart
	wordEnd
	wordEdge
	notWordEdge
)

// preference of a node for long or short matches; none has those of its parts.
type preference uint8

const (
	none preference = iota
	longer
	shorter
)

// node is a part of a pattern.
type node struct {
	kind     kind
	set      *set
	place    place
	parts    []*node // sequence: two
	min, max int     // repeat; max < 0 is no bound
	prefers  preference
	number   int  // of a group or back reference; 0 is not capturing
	behind   bool // look
	negated  bool
	captures bool // has capturing groups or back references inside
	program  *program
}

// most is the largest number of repetitions (DUPMAX).
const most = 255

func newSequence(list []*node) *node {
	switch len(list) {
	case 0:
		return &node{kind: empty}
	case 1:
		return list[0]
	}
	rest := newSequence(list[1:])
	n := &node{kind: sequence, parts: []*node{list[0], rest}, prefers: list[0].prefers, captures: list[0].captures || rest.captures}
	if n.prefers == none {
		n.prefers = rest.prefers
	}
	return n
}

// newRepeat makes x{min,max}. Where x captures and must match, the last round stands
// apart, because only what it captures counts.
func newRepeat(x *node, min, max int, prefers preference) *node {
	if prefers == none {
		prefers = x.prefers
	}
	switch {
	case min == 0 && max == 0:
		return &node{kind: empty}
	case min == 1 && max == 1:
		c := *x
		c.prefers = prefers
		return &c
	case x.captures && min > 0 && !x.refersBack():
		fewer := max - 1
		if max < 0 {
			fewer = max
		}
		before := newRepeat(x.silent(), min-1, fewer, prefers)
		before.prefers = prefers
		n := newSequence([]*node{before, x})
		n.prefers = prefers
		return n
	}
	return &node{kind: repeat, parts: []*node{x}, min: min, max: max, prefers: prefers, captures: x.captures}
}

func (n *node) refersBack() bool {
	if n.kind == backReference {
		return true
	}
	for _, p := range n.parts {
		if p.refersBack() {
			return true
		}
	}
	return false
}

// silent is a copy that captures nothing.
func (n *node) silent() *node {
	c := *n
	c.captures, c.program = false, nil
	if c.kind == group {
		c.number = 0
	}
	c.parts = make([]*node, len(n.parts))
	for i, p := range n.parts {
		c.parts[i] = p.silent()
	}
	return &c
}
