package audit

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"os"
)

// Backwards is Rows from the last record to the first: files and what is in them are read
// from their ends, no further than is asked for.
func (l *Log) Backwards(within Range) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		l.flush()
		all, err := files(l.dir)
		if err != nil {
			yield(Row{}, errors.New("the audit log cannot be listed"))
			return
		}
		next := uint64(0)
		for i := len(all) - 1; i >= 0; i-- {
			r := &reading{within: within, files: all}
			if within.file(all[i], next) && !r.backwards(all[i], yield) {
				return
			}
			next = all[i].first
		}
	}
}

// backwards gives the records of a file from the last on; false: no more are wanted.
func (r *reading) backwards(f logFile, yield func(Row, error) bool) bool {
	for lines, err := range chunksFromEnd(f.name) {
		var rows []Row
		if err == nil {
			rows, err = r.chunk(lines)
		}
		if err != nil {
			yield(Row{}, err)
			return false
		}
		for i := len(rows) - 1; i >= 0; i-- {
			if !yield(rows[i], nil) {
				return false
			}
		}
		if first, ok := numberAfter(lines[:bytes.IndexByte(lines, '\n')], `,"seq":`); ok && first <= r.within.From {
			return true
		}
	}
	return true
}

// chunk gives those records of some whole lines that are of the range.
func (r *reading) chunk(lines []byte) (rows []Row, err error) {
	r.open = map[uint64]opened{}
	for line := range bytes.Lines(lines) {
		if !r.within.line(line) {
			r.skip(line)
			continue
		}
		row, err := rowOf(line)
		if err != nil {
			return nil, err
		}
		if row.Sequence > r.within.To {
			continue
		}
		if err := r.settle(&row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// chunkBytes is how much of a file is read at a time, from its end.
const chunkBytes = 256 << 10

// chunksFromEnd gives the whole lines of a file, some at a time, the last ones first. What
// is given is valid up to the next.
func chunksFromEnd(name string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		f, size, err := openListed(name)
		if err != nil {
			yield(nil, err)
		}
		if f == nil {
			return
		}
		defer f.Close()
		end, room := size, int64(chunkBytes)
		for end > 0 {
			start := max(end-room, 0)
			text := make([]byte, end-start)
			if _, err := f.ReadAt(text, start); err != nil && !errors.Is(err, io.EOF) {
				yield(nil, err)
				return
			}
			text = text[:bytes.LastIndexByte(text, '\n')+1] // a line without its end is still being written
			first := 0
			if start > 0 {
				first = bytes.IndexByte(text, '\n') + 1
			}
			if first == len(text) && start > 0 { // one line fills it all
				room *= 2
				continue
			}
			if len(text) > first && !yield(text[first:], nil) {
				return
			}
			end, room = start+int64(first), chunkBytes
		}
	}
}

// lineOf looks a record up in a file, in which they stand by their numbers; nil: it is not
// there.
func lineOf(name string, seq uint64) ([]byte, error) {
	f, size, err := openListed(name)
	if f == nil {
		return nil, err
	}
	defer f.Close()
	low, high := int64(0), size // the record begins at low or later, and before high
	for high-low > chunkBytes {
		middle := low + (high-low)/2
		at, line, err := lineAfter(f, middle, high)
		if err != nil {
			return nil, err
		}
		if n, ok := numberAfter(line, `,"seq":`); ok && n <= seq {
			low = at
		} else {
			high = middle
		}
	}
	for low < high {
		at, line, err := lineFrom(f, low)
		if err != nil || line == nil {
			return nil, err
		}
		if n, ok := numberAfter(line, `,"seq":`); ok && n == seq {
			return line, nil
		}
		low = at + int64(len(line))
	}
	return nil, nil
}

// lineAfter gives the first whole line that begins after a place and before an end, and
// where; none is nil.
func lineAfter(f *os.File, place, end int64) (int64, []byte, error) {
	_, rest, err := lineFrom(f, place)
	if err != nil || rest == nil || place+int64(len(rest)) >= end {
		return 0, nil, err
	}
	return lineFrom(f, place+int64(len(rest)))
}

// lineFrom reads up to the next line end; nil: there is none.
func lineFrom(f *os.File, from int64) (int64, []byte, error) {
	for room := int64(4 << 10); ; room *= 4 {
		text := make([]byte, room)
		n, err := f.ReadAt(text, from)
		if i := bytes.IndexByte(text[:n], '\n'); i >= 0 {
			return from, text[:i+1], nil
		}
		if errors.Is(err, io.EOF) {
			return from, nil, nil
		}
		if err != nil {
			return from, nil, err
		}
	}
}
