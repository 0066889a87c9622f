package duckdb

import (
	"runtime/cgo"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// AggregateFunction is an aggregate of ours. Its states live on the Go heap, outside
// DuckDB's memory limit but within its Budget (Engine.Charge); DuckDB holds a number for each.
type AggregateFunction struct {
	Name   string
	Params []Type
	Result Type
	states func(*stateMemory) states
}

// states are the states of one aggregate, by number. Zero is the state of no rows.
type states interface {
	update(in *Arguments, at []*C.sluice_state) error
	merge(from, into []*C.sluice_state) error
	results(at []*C.sluice_state, out *Results) error
	free(at []*C.sluice_state)
}

// Aggregate describes an aggregate with states of type S. Rows with a NULL argument
// are passed over. The zero S is the state before the first row.
type Aggregate[S any, R Value] struct {
	Step   func(state *S, in *Arguments, row int) error
	Merge  func(into, from *S) error // must leave from as it is: windows use it again
	Result func(state *S) (R, error) // ErrNull for NULL
}

// Aggregate1 makes an aggregate of one argument.
func Aggregate1[S any, A, R Value](name string, a Aggregate[S, R]) AggregateFunction {
	return AggregateFunction{name, []Type{typeOf[A]()}, typeOf[R](), func(m *stateMemory) states { return &table[S, R]{Aggregate: a, memory: m} }}
}

// Aggregate2 makes an aggregate of two arguments.
func Aggregate2[S any, A, B, R Value](name string, a Aggregate[S, R]) AggregateFunction {
	return AggregateFunction{name, []Type{typeOf[A](), typeOf[B]()}, typeOf[R](), func(m *stateMemory) states { return &table[S, R]{Aggregate: a, memory: m} }}
}

// pageSize is the number of states that are allocated together.
const pageSize = 256

// table holds states in pages that never move, so that reading needs no lock: a
// state is used by one thread at a time.
type table[S any, R Value] struct {
	Aggregate[S, R]
	memory *stateMemory
	pages  atomic.Pointer[[]*[pageSize]S]

	mu   sync.Mutex // guards next, the list of free ones, and the growth of pages
	next uint64
	idle []uint64
}

func (t *table[S, R]) at(id uint64) *S { return &(*t.pages.Load())[(id-1)/pageSize][(id-1)%pageSize] }

// stateExtra is guessed to hang on a state, beside what its type holds: the digits of a
// number.
const stateExtra = 64

// pageBytes is what a page of states takes.
func (t *table[S, R]) pageBytes() int64 {
	var one S
	return pageSize * (int64(unsafe.Sizeof(one)) + stateExtra)
}

// state gives the state that c stands for, made on first use.
func (t *table[S, R]) state(c *C.sluice_state) (*S, error) {
	if c.id == 0 {
		id, err := t.allocate()
		if err != nil {
			return nil, err
		}
		c.id = C.uint64_t(id)
	}
	return t.at(uint64(c.id)), nil
}

func (t *table[S, R]) allocate() (uint64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.idle); n > 0 {
		id := t.idle[n-1]
		t.idle = t.idle[:n-1]
		return id, nil
	}
	if t.next%pageSize == 0 {
		if t.next > 0 {
			if err := t.memory.take(t.pageBytes()); err != nil {
				return 0, err
			}
		}
		var pages []*[pageSize]S
		if old := t.pages.Load(); old != nil {
			pages = *old
		}
		pages = append(pages[:len(pages):len(pages)], new([pageSize]S))
		t.pages.Store(&pages)
	}
	t.next++
	return t.next, nil
}

func (t *table[S, R]) update(in *Arguments, at []*C.sluice_state) error {
	for i, c := range at {
		if in.AnyNull(i) {
			continue
		}
		state, err := t.state(c)
		if err != nil {
			return err
		}
		if err := t.Step(state, in, i); err != nil {
			return err
		}
	}
	return nil
}

func (t *table[S, R]) merge(from, into []*C.sluice_state) error {
	for i, c := range from {
		if c.id == 0 {
			continue
		}
		state, err := t.state(into[i])
		if err != nil {
			return err
		}
		if err := t.Merge(state, t.at(uint64(c.id))); err != nil {
			return err
		}
	}
	return nil
}

