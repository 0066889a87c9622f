package audit

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
)

// Row is one record as SQL shows it. What a record does not have is zero.
type Row struct {
	Sequence  uint64
	Time      time.Time
	Kind      string
	Session   *Session
	Method    string // of a login
	Decision  string // allowed, refused
	Reason    string // of a decision, why a login failed, what happened to a grant
	Purpose   string
	Groups    []string
	Used      []string // name=value of the attributes that policies read
	Fragments []Fragment
	Statement string
	Print     string // the statement's fingerprint
	Epoch     *uint64
	Mesh      string
	Tables    []Table
	Completes uint64
	Rows      *int64
	Micros    *int64
	Outcome   string
	SQLState  string
	Record    string // the whole line
}

// Table is what a record says of one table.
type Table struct {
	Address                                      string
	Output, Predicate, Grants, RowFilters, Masks []string

	Bypassed []string // policies with the reason, a text each
}

// Rows reads the log from its beginning to what was written when the reading began, file
// by file, leaving out what is certainly not of the range. A completion tells the tables of the decision
// it completes, wherever that stands.
func (l *Log) Rows(within Range) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		l.flush()
		all, err := files(l.dir)
		if err != nil {
			yield(Row{}, errors.New("the audit log cannot be listed"))
			return
		}
		r := &reading{within: within, files: all, open: map[uint64]opened{}}
		for i, f := range all {
			next := uint64(0)
			if i+1 < len(all) {
				next = all[i+1].first
			}
			if within.file(f, next) && !r.file(f, yield) {
				return
			}
		}
	}
}

// reading is one reading of the log.
type reading struct {
	within Range
	files  []logFile
	open   map[uint64]opened // decisions not yet completed
}

// opened is a decision whose completion has not been met: its tables, or where it was
// left out the line that tells them.
type opened struct {
	tables []Table
	line   []byte
}

// file gives the records of a file that are of the range; false: no more are wanted.
func (r *reading) file(f logFile, yield func(Row, error) bool) bool {
	for line, err := range linesOf(f.name) {
		if err != nil {
			yield(Row{}, err)
			return false
		}
		if !r.within.line(line) {
			r.skip(line)
			continue
		}
		row, err := rowOf(line)
		if err == nil && row.Sequence > r.within.To {
			return false
		}
		if err == nil {
			err = r.settle(&row)
		}
		if !yield(row, err) || err != nil {
			return false
		}
	}
	return true
}

// skip notes what is left out, since a completion may ask for it.
func (r *reading) skip(line []byte) {
	if bytes.HasPrefix(line, []byte(`{"completes":`)) {
		if n, ok := numberAfter(line[:min(len(line), len(`{"completes":`)+21)], `"completes":`); ok {
			delete(r.open, n)
		}
		return
	}
	if seq, ok := numberAfter(line, `,"seq":`); ok && bytes.Contains(line, []byte(`,"kind":"decision",`)) {
		r.open[seq] = opened{line: bytes.Clone(line)}
	}
}

// settle gives a completion the tables of its decision.
func (r *reading) settle(row *Row) error {
	switch {
	case row.Kind == "decision":
		r.open[row.Sequence] = opened{tables: row.Tables}
	case row.Kind == "completion":
		d, ok := r.open[row.Completes]
		delete(r.open, row.Completes)
		var err error
		if !ok {
			d.line, err = r.find(row.Completes)
		}
		if d.line != nil && err == nil {
			var decision Row
			decision, err = rowOf(d.line)
			d.tables = decision.Tables
		}
		row.Tables = d.tables
		return err
	}
	return nil
}

// find looks a record up in the file that was left out; nil: it is not there any more.
func (r *reading) find(seq uint64) ([]byte, error) {
	i, _ := slices.BinarySearchFunc(r.files, seq, func(f logFile, seq uint64) int {
		if f.first <= seq {
			return -1
		}
		return 1
	})
	if i == 0 {
		return nil, nil
	}
	return lineOf(r.files[i-1].name, seq)
}

// openListed opens a file of the log and tells its size now. It is nil with an error, and
// without one where the file was moved to an archive since it was listed.
func openListed(name string) (*os.File, int64, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// linesOf reads the whole lines of one file as it is now. A line is valid up to the next.
func linesOf(name string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		f, size, err := openListed(name)
		if err != nil {
			yield(nil, err)
		}
		if f == nil {
			return
		}
		defer f.Close()
		lines := bufio.NewReaderSize(io.LimitReader(f, size), 64<<10)
		var long []byte
		for {
			line, err := lines.ReadSlice('\n')
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				long = append(long, line...)
				continue
			case errors.Is(err, io.EOF):
				return // a line without its end is still being written
			case err != nil:
				yield(nil, err)
				return
			}
			if long != nil {
				line, long = append(long, line...), nil
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}

// rowOf reads one line.
func rowOf(line []byte) (Row, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return Row{}, errors.New("the audit log holds a line that is no record")
	}
	at, err := time.Parse(time.RFC3339Nano, r.Time)
	if err != nil {
		return Row{}, errors.New("the audit log holds a record without a time")
	}
	row := Row{
		Sequence: r.Sequence, Time: at, Kind: r.Kind, Session: r.Session, Mesh: r.Mesh, Completes: r.Completes, Fragments: r.Fragments,
		Rows: r.Rows, Micros: r.Micros, Outcome: r.Outcome, SQLState: r.SQLState, Record: strings.TrimSuffix(string(line), "\n"),
	}
	if r.Epoch > 0 {
		row.Epoch = &r.Epoch
	}
	if s := r.Statement; s != nil {
		row.Statement, row.Print = s.Text, s.Fingerprint
	}
	if in := r.Login; in != nil {
		row.Method, row.Reason, row.Groups, row.Purpose = in.Method, in.Reason, in.Groups, in.Purpose
	}
	if g := r.Grant; g != nil {
		row.Tables, row.Reason = []Table{{Address: g.Product, Grants: []string{g.ID}}}, g.Change
	}
	if r.Decision != nil {
		row.decide(r)
	}
	return row, nil
}

func (row *Row) decide(r record) {
	d := r.Decision
	row.Decision, row.Outcome = r.Outcome, ""
	row.Reason, row.Purpose, row.Groups = string(d.Reason), d.Purpose, d.Groups
	row.Epoch, row.Mesh = &d.Epoch, d.MeshHash
	for _, name := range slices.Sorted(maps.Keys(d.Attributes)) {
		row.Used = append(row.Used, name+"="+d.Attributes[name])
	}
	for _, t := range d.Tables {
		one := Table{Address: t.Address, Output: t.Output, Predicate: t.Predicate, Grants: t.Grants, RowFilters: t.RowFilters}
		for _, m := range t.Masks {
			one.Masks = append(one.Masks, t.Address+"."+m.Column+" "+string(m.Mask)+" by "+m.Policy)
		}
		for _, b := range t.Bypassed {
			one.Bypassed = append(one.Bypassed, b.Policy+": "+b.Reason)
		}
		row.Tables = append(row.Tables, one)
	}
}
