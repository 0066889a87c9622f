package pgregex

// instruction of a program: a small automaton.
type instruction struct {
	op   opcode
	node *node // class, assert, look
	x, y int
}

type opcode uint8

const (
	opClass opcode = iota
	opSplit        // x or y
	opJump         // x
	opCheck        // assert, look
	opEnd
)

type program struct{ code []instruction }

// mostCode bounds programs: beyond, PostgreSQL finds patterns too complex as well.
const mostCode = 100000

// compile makes the programs of all nodes whose span is looked for by itself.
func (re *Regexp) compile(n *node, groups map[int]*node) error {
	var p program
	if !p.emit(n, groups, 0) {
		return invalid("regular expression is too complex")
	}
	p.code = append(p.code, instruction{op: opEnd})
	n.program = &p
	for _, part := range n.parts {
		if n.captures || n.kind == look || hasLook(part) {
			if err := re.compile(part, groups); err != nil {
				return err
			}
		}
	}
	return nil
}

func hasLook(n *node) bool {
	if n.kind == look {
		return true
	}
	for _, p := range n.parts {
		if hasLook(p) {
			return true
		}
	}
	return false
}

// emit writes the automaton of a node. A back reference may match whatever its group
// may: whether it is the same text is seen when the match is divided.
func (p *program) emit(n *node, groups map[int]*node, depth int) bool {
	if len(p.code) > mostCode || depth > 1000 {
		return false
	}
	switch n.kind {
	case class:
		p.code = append(p.code, instruction{op: opClass, node: n})
	case assert, look:
		p.code = append(p.code, instruction{op: opCheck, node: n})
	case sequence:
		return p.emit(n.parts[0], groups, depth+1) && p.emit(n.parts[1], groups, depth+1)
	case group:
		return p.emit(n.parts[0], groups, depth+1)
	case backReference:
		g := groups[n.number]
		return g == nil || p.emit(g, groups, depth+1)
	case either:
		return p.emitEither(n, groups, depth)
	case repeat:
		return p.emitRepeat(n, groups, depth)
	}
	return true
}

func (p *program) emitEither(n *node, groups map[int]*node, depth int) bool {
	var ends []int
	for i, part := range n.parts {
		split := len(p.code)
		if i < len(n.parts)-1 {
			p.code = append(p.code, instruction{op: opSplit, x: split + 1})
		}
		if !p.emit(part, groups, depth+1) {
			return false
		}
		if i < len(n.parts)-1 {
			ends = append(ends, len(p.code))
			p.code = append(p.code, instruction{op: opJump})
			p.code[split].y = len(p.code)
		}
	}
	for _, e := range ends {
		p.code[e].x = len(p.code)
	}
	return true
}

func (p *program) emitRepeat(n *node, groups map[int]*node, depth int) bool {
	for range n.min {
		if !p.emit(n.parts[0], groups, depth+1) {
			return false
		}
	}
	if n.max < 0 {
		split := len(p.code)
		p.code = append(p.code, instruction{op: opSplit, x: split + 1})
		if !p.emit(n.parts[0], groups, depth+1) {
			return false
		}
		p.code = append(p.code, instruction{op: opJump, x: split})
		p.code[split].y = len(p.code)
		return true
	}
	var splits []int
	for range n.max - n.min {
		splits = append(splits, len(p.code))
		p.code = append(p.code, instruction{op: opSplit, x: len(p.code) + 1})
		if !p.emit(n.parts[0], groups, depth+1) {
			return false
		}
	}
	for _, s := range splits {
		p.code[s].y = len(p.code)
	}
	return true
}

// matcher is one search in one text.
type matcher struct {
	re    *Regexp
	text  []rune
	caps  []int
	looks map[lookAt]bool
	spans map[spanAt][]int
}

type lookAt struct {
	n  *node
	at int
}

type spanAt struct {
	n        *node
	from, to int
}

// threads is a set of instructions in the order they came.
type threads struct {
	dense  []int
	sparse []int
}

func (t *threads) has(pc int) bool {
	i := t.sparse[pc]
	return i < len(t.dense) && t.dense[i] == pc
}