func (t *table[S, R]) results(at []*C.sluice_state, out *Results) error {
	var none S
	for _, c := range at {
		state := &none
		if c.id != 0 {
			state = t.at(uint64(c.id))
		}
		value, err := t.Result(state)
		if err := put(out, value, err); err != nil {
			return err
		}
	}
	return nil
}

func (t *table[S, R]) free(at []*C.sluice_state) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var zero S
	for _, c := range at {
		if c.id != 0 {
			*t.at(uint64(c.id)) = zero
			t.idle = append(t.idle, uint64(c.id))
			c.id = 0
		}
	}
	if t.next > pageSize && uint64(len(t.idle)) == t.next { // the statements with it are over
		t.memory.give(t.pageBytes() * int64((t.next-1)/pageSize))
		t.pages.Store(nil)
		t.next, t.idle = 0, nil
	}
}

// aggregate is a registered AggregateFunction.
type aggregate struct {
	AggregateFunction
	table states
}

func (e *Engine) registerAggregate(c *connection, f AggregateFunction) error {
	name := C.CString(f.Name)
	defer C.free(unsafe.Pointer(name))
	types := newTypes(f.Params, f.Result)
	defer types.destroy()
	h := e.keep(&aggregate{f, f.states(&e.states)})
	if C.sluice_register_aggregate(c.handle, C.uintptr_t(h), name, types.params(), C.int(len(f.Params)), types.at(len(f.Params))) != 0 {
		return sqlstate.New(sqlstate.InternalError, "duckdb: cannot register aggregate %s", f.Name)
	}
	return nil
}

func aggregateOf(info C.duckdb_function_info) *aggregate {
	return cgo.Handle(*(*C.uintptr_t)(C.duckdb_aggregate_function_get_extra_info(info))).Value().(*aggregate)
}

func stateSlice(at *C.duckdb_aggregate_state, n int) []*C.sluice_state {
	return unsafe.Slice((**C.sluice_state)(unsafe.Pointer(at)), n)
}

func aggregateFailed(info C.duckdb_function_info, err error) {
	if err != nil {
		text := C.CString(encodeError(err))
		C.duckdb_aggregate_function_set_error(info, text)
		C.free(unsafe.Pointer(text))
	}
}

//export sluiceAggregateUpdate
func sluiceAggregateUpdate(info C.duckdb_function_info, input C.duckdb_data_chunk, at *C.duckdb_aggregate_state) {
	aggregateFailed(info, guard(func() error {
		f := frames.Get().(*frame)
		defer frames.Put(f)
		f.in.load(input)
		return aggregateOf(info).table.update(&f.in, stateSlice(at, f.in.Rows))
	}))
}

//export sluiceAggregateCombine
func sluiceAggregateCombine(info C.duckdb_function_info, from, into *C.duckdb_aggregate_state, n C.idx_t) {
	aggregateFailed(info, guard(func() error {
		return aggregateOf(info).table.merge(stateSlice(from, int(n)), stateSlice(into, int(n)))
	}))
}

//export sluiceAggregateFinalize
func sluiceAggregateFinalize(info C.duckdb_function_info, at *C.duckdb_aggregate_state, result C.duckdb_vector, n, offset C.idx_t) {
	aggregateFailed(info, guard(func() error {
		f := frames.Get().(*frame)
		defer frames.Put(f)
		a := aggregateOf(info)
		f.out.start(result, int(offset))
		if err := a.table.results(stateSlice(at, int(n)), &f.out); err != nil {
			return err
		}
		return f.out.finish(int(n), isText(a.Result))
	}))
}

//export sluiceAggregateDestroy
func sluiceAggregateDestroy(at *C.duckdb_aggregate_state, n C.idx_t) {
	states := stateSlice(at, int(n))
	for i, c := range states {
		if c.id != 0 { // all states of one call belong to one aggregate
			cgo.Handle(c.function).Value().(*aggregate).table.free(states[i:])
			return
		}
	}
}
