package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"runtime"
	"time"
)

// pending is a record on its way to the file. It is used again: every statement makes two.
type pending struct {
	pieces pieces
	sync   bool
	waited bool       // somebody does wait for it
	done   chan error // has room for the outcome
	seq    uint64
}

func newPending() *pending { return &pending{done: make(chan error, 1)} }

const (
	// lateness is how long a record that nobody waits for may wait for others, to be
	// written with them. Shorter, and the timer is what recording costs a lone client most (0190).
	lateness = 100 * time.Millisecond
	// retryAfter is when records are tried again that could not be written.
	retryAfter = time.Second
	// maxUnwritten bounds the records that are kept for that.
	maxUnwritten = 10_000
)

// write puts a record into the file and returns when it is there. Records that wait at
// the same time share one write, and one sync: that is what makes recording every
// statement cheap.
func (l *Log) write(r *record) error {
	p := newPending()
	p.pieces.encode(r, ready{})
	return l.put(p, true)
}

// put writes a record, with those of others if there may be any.
func (l *Log) put(p *pending, others bool) error {
	if err := l.hand(p); err != nil {
		return err
	}
	if err := l.await(p, others); err != nil {
		return unwritable(err)
	}
	return nil
}

// hand puts a record among those that wait; await must follow.
func (l *Log) hand(p *pending) error {
	p.waited = true
	if l.discard {
		p.done <- nil
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return unwritable(os.ErrClosed)
	}
	l.waiting = append(l.waiting, p)
	l.awaited++
	return nil
}

// leave puts a record among those that wait without waiting for it: it is written with
// the next that somebody waits for, or a moment later.
func (l *Log) leave(p *pending) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return unwritable(os.ErrClosed)
	}
	l.waiting = append(l.waiting, p)
	l.flushAfter(lateness)
	return nil
}

// flushAfter sees to it that what waits is written. The caller holds mu.
func (l *Log) flushAfter(d time.Duration) {
	if !l.flushing {
		l.flushing = true
		time.AfterFunc(d, l.flush)
	}
}

// flush writes what waits.
func (l *Log) flush() {
	if l.discard {
		return
	}
	select {
	case l.turn <- struct{}{}:
	case <-l.closing:
		return // Close writes it
	}
	defer func() { <-l.turn }()
	l.mu.Lock()
	l.flushing = false
	l.mu.Unlock()
	l.commit(l.gather())
}

// await waits until somebody has written a record. Whoever gets the turn writes all that
// waits, so that nobody writes for others longer than once, and a lone writer waits for
// no other goroutine.
func (l *Log) await(p *pending, others bool) error {
	select {
	case err := <-p.done:
		return err
	case l.turn <- struct{}{}:
	}
	if others && l.single() {
		runtime.Gosched() // let those that are ready to hand something over do so: one write for all
	}
	l.commit(l.gather())
	<-l.turn
	return <-p.done
}

// gather takes what waits. The caller has the turn, and with it the group up to the next call.
func (l *Log) gather() []*pending {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.gathered)
	l.gathered, l.waiting, l.awaited = l.waiting, l.gathered[:0], 0
	return l.gathered
}

// single tells whether nobody else waits.
func (l *Log) single() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.awaited < 2
}

// signNowAndThen makes checkpoints until the log is closed.
func (l *Log) signNowAndThen() {
	defer close(l.ended)
	checkpoints := time.NewTicker(l.options.CheckpointEvery)
	defer checkpoints.Stop()
	for {
		select {
		case <-l.closing:
			return
		case <-checkpoints.C:
			l.turn <- struct{}{}
			_ = l.checkpoint() // the next one signs what this one could not
			<-l.turn
		}
	}
}

// commit numbers and chains a group and appends it in one write. All of it is in the
// file, or none.
func (l *Log) commit(group []*pending) {
	if len(group) == 0 {
		return
	}
	err := l.append(group)
	var again []*pending
	for _, p := range group {
		switch {
		case p.waited:
			p.done <- err
		case err != nil:
			again = append(again, p)
		default:
			l.records.Put(p)
		}
	}
	if len(again) > 0 {
		l.retry(again, err)
	}
}

// retry keeps records that nobody waits for until there is room for them.
func (l *Log) retry(again []*pending, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lost := max(len(again)+len(l.waiting)-maxUnwritten, 0)
	l.waiting = append(again[min(lost, len(again)):], l.waiting...)
	if lost > 0 && l.options.Lost != nil {
		l.options.Lost(lost, err)
	}
	if !l.closed {
		l.flushAfter(retryAfter)
	}
}

func (l *Log) append(group []*pending) error {
	now := l.options.Now().UTC()
	if l.file == nil || l.size >= l.options.MaxBytes || !now.Before(l.dayEnds) || l.dayEnds.Sub(now) > 24*time.Hour {
		if err := l.rotate(now); err != nil {
			return err
		}
	}
	seq, head := l.seq, l.head
	text, at := l.text[:0], l.times.text(now)
	sync := false
	for _, p := range group {
		text = l.chain(text, p, at)
		sync = sync || p.sync
	}
	if cap(text) <= maxKept {
		l.text = text
	}
	if err := l.store(text, sync); err != nil {
		l.seq, l.head = seq, head
		return err
	}
	return nil
}

// maxKept bounds the buffer that is kept between groups.
const maxKept = 1 << 20

// chain appends a record with its number, its time and the hash of the one before it.
func (l *Log) chain(text []byte, p *pending, at []byte) []byte {
	begin := len(text)
	p.seq = l.seq + 1
	text = p.pieces.line(text, place{seq: p.seq, previous: l.head, time: at})
	l.seq, l.head = p.seq, hashOf(text[begin:])
	return text
}

// hashOf is the hash a record is known by: of its line without the line end.
func hashOf(line []byte) string {
	for len(line) > 0 && line[len(line)-1] == '\n' {
		line = line[:len(line)-1]
	}
	sum := sha256.Sum256(line)
	var text [2 * len(sum)]byte
	hex.Encode(text[:], sum[:])
	return string(text[:])
}

// store appends text, or leaves the file as it was. Where even that fails, the next
// record begins a file of its own.
func (l *Log) store(text []byte, sync bool) error {
	_, err := l.file.Write(text)
	if err == nil && sync {
		err = l.file.Sync()
	}
	if err == nil {
		l.size += int64(len(text))
		return nil
	}
	if undo := l.file.Truncate(l.size); undo != nil {
		_ = l.file.Close()
		l.file = nil
		return errors.Join(err, undo)
	}
	return err
}
