package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"time"
)

// maxGroup is how many records one write holds at most.
const maxGroup = 256

// pending is a record on its way to the file.
type pending struct {
	record record
	sync   bool
	done   chan error
	seq    uint64
}

// write hands a record to the committer and waits until it is in the file. Records that
// wait at the same time share one write, and one sync: that is what makes recording
// every statement cheap.
func (l *Log) write(r record, sync bool) (uint64, error) {
	p, err := l.hand(r, sync)
	if err != nil {
		return 0, err
	}
	if err := <-p.done; err != nil {
		return 0, unwritable(err)
	}
	return p.seq, nil
}

// hand puts a record into the committer's queue.
func (l *Log) hand(r record, sync bool) (*pending, error) {
	p := &pending{record: r, sync: sync, done: make(chan error, 1)}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return nil, unwritable(os.ErrClosed)
	}
	l.queue <- p
	return p, nil
}

// commitAll takes records in groups until the log is closed, and signs now and then.
func (l *Log) commitAll() {
	defer close(l.ended)
	checkpoints := time.NewTicker(l.options.CheckpointEvery)
	defer checkpoints.Stop()
	for {
		select {
		case p, open := <-l.queue:
			if !open {
				_ = l.checkpoint()
				return
			}
			l.commit(l.gather(p))
		case <-checkpoints.C:
			_ = l.checkpoint() // the next one signs what this one could not
		}
	}
}

// gather takes what waits behind a record already, without waiting for more.
func (l *Log) gather(first *pending) []*pending {
	group := []*pending{first}
	for len(group) < maxGroup {
		select {
		case p, open := <-l.queue:
			if !open {
				return group
			}
			group = append(group, p)
		default:
			return group
		}
	}
	return group
}

// commit numbers and chains a group and appends it in one write. All of it is in the
// file, or none.
func (l *Log) commit(group []*pending) {
	err := l.append(group)
	for _, p := range group {
		p.done <- err
	}
}

func (l *Log) append(group []*pending) error {
	now := l.options.Now().UTC()
	if l.file == nil || l.size >= l.options.MaxBytes || l.day != now.Format(time.DateOnly) {
		if err := l.rotate(now); err != nil {
			return err
		}
	}
	seq, head := l.seq, l.head
	var text []byte
	sync := false
	for _, p := range group {
		line, err := l.chain(p, now)
		if err != nil {
			l.seq, l.head = seq, head
			return err
		}
		text, sync = append(text, line...), sync || p.sync
	}
	if err := l.put(text, sync); err != nil {
		l.seq, l.head = seq, head
		return err
	}
	return nil
}

// chain gives a record its number, its time and the hash of the one before it.
func (l *Log) chain(p *pending, now time.Time) ([]byte, error) {
	r := &p.record
	r.Version, r.Sequence, r.Time, r.Previous = 1, l.seq+1, now.Format(time.RFC3339Nano), l.head
	line, err := canonical(*r)
	if err != nil {
		return nil, err
	}
	l.seq, l.head, p.seq = r.Sequence, hashOf(line), r.Sequence
	return line, nil
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
