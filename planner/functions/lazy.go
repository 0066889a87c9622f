package functions

import (
	"slices"
	"strings"
)

// Uses tells how a template uses each of its arguments: how often it names them, and whether it
// surely computes them. PostgreSQL computes all arguments of a function before it calls it, and
// their errors count whatever the answer; a template may leave one uncomputed that stands in a
// branch of CASE, behind the first argument of COALESCE, behind AND or OR, or in a lambda, which
// is asked for the elements there are.
func Uses(template string, arguments int) []Use {
	r := usesReader{text: template, uses: make([]Use, arguments)}
	for r.at < len(r.text) {
		r.step()
	}
	return r.uses
}

// Use is how a template uses one argument.
type Use struct {
	Times int
	Sure  bool // computed whatever the others hold
}

// usesReader reads a template from left to right.
type usesReader struct {
	text  string
	at    int
	uses  []Use
	lazy  bool // what stands here may not be computed
	outer []surroundings
}

// surroundings are those of a parenthesis, a bracket or a CASE.
type surroundings struct {
	lazy  bool  // what stands behind it may not be computed
	comma bool  // its first comma ends what is surely computed
	sure  []Use // what was known where it begins
}

func (r *usesReader) step() {
	switch c := r.text[r.at]; {
	case c == '\'':
		r.at += 1 + strings.IndexByte(r.text[r.at+1:], '\'')
	case c == '(' || c == '[':
		r.open(c == '(' && strings.HasSuffix(strings.ToLower(r.text[:r.at]), "coalesce"))
	case c == ')' || c == ']':
		r.shut()
	case c == ',':
		r.lazy = r.lazy || len(r.outer) > 0 && r.outer[len(r.outer)-1].comma
	case c == '$':
		r.argument()
	case isWord(c):
		r.word()
		return
	}
	r.at++
}

func (r *usesReader) open(comma bool) {
	r.outer = append(r.outer, surroundings{r.lazy, comma, slices.Clone(r.uses)})
}

func (r *usesReader) shut() {
	last := len(r.outer) - 1
	r.lazy, r.outer = r.outer[last].lazy, r.outer[:last]
}

func (r *usesReader) word() {
	start := r.at
	for r.at < len(r.text) && isWord(r.text[r.at]) {
		r.at++
	}
	switch r.text[start:r.at] {
	case "CASE":
		r.open(false)
	case "END":
		r.shut()
	case "AND", "OR": // the engine asks first what costs least
		r.forget()
		r.lazy = true
	case "THEN", "lambda":
		r.lazy = true
	}
}

// forget takes back what was sure since the parenthesis or CASE began.
func (r *usesReader) forget() {
	for i := range r.uses {
		r.uses[i].Sure = r.uses[i].Sure && len(r.outer) > 0 && r.outer[len(r.outer)-1].sure[i].Sure
	}
}

// argument reads $1, $*, and $T1 or $J* that write one in another way.
func (r *usesReader) argument() {
	rest := r.text[r.at+1:]
	if strings.IndexByte("TJNLEK", rest[0]) >= 0 {
		rest = rest[1:]
		r.at++
	}
	r.at++
	switch {
	case rest[0] == '*':
		for i := range r.uses {
			r.used(i)
		}
	case rest[0] >= '1' && rest[0] <= '9':
		r.used(int(rest[0] - '1'))
	}
}

func (r *usesReader) used(i int) {
	if i < len(r.uses) {
		r.uses[i].Times++
		r.uses[i].Sure = r.uses[i].Sure || !r.lazy
	}
}
