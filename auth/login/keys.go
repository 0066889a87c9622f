package login

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sluicemesh/sluice/catalog"
)

const (
	defaultRefresh = 10 * time.Minute
	// newKeyAfter is how soon keys are read again because a token names one that is not
	// known: soon enough for a rotation, too seldom for made-up names to burden the issuer.
	newKeyAfter = 5 * time.Second
	// staleFor is how long keys count whose issuer cannot be reached.
	staleFor      = time.Hour
	maxBackoff    = time.Minute
	fetchTimeout  = 5 * time.Second
	maxKeySetSize = 1 << 20
	minRSABits    = 2048
)

// keySets remembers the keys of issuers.
type keySets struct {
	now func() time.Time

	mu    sync.Mutex
	known map[catalog.KeySet]*keySet
}

func (k *keySets) of(from catalog.KeySet) *keySet {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.known == nil {
		k.known = map[catalog.KeySet]*keySet{}
	}
	s, ok := k.known[from]
	if !ok {
		s = &keySet{from: from, now: k.now, turn: make(chan struct{}, 1)}
		k.known[from] = s
	}
	return s
}

// keySet are the keys one issuer has published, read again when they are old or when a
// token names one that is not among them.
type keySet struct {
	from catalog.KeySet
	now  func() time.Time
	turn chan struct{} // held by the one who reads

	mu       sync.Mutex
	keys     []jose.JSONWebKey
	read     time.Time // of keys; zero: never
	tried    time.Time
	failures int
	err      error // of the last try
}

// find gives the keys with an ID; all where a token names none.
func (s *keySet) find(ctx context.Context, id string) ([]jose.JSONWebKey, error) {
	if s.due(id) {
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if s.due(id) { // else somebody read them while this one waited
			s.refresh(ctx)
		}
		<-s.turn
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read.IsZero() || s.now().Sub(s.read) > s.every()+staleFor {
		return nil, cmp.Or(s.err, errors.New("no keys"))
	}
	return s.named(id), nil
}

func (s *keySet) every() time.Duration { return cmp.Or(s.from.Refresh, defaultRefresh) }

func (s *keySet) named(id string) []jose.JSONWebKey {
	if id == "" {
		return s.keys
	}
	return slices.DeleteFunc(slices.Clone(s.keys), func(k jose.JSONWebKey) bool { return k.KeyID != id })
}

// due tells whether to read the keys now.
func (s *keySet) due(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := s.now().Sub(s.tried)
	switch {
	case s.tried.IsZero():
		return true
	case s.failures > 0:
		return since >= min(time.Second<<min(s.failures-1, 10), maxBackoff)
	case since >= s.every():
		return true
	}
	return since >= newKeyAfter && len(s.named(id)) == 0
}

func (s *keySet) refresh(ctx context.Context) {
	keys, err := s.fetch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err = err; err != nil && ctx.Err() != nil {
		return // the client left; that says nothing of the issuer
	}
	s.tried = s.now()
	if err != nil {
		s.failures++
		return
	}
	s.keys, s.read, s.failures = keys, s.tried, 0
}

func (s *keySet) fetch(ctx context.Context) ([]jose.JSONWebKey, error) {
	var text []byte
	var err error
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	switch at := s.from.URL; {
	case s.from.File != "":
		text, err = os.ReadFile(s.from.File)
	case at == "":
		if at, err = s.discover(ctx); err == nil {
			text, err = s.download(ctx, at)
		}
	default:
		text, err = s.download(ctx, at)
	}
	if err != nil {
		return nil, err
	}
	return parseKeys(text)
}

// discover reads from the issuer where its keys lie (OpenID Connect Discovery 1.0, section 4).
func (s *keySet) discover(ctx context.Context) (string, error) {
	text, err := s.download(ctx, strings.TrimSuffix(s.from.Issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return "", err
	}
	var document struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return "", errors.New("not a discovery document")
	}
	if document.Issuer != s.from.Issuer { // section 4.3: exactly the same
		return "", errors.New("the discovery document is another issuer's")
	}
	if at, err := url.Parse(document.Keys); err != nil || at.Scheme != "https" || at.Host == "" {
		return "", errors.New("the discovery document names no https URL of keys")
	}
	return document.Keys, nil
}

func (s *keySet) download(ctx context.Context, at string) ([]byte, error) {
	trust, err := authorities(s.from.CA)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{RootCAs: trust, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return errors.New("the issuer sends elsewhere") // where the keys lie is the mesh's to say
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the issuer answers %s", answer.Status)
	}
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxKeySetSize+1))
	if err == nil && len(text) > maxKeySetSize {
		err = errors.New("the key set is too large")
	}
	return text, err
}

// parseKeys reads a key set (RFC 7517) and keeps what can check signatures. A key it
// cannot read is left out: issuers publish kinds that not everybody knows.
func parseKeys(text []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errors.New("not a key set")
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var k jose.JSONWebKey
		if k.UnmarshalJSON(raw) == nil && checksSignatures(k) {
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no key to check signatures with")
	}
	return keys, nil
}

func checksSignatures(k jose.JSONWebKey) bool {
	if k.Use != "" && k.Use != "sig" || !k.Valid() {
		return false
	}
	switch key := k.Key.(type) {
	case *rsa.PublicKey:
		return key.N.BitLen() >= minRSABits
	case *ecdsa.PublicKey, ed25519.PublicKey:
		return true
	}
	return false
}

// authorities reads the only certificates to trust; nil, which is the system's, without a file.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, errors.New("there is no certificate in the file of authorities")
	}
	return pool, nil
}
