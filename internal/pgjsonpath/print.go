package pgjsonpath

import (
	"fmt"
	"strings"

	"github.com/sluicemesh/sluice/internal/pgjson"
)

// Print gives the text that PostgreSQL prints for a path (jsonpath.c, printJsonPathItem). Of an
// accessor behind parentheses in a filter it leaves the parentheses out, so that the text may be
// another path.
func (p *Path) Print() string { return p.print(false) }

// Text is the same with those parentheses: it reads as the path it is of.
func (p *Path) Text() string { return p.print(true) }

func (p *Path) print(careful bool) string {
	w := &printer{careful: careful}
	if p.strict {
		w.WriteString("strict ")
	}
	w.item(p.root, false, true)
	return w.String()
}

type printer struct {
	strings.Builder
	careful bool
}

// item writes a node and what is behind it. member: it stands behind an item; bracketed: an
// operator stands in parentheses.
func (w *printer) item(n *node, member, bracketed bool) {
	bracketed = bracketed || w.careful && n.next != nil
	if n.op.infix() || n.op == opSign || n.op == opLikeRegex {
		w.operator(n, bracketed)
	} else {
		w.plain(n, member)
	}
	if n.next != nil {
		w.item(n.next, true, true)
	}
}

// infix tells the operators between two operands.
func (o op) infix() bool {
	return o == opArithmetic || o == opCompare || o == opAnd || o == opOr || o == opStartsWith
}

// priority is how tightly a node binds (operationPriority).
func (n *node) priority() int {
	switch n.op {
	case opOr:
		return 0
	case opAnd:
		return 1
	case opCompare, opStartsWith:
		return 2
	case opArithmetic:
		if n.text == "+" || n.text == "-" {
			return 3
		}
		return 4
	case opSign:
		return 5
	}
	return 6
}

func (w *printer) operator(n *node, bracketed bool) {
	if bracketed {
		w.WriteByte('(')
	}
	operand := func(of *node) { w.item(of, false, of.priority() <= n.priority()) }
	switch n.op {
	case opSign:
		w.WriteString(n.text)
		operand(n.left)
	case opLikeRegex:
		operand(n.left)
		w.WriteString(" like_regex " + pgjson.Quote(n.text))
		if n.flags != "" {
			w.WriteString(` flag "`)
			for _, flag := range "ismxq" {
				if strings.ContainsRune(n.flags, flag) {
					w.WriteRune(flag)
				}
			}
			w.WriteByte('"')
		}
	default:
		symbol := map[op]string{opAnd: "&&", opOr: "||", opStartsWith: "starts with"}[n.op]
		if symbol == "" {
			symbol = n.text
		}
		operand(n.left)
		w.WriteString(" " + symbol + " ")
		operand(n.right)
	}
	if bracketed {
		w.WriteByte(')')
	}
}

func (w *printer) plain(n *node, member bool) {
	dot := ""
	if member {
		dot = "."
	}
	switch n.op {
	case opRoot:
		w.WriteByte('$')
	case opCurrent:
		w.WriteByte('@')
	case opLast:
		w.WriteString("last")
	case opNull:
		w.WriteString("null")
	case opTrue:
		w.WriteString("true")
	case opFalse:
		w.WriteString("false")
	case opString:
		w.WriteString(pgjson.Quote(n.text))
	case opVariable:
		w.WriteString("$" + pgjson.Quote(n.text))
	case opNumber:
		if n.next != nil {
			w.WriteString("(" + n.number.String() + ")")
		} else {
			w.WriteString(n.number.String())
		}
	case opKey:
		w.WriteString(dot + pgjson.Quote(n.text))
	case opAnyKey:
		w.WriteString(dot + "*")
	case opAnyElement:
		w.WriteString("[*]")
	case opAnyDepth:
		w.WriteString(dot + "**" + n.levels())
	case opElements:
		w.elements(n)
	case opMethod:
		w.WriteString("." + n.text + "(" + n.parameters() + ")")
	case opFilter:
		w.inner("?(", n.left, ")")
	case opNot:
		w.inner("!(", n.left, ")")
	case opExists:
		w.inner("exists (", n.left, ")")
	case opIsUnknown:
		w.inner("(", n.left, ") is unknown")
	default:
		panic(fmt.Sprintf("pgjsonpath: unprinted node %d", n.op))
	}
}

func (w *printer) inner(open string, n *node, end string) {
	w.WriteString(open)
	w.item(n, false, false)
	w.WriteString(end)
}

func (w *printer) elements(n *node) {
	w.WriteByte('[')
	for i, s := range n.elements {
		if i > 0 {
			w.WriteByte(',')
		}
		w.item(s.from, false, false)
		if s.to != nil {
			w.inner(" to ", s.to, "")
		}
	}
	w.WriteByte(']')
}

func (n *node) levels() string {
	level := func(l int) string {
		if l == deepest {
			return "last"
		}
		return fmt.Sprint(l)
	}
	switch {
	case n.first == 0 && n.last == deepest:
		return ""
	case n.first == n.last:
		return "{" + level(n.first) + "}"
	}
	return "{" + level(n.first) + " to " + level(n.last) + "}"
}

func (n *node) parameters() string {
	if n.text == "datetime" && n.params != nil {
		return pgjson.Quote(n.params[0])
	}
	return strings.Join(n.params, ",")
}
