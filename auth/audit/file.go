package audit

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// genesis is what the first record of a log names as the one before it.
var genesis = strings.Repeat("0", 64)

// resume finds the end of the log in the directory and opens a file for what comes.
func (l *Log) resume() error {
	last, err := lastRecord(l.dir)
	if err != nil {
		return err
	}
	l.seq, l.head, l.signed = last.seq, last.hash, last.seq
	return l.rotate(l.options.Now())
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
	if info.Size() > 0 { // a file with the number of a record never written: what is in it was cut off
		if err := f.Truncate(0); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if l.file != nil {
		_ = l.file.Close()
	}
	l.file, l.size, l.dayEnds = f, 0, now.UTC().Truncate(24*time.Hour).Add(24*time.Hour)
	return nil
}

// position is a record by its number and hash.
type position struct {
	seq  uint64
	hash string
}

// logFile is a file of the log, by what its name tells.
type logFile struct {
	name  string
	first uint64    // the number of its first record
	day   time.Time // on which all its records were written, UTC
}

// files lists a log's files in the order they were written: that of their first records,
// whatever the clock said.
func files(dir string) ([]logFile, error) {
	names, err := filepath.Glob(filepath.Join(dir, "audit-*.jsonl"))
	if err != nil {
		return nil, err
	}
	all := make([]logFile, 0, len(names))
	for _, name := range names {
		f, ok := parseName(name)
		if !ok {
			return nil, fmt.Errorf("%s is no file of an audit log", filepath.Base(name))
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b logFile) int { return cmp.Or(cmp.Compare(a.first, b.first), strings.Compare(a.name, b.name)) })
	return all, nil
}

// parseName reads audit-<day>-<first record>.jsonl.
func parseName(name string) (logFile, bool) {
	day, first, ok := cutAt(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "audit-"), ".jsonl"), len(time.DateOnly))
	at, err := time.Parse(time.DateOnly, day)
	n, failed := strconv.ParseUint(first, 10, 64)
	return logFile{name: name, first: n, day: at}, ok && err == nil && failed == nil
}

// cutAt cuts a text around the byte at a place.
func cutAt(text string, at int) (before, after string, ok bool) {
	if len(text) <= at {
		return "", "", false
	}
	return text[:at], text[at+1:], true
}

// lastRecord finds the last whole record in a directory.
func lastRecord(dir string) (position, error) {
	names, err := files(dir)
	if err != nil {
		return position{}, err
	}
	for _, f := range slices.Backward(names) {
		last, err := lastIn(f.name)
		if err != nil || last.seq > 0 {
			return last, err
		}
	}
	return position{hash: genesis}, nil
}

// lastIn reads the last whole line of a file; zero where it has none.
func lastIn(name string) (position, error) {
	f, err := os.Open(name)
	if err != nil {
		return position{}, err
	}
	defer f.Close()
	var last position
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return last, nil // a line without its end was cut off by a crash
		}
		var r struct{ Seq uint64 }
		if json.Unmarshal(line, &r) == nil && r.Seq > last.seq {
			last = position{seq: r.Seq, hash: hashOf(line)}
		}
	}
}
