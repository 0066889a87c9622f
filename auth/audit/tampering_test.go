package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/auth"
)

// writtenWithCheckpoints gives a closed log of several files and runs of the gateway, each
// of which ended with a checkpoint, and the anchors noted after each run.
func writtenWithCheckpoints(t testing.TB, key ed25519.PrivateKey) (dir string, anchors []Anchor) {
	t.Helper()
	dir = t.TempDir()
	c := newClock()
	for range 3 {
		l := open(t, dir, Options{Now: c.Now, MaxBytes: 1200, Key: key})
		for i := range 5 {
			e, err := l.Decision(NewSender(dana), Statement{Text: fmt.Sprintf("SELECT %d", i), Decision: auth.Decision{Allowed: true}})
			must(t, err)
			must(t, e.Complete(Outcome{Rows: int64(i)}))
			c.add(time.Second)
		}
		must(t, l.Close())
		report, err := Verify(dir, nil, nil)
		must(t, err)
		anchors = append(anchors, report.End)
	}
	return dir, anchors
}

// forge writes a log anew from its records, changed, each in the file it was in: chained,
// and signed where there is a key.
func forge(t *testing.T, dir string, key ed25519.PrivateKey, change func(*record) bool) {
	t.Helper()
	all, err := files(dir)
	must(t, err)
	previous, seq := genesis, uint64(0)
	for _, f := range all {
		text, err := os.ReadFile(f.name)
		must(t, err)
		var out []byte
		for line := range bytes.Lines(text) {
			var r record
			must(t, json.Unmarshal(line, &r))
			if !change(&r) {
				continue
			}
			seq++
			r.Sequence, r.Previous = seq, previous
			if r.Kind == "checkpoint" && key != nil {
				r.Signature = fmt.Sprintf("%x", ed25519.Sign(key, checkpointMessage(seq-1, previous)))
			}
			again, err := canonical(r)
			must(t, err)
			previous = hashOf(again)
			out = append(out, again...)
		}
		must(t, os.WriteFile(f.name, out, 0o600))
	}
}

