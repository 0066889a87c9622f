package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/seed"
)

var testKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

// written gives a directory with a log of statements over several files, closed.
func written(t *testing.T) string {
	t.Helper()
	dir, c := t.TempDir(), newClock()
	l := open(t, dir, Options{Now: c.Now, MaxBytes: 1500, Key: testKey})
	for i := range 6 {
		e, err := l.Decision(NewSender(dana), Statement{Text: fmt.Sprintf("SELECT %d", i), Decision: auth.Decision{Allowed: true}})
		must(t, err)
		must(t, e.Complete(Outcome{Rows: int64(i)}))
		c.add(time.Second)
	}
	must(t, l.Close())
	return dir
}

// edit changes the nth record (1-based) of a log; nil drops it.
func edit(t *testing.T, dir string, n int, change func(string) *string) {
	t.Helper()
	names, err := files(dir)
	must(t, err)
	seen := 0
	for _, f := range names {
		text, err := os.ReadFile(f.name)
		must(t, err)
		var kept []string
		for _, line := range strings.SplitAfter(string(text), "\n") {
			if seen++; line != "" && seen == n {
				if to := change(line); to != nil {
					kept = append(kept, *to)
				}
				continue
			}
			if line == "" {
				seen--
			}
			kept = append(kept, line)
		}
		must(t, os.WriteFile(f.name, []byte(strings.Join(kept, "")), 0o600))
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	public := testKey.Public().(ed25519.PublicKey)
	whole := written(t)
	report, err := Verify(whole, public, nil)
	must(t, err)
	if report.First != 1 || report.Last != 13 || report.Checkpoints != 1 || report.Unsigned != 0 {
		t.Fatalf("report %+v", report)
	}
	anchor := report.End
	if _, err := Verify(whole, public, &anchor); err != nil {
		t.Fatal(err)
	}
	for name, tamper := range map[string]func(dir string){
		"edited": func(dir string) {
			edit(t, dir, 4, func(s string) *string { s = strings.Replace(s, `"rows":1`, `"rows":9`, 1); return &s })
		},
		"edited and chained anew": func(dir string) { rechain(t, dir, 4) },
		"deleted":                 func(dir string) { edit(t, dir, 5, func(string) *string { return nil }) },
		"spaces added": func(dir string) {
			edit(t, dir, 3, func(s string) *string { s = strings.Replace(s, `,"seq"`, `, "seq"`, 1); return &s })
		},
		"duplicated": func(dir string) { edit(t, dir, 5, func(s string) *string { s += s; return &s }) },
		"first file gone": func(dir string) {
			names, _ := files(dir)
			must(t, os.Remove(names[0].name))
		},
		"last file gone": func(dir string) {
			names, _ := files(dir)
			must(t, os.Remove(names[len(names)-1].name))
		},
		"last record gone": func(dir string) { edit(t, dir, 13, func(string) *string { return nil }) },
		"files swapped": func(dir string) {
			names, _ := files(dir)
			must(t, os.Rename(names[0].name, names[0].name+".x"))
			must(t, os.Rename(names[1].name, names[0].name))
			must(t, os.Rename(names[0].name+".x", names[1].name))
		},
		"emptied": func(dir string) {
			names, _ := files(dir)
			for _, n := range names {
				must(t, os.Remove(n.name))
			}
		},
	} {
		dir := t.TempDir()
		must(t, os.CopyFS(dir, os.DirFS(whole)))
		tamper(dir)
		if _, err := Verify(dir, public, &anchor); err == nil {
			t.Errorf("%s: not found out", name)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	if _, err := Verify(whole, other, nil); err == nil {
		t.Error("another key's log passes")
	}
}

// rechain edits a record and computes every hash after it anew, as one could who may
// write the files but has no key.
func rechain(t *testing.T, dir string, n uint64) {
	t.Helper()
	names, err := files(dir)
	must(t, err)
	previous := genesis
	for _, f := range names {
		text, err := os.ReadFile(f.name)
		must(t, err)
		var out []byte
		for _, line := range bytes.SplitAfter(text, []byte("\n")) {
			if len(line) == 0 {
				continue
			}
			var r record
			must(t, json.Unmarshal(line, &r))
			if r.Sequence == n {
				rows := int64(99)
				r.Rows = &rows
			}
			r.Previous = previous
			again, err := canonical(r)
			must(t, err)
			previous = hashOf(again)
			out = append(out, again...)
		}
		must(t, os.WriteFile(f.name, out, 0o600))
	}
}

// TestCanonical holds the order of the fields: a record must read as if its names had
// been sorted at every level.
func TestCanonical(t *testing.T) {
	t.Parallel()
	one := int64(1)
	full := record{
		Completes: 1, Micros: &one, Epoch: 1, Fragments: []Fragment{{1, "f", 1, "s"}}, Grant: &Grant{"a", "c", []string{"c"}, true, []string{"d"}, "e", []string{"g"}, "i", "n", "p", "p", "q", "r", "r", []string{"u"}, "v"}, Key: "k", Kind: "k", Login: &login{"e", []string{"g"}, "m", "p", "r"}, Mesh: "m", Outcome: "<&>",
		Previous: "p", Queued: 1, Rows: &one, Sequence: 1, Session: &Session{"a", "c", "d", "i", "t", "u"}, Signature: "s", SQLState: "s",
		Statement: &statement{1, "f", "t"}, Time: "t", Version: 1,
		Decision: &auth.Decision{Attributes: map[string]string{"b": "c", "a": "d"}, Groups: []string{"g"}, Purpose: "p", Reason: "r", User: "u", Tables: []auth.TableDecision{{
			Address: "a", Grants: []string{"g"}, Output: []string{"o"}, Predicate: []string{"p"}, RowFilters: []string{"r"}, Version: "v",
			Bypassed: []auth.Bypassed{{Policy: "p", Reason: "r"}}, Via: "v",
			Masks: []auth.ColumnMask{{Column: "c", Mask: catalog.MaskNull, Policy: "p"}},
		}}},
	}
	got, err := canonical(full)
	must(t, err)
	var fields map[string]any
	must(t, json.Unmarshal(got, &fields))
	var want bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetEscapeHTML(false)
	must(t, e.Encode(fields))
	if string(got) != want.String() {
		t.Errorf("got  %swant %s", got, want.String())
	}
	if fast := quickly(full, ready{}); fast != string(got) {
		t.Errorf("fast %swant %s", fast, got)
	}
}

// quickly encodes a record as statements do.
func quickly(r record, with ready) string {
	var p pieces
	p.encode(&r, with)
	return string(p.line(nil, place{seq: r.Sequence, previous: r.Previous, time: []byte(r.Time)}))
}

// TestLine holds the quick encoding to the one of encoding/json, over random records;
// with parts of them encoded before, too.
func TestLine(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewSource(int64(seed.For(t))))
	for range 5000 {
		v, ok := quick.Value(reflect.TypeFor[record](), random)
		if !ok {
			t.Fatal("no record")
		}
		r := v.Interface().(record)
		r.Version, r.Previous, r.Time = 1, genesis, "2026-11-20T08:00:00Z"
		want, err := canonical(r)
		must(t, err)
		if got := quickly(r, ready{}); got != string(want) {
			t.Fatalf("got  %swant %s", got, want)
		}
		if r.Session == nil || r.Decision == nil || r.Statement == nil {
			continue
		}
		known := ready{session: NewSender(*r.Session).text, decision: decision(nil, r.Decision), statement: r.Statement.rest(nil), bytes: r.Statement.Bytes}
		if got := quickly(record{Completes: r.Completes, Micros: r.Micros, Epoch: r.Epoch, Fragments: r.Fragments, Grant: r.Grant, Key: r.Key, Kind: r.Kind,
			Login: r.Login, Mesh: r.Mesh, Outcome: r.Outcome, Previous: r.Previous, Queued: r.Queued, Rows: r.Rows, Sequence: r.Sequence, Signature: r.Signature, SQLState: r.SQLState, Time: r.Time}, known); got != string(want) {
			t.Fatalf("with parts that are ready\ngot  %swant %s", got, want)
		}
	}
}

// TestTimestamps holds them to those of package time.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	var stamps timestamps
	random := rand.New(rand.NewSource(int64(seed.For(t))))
	at := time.Date(1999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	for range 10_000 {
		if got, want := string(stamps.text(at)), at.UTC().Format(time.RFC3339Nano); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
		steps := []time.Duration{0, 1, 10, time.Microsecond, time.Millisecond, time.Second, 36 * time.Hour, -90 * time.Minute}
		at = at.Add(steps[random.Intn(len(steps))] * time.Duration(random.Intn(1000)))
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	if _, err := ParseKey(strings.Repeat("07", 32)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "xyz", strings.Repeat("07", 31), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if _, err := ParseKey(bad); err == nil {
			t.Errorf("%q is a key", bad)
		}
	}
}
