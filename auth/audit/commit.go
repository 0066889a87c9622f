package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"runtime"
	"sync"
	"time"
)

// pending is a record on its way to the file.
type pending struct {
	record record
	sync   bool
	done   chan error // has room for the outcome; nil: nobody waits
	seq    uint64
}

const (
	// lateness is how long a record that nobody waits for may wait for others, to be
	// written with them.
	lateness = 5 * time.Millisecond
	// retryAfter is when records are tried again that could not be written.
	retryAfter = time.Second
	// maxUnwritten bounds the records that are kept for that.
	maxUnwritten = 10_000
)

// places are channels that have room for one outcome, empty.
var places = sync.Pool{New: func() any { return make(chan error, 1) }}

// write puts a record into the file and returns when it is there. Records that wait at
// the same time share one write, and one sync: that is what makes recording every
// statement cheap.
func (l *Log) write(p *pending) error {
	if err := l.hand(p); err != nil {
		return err
	}
	if err := l.await(p); err != nil {
		return unwritable(err)
	}
	return nil
}

// hand puts a record among those that wait; await must follow.
func (l *Log) hand(p *pending) error {
	p.done = places.Get().(chan error)
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
func (l *Log) await(p *pending) error {
	select {
	case err := <-p.done:
		places.Put(p.done)
		return err
	case l.turn <- struct{}{}:
	}
	runtime.Gosched() // let those that are ready to hand something over do so: one write for all
	l.commit(l.gather())
	<-l.turn
	err := <-p.done
	places.Put(p.done)
	return err
}

// gather takes what waits. The caller has the turn, and with it the group up to the next call.
func (l *Log) gather() []*pending {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.gathered)
	l.gathered, l.waiting = l.waiting, l.gathered[:0]
	return l.gathered
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
		case p.done != nil:
			p.done <- err
		case err != nil:
			again = append(again, p)
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
	text, at := l.text[:0], now.Format(time.RFC3339Nano)
	sync := false
	for _, p := range group {
		text = l.chain(text, p, at)
		sync = sync || p.sync
	}
	if cap(text) <= maxKept {
		l.text = text
	}
	if err := l.put(text, sync); err != nil {
		l.seq, l.head = seq, head
		return err
	}
	return nil
}

// maxKept bounds the buffer that is kept between groups.
const maxKept = 1 << 20

// chain appends a record with its number, its time and the hash of the one before it.
func (l *Log) chain(text []byte, p *pending, at string) []byte {
	r := &p.record
	r.Version, r.Sequence, r.Time, r.Previous = 1, l.seq+1, at, l.head
	begin := len(text)
	text = r.line(text)
	l.seq, l.head, p.seq = r.Sequence, hashOf(text[begin:]), r.Sequence
	return text
}

// hashOf is the hash a record is known by: of its line without the line end.
func hashOf(line []byte) string {
	for len(line) > 0 && line[len(line)-1] == '\n' {
		line = line[:len(line)-1]
	}
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

// put appends text, or leaves the file as it was. Where even that fails, the next
// record begins a file of its own.
func (l *Log) put(text []byte, sync bool) error {
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