func (t *threads) add(pc int) {
	t.sparse[pc] = len(t.dense)
	t.dense = append(t.dense, pc)
}

// follow adds an instruction and what can be reached from it without a character.
func (m *matcher) follow(p *program, t *threads, pc, at int) {
	if t.has(pc) {
		return
	}
	t.add(pc)
	switch i := &p.code[pc]; i.op {
	case opJump:
		m.follow(p, t, i.x, at)
	case opSplit:
		m.follow(p, t, i.x, at)
		m.follow(p, t, i.y, at)
	case opCheck:
		if m.holds(i.node, at) {
			m.follow(p, t, pc+1, at)
		}
	}
}

// run calls ended for every end of a match that begins at from, or anywhere from there
// on; it stops where ended is false.
func (m *matcher) run(p *program, from int, anywhere bool, ended func(at int) bool) {
	now, next := &threads{sparse: make([]int, len(p.code))}, &threads{sparse: make([]int, len(p.code))}
	m.follow(p, now, 0, from)
	for at := from; ; at++ {
		for _, pc := range now.dense {
			switch i := &p.code[pc]; i.op {
			case opEnd:
				if !ended(at) {
					return
				}
			case opClass:
				if at < len(m.text) && i.node.set.has(m.text[at]) {
					m.follow(p, next, pc+1, at+1)
				}
			}
		}
		if at == len(m.text) {
			return
		}
		if anywhere {
			m.follow(p, next, 0, at+1)
		} else if len(next.dense) == 0 {
			return
		}
		now, next = next, now
		next.dense = next.dense[:0]
	}
}

// ends gives where a match of n that begins at from may end, up to limit, in order.
func (m *matcher) ends(n *node, from, limit int) []int {
	key := spanAt{n, from, limit}
	if known, ok := m.spans[key]; ok {
		return known
	}
	var out []int
	m.run(n.program, from, false, func(at int) bool {
		if at <= limit {
			out = append(out, at)
		}
		return at < limit
	})
	m.spans[key] = out
	return out
}

func (m *matcher) word(at int) bool { return at >= 0 && at < len(m.text) && isWord(m.text[at]) }

// holds tells whether an assertion is true at a place.
func (m *matcher) holds(n *node, at int) bool {
	if n.kind == look {
		return m.looked(n, at)
	}
	switch n.place {
	case textStart:
		return at == 0
	case textEnd:
		return at == len(m.text)
	case lineStart:
		return at == 0 || m.text[at-1] == '\n'
	case lineEnd:
		return at == len(m.text) || m.text[at] == '\n'
	case wordStart:
		return !m.word(at-1) && m.word(at)
	case wordEnd:
		return m.word(at-1) && !m.word(at)
	case wordEdge:
		return m.word(at-1) != m.word(at)
	}
	return m.word(at-1) == m.word(at)
}

func (m *matcher) looked(n *node, at int) bool {
	key := lookAt{n, at}
	if known, ok := m.looks[key]; ok {
		return known
	}
	found := false
	if n.behind {
		for from := 0; from <= at && !found; from++ {
			m.run(n.parts[0].program, from, false, func(end int) bool {
				found = found || end == at
				return !found && end < at
			})
		}
	} else {
		m.run(n.parts[0].program, at, false, func(int) bool {
			found = true
			return false
		})
	}
	m.looks[key] = found != n.negated
	return found != n.negated
}

func (re *Regexp) matcher(text []rune) *matcher {
	return &matcher{re: re, text: text, looks: map[lookAt]bool{}, spans: map[spanAt][]int{}, caps: make([]int, 2*re.Groups+2)}
}

// Match tells whether the pattern matches anywhere.
func (re *Regexp) Match(text string) bool {
	m := re.matcher([]rune(text))
	if !re.exact {
		return re.find(m, 0)
	}
	found := false
	m.run(re.root.program, 0, true, func(int) bool {
		found = true
		return false
	})
	return found
}

// Find looks for the leftmost match from a character on. Of group i, 0 being all, it
// gives begin at 2i and end at 2i+1, in characters; -1 where it took no part.
func (re *Regexp) Find(text []rune, from int) ([]int, bool) {
	m := re.matcher(text)
	if !re.find(m, from) {
		return nil, false
	}
	return m.caps, true
}

