// Package pgjsonpath reads and runs PostgreSQL's jsonpath (jsonpath_gram.y, jsonpath_exec.c).
//
// In: a path, a jsonb, variables. Out: the items it selects, or PostgreSQL's error. It
// knows no SQL. The method datetime() is refused, and keyvalue() of what is not the root:
// its id is a place in PostgreSQL's own layout of the value.
package pgjsonpath

import (
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgregex"
)

// Path is a jsonpath that has been read. It may be used by several goroutines.
type Path struct {
	strict bool
	root   *node
}

// op is what a node does.
type op uint8

const (
	opRoot op = iota
	opCurrent
	opLast
	opNull
	opTrue
	opFalse
	opString
	opNumber
	opVariable
	opKey
	opAnyKey
	opAnyElement
	opElements
	opAnyDepth
	opMethod
	opFilter
	opArithmetic
	opSign
	opCompare
	opAnd
	opOr
	opNot
	opExists
	opIsUnknown
	opStartsWith
	opLikeRegex
)

// predicate tells whether a node is true, false or unknown.
func (o op) predicate() bool { return o >= opCompare }

// node is an item of a path; next is the accessor behind it.
type node struct {
	op          op
	text        string // a key, string, variable, operator or method
	number      numeric.Number
	left, right *node
	elements    []subscript
	first, last int // of opAnyDepth
	pattern     *pgregex.Regexp
	next        *node
}

// subscript is an index or a range.
type subscript struct{ from, to *node }

// deepest stands for last in levels of opAnyDepth.
const deepest = 1<<31 - 1

// end is the last node of a chain.
func (n *node) end() *node {
	for n.next != nil {
		n = n.next
	}
	return n
}
