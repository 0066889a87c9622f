package login

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/sluicemesh/sluice/catalog"
)

// TestKeysAreDiscovered finds the keys by the issuer's own document, over HTTPS, follows
// them when they move and rotate, and asks no more often than for keys whose URL is known.
func TestKeysAreDiscovered(t *testing.T) {
	t.Parallel()
	p, clock := publish(t, "one"), newHand()
	where := "/keys"
	p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		switch r.URL.Path {
		case "/realm/.well-known/openid-configuration":
			fmt.Fprintf(w, `{"issuer": %q, "jwks_uri": %q, "token_endpoint": "x"}`, p.URL+"/realm", p.URL+where)
		case where:
			_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: *p.keys.Load()})
		default:
			http.NotFound(w, r)
		}
	})
	set := (&keySets{now: clock.now}).of(catalog.KeySet{Issuer: p.URL + "/realm", CA: p.from.CA})
	expect := func(id string, keys int, asked int32) {
		t.Helper()
		found, err := set.find(t.Context(), id)
		if err != nil || len(found) != keys || p.asked.Load() != asked {
			t.Errorf("find(%q) = %d keys, %v, issuer asked %d times; want %d and %d", id, len(found), err, p.asked.Load(), keys, asked)
		}
	}
	expect("one", 1, 2)
	for range 100 {
		expect("made up", 0, 2)
	}
	p.rotate(t, "two")
	where = "/keys2"
	clock.pass(newKeyAfter)
	expect("two", 1, 4)
	for range 100 {
		expect("one", 0, 4)
	}
	clock.pass(defaultRefresh)
	expect("two", 1, 6)
}

// TestDiscoveryThatIsNotBelieved: a document that is another issuer's, names no keys, or
// keys that anybody on the way could change.
func TestDiscoveryThatIsNotBelieved(t *testing.T) {
	t.Parallel()
	p := publish(t, "one")
	document := ""
	p.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/.well-known/") {
			fmt.Fprint(w, document)
			return
		}
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: *p.keys.Load()})
	})
	insecure := strings.Replace(p.URL, "https:", "http:", 1)
	for what, text := range map[string]string{
		"nothing":                     "",
		"a page":                      "<html>",
		"another issuer":              fmt.Sprintf(`{"issuer": "https://other", "jwks_uri": %q}`, p.URL+"/keys"),
		"an issuer that is like ours": fmt.Sprintf(`{"issuer": %q, "jwks_uri": %q}`, p.URL+"/", p.URL+"/keys"),
		"no issuer":                   fmt.Sprintf(`{"jwks_uri": %q}`, p.URL+"/keys"),
		"no keys":                     fmt.Sprintf(`{"issuer": %q}`, p.URL),
		"keys without TLS":            fmt.Sprintf(`{"issuer": %q, "jwks_uri": %q}`, p.URL, insecure+"/keys"),
		"keys in a file":              fmt.Sprintf(`{"issuer": %q, "jwks_uri": "file:///etc/passwd"}`, p.URL),
	} {
		document = text
		if keys, err := (&keySets{now: newHand().now}).of(catalog.KeySet{Issuer: p.URL, CA: p.from.CA}).find(t.Context(), ""); err == nil {
			t.Errorf("%s: %v", what, keys)
		}
	}
	document = fmt.Sprintf(`{"issuer": %q, "jwks_uri": %q}`, p.URL, p.URL+"/keys")
	if _, err := (&keySets{now: newHand().now}).of(catalog.KeySet{Issuer: p.URL, CA: p.from.CA}).find(t.Context(), ""); err != nil {
		t.Errorf("the right one: %v", err)
	}
}
