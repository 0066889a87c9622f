package login

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sluicemesh/sluice/catalog"
)

// publisher serves a key set and counts how often it was asked.
type publisher struct {
	*httptest.Server
	keys  atomic.Pointer[[]jose.JSONWebKey]
	asked atomic.Int32
	down  atomic.Bool
	from  catalog.KeySet
}

func publish(t *testing.T, ids ...string) *publisher {
	t.Helper()
	p := &publisher{}
	p.rotate(t, ids...)
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		switch {
		case p.down.Load():
			w.WriteHeader(http.StatusBadGateway)
		case r.URL.Path == "/elsewhere":
			http.Redirect(w, r, "/", http.StatusFound)
		default:
			_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: *p.keys.Load()})
		}
	}))
	p.Config.ErrorLog = log.New(io.Discard, "", 0)
	p.StartTLS()
	t.Cleanup(p.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.Certificate().Raw})
	if err := os.WriteFile(ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	p.from = catalog.KeySet{URL: p.URL, CA: ca}
	return p
}

func (p *publisher) rotate(t *testing.T, ids ...string) {
	t.Helper()
	var keys []jose.JSONWebKey
	for _, id := range ids {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, jose.JSONWebKey{Key: key.Public(), KeyID: id})
	}
	p.keys.Store(&keys)
}

// hand is a clock moved by hand.
type hand struct{ at atomic.Int64 }

func newHand() *hand {
	h := &hand{}
	h.at.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano())
	return h
}

func (h *hand) now() time.Time        { return time.Unix(0, h.at.Load()) }
func (h *hand) pass(by time.Duration) { h.at.Add(int64(by)) }

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	p, clock := publish(t, "one"), newHand()
	set := (&keySets{now: clock.now}).of(p.from)
	expect := func(id string, keys int, asked int32) {
		t.Helper()
		found, err := set.find(t.Context(), id)
		if err != nil || len(found) != keys || p.asked.Load() != asked {
			t.Errorf("find(%q) = %d keys, %v, issuer asked %d times; want %d and %d", id, len(found), err, p.asked.Load(), keys, asked)
		}
	}
	expect("one", 1, 1)
	expect("", 1, 1) // a token need not name its key
	for range 5 {
		expect("made up", 0, 1) // does not burden the issuer
	}
	p.rotate(t, "two")
	expect("two", 0, 1)
	clock.pass(newKeyAfter)
	expect("two", 1, 2)
	expect("one", 0, 2)
	clock.pass(defaultRefresh)
	expect("two", 1, 3)
}

func TestKeysOfAnIssuerThatIsDown(t *testing.T) {
	t.Parallel()
	p, clock := publish(t, "one"), newHand()
	set := (&keySets{now: clock.now}).of(p.from)
	p.down.Store(true)
	for range 10 {
		if _, err := set.find(t.Context(), "one"); err == nil {
			t.Fatal("keys out of nowhere")
		}
	}
	if n := p.asked.Load(); n != 1 {
		t.Errorf("asked %d times at once", n)
	}
	for range 60 { // backs off: 1, 2, 4, 8, … seconds
		clock.pass(time.Second)
		_, _ = set.find(t.Context(), "one")
	}
	if n := p.asked.Load(); n != 6 {
		t.Errorf("asked %d times in a minute", n)
	}
	p.down.Store(false)
	clock.pass(maxBackoff)
	if found, err := set.find(t.Context(), "one"); err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	p.down.Store(true)
	clock.pass(staleFor)
	if _, err := set.find(t.Context(), "one"); err != nil {
		t.Errorf("keys of an issuer that is down for less than an hour: %v", err)
	}
	clock.pass(defaultRefresh + time.Second)
	if _, err := set.find(t.Context(), "one"); err == nil {
		t.Error("keys count although their issuer has been down for long")
	}
}

func TestKeysComeFromWhereTheMeshSays(t *testing.T) {
	t.Parallel()
	p := publish(t, "one")
	for name, from := range map[string]catalog.KeySet{
		"a redirect":           {URL: p.URL + "/elsewhere", CA: p.from.CA},
		"an untrusted server":  {URL: p.URL},
		"no such file":         {File: filepath.Join(t.TempDir(), "none")},
		"no authority in file": {URL: p.URL, CA: os.DevNull},
	} {
		if _, err := (&keySets{now: time.Now}).of(from).find(t.Context(), ""); err == nil {
			t.Errorf("%s: keys were taken", name)
		}
	}
}

func TestKeysFromAFile(t *testing.T) {
	t.Parallel()
	file, clock := filepath.Join(t.TempDir(), "keys.json"), newHand()
	p := publish(t, "one")
	write := func() {
		text, err := json.Marshal(jose.JSONWebKeySet{Keys: *p.keys.Load()})
		if err == nil {
			err = os.WriteFile(file, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	write()
	set := (&keySets{now: clock.now}).of(catalog.KeySet{File: file})
	if found, err := set.find(t.Context(), "one"); err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	p.rotate(t, "two")
	write()
	clock.pass(newKeyAfter)
	if found, err := set.find(t.Context(), "two"); err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
}

// TestKeysThatDoNotCount: a shared secret, a private key, a weak one and one for
// encryption check no signature; what nobody knows is passed over.
func TestKeysThatDoNotCount(t *testing.T) {
	t.Parallel()
	good, _, _ := ed25519.GenerateKey(rand.Reader)
	private, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]any{"keys": []any{
		jose.JSONWebKey{Key: good, KeyID: "good"},
		jose.JSONWebKey{Key: []byte("shared secret of 32 bytes length"), KeyID: "shared"},
		jose.JSONWebKey{Key: private, KeyID: "private"},
		jose.JSONWebKey{Key: weak.Public(), KeyID: "weak"},
		jose.JSONWebKey{Key: good, KeyID: "encryption", Use: "enc"},
		map[string]any{"kty": "of tomorrow", "kid": "new"},
	}}
	text, err := json.Marshal(set)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := parseKeys(text)
	if err != nil || len(keys) != 1 || keys[0].KeyID != "good" {
		t.Errorf("got %v, %v", keys, err)
	}
	for _, bad := range []string{"", "[]", `{"keys":[]}`, `{"keys":[{"kty":"oct","k":"AAAA"}]}`, "<html>"} {
		if keys, err := parseKeys([]byte(bad)); err == nil {
			t.Errorf("parseKeys(%q) = %v", bad, keys)
		}
	}
}