// TestTampering tries what somebody may do who can write the files of a log, to those
// that are closed too, without the key; and with it, where an anchor was noted. Each is found, and said.
func TestTampering(t *testing.T) {
	t.Parallel()
	public := testKey.Public().(ed25519.PublicKey)
	whole, anchors := writtenWithCheckpoints(t, testKey)
	last := anchors[2]
	all, err := files(whole)
	must(t, err)
	if len(all) < 8 {
		t.Fatalf("%d files", len(all))
	}
	keep := func(*record) bool { return true }
	lines := func(f logFile) [][]byte {
		text, err := os.ReadFile(f.name)
		must(t, err)
		return bytes.SplitAfter(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	}
	rewrite := func(f logFile, lines [][]byte) {
		text := bytes.Join(lines, nil)
		if len(text) > 0 && text[len(text)-1] != '\n' {
			text = append(text, '\n')
		}
		must(t, os.WriteFile(f.name, text, 0o600))
	}
	for _, c := range []struct {
		what   string
		tamper func(dir string, all []logFile)
		anchor *Anchor
		says   string
	}{
		{"edit", func(_ string, all []logFile) {
			l := lines(all[1])
			l[0] = bytes.Replace(l[0], []byte(`"user":"dana"`), []byte(`"user":"mara"`), 1)
			rewrite(all[1], l)
		}, nil, "does not follow the one before it"},
		{"edit of the last record", func(_ string, all []logFile) {
			f := all[len(all)-1]
			l := lines(f)
			l[len(l)-1] = bytes.Replace(l[len(l)-1], []byte(`"signature":"`), []byte(`"signature":"00`), 1)
			rewrite(f, l)
		}, nil, "is not signed"},
		{"edit and a new chain", func(dir string, _ []logFile) {
			forge(t, dir, nil, func(r *record) bool {
				if r.Sequence == 3 {
					r.Session.User = "mara"
				}
				return true
			})
		}, nil, "is not signed"},
		{"edit, a new chain and no checkpoints", func(dir string, _ []logFile) {
			forge(t, dir, nil, func(r *record) bool { return r.Kind != "checkpoint" })
		}, &last, "cut off or rolled back"},
		{"edit, a new chain and another key", func(dir string, _ []logFile) {
			other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{9}, ed25519.SeedSize))
			forge(t, dir, other, func(r *record) bool {
				if r.Kind == "checkpoint" {
					r.Key = fmt.Sprintf("%x", other.Public())
				}
				return true
			})
		}, nil, "is not signed by the key"},
		{"edit with the key, after an anchor", func(dir string, _ []logFile) {
			forge(t, dir, testKey, func(r *record) bool {
				if r.Rows != nil && r.Sequence < anchors[0].Sequence {
					*r.Rows += 1000
				}
				return true
			})
		}, &anchors[0], "is not the one that was anchored"},
		{"deletion", func(_ string, all []logFile) { rewrite(all[2], lines(all[2])[1:]) }, nil, "deleted or moved"},
		{"deletion at the end of a closed file", func(_ string, all []logFile) {
			l := lines(all[2])
			rewrite(all[2], l[:len(l)-1])
		}, nil, "deleted or moved"},
		{"deletion of a closed file", func(_ string, all []logFile) { must(t, os.Remove(all[3].name)) }, nil, "deleted or moved"},
		{"deletion of the first file", func(_ string, all []logFile) { must(t, os.Remove(all[0].name)) }, nil, "what was before it is missing"},
		{"deletion of one with a new chain and new numbers", func(dir string, _ []logFile) {
			forge(t, dir, nil, func(r *record) bool { return r.Sequence != 4 })
		}, nil, "is not signed"},
		{"reordering", func(_ string, all []logFile) {
			l := lines(all[1])
			l[0], l[1] = append(bytes.TrimSuffix(l[1], []byte("\n")), '\n'), l[0]
			rewrite(all[1], l)
		}, nil, "deleted or moved"},
		{"reordering of closed files", func(_ string, all []logFile) {
			a, b := lines(all[1]), lines(all[2])
			rewrite(all[1], b)
			rewrite(all[2], a)
		}, nil, "deleted or moved"},
		{"a record moved to another file", func(_ string, all []logFile) {
			a, b := lines(all[1]), lines(all[2])
			moved := a[len(a)-1]
			rewrite(all[1], a[:len(a)-1])
			rewrite(all[2], append(b, append([]byte("\n"), moved...)))
		}, nil, "deleted or moved"},
		{"repetition", func(_ string, all []logFile) {
			l := lines(all[1])
			rewrite(all[1], append([][]byte{l[0]}, l...))
		}, nil, "deleted or moved"},
		{"a closed file copied in again", func(dir string, all []logFile) {
			must(t, os.WriteFile(filepath.Join(dir, "audit-2026-11-21-000000000099.jsonl"), bytes.Join(lines(all[1]), nil), 0o600))
		}, nil, "deleted or moved"},
		{"rollback to an earlier run", func(dir string, all []logFile) {
			for _, f := range all {
				if f.first > anchors[1].Sequence {
					must(t, os.Remove(f.name))
				}
			}
		}, &last, "cut off or rolled back"},
		{"rollback and other statements since", func(dir string, all []logFile) {
			for _, f := range all {
				if f.first > anchors[0].Sequence {
					must(t, os.Remove(f.name))
				}
			}
			l := open(t, dir, Options{Key: testKey})
			for range 30 {
				must(t, l.Login(dana, Login{Method: "scram"}))
			}
			must(t, l.Close())
		}, &last, "is not the one that was anchored"},
		{"truncation", func(_ string, all []logFile) {
			f := all[len(all)-1]
			l := lines(f)
			rewrite(f, l[:len(l)-1])
		}, &last, "cut off or rolled back"},
		{"truncation within a record", func(_ string, all []logFile) {
			f := all[len(all)-1]
			text, err := os.ReadFile(f.name)
			must(t, err)
			must(t, os.WriteFile(f.name, text[:len(text)-9], 0o600))
		}, &last, "cut off or rolled back"},
		{"truncation of a closed file within a record", func(_ string, all []logFile) {
			text, err := os.ReadFile(all[2].name)
			must(t, err)
			must(t, os.WriteFile(all[2].name, text[:len(text)-9], 0o600))
		}, nil, "cut off"},
		{"an emptied directory", func(dir string, all []logFile) {
			for _, f := range all {
				must(t, os.Remove(f.name))
			}
		}, &last, "there is no record"},
		{"the same fields in another order", func(_ string, all []logFile) {
			l := lines(all[1])
			l[0] = bytes.Replace(l[0], []byte(`,"v":1}`), []byte(`,"v":1,"x":2}`), 1)
			rewrite(all[1], l)
		}, nil, "not in its canonical form"},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.CopyFS(dir, os.DirFS(whole)))
			all, err := files(dir)
			must(t, err)
			c.tamper(dir, all)
			_, err = Verify(dir, public, c.anchor)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want one that says %q", err, c.says)
			}
		})
	}
	// What is forged with nothing changed is the same log: forge itself breaks nothing.
	dir := t.TempDir()
	must(t, os.CopyFS(dir, os.DirFS(whole)))
	forge(t, dir, testKey, keep)
	for _, a := range anchors {
		if _, err := Verify(dir, public, &a); err != nil {
			t.Errorf("anchor %d: %v", a.Sequence, err)
		}
	}
}
