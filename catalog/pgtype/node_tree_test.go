package pgtype_test

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// node is one node of PostgreSQL's printed parse trees (pg_rewrite.ev_action), which say
// exactly what its parser chose.
type node struct {
	kind   string
	fields map[string][]any // of string, *node, []any
}

type nodeReader struct {
	text string
	at   int
}

// parseNodes reads a printed list of nodes.
func parseNodes(text string) []any {
	r := &nodeReader{text: text}
	return r.values(0)
}

// values reads until the closing character or, at depth of fields, the next key.
func (r *nodeReader) values(closing byte) []any {
	var list []any
	for r.space(); r.at < len(r.text); r.space() {
		switch c := r.text[r.at]; {
		case c == closing:
			r.at++
			return list
		case closing == '}' && (c == ':'):
			return list
		case c == '(':
			r.at++
			list = append(list, r.values(')'))
		case c == '{':
			r.at++
			list = append(list, r.node())
		default:
			list = append(list, r.word())
		}
	}
	return list
}

func (r *nodeReader) node() *node {
	n := &node{kind: r.word(), fields: map[string][]any{}}
	for r.space(); r.text[r.at] == ':'; r.space() {
		key := r.word()
		r.space()
		if r.text[r.at] == '}' {
			break
		}
		before := r.at
		n.fields[key] = r.values('}')
		if before != r.at && r.text[r.at-1] == '}' && r.closedBy(before) {
			return n
		}
	}
	r.at++
	return n
}

// closedBy tells whether the brace before at closes the node whose last field began at start.
func (r *nodeReader) closedBy(start int) bool {
	depth := 0
	for i := start; i < r.at; i++ {
		switch r.text[i] {
		case '\\':
			i++
		case '{':
			depth++
		case '}':
			depth--
		}
	}
	return depth < 0
}

func (r *nodeReader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \n\t", r.text[r.at]) >= 0 {
		r.at++
	}
}

func (r *nodeReader) word() string {
	start := r.at
	for r.at < len(r.text) && strings.IndexByte(" \n\t(){}", r.text[r.at]) < 0 {
		if r.text[r.at] == '\\' {
			r.at++
		}
		r.at++
	}
	return r.text[start:r.at]
}

func (n *node) list(key string) []any {
	if v := n.fields[key]; len(v) == 1 {
		if l, ok := v[0].([]any); ok {
			return l
		}
	}
	return nil
}

func (n *node) child(key string) *node {
	if v := n.fields[key]; len(v) == 1 {
		c, _ := v[0].(*node)
		return c
	}
	return nil
}

func (n *node) oid(key string) pgtype.OID {
	if v := n.fields[key]; len(v) > 0 {
		s, _ := v[0].(string)
		i, _ := strconv.ParseUint(s, 10, 32)
		return pgtype.OID(i)
	}
	return 0
}

// typeOf gives the type of an expression.
func typeOf(n *node) pgtype.OID {
	for _, key := range []string{
		":vartype", ":consttype", ":funcresulttype", ":opresulttype", ":resulttype",
		":refrestype", ":array_typeid", ":aggtype", ":wintype", ":casetype", ":coalescetype", ":row_typeid",
	} {
		if t := n.oid(key); t != 0 {
			return t
		}
	}
	if n.kind == "SUBLINK" {
		first := n.child(":subselect").list(":targetList")[0].(*node)
		return typeOf(first.child(":expr"))
	}
	if n.kind == "SCALARARRAYOPEXPR" || n.kind == "BOOLEXPR" {
		return pgtype.Bool
	}
	return 0
}

// choice is what the parser made of one expression.
type choice struct {
	OID    pgtype.OID // operator or procedure; 0: neither
	Args   []pgtype.OID
	Result pgtype.OID
	kind   string
}

// choiceOf reads the choice at the top of an expression.
func choiceOf(n *node) choice {
	c := choice{Result: typeOf(n), kind: n.kind}
	for _, key := range []string{":opno", ":funcid", ":aggfnoid", ":winfnoid"} {
		if c.OID = n.oid(key); c.OID != 0 {
			break
		}
	}
	for _, a := range append(n.list(":aggdirectargs"), n.list(":args")...) {
		arg, ok := a.(*node)
		if ok && arg.kind == "TARGETENTRY" {
			arg = arg.child(":expr")
		}
		if ok {
			c.Args = append(c.Args, typeOf(arg))
		}
	}
	return c
}
