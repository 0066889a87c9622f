package main

import (
	"math/rand/v2"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// tree is a random expression: a form and what stands in its places.
type tree struct {
	of   pgtype.OID
	form form
	args []*tree
}

// form is a way to make a value of a type: its text, with a mark for each operand.
type form struct {
	text string
	args []pgtype.OID
	// row is the line of the function table that it asks for; "" for what has none.
	row string
	// fixed: a constant, or of constants only. Its error would come at once, in branches
	// not taken too.
	fixed bool
	// shallow: operands are columns and constants, since PostgreSQL may ask them of other rows
	// than it needs, or of fewer.
	shallow bool
}

// operand marks the place of an operand in a form.
const operand = "□"

func (e *tree) String() string {
	parts := strings.Split(e.form.text, operand)
	var s strings.Builder
	for i, part := range parts {
		s.WriteString(part)
		if i < len(e.args) {
			s.WriteString(e.args[i].String())
		}
	}
	return s.String()
}

// fixed tells whether an expression has the same value in every row.
func (e *tree) fixed() bool {
	for _, a := range e.args {
		if !a.fixed() {
			return false
		}
	}
	return e.form.fixed || len(e.args) > 0
}

// forms are what expressions over the samples of a store are made of.
type forms struct {
	types  []pgtype.OID
	leaves map[pgtype.OID][]form // columns, and what stands for columns of types that no source has
	fixed  map[pgtype.OID][]form // constants
	calls  map[pgtype.OID][]form
	// aggregates, windows and subqueries stand outermost only.
	aggregates, windows, subqueries []form
}

// expressions makes expressions of a type.
type expressions struct {
	*forms
	r    *rand.Rand
	used map[string]int // how often each line of the function table was asked for
}

// any is an expression of some type.
func (g *expressions) any() *tree { return g.of(g.types[g.r.IntN(len(g.types))], 1+g.r.IntN(3)) }

// collecting is an aggregate or a window function over expressions.
func (g *expressions) collecting(list []form, depth int) *tree {
	return g.made(0, list[g.r.IntN(len(list))], func(a pgtype.OID) *tree { return g.of(a, g.r.IntN(depth+1)) })
}

// of is an expression of a type, so many operators deep at most.
func (g *expressions) of(t pgtype.OID, depth int) *tree {
	calls := g.calls[t]
	if depth == 0 || len(calls) == 0 || g.r.IntN(6) == 0 {
		return g.leaf(t)
	}
	e := g.made(t, calls[g.r.IntN(len(calls))], func(a pgtype.OID) *tree { return g.of(a, depth-1) })
	if e.fixed() {
		return g.leaf(t)
	}
	return e
}

func (g *expressions) made(t pgtype.OID, f form, operand func(pgtype.OID) *tree) *tree {
	e := &tree{of: t, form: f}
	if f.shallow {
		operand = g.leaf
	}
	for _, a := range f.args {
		e.args = append(e.args, operand(a))
	}
	g.used[f.row]++
	return e
}

func (g *expressions) leaf(t pgtype.OID) *tree {
	list := g.leaves[t]
	if fixed := g.fixed[t]; len(list) == 0 || len(fixed) > 0 && g.r.IntN(4) == 0 {
		list = fixed
	}
	return &tree{of: t, form: list[g.r.IntN(len(list))]}
}

// shrunk makes a tree smaller for as long as it still differs.
func (g *expressions) shrunk(e *tree, differs func(*tree) bool) *tree {
	for budget := 60; budget > 0; {
		smaller := false
		for _, candidate := range g.smaller(e) {
			if budget--; budget > 0 && differs(candidate) {
				e, smaller = candidate, true
				break
			}
		}
		if !smaller {
			return e
		}
	}
	return e
}

// smaller gives a tree with one of its parts replaced by one below it or by a leaf.
func (g *expressions) smaller(e *tree) []*tree {
	var all []*tree
	for _, below := range e.below() {
		if below.of == e.of {
			all = append(all, below)
		}
	}
	for _, f := range g.leaves[e.of] {
		if len(e.args) > 0 {
			all = append(all, &tree{of: e.of, form: f})
		}
	}
	for i, a := range e.args {
		for _, s := range g.smaller(a) {
			args := append([]*tree{}, e.args...)
			args[i] = s
			all = append(all, &tree{of: e.of, form: e.form, args: args})
		}
	}
	return all
}

// below are all parts of a tree.
func (e *tree) below() []*tree {
	var all []*tree
	for _, a := range e.args {
		all = append(append(all, a), a.below()...)
	}
	return all
}
