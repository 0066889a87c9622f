package audit

import (
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/auth"
)

// everything is the range of all records.
var everything = Range{To: math.MaxUint64}

// TestRowsOfARange reads every range of a log of many files, in which statements overlap,
// and compares with what the whole log has in it.
func TestRowsOfARange(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newClock()
	l := open(t, dir, Options{Now: c.Now, MaxBytes: 2500, Key: testKey})
	var waiting []*Entry
	for i := range 40 {
		e, err := l.Decision(NewSender(dana), Statement{Text: fmt.Sprintf(`SELECT ',"seq":%d,"time":"2000' FROM t`, i), Decision: auth.Decision{
			Allowed: true, Tables: []auth.TableDecision{{Address: fmt.Sprint("s.t", i)}},
		}})
		must(t, err)
		waiting = append(waiting, e)
		if i%3 == 0 { // the oldest ends, after up to many others have begun
			must(t, waiting[0].Complete(Outcome{}))
			waiting = waiting[1:]
		}
		c.add(2 * time.Hour)
	}
	for _, e := range waiting {
		must(t, e.Complete(Outcome{}))
	}
	var all []Row
	for row, err := range l.Rows(everything) {
		must(t, err)
		all = append(all, row)
	}
	if names, _ := files(dir); len(all) != 80 || len(names) < 6 {
		t.Fatalf("%d records in %d files", len(all), len(names))
	}
	for _, r := range all {
		if r.Kind == "completion" && len(r.Tables) != 1 {
			t.Errorf("completion %d has tables %v", r.Sequence, r.Tables)
		}
	}
	same := func(within Range, in func(Row) bool) {
		t.Helper()
		var want, got []string
		for _, r := range all {
			if in(r) {
				want = append(want, fmt.Sprint(r.Sequence, r.Tables))
			}
		}
		for row, err := range l.Rows(within) {
			must(t, err)
			if in(row) { // a range may give more
				got = append(got, fmt.Sprint(row.Sequence, row.Tables))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v gives\n%v\nwant\n%v", within, got, want)
		}
		got = nil
		for row, err := range l.Backwards(within) {
			must(t, err)
			if in(row) {
				got = append(got, fmt.Sprint(row.Sequence, row.Tables))
			}
		}
		slices.Reverse(got)
		if !slices.Equal(got, want) {
			t.Errorf("%+v backwards gives\n%v\nwant\n%v", within, got, want)
		}
	}
	for from := range uint64(len(all)) + 2 {
		for to := from; to < uint64(len(all))+2; to += 7 {
			same(Range{From: from, To: to}, func(r Row) bool { return r.Sequence >= from && r.Sequence <= to })
		}
	}
	for hours := range 84 {
		at := newClock().Now().Add(time.Duration(hours) * time.Hour)
		same(Range{To: math.MaxUint64, Since: at}, func(r Row) bool { return !r.Time.Before(at) })
		same(Range{To: math.MaxUint64, Until: at}, func(r Row) bool { return !r.Time.After(at) })
		end := at.Add(7 * time.Hour)
		same(Range{To: math.MaxUint64, Since: at, Until: end}, func(r Row) bool { return !r.Time.Before(at) && !r.Time.After(end) })
	}
}

// TestBackwards reads a file of many chunks, in which a line is longer than one and the last
// is cut off, from its end: all of it, and no further than is asked for.
func TestBackwards(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir, Options{Literals: true})
	sender := NewSender(dana)
	var entries []*Entry
	for i := range 3000 {
		text := fmt.Sprintf("SELECT %d", i)
		d := auth.Decision{Allowed: true, Tables: []auth.TableDecision{{Address: fmt.Sprint("s.t", i)}}}
		if i == 1500 {
			for k := range 30_000 {
				d.Tables[0].Output = append(d.Tables[0].Output, fmt.Sprintf("a column with a long name %d", k))
			}
		}
		e, err := l.Decision(sender, Statement{Text: text, Decision: d})
		must(t, err)
		if i%10 == 0 {
			entries = append(entries, e) // ends long after
			continue
		}
		must(t, e.Complete(Outcome{}))
	}
	for _, e := range entries {
		must(t, e.Complete(Outcome{}))
	}
	var forwards, backwards []string
	for row, err := range l.Rows(everything) {
		must(t, err)
		forwards = append(forwards, fmt.Sprint(row.Sequence, row.Kind, row.Tables))
	}
	names, err := files(dir)
	must(t, err)
	f, err := os.OpenFile(names[len(names)-1].name, os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(`{"completes":5,"kind":"completion"`)
	must(t, err)
	must(t, f.Close())
	for row, err := range l.Backwards(everything) {
		must(t, err)
		backwards = append(backwards, fmt.Sprint(row.Sequence, row.Kind, row.Tables))
	}
	slices.Reverse(backwards)
	if len(forwards) != 6000 || !slices.Equal(forwards, backwards) {
		t.Errorf("%d records forwards, %d backwards", len(forwards), len(backwards))
	}
	for seq := uint64(1); seq <= 6000; seq += 37 {
		line, err := lineOf(names[0].name, seq)
		must(t, err)
		if n, ok := numberAfter(line, `,"seq":`); !ok || n != seq {
			t.Fatalf("record %d is %.80s", seq, line)
		}
	}
	if line, err := lineOf(names[0].name, 6001); line != nil || err != nil {
		t.Errorf("a record that is not there is %s, %v", line, err)
	}
}

// TestRangesOpenNoOtherFiles tells which files a range has to read.
func TestRangesOpenNoOtherFiles(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	all := []logFile{{first: 1, day: day(1)}, {first: 100, day: day(1)}, {first: 200, day: day(2)}, {first: 300, day: day(4)}}
	for _, c := range []struct {
		within Range
		want   []uint64
	}{
		{everything, []uint64{1, 100, 200, 300}},
		{Range{From: 100, To: math.MaxUint64}, []uint64{100, 200, 300}},
		{Range{From: 99, To: 100}, []uint64{1, 100}},
		{Range{From: 150, To: 160}, []uint64{100}},
		{Range{From: 5000, To: math.MaxUint64}, []uint64{300}},
		{Range{To: 0}, nil},
		{Range{To: math.MaxUint64, Since: day(2)}, []uint64{200, 300}},
		{Range{To: math.MaxUint64, Since: day(2).Add(-1)}, []uint64{1, 100, 200, 300}},
		{Range{To: math.MaxUint64, Until: day(2).Add(-1)}, []uint64{1, 100}},
		{Range{To: math.MaxUint64, Since: day(3), Until: day(3)}, nil},
	} {
		var got []uint64
		for i, f := range all {
			next := uint64(0)
			if i+1 < len(all) {
				next = all[i+1].first
			}
			if c.within.file(f, next) {
				got = append(got, f.first)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v reads %v, want %v", c.within, got, c.want)
		}
	}
}

// TestClockThatGoesBack holds that the order of records is that of their numbers, not of
// the days in the names of files.
func TestClockThatGoesBack(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newClock()
	o := Options{Now: c.Now, Key: testKey}
	l := open(t, dir, o)
	for _, step := range []time.Duration{0, 24 * time.Hour, -48 * time.Hour, 24 * time.Hour} {
		c.add(step)
		must(t, l.Login(dana, Login{Method: "scram"}))
	}
	must(t, l.Close())
	l = open(t, dir, o)
	must(t, l.Login(dana, Login{Method: "scram"}))
	must(t, l.Close())
	report, err := Verify(dir, nil, nil)
	if names, _ := files(dir); err != nil || report.Last != 7 || len(names) < 4 { // two checkpoints
		t.Errorf("%+v in %d files: %v", report, len(names), err)
	}
}
