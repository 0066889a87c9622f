package audit

import (
	"bytes"
	"crypto/ed25519"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

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
		name := names[random.IntN(len(names))].name
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

// FuzzTamper overwrites, cuts and puts bytes into a signed and anchored log; whatever
// leaves another text must be found.
func FuzzTamper(f *testing.F) {
	dir, anchors := writtenWithCheckpoints(f, testKey)
	public, anchor := testKey.Public().(ed25519.PublicKey), anchors[2]
	all, err := files(dir)
	must(f, err)
	f.Add(uint8(0), uint16(10), uint16(1), []byte("9"))                                 // overwritten
	f.Add(uint8(3), uint16(0), uint16(60000), []byte(nil))                              // emptied
	f.Add(uint8(7), uint16(65535), uint16(0), []byte("{}\n"))                           // appended to
	f.Add(uint8(1), uint16(200), uint16(0), []byte("\n"))                               // a line broken
	f.Add(uint8(2), uint16(0), uint16(0), []byte("\xef\xbb\xbf"))                       // a byte order mark
	f.Add(uint8(4), uint16(300), uint16(12), []byte(`\u0022`))                          // another spelling
	f.Add(uint8(9), uint16(65535), uint16(0), []byte(`{"kind":"login","outcome":"ok"`)) // a line not ended
	f.Fuzz(func(t *testing.T, file uint8, at, cut uint16, put []byte) {
		name := all[int(file)%len(all)].name
		was, err := os.ReadFile(name)
		must(t, err)
		begin := min(int(at), len(was))
		now := slices.Concat(was[:begin], put, was[min(begin+int(cut), len(was)):])
		if bytes.Equal(was, now) {
			return
		}
		must(t, os.WriteFile(name, now, 0o600))
		_, err = Verify(dir, public, &anchor)
		must(t, os.WriteFile(name, was, 0o600))
		if last := name == all[len(all)-1].name; err == nil && !(last && unended(was, now)) {
			t.Errorf("%q in place of %d bytes at %d of %s was not found", put, cut, begin, name)
		}
	})
}

// unended tells whether all that was added is a line without its end behind the last
// record: that is how a gateway leaves a log that is killed while it writes.
func unended(was, now []byte) bool {
	return bytes.HasPrefix(now, was) && !bytes.Contains(now[len(was):], []byte("\n"))
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
		for _, within := range []Range{everything, {From: 2, To: 3}, {To: 1 << 40, Since: time.Unix(0, 0)}} {
			for _, err := range (&Log{dir: dir, discard: true}).Rows(within) {
				_ = err
			}
		}
	})
}
