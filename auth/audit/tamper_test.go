package audit

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/sluicemesh/sluice/internal/seed"
)

// TestEveryEditIsFound changes a signed and anchored log in one random place at a time:
// a byte, a line, a piece, a file. Each change must be found.
func TestEveryEditIsFound(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	tries := 500
	if testing.Short() {
		tries = 100
	}
	dir := written(t)
	public := testKey.Public().(ed25519.PublicKey)
	whole, err := Verify(dir, public, nil)
	must(t, err)
	names, err := files(dir)
	must(t, err)
	for range tries {
		name := names[random.IntN(len(names))]
		was, err := os.ReadFile(name)
		must(t, err)
		now, how := tampered(random, was)
		if bytes.Equal(was, now) {
			continue
		}
		must(t, os.WriteFile(name, now, 0o600))
		if _, err := Verify(dir, public, &whole.End); err == nil {
			t.Errorf("%s of %s was not found:\n%s\nwas\n%s", how, name, now, was)
		}
		must(t, os.WriteFile(name, was, 0o600))
	}
	if _, err := Verify(dir, public, &whole.End); err != nil {
		t.Fatal(err)
	}
}

// tampered changes a text in one place.
func tampered(random *rand.Rand, text []byte) (changed []byte, how string) {
	changed = bytes.Clone(text)
	at := random.IntN(len(text))
	lines := bytes.SplitAfter(text, []byte("\n"))
	lines = lines[:len(lines)-1]
	line, other := random.IntN(len(lines)), random.IntN(len(lines))
	switch random.IntN(8) {
	case 0:
		changed[at] ^= 1 << random.IntN(8)
		return changed, "a bit flipped"
	case 1:
		changed[at] = byte(random.IntN(256))
		return changed, "a byte replaced"
	case 2:
		return append(changed[:at], changed[at+1:]...), "a byte deleted"
	case 3:
		return append(append(bytes.Clone(text[:at]), byte(random.IntN(256))), text[at:]...), "a byte inserted"
	case 4:
		return text[:at], "the end cut off"
	case 5:
		return bytes.Join(append(append([][]byte{}, lines[:line]...), lines[line+1:]...), nil), "a line deleted"
	case 6:
		moved := append([][]byte{}, lines...)
		moved[line], moved[other] = moved[other], moved[line]
		return bytes.Join(moved, nil), "two lines swapped"
	default:
		return bytes.Join(append(append(append([][]byte{}, lines[:line]...), lines[other]), lines[line:]...), nil), "a line repeated"
	}
}

// FuzzVerify holds that no file, whatever is in it, breaks the verification.
func FuzzVerify(f *testing.F) {
	f.Add([]byte(`{"kind":"login","outcome":"ok","prev":"0000000000000000000000000000000000000000000000000000000000000000","seq":1,"time":"","v":1}` + "\n"))
	f.Add([]byte("\n\n{}\n"))
	f.Add([]byte(`{"kind":"checkpoint","key":"00","prev":"","seq":1,"signature":"zz","time":"","v":1}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		must(t, os.WriteFile(dir+"/audit-2026-01-01-000000000001.jsonl", text, 0o600))
		_, _ = Verify(dir, nil, nil)
		for _, err := range rowsOf(dir + "/audit-2026-01-01-000000000001.jsonl") {
			_ = err
		}
	})
}
