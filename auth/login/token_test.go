package login

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/sluicemesh/sluice/catalog"
)

// signer signs tokens as an issuer does, and as one that cheats.
type signer struct {
	t     *testing.T
	rsa   *rsa.PrivateKey
	other *ecdsa.PrivateKey
	clock *hand
	mesh  *catalog.Mesh
	auth  *Authenticator
}

const testIssuer = "https://login.example"

func newSigner(t *testing.T) *signer {
	t.Helper()
	s := &signer{t: t, clock: newHand()}
	var err error
	if s.rsa, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if s.other, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: s.rsa.Public(), KeyID: "main", Algorithm: "RS256", Use: "sig"}}})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(file, set, 0o600); err != nil {
		t.Fatal(err)
	}
	s.mesh = (&catalog.Mesh{Users: []*catalog.User{{Name: "ann"}}}).Index()
	s.mesh.Settings.Authentication = catalog.Authentication{Methods: []catalog.Method{catalog.OIDC}, OIDC: &catalog.OIDCIssuer{
		Issuer: testIssuer, Audience: []string{"sluice"}, Keys: catalog.KeySet{File: file}, Leeway: 30 * time.Second,
	}}
	s.auth = New(Options{Now: s.clock.now, FailAfter: -1})
	return s
}

// claims are those of a good token, changed; nil takes one away.
func (s *signer) claims(change map[string]any) map[string]any {
	now := s.clock.now().Unix()
	all := map[string]any{"iss": testIssuer, "aud": "sluice", "sub": "ann", "iat": now, "exp": now + 300}
	maps.Copy(all, change)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

// sign makes a token; headers beside alg and kid.
func (s *signer) sign(algorithm jose.SignatureAlgorithm, key any, kid string, claims map[string]any, headers map[jose.HeaderKey]any) string {
	s.t.Helper()
	o := (&jose.SignerOptions{}).WithType("JWT")
	if kid != "" {
		o = o.WithHeader("kid", kid)
	}
	for k, v := range headers {
		o = o.WithHeader(k, v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, o)
	if err != nil {
		s.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		s.t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		s.t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

// unsigned makes a token by hand.
func unsigned(header string, claims map[string]any, signature string) string {
	payload, _ := json.Marshal(claims)
	b := base64.RawURLEncoding
	return b.EncodeToString([]byte(header)) + "." + b.EncodeToString(payload) + "." + b.EncodeToString([]byte(signature))
}

// TestTokensThatLie: none is let in by what its own header says of how to check it.
func TestTokensThatLie(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	good := s.claims(nil)
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: must(x509.MarshalPKIXPublicKey(s.rsa.Public()))})
	own := jose.JSONWebKey{Key: s.other.Public(), KeyID: "mine", Algorithm: "ES256"}
	signedWell := s.sign(jose.RS256, s.rsa, "main", good, nil)
	parts := strings.Split(signedWell, ".")
	for what, c := range map[string]struct {
		token  string
		reason Reason
	}{
		"a good one":                            {signedWell, ""},
		"one that names no key":                 {s.sign(jose.RS256, s.rsa, "", good, nil), ""},
		"alg none":                              {unsigned(`{"alg":"none"}`, good, ""), TokenInvalid},
		"alg None":                              {unsigned(`{"alg":"None","kid":"main"}`, good, ""), TokenInvalid},
		"alg none with a signature":             {unsigned(`{"alg":"none","kid":"main"}`, good, "x"), TokenInvalid},
		"no alg":                                {unsigned(`{"kid":"main"}`, good, "x"), TokenInvalid},
		"alg confusion: HMAC by the public key": {s.sign(jose.HS256, public, "main", good, nil), TokenInvalid},
		"HMAC by the modulus":                   {s.sign(jose.HS256, s.rsa.N.Bytes(), "main", good, nil), TokenInvalid},
		"an algorithm that is not allowed":      {s.sign(jose.RS512, s.rsa, "main", good, nil), TokenInvalid},
		"another algorithm than the key's":      {s.sign(jose.PS256, s.rsa, "main", good, nil), TokenInvalid},
		"another key under its name":            {s.sign(jose.ES256, s.other, "main", good, nil), TokenInvalid},
		"a key in the header":                   {s.sign(jose.ES256, s.other, "mine", good, map[jose.HeaderKey]any{"jwk": own}), TokenInvalid},
		"a URL of keys in the header":           {s.sign(jose.ES256, s.other, "mine", good, map[jose.HeaderKey]any{"jku": "https://evil.example/keys"}), TokenInvalid},
		"a certificate's URL in the header":     {s.sign(jose.ES256, s.other, "mine", good, map[jose.HeaderKey]any{"x5u": "https://evil.example/c"}), TokenInvalid},
		"a key nobody knows":                    {s.sign(jose.RS256, s.rsa, "../main", good, nil), TokenInvalid},
		"the signature of another token":        {parts[0] + "." + strings.Split(s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"sub": "eve"}), nil), ".")[1] + "." + parts[2], TokenInvalid},
		"no signature":                          {parts[0] + "." + parts[1] + ".", TokenInvalid},
		"four parts":                            {signedWell + "." + parts[2], WrongPassword},
		"what must be understood and is not":    {s.sign(jose.RS256, s.rsa, "main", good, map[jose.HeaderKey]any{"crit": []string{"exp2"}, "exp2": 1}), TokenInvalid},
		"another issuer":                        {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"iss": "https://other.example"}), nil), TokenForeign},
		"no issuer":                             {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"iss": nil}), nil), TokenForeign},
		"another audience":                      {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"aud": []string{"others"}}), nil), TokenForeign},
		"no audience":                           {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"aud": nil}), nil), TokenForeign},
		"one of several audiences":              {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"aud": []string{"others", "sluice"}}), nil), ""},
		"somebody else":                         {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"sub": "eve"}), nil), TokenUser},
		"nobody":                                {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"sub": nil}), nil), TokenUser},
		"a number for a name":                   {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"sub": 7}), nil), TokenInvalid},
		"no end":                                {s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{"exp": nil}), nil), TokenInvalid},
	} {
		if got := s.reason(c.token); got != c.reason {
			t.Errorf("%s: reason %q, want %q", what, got, c.reason)
		}
	}
}

