package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// write numbers a record and appends it in one write, so that lines never mix.
// A chain over the records would be closed here: seq and the canonical text are all it needs.
func (l *Log) write(r record, sync bool) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.options.Now().UTC()
	if l.lock == nil {
		return 0, unwritable(os.ErrClosed)
	}
	if l.file == nil || l.size >= l.options.MaxBytes || l.day != now.Format(time.DateOnly) {
		if err := l.rotate(now); err != nil {
			return 0, unwritable(err)
		}
	}
	r.Version, r.Sequence, r.Time = 1, l.seq+1, now.Format(time.RFC3339Nano)
	line, err := canonical(r)
	if err != nil {
		return 0, unwritable(err)
	}
	if err := l.append(line, sync); err != nil {
		return 0, unwritable(err)
	}
	l.seq++
	return l.seq, nil
}

// append writes a line, or leaves the file as it was. Where even that fails, the next
// record begins a file of its own.
func (l *Log) append(line []byte, sync bool) error {
	n, err := l.file.Write(line)
	if err == nil && sync {
		err = l.file.Sync()
	}
	if err == nil {
		l.size += int64(n)
		return nil
	}
	if undo := l.file.Truncate(l.size); undo != nil {
		_ = l.file.Close()
		l.file = nil
		return errors.Join(err, undo)
	}
	return err
}

// rotate opens a file for the records to come. Its name sorts by time and tells the
// first record in it.
func (l *Log) rotate(now time.Time) error {
	day := now.UTC().Format(time.DateOnly)
	name := filepath.Join(l.dir, fmt.Sprintf("audit-%s-%012d.jsonl", day, l.seq+1))
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	size := info.Size()
	if size > 0 { // a crash cut its first line off; records begin on a line of their own
		n, err := f.Write([]byte("\n"))
		if err != nil {
			return errors.Join(err, f.Close())
		}
		size += int64(n)
	}
	if l.file != nil {
		_ = l.file.Close()
	}
	l.file, l.size, l.day = f, size, day
	return nil
}

// lastSequence finds the number of the last whole record in a directory.
func lastSequence(dir string) (uint64, error) {
	names, err := filepath.Glob(filepath.Join(dir, "audit-*.jsonl"))
	if err != nil {
		return 0, err
	}
	slices.Sort(names)
	for _, name := range slices.Backward(names) {
		seq, err := lastIn(name)
		if err != nil || seq > 0 {
			return seq, err
		}
	}
	return 0, nil
}

// lastIn reads the last whole line of a file; 0 where it has none.
func lastIn(name string) (uint64, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var last uint64
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return last, nil // a line without its end was cut off by a crash
		}
		var r struct{ Seq uint64 }
		if json.Unmarshal(line, &r) == nil && r.Seq > last {
			last = r.Seq
		}
	}
}
