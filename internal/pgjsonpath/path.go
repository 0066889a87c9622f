// Package pgjsonpath reads and runs PostgreSQL's jsonpath (jsonpath_gram.y, jsonpath_exec.c).
//
// In: a path, a jsonb, variables, a time zone. Out: the items it selects, or PostgreSQL's error;
// and the text that PostgreSQL prints for a path. It knows no SQL. The method keyvalue() of what
// is not the root is refused: its id is a place in PostgreSQL's own layout of the value.
package pgjsonpath

import (
	"time"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/internal/pgregex"
)

// Input is what a path is asked of.
type Input struct {
	Value, Variables pgjson.Value
	Kinds            map[string]string // of variables that JSON has no value for: "number", or as .type() names dates and times
	Zone             *time.Location    // of the session
	Zoned            bool              // what depends on the zone is computed, else it is an error
	Now              time.Time         // a time without a date takes its offset from here
}

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
	params      []string // of a method, as written
	flags       string   // of opLikeRegex
	first, last int      // of opAnyDepth
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