func (re *Regexp) find(m *matcher, from int) bool {
	for begin := from; begin <= len(m.text); begin++ {
		ends := m.ends(re.root, begin, len(m.text))
		for i := range ends {
			end := ends[i]
			if re.root.prefers != shorter {
				end = ends[len(ends)-1-i]
			}
			for c := range m.caps {
				m.caps[c] = -1
			}
			if m.divide(re.root, begin, end) {
				m.caps[0], m.caps[1] = begin, end
				return true
			}
			if re.exact {
				return false
			}
		}
	}
	return false
}

// divide finds how the parts of n share a span that n matches, and notes the groups'.
func (m *matcher) divide(n *node, from, to int) bool {
	if !n.captures {
		return true
	}
	switch n.kind {
	case group:
		if !m.divide(n.parts[0], from, to) {
			return false
		}
		if n.number > 0 {
			m.caps[2*n.number], m.caps[2*n.number+1] = from, to
		}
		return true
	case backReference:
		return m.repeats(n, from, to)
	case sequence:
		return m.divideSequence(n, from, to)
	case either:
		for _, part := range n.parts {
			if m.spansTo(part, from, to) && m.divide(part, from, to) {
				return true
			}
		}
		return false
	case repeat:
		if n.min == 0 && from == to {
			return len(m.ends(n.parts[0], from, to)) == 0 || m.divide(n.parts[0], from, to)
		}
		return m.divideRepeat(n, from, to, 1)
	}
	return true
}

func (m *matcher) spansTo(n *node, from, to int) bool {
	ends := m.ends(n, from, to)
	return len(ends) > 0 && ends[len(ends)-1] == to
}

func (m *matcher) repeats(n *node, from, to int) bool {
	if 2*n.number+1 >= len(m.caps) || m.caps[2*n.number] < 0 {
		return false
	}
	begin, end := m.caps[2*n.number], m.caps[2*n.number+1]
	if end-begin != to-from {
		return false
	}
	for i := range end - begin {
		a, b := m.text[begin+i], m.text[from+i]
		if a != b && !(m.re.flags.IgnoreCase && isLetter(a) && a^0x20 == b) {
			return false
		}
	}
	return true
}

// inOrder gives ends in the order a node prefers them.
func inOrder(ends []int, p preference) []int {
	if p == shorter {
		return ends
	}
	out := make([]int, len(ends))
	for i, e := range ends {
		out[len(ends)-1-i] = e
	}
	return out
}

func (m *matcher) divideSequence(n *node, from, to int) bool {
	left, right := n.parts[0], n.parts[1]
	saved := append([]int{}, m.caps...)
	for _, middle := range inOrder(m.ends(left, from, to), left.prefers) {
		if m.spansTo(right, middle, to) && m.divide(left, from, middle) && m.divide(right, middle, to) {
			return true
		}
		copy(m.caps, saved)
	}
	return false
}

// divideRepeat divides a span among rounds, the round-th beginning at from. A round is
// empty only where the least number could not be reached otherwise.
func (m *matcher) divideRepeat(n *node, from, to, round int) bool {
	x := n.parts[0]
	saved := append([]int{}, m.caps...)
	for _, middle := range inOrder(m.ends(x, from, to), x.prefers) {
		if middle == from && n.min-round < to-from && !(from == to && round >= n.min) {
			continue
		}
		last := middle == to && round >= n.min
		if !last && (n.max >= 0 && round >= n.max) {
			continue
		}
		m.forget(x)
		if m.divide(x, from, middle) && (last || m.divideRepeat(n, middle, to, round+1)) {
			return true
		}
		copy(m.caps, saved)
	}
	return false
}

// forget drops what the groups inside n captured in a round before.
func (m *matcher) forget(n *node) {
	if n.kind == group && n.number > 0 {
		m.caps[2*n.number], m.caps[2*n.number+1] = -1, -1
	}
	for _, p := range n.parts {
		m.forget(p)
	}
}
