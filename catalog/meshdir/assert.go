package meshdir

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// assertion is a condition of a governance check, in the small language of
// docs/policies.md:
//
//	has(team.owner) && has(support)
//	columns.all(description)
//	diff.breaking implies version.major_bumped
type assertion interface {
	eval(subject) verdict
}

// verdict is what an assertion comes to. One that is not known here (it needs the data,
// or the mesh as it was) is neither true nor false.
type verdict struct {
	known bool
	value any      // bool, float64 or string
	why   []string // what made it false, or unknown
}

// subject is what an assertion is about. Names that it does not know are unknown.
type subject interface {
	property(path []string) verdict
	call(path []string, args []assertion) verdict
}

func truth(b bool, why ...string) verdict { return verdict{known: true, value: b, why: why} }

func unknown(format string, args ...any) verdict {
	return verdict{why: []string{fmt.Sprintf(format, args...)}}
}

func (v verdict) holds() bool { b, ok := v.value.(bool); return v.known && ok && b }

func (v verdict) fails() bool { b, ok := v.value.(bool); return v.known && ok && !b }

type (
	constant struct{ value any }
	reading  struct{ names []string }
	call     struct {
		names []string
		args  []assertion
	}
	negation   struct{ of assertion }
	connective struct {
		operator    string // and, or, implies
		left, right assertion
	}
	comparison struct {
		operator    string
		left, right assertion
	}
)

func (c constant) eval(subject) verdict  { return verdict{known: true, value: c.value} }
func (p reading) eval(s subject) verdict { return s.property(p.names) }
func (c call) eval(s subject) verdict    { return s.call(c.names, c.args) }

func (n negation) eval(s subject) verdict {
	v := n.of.eval(s)
	if b, ok := v.value.(bool); v.known && ok {
		return truth(!b, v.why...)
	}
	return v
}

func (c connective) eval(s subject) verdict {
	left, right := c.left.eval(s), c.right.eval(s)
	switch c.operator {
	case "or":
		if left.holds() || right.holds() {
			return truth(true)
		}
	case "implies":
		if left.fails() || right.holds() {
			return truth(true)
		}
		if left.holds() && right.fails() {
			return truth(false, append(left.why, right.why...)...)
		}
	default:
		if left.fails() || right.fails() {
			var why []string
			for _, v := range []verdict{left, right} {
				if v.fails() {
					why = append(why, v.why...)
				}
			}
			return truth(false, why...)
		}
	}
	for _, v := range []verdict{left, right} {
		if _, ok := v.value.(bool); !v.known || !ok {
			return unknown("%s", strings.Join(v.why, ", "))
		}
	}
	return truth(c.operator == "and", append(left.why, right.why...)...)
}

func (c comparison) eval(s subject) verdict {
	left, right := c.left.eval(s), c.right.eval(s)
	if !left.known {
		return left
	}
	if !right.known {
		return right
	}
	order := strings.Compare(fmt.Sprint(left.value), fmt.Sprint(right.value))
	if l, ok := number(left.value); ok {
		if r, ok := number(right.value); ok {
			order = map[bool]int{true: -1}[l < r] + map[bool]int{true: 1}[l > r]
		}
	}
	holds := map[string]bool{"==": order == 0, "!=": order != 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[c.operator]
	return truth(holds, fmt.Sprintf("it is %v", left.value))
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

// parseAssertion reads an assertion; implies binds weakest, then or, then and.
func parseAssertion(text string) (assertion, error) {
	p := &assertionParser{tokens: assertionTokens(text)}
	a, err := p.binary(0)
	if err == nil && p.next() != "" {
		err = fmt.Errorf("%q is not expected", p.next())
	}
	return a, err
}

type assertionParser struct{ tokens []string }

func (p *assertionParser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *assertionParser) take() string {
	t := p.next()
	if t != "" {
		p.tokens = p.tokens[1:]
	}
	return t
}

// connectives by strength, weakest first.
var connectives = []map[string]string{
	{"implies": "implies"}, {"or": "or", "||": "or"}, {"and": "and", "&&": "and"},
}

func (p *assertionParser) binary(level int) (assertion, error) {
	if level == len(connectives) {
		return p.compared()
	}
	left, err := p.binary(level + 1)
	for err == nil {
		operator, ok := connectives[level][p.next()]
		if !ok {
			break
		}
		p.take()
		var right assertion
		right, err = p.binary(level + 1)
		left = connective{operator, left, right}
	}
	return left, err
}

func (p *assertionParser) compared() (assertion, error) {
	left, err := p.unary()
	if err != nil {
		return nil, err
	}
	switch p.next() {
	case "==", "!=", "<", "<=", ">", ">=":
		operator := p.take()
		right, err := p.unary()
		return comparison{operator, left, right}, err
	}
	return left, nil
}

func (p *assertionParser) unary() (assertion, error) {
	switch t := p.take(); {
	case t == "!" || t == "not":
		of, err := p.unary()
		return negation{of}, err
	case t == "(":
		a, err := p.binary(0)
		if err == nil && p.take() != ")" {
			err = fmt.Errorf("a parenthesis is not closed")
		}
		return a, err
	case t == "true" || t == "false":
		return constant{t == "true"}, nil
	case t == "":
		return nil, fmt.Errorf("it ends too early")
	case t[0] == '\'':
		return constant{t[1:]}, nil
	case unicode.IsDigit(rune(t[0])):
		f, err := strconv.ParseFloat(t, 64)
		return constant{f}, err
	case unicode.IsLetter(rune(t[0])) || t[0] == '_':
		return p.named(t)
	default:
		return nil, fmt.Errorf("%q is not expected", t)
	}
}

// named reads a.b.c, a.b(x, y), or a(x).b; what follows a call is part of its name.
func (p *assertionParser) named(first string) (assertion, error) {
	names := []string{first}
	var args []assertion
	called := false
	for {
		switch p.next() {
		case ".":
			p.take()
			names = append(names, p.take())
		case "(":
			if called {
				return nil, fmt.Errorf("%s is called twice", strings.Join(names, "."))
			}
			called = true
			p.take()
			for p.next() != ")" {
				a, err := p.binary(0)
				if err != nil {
					return nil, err
				}
				args = append(args, a)
				if p.next() == "," {
					p.take()
				} else if p.next() != ")" {
					return nil, fmt.Errorf("%q is not expected", p.next())
				}
			}
			p.take()
		default:
			if called {
				return call{names, args}, nil
			}
			return reading{names}, nil
		}
	}
}

// assertionTokens cuts text into words, numbers, 'texts' (without their closing quote)
// and operators.
func assertionTokens(text string) []string {
	var all []string
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := 1
		switch c := text[0]; {
		case c == '\'' || c == '"':
			end := strings.IndexByte(text[1:], c)
			if end < 0 {
				return append(all, text)
			}
			all, text = append(all, "'"+text[1:1+end]), text[end+2:]
			continue
		case c >= '0' && c <= '9':
			n = spanOf(text, func(r rune) bool { return unicode.IsDigit(r) || r == '.' })
		case c == '_' || unicode.IsLetter(rune(c)):
			n = spanOf(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' })
		case len(text) > 1 && strings.Contains("&& || == != <= >=", text[:2]):
			n = 2
		}
		all, text = append(all, text[:n]), text[n:]
	}
	return all
}

func spanOf(text string, in func(rune) bool) int {
	if i := strings.IndexFunc(text, func(r rune) bool { return !in(r) }); i >= 0 {
		return i
	}
	return len(text)
}