// TestClocksThatDiffer holds the leeway at both ends to the second.
func TestClocksThatDiffer(t *testing.T) {
	t.Parallel()
	s := newSigner(t)
	at := func(claim string, seconds int64) string {
		return s.sign(jose.RS256, s.rsa, "main", s.claims(map[string]any{claim: s.clock.now().Unix() + seconds}), nil)
	}
	for _, c := range []struct {
		claim   string
		seconds int64
		reason  Reason
	}{
		{"exp", 1, ""}, {"exp", -29, ""}, {"exp", -31, TokenExpired}, {"exp", -3600, TokenExpired},
		{"nbf", -1, ""}, {"nbf", 29, ""}, {"nbf", 31, TokenExpired},
		{"iat", 29, ""}, {"iat", 31, TokenExpired}, {"iat", -100, ""},
	} {
		if got := s.reason(at(c.claim, c.seconds)); got != c.reason {
			t.Errorf("%s %+d s: reason %q, want %q", c.claim, c.seconds, got, c.reason)
		}
	}
	id, err := s.auth.Check(t.Context(), s.mesh, Attempt{User: "ann", Encrypted: true}, at("exp", 100))
	if err != nil || id.Expired(s.clock.now().Add(130*time.Second)) || !id.Expired(s.clock.now().Add(131*time.Second)) {
		t.Errorf("the session ends %v, %v", id.Expires, err)
	}
}

// reason is why a token is refused; "": it is not.
func (s *signer) reason(token string) Reason {
	id, err := s.auth.Check(s.t.Context(), s.mesh, Attempt{User: "ann", Encrypted: true}, token)
	if err == nil {
		if id.Method != catalog.OIDC {
			s.t.Errorf("let in by %q", id.Method)
		}
		return ""
	}
	reason, _ := ReasonOf(err)
	return reason
}

func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}
