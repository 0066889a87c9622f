package pgjsonpath

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgregex"
	"github.com/sluicemesh/sluice/sqlstate"
)

// parser reads tokens by recursive descent.
type parser struct {
	text   string
	tokens []token
	at     int
	filter int // how many filters are around: @ is allowed in them
	inside int // how many subscripts are around: last is allowed in them
	depth  int
}

// Parse reads a path.
func Parse(text string) (*Path, error) {
	all, err := tokens(text)
	if err != nil {
		return nil, err
	}
	if len(all) == 1 {
		return nil, sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type jsonpath: \"%s\"", text)
	}
	p, path := &parser{text: text, tokens: all}, &Path{}
	if p.take("strict") {
		path.strict = true
	} else {
		p.take("lax")
	}
	if path.root, err = p.or(); err != nil {
		return nil, err
	}
	if p.peek().kind != endOfPath {
		return nil, p.wrong()
	}
	return path, nil
}

func (p *parser) peek() token  { return p.tokens[p.at] }
func (p *parser) wrong() error { return syntax(p.text, p.peek().at) }

func (p *parser) take(text string) bool {
	if !p.peek().is(text) {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(text string) error {
	if !p.take(text) {
		return p.wrong()
	}
	return nil
}

func (p *parser) or() (*node, error) {
	if p.depth++; p.depth > 500 {
		return nil, sqlstate.New(sqlstate.StatementTooComplex, "jsonpath is nested too deeply")
	}
	defer func() { p.depth-- }()
	return p.connected("||", opOr, func() (*node, error) { return p.connected("&&", opAnd, p.comparison) })
}

// connected reads predicates joined by an operator.
func (p *parser) connected(symbol string, op op, part func() (*node, error)) (*node, error) {
	left, err := part()
	for err == nil && p.peek().is(symbol) {
		if !left.op.predicate() || left.next != nil {
			return nil, p.wrong()
		}
		p.at++
		var right *node
		if right, err = part(); err == nil {
			if !right.op.predicate() || right.next != nil {
				return nil, p.wrong()
			}
			left = &node{op: op, left: left, right: right}
		}
	}
	return left, err
}

// comparison reads an expression, and what makes a predicate of it.
func (p *parser) comparison() (*node, error) {
	if p.take("!") {
		if !p.peek().is("(") && !p.peek().is("exists") {
			return nil, p.wrong()
		}
		inner, err := p.primary()
		if err == nil && !inner.op.predicate() {
			err = p.wrong()
		}
		return &node{op: opNot, left: inner}, err
	}
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	if left.op.predicate() && left.next == nil {
		return left, nil
	}
	t := p.peek()
	switch {
	case t.kind == symbol && strings.Contains(" == != <> < > <= >= ", " "+t.text+" "):
		p.at++
		right, err := p.sum()
		if err == nil && right.op.predicate() && right.next == nil {
			err = p.wrong()
		}
		operator := t.text
		if operator == "<>" {
			operator = "!="
		}
		return &node{op: opCompare, text: operator, left: left, right: right}, err
	case t.is("starts"):
		p.at++
		if err := p.expect("with"); err != nil {
			return nil, err
		}
		with := p.peek()
		p.at++
		switch with.kind {
		case quoted:
			return &node{op: opStartsWith, left: left, right: &node{op: opString, text: with.text}}, nil
		case variable:
			return &node{op: opStartsWith, left: left, right: &node{op: opVariable, text: with.text}}, nil
		}
		p.at--
		return nil, p.wrong()
	case t.is("like_regex"):
		p.at++
		return p.likeRegex(left)
	}
	return left, nil
}

func (p *parser) likeRegex(left *node) (*node, error) {
	pattern := p.peek()
	if pattern.kind != quoted {
		return nil, p.wrong()
	}
	p.at++
	letters := ""
	if p.take("flag") {
		if p.peek().kind != quoted {
			return nil, p.wrong()
		}
		letters = p.peek().text
		p.at++
	}
	flags := pgregex.Flags{DotNoBreak: true}
	for _, c := range letters {
		switch c {
		case 'i':
			flags.IgnoreCase = true
		case 's':
			flags.DotNoBreak = false
		case 'm':
			flags.LineAnchors = true
		case 'q':
			flags.Literal = true
		case 'x':
			return nil, sqlstate.Unsupported("XQuery \"x\" flag (expanded regular expressions)")
		default:
			return nil, sqlstate.New(sqlstate.SyntaxError, "invalid input syntax for type jsonpath").
				WithDetail("Unrecognized flag character \"%c\" in LIKE_REGEX predicate.", c)
		}
	}
	if flags.Literal {
		flags.DotNoBreak, flags.LineAnchors = false, false
	}
	re, err := pgregex.Compile(pattern.text, flags)
	return &node{op: opLikeRegex, left: left, pattern: re, text: pattern.text, flags: letters}, err
}

func (p *parser) sum() (*node, error)     { return p.arithmetic("+-", p.product) }
func (p *parser) product() (*node, error) { return p.arithmetic("*/%", p.unary) }

func (p *parser) arithmetic(operators string, part func() (*node, error)) (*node, error) {
	left, err := part()
	for err == nil {
		t := p.peek()
		if t.kind != symbol || len(t.text) != 1 || !strings.Contains(operators, t.text) {
			return left, nil
		}
		if left.op.predicate() && left.next == nil {
			return nil, p.wrong()
		}
		p.at++
		var right *node
		if right, err = part(); err == nil {
			if right.op.predicate() && right.next == nil {
				return nil, p.wrong()
			}
			left = &node{op: opArithmetic, text: t.text, left: left, right: right}
		}
	}
	return left, err
}

func (p *parser) unary() (*node, error) {
	if t := p.peek(); t.is("+") || t.is("-") {
		p.at++
		inner, err := p.unary()
		switch {
		case err != nil:
			return nil, err
		case inner.op.predicate() && inner.next == nil:
			err = p.wrong()
		case inner.op == opNumber && inner.next == nil: // a number with a sign is a number
			if t.text == "-" {
				inner.number = numeric.Neg(inner.number)
			}
			return inner, nil
		}
		return &node{op: opSign, text: t.text, left: inner}, err
	}
	return p.primary()
}

// primary reads an operand and the accessors behind it.
func (p *parser) primary() (*node, error) {
	n, err := p.operand()
	for err == nil {
		var step *node
		if step, err = p.accessor(); step == nil {
			return n, err
		}
		n.end().next = step
	}
	return nil, err
}

func (p *parser) operand() (*node, error) {
	t := p.peek()
	p.at++
	switch {
	case t.kind == quoted:
		return &node{op: opString, text: t.text}, nil
	case t.kind == variable:
		return &node{op: opVariable, text: t.text}, nil
	case t.kind == number:
		n, err := numeric.Parse(t.text)
		return &node{op: opNumber, number: n}, err
	case t.is("$"):
		return &node{op: opRoot}, nil
	case t.is("@"):
		if p.filter == 0 {
			return nil, sqlstate.New(sqlstate.SyntaxError, "@ is not allowed in root expressions")
		}
		return &node{op: opCurrent}, nil
	case t.is("last"):
		if p.inside == 0 {
			return nil, sqlstate.New(sqlstate.SyntaxError, "LAST is allowed only in array subscripts")
		}
		return &node{op: opLast}, nil
	case t.kind == word && t.text == "null":
		return &node{op: opNull}, nil
	case t.kind == word && t.text == "true":
		return &node{op: opTrue}, nil
	case t.kind == word && t.text == "false":
		return &node{op: opFalse}, nil
	case t.is("exists"):
		if err := p.expect("("); err != nil {
			return nil, err
		}
		inner, err := p.or()
		if err == nil {
			err = p.expect(")")
		}
		return &node{op: opExists, left: inner}, err
	case t.is("("):
		return p.inParentheses()
	}
	p.at--
	return nil, p.wrong()
}

func (p *parser) inParentheses() (*node, error) {
	inner, err := p.or()
	if err == nil {
		err = p.expect(")")
	}
	if err == nil && inner.op.predicate() && inner.next == nil && p.peek().is("is") {
		p.at++
		return &node{op: opIsUnknown, left: inner}, p.expect("unknown")
	}
	return inner, err
}

// accessor reads one step; nil where there is none.
func (p *parser) accessor() (*node, error) {
	switch {
	case p.take("["):
		return p.subscripts()
	case p.take("?"):
		if err := p.expect("("); err != nil {
			return nil, err
		}
		p.filter++
		inner, err := p.or()
		p.filter--
		if err == nil && (!inner.op.predicate() || inner.next != nil) {
			err = p.wrong()
		}
		if err == nil {
			err = p.expect(")")
		}
		return &node{op: opFilter, left: inner}, err
	case p.take("."):
		return p.member()
	}
	return nil, nil
}

func (p *parser) subscripts() (*node, error) {
	if p.take("*") {
		return &node{op: opAnyElement}, p.expect("]")
	}
	n := &node{op: opElements}
	p.inside++
	defer func() { p.inside-- }()
	for {
		var s subscript
		var err error
		if s.from, err = p.sum(); err == nil && p.take("to") {
			s.to, err = p.sum()
		}
		if err != nil {
			return nil, err
		}
		n.elements = append(n.elements, s)
		if !p.take(",") {
			return n, p.expect("]")
		}
	}
}

func (p *parser) member() (*node, error) {
	t := p.peek()
	p.at++
	switch {
	case t.is("*"):
		return &node{op: opAnyKey}, nil
	case t.is("**"):
		return p.levels()
	case t.kind == quoted:
		return &node{op: opKey, text: t.text}, nil
	case t.kind != word:
		p.at--
		return nil, p.wrong()
	}
	if !p.peek().is("(") {
		return &node{op: opKey, text: t.text}, nil
	}
	name := strings.ToLower(t.text)
	takes, known := methods[name]
	if !known {
		return nil, p.wrong()
	}
	p.at++
	params, err := p.parameters(takes)
	if err == nil {
		err = p.expect(")")
	}
	return &node{op: opMethod, text: name, params: params}, err
}

// parameterKind is what a method takes.
type parameterKind uint8

const (
	nothing   parameterKind = iota
	integers                // up to two, with signs
	precision               // one integer or none
	template                // one string or none
)

var methods = map[string]parameterKind{
	"type": nothing, "size": nothing, "double": nothing, "ceiling": nothing, "floor": nothing, "abs": nothing, "keyvalue": nothing,
	"bigint": nothing, "boolean": nothing, "date": nothing, "integer": nothing, "number": nothing, "string": nothing,
	"decimal": integers, "datetime": template, "time": precision, "time_tz": precision, "timestamp": precision, "timestamp_tz": precision,
}

func (p *parser) parameters(kind parameterKind) ([]string, error) {
	t := p.peek()
	switch {
	case kind == nothing || t.is(")"):
		return nil, nil
	case kind == template:
		if t.kind != quoted {
			return nil, p.wrong()
		}
		p.at++
		return []string{t.text}, nil
	}
	var all []string
	for {
		sign := ""
		if kind == integers && (p.peek().is("-") || p.peek().is("+")) {
			sign = strings.TrimPrefix(p.peek().text, "+")
			p.at++
		}
		if t = p.peek(); t.kind != number || strings.ContainsAny(t.text, ".eE") {
			return nil, p.wrong()
		}
		p.at++
		all = append(all, sign+t.text)
		if kind == precision || !p.peek().is(",") {
			break
		}
		p.at++
	}
	if len(all) > 2 {
		return nil, sqlstate.New(sqlstate.SyntaxError, "invalid input syntax for type jsonpath").
			WithDetail(".decimal() can only have an optional precision[,scale].")
	}
	return all, nil
}

func (p *parser) levels() (*node, error) {
	n := &node{op: opAnyDepth, first: 0, last: deepest}
	if !p.take("{") {
		return n, nil
	}
	var err error
	if n.first, err = p.level(); err != nil {
		return nil, err
	}
	n.last = n.first
	if p.take("to") {
		if n.last, err = p.level(); err != nil {
			return nil, err
		}
	}
	return n, p.expect("}")
}

func (p *parser) level() (int, error) {
	t := p.peek()
	p.at++
	if t.is("last") {
		return deepest, nil
	}
	n, err := strconv.Atoi(t.text)
	if t.kind != number || err != nil {
		p.at--
		return 0, p.wrong()
	}
	return n, nil
}
