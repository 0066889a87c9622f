package audit

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/sqlstate"
)

// clock is a moment that tests move on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)} }

func open(t testing.TB, dir string, o Options) *Log {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// lines reads every record of a directory in the order of the files.
func lines(t *testing.T, dir string) []string {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(dir, "audit-*.jsonl"))
	var all []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if line != "" {
				all = append(all, line)
			}
		}
	}
	return all
}

var dana = Session{ID: "7", User: "dana", Database: "mesh", Client: "127.0.0.1:5"}

func TestRecords(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newClock()
	l := open(t, dir, Options{Now: c.Now})
	must(t, l.Login(dana, Login{Method: "scram"}))
	e, err := l.Decision(NewSender(dana), Statement{
		Text: "SELECT email FROM sales.orders WHERE email = 'a@b.example' AND amount > 5",
		Decision: auth.Decision{Allowed: true, Reason: auth.Granted, User: "dana", Tables: []auth.TableDecision{
			{Address: "sales.orders", Version: "2.1.0", Output: []string{"email"}, Grants: []string{"g"}},
		}},
	})
	must(t, err)
	c.add(1500 * time.Microsecond)
	must(t, e.Complete(Outcome{Rows: 3, Err: sqlstate.New(sqlstate.DivisionByZero, "division by zero near 'a@b.example'")}))
	_, err = l.Decision(NewSender(dana), Statement{Text: "SELEC 'secret'", Err: sqlstate.New(sqlstate.SyntaxError, "x")})
	must(t, err)
	must(t, l.Login(Session{User: "eve"}, Login{Reason: "unknown_user", Err: sqlstate.New(sqlstate.InvalidPassword, "x")}))
	got := lines(t, dir)
	want := []string{
		`{"kind":"login","login":{"method":"scram"},"outcome":"ok","seq":1,"session":{"client":"127.0.0.1:5","database":"mesh","id":"7","user":"dana"},"time":"2026-11-20T08:00:00Z","v":1}`,
		`{"decision":{"allowed":true,"epoch":0,"mesh":"","reason":"granted","tables":[{"address":"sales.orders","grants":["g"],"output":["email"],"version":"2.1.0"}],"user":"dana"},` +
			`"kind":"decision","outcome":"allowed","seq":2,"session":{"client":"127.0.0.1:5","database":"mesh","id":"7","user":"dana"},` +
			`"statement":{"bytes":73,"fingerprint":"FINGERPRINT","text":"SELECT email FROM sales.orders WHERE email = $1 AND amount > $2"},"time":"2026-11-20T08:00:00Z","v":1}`,
		`{"completes":2,"duration_us":1500,"kind":"completion","outcome":"error","rows":3,"seq":3,"session":{"client":"127.0.0.1:5","database":"mesh","id":"7","user":"dana"},"sqlstate":"22012","time":"2026-11-20T08:00:00.0015Z","v":1}`,
		`{"decision":{"allowed":false,"epoch":0,"mesh":"","reason":"","user":""},"kind":"decision","outcome":"refused","seq":4,"session":{"client":"127.0.0.1:5","database":"mesh","id":"7","user":"dana"},"sqlstate":"42601","statement":{"bytes":14},"time":"2026-11-20T08:00:00.0015Z","v":1}`,
		`{"kind":"login","login":{"reason":"unknown_user"},"outcome":"error","seq":5,"session":{"id":"","user":"eve"},"sqlstate":"28P01","time":"2026-11-20T08:00:00.0015Z","v":1}`,
	}
	if len(got) != len(want) {
		t.Fatalf("got %d lines, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		var r record
		must(t, json.Unmarshal([]byte(got[i]), &r))
		if r.Statement != nil && r.Statement.Fingerprint != "" {
			want[i] = strings.Replace(want[i], "FINGERPRINT", r.Statement.Fingerprint, 1)
		}
		want[i] = strings.Replace(want[i], `,"seq":`, `,"prev":"`+r.Previous+`","seq":`, 1)
		if i == 2 {
			want[i] = strings.Replace(want[i], `,"rows":3,"prev":"`+r.Previous+`"`, `,"prev":"`+r.Previous+`","rows":3`, 1)
		}
		if got[i] != want[i] {
			t.Errorf("line %d\n got %s\nwant %s", i+1, got[i], want[i])
		}
	}
}

func TestRedaction(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), Options{})
	for text, want := range map[string]string{
		"SELECT 1":                               "SELECT $1",
		"SELECT x'41', B'1', E'a', $$secret$$":   "SELECT $1, $2, $3, $4",
		"SELECT a FROM b /* secret */":           "SELECT a FROM b",
		"SELECT a FROM b -- secret":              "SELECT a FROM b",
		"SET search_path TO 'secret'":            "SET search_path TO $1",
		"PREPARE p AS SELECT 'secret'":           "PREPARE p AS SELECT $1",
		"SELECT a FROM b LIMIT 10 OFFSET 'secr'": "SELECT a FROM b LIMIT $2 OFFSET $1",
		"EXECUTE p('secret')":                    "EXECUTE p($1)",
		"SELECT interval 'secret' day":           "SELECT interval $1 day",
		"broken 'secret'":                        "",
	} {
		got := l.redacted(text).Text
		if strings.Contains(got, "secr") {
			t.Errorf("redacted(%q) = %q", text, got)
		}
		if want != got {
			t.Errorf("redacted(%q) = %q, want %q", text, got, want)
		}
	}
	l.options.Literals = true
	if got := l.redacted("SELECT 'kept'").Text; got != "SELECT 'kept'" {
		t.Errorf("kept: %q", got)
	}
}

