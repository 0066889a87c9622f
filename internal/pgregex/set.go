package pgregex

import "sort"

// set is a set of characters as sorted ranges.
type set struct{ ranges [][2]rune }

func (s *set) add(low, high rune) { s.ranges = append(s.ranges, [2]rune{low, high}) }

func (s *set) addAll(o *set) { s.ranges = append(s.ranges, o.ranges...) }

// fold adds the other case of every ASCII letter.
func (s *set) fold() {
	for _, r := range append([][2]rune{}, s.ranges...) {
		for _, letters := range [][2]rune{{'a', 'z'}, {'A', 'Z'}} {
			low, high := max(r[0], letters[0]), min(r[1], letters[1])
			if low <= high {
				s.add(low^0x20, high^0x20)
			}
		}
	}
}

// seal sorts and merges the ranges.
func (s *set) seal() *set {
	sort.Slice(s.ranges, func(i, j int) bool { return s.ranges[i][0] < s.ranges[j][0] })
	var out [][2]rune
	for _, r := range s.ranges {
		if n := len(out); n > 0 && r[0] <= out[n-1][1]+1 {
			out[n-1][1] = max(out[n-1][1], r[1])
			continue
		}
		out = append(out, r)
	}
	s.ranges = out
	return s
}

// lastRune is the last of Unicode.
const lastRune = 0x10ffff

func (s *set) complement() *set {
	s.seal()
	out := &set{}
	next := rune(0)
	for _, r := range s.ranges {
		if next < r[0] {
			out.add(next, r[0]-1)
		}
		next = r[1] + 1
	}
	if next <= lastRune {
		out.add(next, lastRune)
	}
	return out
}

func (s *set) without(c rune) *set {
	n := &set{}
	n.addAll(s.complement())
	n.add(c, c)
	return n.complement()
}

func (s *set) has(c rune) bool {
	if len(s.ranges) == 1 {
		return s.ranges[0][0] <= c && c <= s.ranges[0][1]
	}
	i := sort.Search(len(s.ranges), func(i int) bool { return s.ranges[i][1] >= c })
	return i < len(s.ranges) && s.ranges[i][0] <= c
}

// named are the classes of the "C" locale.
var named = map[string][][2]rune{
	"alpha": {{'A', 'Z'}, {'a', 'z'}}, "digit": {{'0', '9'}}, "alnum": {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}},
	"upper": {{'A', 'Z'}}, "lower": {{'a', 'z'}}, "space": {{'\t', '\r'}, {' ', ' '}}, "blank": {{'\t', '\t'}, {' ', ' '}},
	"punct": {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}, "xdigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}},
	"cntrl": {{0, 0x1f}, {0x7f, 0x7f}}, "print": {{' ', '~'}}, "graph": {{'!', '~'}}, "ascii": {{0, 0x7f}},
	"word": {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}},
}

func namedSet(name string) *set {
	s := &set{}
	for _, r := range named[name] {
		s.add(r[0], r[1])
	}
	return s
}

func isWord(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_'
}
