package audit

import (
	"bufio"
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
}

// Rows reads the log from its beginning to what was written when the reading began.
// A completion tells the tables of the decision it completes.
func (l *Log) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		l.flush()
		names, err := files(l.dir)
		if err != nil {
			yield(Row{}, err)
			return
		}
		open := map[uint64][]Table{} // decisions not yet completed
		for _, name := range names {
			for row, err := range rowsOf(name) {
				row.settle(open)
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
}

// settle gives a completion the tables of its decision.
func (r *Row) settle(open map[uint64][]Table) {
	switch {
	case r.Kind == "decision" && r.Decision == "allowed" && len(r.Tables) > 0:
		open[r.Sequence] = r.Tables
	case r.Kind == "completion":
		r.Tables = open[r.Completes]
		delete(open, r.Completes)
	}
}

// rowsOf reads one file as far as it is now.
func rowsOf(name string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return // moved to an archive since it was listed
		}
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			yield(Row{}, err)
			return
		}
		lines := bufio.NewReaderSize(io.LimitReader(f, info.Size()), 64<<10)
		for {
			line, err := lines.ReadBytes('\n')
			if errors.Is(err, io.EOF) {
				return // a line without its end is still being written
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			row, err := rowOf(line)
			if !yield(row, err) || err != nil {
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
		row.Method, row.Reason, row.Groups = in.Method, in.Reason, in.Groups
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
		row.Tables = append(row.Tables, one)
	}
}
