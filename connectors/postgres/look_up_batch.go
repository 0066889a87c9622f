package postgres

import (
	"cmp"
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/jackc/pgx/v5/pgxpool"
)

// lookingUp is one look-up under way, and what came of it.
type lookingUp struct {
	ctx    context.Context
	values [][]byte
	came   time.Time
	apart  bool         // it waits for nobody
	before func() error // see connectors.LookUp; called by whoever leads
	told   chan *batch  // one to lead, or nil: the answer is there. Has room for one

	state state
	found arrow.RecordBatch // nil: no rows
	err   error
}

type state uint8

const (
	waits    state = iota
	answered       // found is what there is
	refused        // by the server, or for what came: the common way tells what is wrong
	failed         // with err
	barred         // with err, by before
	again          // through no fault of its own: it is to ask alone
)

// wait gives a batch to lead, or none where the answer is there; left where ctx has ended.
func (l *lookingUp) wait() (b *batch, left bool) {
	select {
	case b = <-l.told:
		return b, false
	case <-l.ctx.Done():
		return nil, true
	}
}

// retry gives a batch of its own to who is to ask again.
func (l *lookingUp) retry() *batch {
	if l.state == again {
		return alone(l)
	}
	return nil
}

// outcome gives what came of it. ok is false where the plan must be run the common way.
func (l *lookingUp) outcome(s *Source) (found arrow.RecordBatch, ok bool, err error) {
	switch l.state {
	case answered:
		return l.found, true, nil
	case refused:
		return nil, false, nil
	case barred:
		return nil, false, l.err
	}
	return nil, false, s.failure(l.ctx, cmp.Or(l.err, l.ctx.Err()))
}

// batch are look-ups of one statement that are sent and answered together. The first
// leads: it asks for all, on its goroutine.
type batch struct {
	all     []*lookingUp
	done    int  // those that were given what came of them; what the others are is theirs since
	crowded bool // others are likely to come along
	began   time.Time
	sent    time.Time

	mu     sync.Mutex
	socket net.Conn // while it is at the source
	broken bool     // by cut
}

// alone is a batch that nobody joins.
func alone(l *lookingUp) *batch {
	l.state = waits
	return &batch{all: []*lookingUp{l}}
}

func (b *batch) leader() *lookingUp { return b.all[0] }

// next is whose answer comes next; nil: nobody's.
func (b *batch) next() *lookingUp {
	if b.done == len(b.all) {
		return nil
	}
	return b.all[b.done]
}

// give gives the next what came of it. The leader sees for itself.
func (b *batch) give(s state, found arrow.RecordBatch, err error) {
	l := b.next()
	l.state, l.found, l.err = s, found, err
	b.done++
	if l != b.leader() {
		l.told <- l.retry()
	}
}

// ready has done what must be before any of a batch is asked; false where it must not be, of
// one: then the others ask alone.
func (b *batch) ready() bool {
	errs, wrong := make([]error, len(b.all)), false
	for i, l := range b.all {
		errs[i] = l.before()
		wrong = wrong || errs[i] != nil
	}
	for i := 0; wrong && i < len(errs); i++ {
		if errs[i] != nil {
			b.give(barred, nil, errs[i])
		} else {
			b.give(again, nil, nil)
		}
	}
	return !wrong
}

// disperse has those ask again who have no answer: alone, since the batch was at fault.
func (b *batch) disperse() {
	b.done = max(b.done, 1)
	for b.next() != nil {
		b.give(again, nil, nil)
	}
}

// cut ends the wait for the source.
func (b *batch) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.socket != nil {
		b.broken = true
		_ = b.socket.SetDeadline(past)
	}
}

// at says where cut finds what waits; with nil it was cut in time, or never will be.
func (b *batch) at(socket net.Conn) (broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.socket = socket
	return b.broken
}

// find asks for a batch. Its connection may be closed then.
func (s *Source) find(connection *pgxpool.Conn, name string, d *decoding, b *batch) {
	c, ctx := connection.Conn().PgConn(), b.leader().ctx
	k, whole := s.keptBy(c), false
	defer func() {
		if !whole { // after a panic too: what is left unread would be another's answer
			s.giveUp(c)
		}
	}()
	b.at(c.Conn())
	stop := context.AfterFunc(ctx, b.cut)
	err := k.ask(c.Frontend(), name, d, b)
	stop()
	if broken := b.at(nil); broken || err != nil {
		b.fail(err, broken)
		return
	}
	whole = true
	if b.next() != nil { // the server has refused this one, and with it those behind it
		b.give(refused, nil, nil)
		b.disperse()
		k.forget(ctx, c)
	}
}

// fail gives those without an answer an error, or has them ask again where others are at
// fault: a leader whose context has ended, or somebody who was slow or found too much.
func (b *batch) fail(err error, broken bool) {
	many := errors.Is(err, errMany)
	if many {
		b.give(refused, nil, nil)
	}
	for l := b.next(); l != nil; l = b.next() {
		if many || broken && (l != b.leader() || l.ctx.Err() == nil) {
			b.give(again, nil, nil)
		} else {
			b.give(failed, nil, err)
		}
	}
}