func TestUnwritable(t *testing.T) {
	t.Parallel()
	l := open(t, t.TempDir(), Options{})
	_ = l.file.Close() // as a full disk would: every write fails
	_, err := l.Decision(NewSender(dana), Statement{Text: "SELECT 1"})
	var e *sqlstate.Error
	if !errors.As(err, &e) || e.Code != sqlstate.IOError || e.Message != "the audit log cannot be written" {
		t.Fatalf("got %v", err)
	}
	if _, err := l.Decision(NewSender(dana), Statement{Text: "SELECT 1"}); err != nil {
		t.Fatalf("the log does not go on in a new file: %v", err)
	}
	must(t, l.Close())
	if err := l.Login(dana, Login{Method: "scram"}); err == nil {
		t.Error("a closed log takes records")
	}
}

// TestBegunTogether: decisions that were handed over are in the file once one of them is, in their
// order, and a completion follows its own.
func TestBegunTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir, Options{})
	var all []*Entry
	for i := range 5 {
		e, err := l.Begin(NewSender(dana), Statement{Text: fmt.Sprintf("SELECT a FROM t%c", 'a'+i), Decision: auth.Decision{Allowed: true}})
		must(t, err)
		all = append(all, e)
	}
	if n := len(lines(t, dir)); n != 0 {
		t.Errorf("%d lines before anybody waits", n)
	}
	var waiting sync.WaitGroup
	for range 3 {
		waiting.Go(func() {
			if err := all[3].Written(); err != nil {
				t.Error(err)
			}
		})
	}
	waiting.Wait()
	if n := len(lines(t, dir)); n != len(all) {
		t.Errorf("%d lines, want %d", n, len(all))
	}
	for i, e := range all {
		must(t, e.Written())
		if e.seq != uint64(i+1) {
			t.Errorf("decision %d is record %d", i, e.seq)
		}
		must(t, e.Complete(Outcome{}))
	}
	must(t, l.Close())
	if got := lines(t, dir)[7]; !strings.Contains(got, `"completes":3,`) {
		t.Errorf("the eighth is %s", got)
	}
}

func TestRotationAndRestart(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), newClock()
	o := Options{Now: c.Now, MaxBytes: 300}
	l := open(t, dir, o)
	for range 5 {
		must(t, l.Login(dana, Login{Method: "scram"}))
	}
	c.add(24 * time.Hour)
	must(t, l.Login(dana, Login{Method: "scram"}))
	if _, err := Open(dir, o); err == nil {
		t.Error("two logs write one directory")
	}
	must(t, l.Close())
	names, _ := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if len(names) != 4 {
		t.Errorf("files: %v", names)
	}
	// A crash cuts a line off.
	f, err := os.OpenFile(names[3], os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString(`{"seq":7,"kind`)
	must(t, err)
	must(t, f.Close())
	l = open(t, dir, o)
	must(t, l.Login(dana, Login{Method: "scram"}))
	got := lines(t, dir)
	if last := got[len(got)-1]; !strings.Contains(last, `"seq":7,`) {
		t.Errorf("after a restart: %s", last)
	}
}

func TestConcurrentRecordsAreWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := open(t, dir, Options{MaxBytes: 10_000})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if err := l.Login(dana, Login{Method: "scram"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	seen := map[uint64]bool{}
	for _, line := range lines(t, dir) {
		var r record
		must(t, json.Unmarshal([]byte(line), &r))
		seen[r.Sequence] = true
	}
	if len(seen) != 400 || !seen[1] || !seen[400] {
		t.Errorf("%d numbers", len(seen))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
