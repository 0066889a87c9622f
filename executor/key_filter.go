package executor

import (
	"encoding/hex"
	"fmt"
	"math/bits"
	"strconv"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// telling is how a source is told of keys.
type telling uint8

const (
	untold   telling = iota
	listed           // each of them
	filtered         // a Bloom filter, which lets some others pass too
	ends             // the least and the greatest
)

func (t telling) String() string {
	return [...]string{"without", "in", "in a filter of", "between the ends of"}[t]
}

// by is what tells keys so, beyond ReduceAcrossSources.
func (t telling) by() optimization.Name {
	return [...]optimization.Name{optimization.ReduceAcrossSources, optimization.ReduceAcrossSources, optimization.TellFilter, optimization.TellEnds}[t]
}

// toldKeys are keys with how a source is told of them.
type toldKeys struct {
	keys keySet
	as   telling
}

// asking adds that a column is asked for the keys.
func (k toldKeys) asking(how asking, column plan.Column) asking {
	return how.and(fmt.Sprintf("%s %s %d keys", column.Name, k.as, len(k.keys)), optimization.ReduceAcrossSources).with(k.as.by())
}

// teller decides how sources are told of keys.
type teller struct {
	off  optimization.Off
	most int // Executor.MostKeys
}

// mostFiltered is how many keys a filter is made of: as many rows as are kept for their keys.
const mostFiltered = gatherRows

// telling chooses: a list as far as a statement may hold it, then a filter where the
// source can be asked for one.
func (t teller) telling(s keySet, kind catalog.Kind, of pgtype.Type) telling {
	switch {
	case len(s) <= t.mostKeys(kind, of) && s.bytes() <= mostKeyBytes:
		return listed
	case t.filters(kind, of) && len(s) <= mostFiltered:
		return filtered
	case t.off[optimization.TellEnds]:
		return untold
	}
	return ends
}

// filters tells where a filter can be asked for: whole numbers are hashed by PostgreSQL's
// own operators, whose results are defined, unlike those of its hash functions.
func (t teller) filters(kind catalog.Kind, of pgtype.Type) bool {
	return kind == catalog.Postgres && shortKeys[of.OID] && !t.off[optimization.TellFilter]
}

// mostTold bounds the keys that a source can be told in any way but by their ends.
func (t teller) mostTold(kind catalog.Kind, of pgtype.Type) int {
	if t.filters(kind, of) {
		return mostFiltered
	}
	return t.mostKeys(kind, of)
}

// keyFilter is a Bloom filter of one hash: bit h(k) is set for each key k. With bitsPerKey
// to twice as many bits it lets one in twelve to one in twenty-four other keys pass.
type keyFilter struct {
	bytes []byte
	order int // of the number of bits, a power of two
	wide  bool
}

const bitsPerKey = 12

// passing is the share of other keys that a filter lets pass.
const passing = 0.06

// The hash multiplies the low 32 bits of a key by a number near 2^32 divided by the square
// of the golden ratio, and takes the bits below the 32nd (Knuth, The Art of Computer
// Programming 6.4, Fibonacci hashing). The product fits 63 bits, so that a bigint holds it.
const (
	hashWord       = 32
	hashMask       = 1<<hashWord - 1
	hashMultiplier = 1_640_531_527
)

func newKeyFilter(of pgtype.Type, keys keySet) *keyFilter {
	order := max(bits.Len(uint(bitsPerKey*len(keys)-1)), 3)
	f := &keyFilter{bytes: make([]byte, 1<<order/8), order: order, wide: of.OID == pgtype.Int8}
	for key := range keys {
		if k, err := strconv.ParseInt(key, 10, 64); err == nil && fits(of.OID, key) {
			h := f.hash(k)
			f.bytes[h/8] |= 1 << (h % 8)
		}
	}
	return f
}

func (f *keyFilter) hash(k int64) uint64 {
	if f.wide {
		k ^= k >> hashWord
	}
	return uint64(k) & hashMask * hashMultiplier >> (hashWord - f.order) & (1<<f.order - 1)
}

// condition asks for the bit of an expression's value. That two thirds of the rows are left out
// is what PostgreSQL guesses of "greater", which here is nearer than what it guesses of "=".
func (f *keyFilter) condition(e plan.Expr, of pgtype.Type) plan.Expr {
	k := e
	if of.OID != pgtype.Int8 {
		k = &plan.Cast{Arg: e, To: pgtype.Of(pgtype.Int8), Context: plan.CastExplicit}
	}
	if f.wide {
		k = operate("#", k, operate(">>", k, number(pgtype.Int4, hashWord)))
	}
	h := operate("*", operate("&", k, number(pgtype.Int8, hashMask)), number(pgtype.Int8, hashMultiplier))
	h = operate("&", operate(">>", h, number(pgtype.Int4, int64(hashWord-f.order))), number(pgtype.Int8, 1<<f.order-1))
	h = &plan.Cast{Arg: h, To: pgtype.Of(pgtype.Int4), Context: plan.CastExplicit} // before PostgreSQL 14 get_bit takes no bigint
	filter := &plan.Literal{Of: pgtype.Of(pgtype.Bytea), Text: `\x` + hex.EncodeToString(f.bytes)}
	bit := &plan.Call{Procedure: bitOfBytes, Args: []plan.Expr{filter, h}, Of: pgtype.Of(pgtype.Int4)}
	return operate(">", bit, number(pgtype.Int4, 0))
}

var bitOfBytes = func() *pgtype.Procedure {
	for _, p := range pgtype.ProceduresByName("", "get_bit") {
		if p.ArgTypes[0] == pgtype.Bytea {
			return p
		}
	}
	panic("executor: no get_bit of bytea")
}()

func number(of pgtype.OID, n int64) plan.Expr {
	return &plan.Literal{Of: pgtype.Of(of), Text: strconv.FormatInt(n, 10)}
}

// operate applies an operator that there is for just these types.
func operate(operator string, left, right plan.Expr) plan.Expr {
	found, err := pgtype.ResolveOperator(operator, left.Type().OID, right.Type().OID)
	if err != nil {
		panic(err)
	}
	return &plan.Call{Procedure: found.Procedure, Operator: operator, Args: []plan.Expr{left, right}, Of: pgtype.Of(found.Procedure.Result)}
}
