package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/pgwire"
)

// authority signs certificates for one test.
type authority struct {
	t           testing.TB
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	file        string // PEM
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	a := &authority{t: t, file: filepath.Join(t.TempDir(), "ca.pem")}
	var err error
	a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, SubjectKeyId: []byte("test"),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &a.key.PublicKey, a.key)
	must(t, err)
	a.certificate, err = x509.ParseCertificate(der)
	must(t, err)
	writePEM(t, a.file, "CERTIFICATE", der)
	return a
}

// issue makes a certificate and gives the files of it and of its key.
func (a *authority) issue(template x509.Certificate) (certificate, key string) {
	a.t.Helper()
	dir := a.t.TempDir()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(a.t, err)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, &template, a.certificate, &private.PublicKey, a.key)
	must(a.t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	must(a.t, err)
	certificate, key = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	writePEM(a.t, certificate, "CERTIFICATE", der)
	writePEM(a.t, key, "PRIVATE KEY", secret)
	return certificate, key
}

func (a *authority) server() (certificate, key string) {
	return a.issue(x509.Certificate{
		Subject: pkix.Name{CommonName: "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
}

func (a *authority) client(name, email string) tls.Certificate {
	a.t.Helper()
	template := x509.Certificate{Subject: pkix.Name{CommonName: name}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if email != "" {
		template.EmailAddresses = []string{email}
	}
	c, k := a.issue(template)
	pair, err := tls.LoadX509KeyPair(c, k)
	must(a.t, err)
	return pair
}

func writePEM(t testing.TB, file, kind string, der []byte) {
	t.Helper()
	must(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
}

// issuer is an OpenID Connect issuer that publishes its keys over HTTPS.
type issuer struct {
	t      testing.TB
	server *httptest.Server
	ca     string
	keys   []jose.JSONWebKey
}

func newIssuer(t testing.TB) *issuer {
	t.Helper()
	i := &issuer{t: t, ca: filepath.Join(t.TempDir(), "issuer.pem")}
	i.rotate("first")
	i.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		var set jose.JSONWebKeySet
		for _, k := range i.keys {
			set.Keys = append(set.Keys, k.Public())
		}
		_ = json.NewEncoder(w).Encode(set)
	}))
	t.Cleanup(i.server.Close)
	writePEM(t, i.ca, "CERTIFICATE", i.server.Certificate().Raw)
	return i
}

// rotate makes a new key the only one.
func (i *issuer) rotate(id string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(i.t, err)
	i.keys = []jose.JSONWebKey{{Key: key, KeyID: id, Algorithm: "ES256", Use: "sig"}}
}

func (i *issuer) token(claims map[string]any) string {
	i.t.Helper()
	all := map[string]any{"iss": i.server.URL, "aud": []string{"sluice"}, "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix()}
	for name, v := range claims {
		if all[name] = v; v == nil {
			delete(all, name)
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: i.keys[0]}, nil)
	must(i.t, err)
	text, err := jwt.Signed(signer).Claims(all).Serialize()
	must(i.t, err)
	return text
}

// attempt is one login as a client makes it.
type attempt struct {
	user, password string
	certificate    *tls.Certificate
	plain          bool
}

// tryLogin connects, asks one thing, and gives the SQLSTATE; "" for success.
func (s *served) tryLogin(t testing.TB, a attempt, query string) (*pgx.Conn, string, string) {
	t.Helper()
	config, err := pgx.ParseConfig(s.dsn(a.user))
	must(t, err)
	config.Password = a.password
	if !a.plain {
		config.TLSConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // the server's certificate is not what is tested
		if a.certificate != nil {
			config.TLSConfig.Certificates = []tls.Certificate{*a.certificate}
		}
	}
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		return nil, stateOf(err), err.Error()
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	var answer string
	if err := conn.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		return conn, stateOf(err), err.Error()
	}
	return conn, "", answer
}

func stateOf(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return "?"
}

func TestCertificateAndTokenLogins(t *testing.T) {
	ca, i := newAuthority(t), newIssuer(t)
	m := newMesh(t)
	m.write("data/t.csv", "a\nseen\n")
	m.domain("shop", "type: files\npath: data\n")
	m.write("governance/principals.yaml", `apiVersion: mesh/v1
kind: Principals
users:
  - {name: plain, groups: [readers], auth: {scram: "`+testVerifier(t)+`"}}
  - {name: certy, groups: [readers]}
  - {name: both, groups: [readers], auth: {scram: "`+testVerifier(t)+`", methods: [scram, certificate], certificate: {mode: required, pattern: "both-.*"}}}
  - {name: tokeny}
  - {name: onlycert, auth: {methods: [certificate]}}
groups: [{name: readers, owner: plain}, {name: token-readers, owner: plain}]
`)
	m.write("mesh.yaml", `apiVersion: mesh/v1
kind: Mesh
name: test
defaults: {access: deny, unknownClassification: internal}
authentication:
  methods: [certificate, scram, oidc]
  failures: {allowed: -1}
  certificate:
    users:
      - {match: email, pattern: '(.+)@acme\.example', user: $1}
  oidc:
    issuer: `+i.server.URL+`
    audience: [sluice]
    jwks: {url: "`+i.server.URL+`/keys", ca: "`+i.ca+`"}
    algorithms: [ES256]
    userClaim: preferred_username
    groupsClaim: groups
    groups: {staff: token-readers, ghosts: no-such-group}
    admit: true
`)
	m.product("shop", "things", "t.csv", fixtureColumn{"a", "text", ""})
	m.grant("shop", "things", "readers", "")
	m.grant("shop", "things", "token-readers", "")
	s := m.serveWith(func(f *serve) {
		f.TLSCert, f.TLSKey = ca.server()
		f.ClientCA = ca.file
	})
	certy, stranger, both := ca.client("x", "certy@acme.example"), ca.client("x", "certy@evil.example"), ca.client("both-1", "")
	unknown := ca.client("x", "nobody@acme.example")
	onlyCert := ca.client("x", "onlycert@acme.example")
	staff := map[string]any{"preferred_username": "tokeny", "groups": []string{"staff", "ghosts", "readers-not"}}
	claims := func(more map[string]any) string {
		all := map[string]any{}
		for _, part := range []map[string]any{staff, more} {
			for k, v := range part {
				all[k] = v
			}
		}
		return i.token(all)
	}
	foreign := newIssuer(t)
	const read = "SELECT a FROM shop.things"
	for name, c := range map[string]struct {
		attempt
		state string
	}{
		"scram":                                 {attempt{user: "plain", password: testPassword}, ""},
		"scram, wrong":                          {attempt{user: "plain", password: "x"}, "28P01"},
		"certificate is sufficient":             {attempt{user: "certy", certificate: &certy}, ""},
		"certificate of another domain":         {attempt{user: "certy", password: "x", certificate: &stranger}, "28P01"},
		"certificate of another user":           {attempt{user: "tokeny", password: "x", certificate: &certy}, "28P01"},
		"certificate of nobody":                 {attempt{user: "nobody", certificate: &unknown}, "28000"},
		"certificate and password":              {attempt{user: "both", password: testPassword, certificate: &both}, ""},
		"certificate and wrong password":        {attempt{user: "both", password: "x", certificate: &both}, "28P01"},
		"password without required certificate": {attempt{user: "both", password: testPassword}, "28P01"},
		"token":                                 {attempt{user: "tokeny", password: claims(nil)}, ""},
		"token of an admitted user":             {attempt{user: "guest", password: claims(map[string]any{"preferred_username": "guest"})}, ""},
		"token without groups":                  {attempt{user: "tokeny", password: claims(map[string]any{"groups": nil})}, "42P01"},
		"token of somebody else":                {attempt{user: "plain2", password: claims(nil)}, "28P01"},
		"token for another audience":            {attempt{user: "tokeny", password: claims(map[string]any{"aud": "other"})}, "28P01"},
		"token of another issuer":               {attempt{user: "tokeny", password: claims(map[string]any{"iss": "https://x"})}, "28P01"},
		"token with another key":                {attempt{user: "tokeny", password: foreign.token(map[string]any{"iss": i.server.URL, "preferred_username": "tokeny"})}, "28P01"},
		"token that never expires":              {attempt{user: "tokeny", password: claims(map[string]any{"exp": nil})}, "28P01"},
		"expired token":                         {attempt{user: "tokeny", password: claims(map[string]any{"exp": time.Now().Add(-time.Minute).Unix()})}, "28P01"},
		"token of the future":                   {attempt{user: "tokeny", password: claims(map[string]any{"nbf": time.Now().Add(time.Hour).Unix()})}, "28P01"},
		"groups elsewhere":                      {attempt{user: "tokeny", password: claims(map[string]any{"_claim_names": map[string]string{"groups": "src1"}})}, "28P01"},
		"token without signature":               {attempt{user: "tokeny", password: "eyJhbGciOiJub25lIn0.e30."}, "28P01"},
		"token without TLS":                     {attempt{user: "tokeny", password: claims(nil), plain: true}, "28000"},
		"token where only certificates count":   {attempt{user: "onlycert", password: claims(map[string]any{"preferred_username": "onlycert"})}, "28P01"},
		"certificate where only that counts":    {attempt{user: "onlycert", certificate: &onlyCert}, "42P01"},
		"nobody":                                {attempt{user: "zed", password: "x"}, "28P01"},
	} {
		t.Run(name, func(t *testing.T) {
			_, state, text := s.tryLogin(t, c.attempt, read)
			if state != c.state {
				t.Errorf("got %q %s, want %q", state, text, c.state)
			}
		})
	}
	var reasons []string
	for _, r := range auditRecords(t, s.auditIn) {
		if login, ok := r["login"].(map[string]any); ok && r["outcome"] == "error" {
			reasons = append(reasons, login["reason"].(string))
		}
	}
	for _, want := range []string{"wrong_password", "unknown_user", "certificate_missing", "token_expired", "token_foreign", "token_user", "token_invalid", "not_encrypted", "method_not_allowed"} {
		if !slices.Contains(reasons, want) {
			t.Errorf("no login failed for %s: %v", want, reasons)
		}
	}
}

// TestTokensEnd proves that a session ends with its token, not in the middle of a statement.
func TestTokensEnd(t *testing.T) {
	ca, i := newAuthority(t), newIssuer(t)
	m := newMesh(t)
	m.write("governance/principals.yaml", "apiVersion: mesh/v1\nkind: Principals\nusers: [{name: ann}]\n")
	m.write("mesh.yaml", `apiVersion: mesh/v1
kind: Mesh
name: test
authentication:
  methods: [oidc]
  oidc: {issuer: "`+i.server.URL+`", audience: [sluice], jwks: {url: "`+i.server.URL+`", ca: "`+i.ca+`"}}
`)
	s := m.serveWith(func(f *serve) { f.TLSCert, f.TLSKey = ca.server() })
	token := i.token(map[string]any{"sub": "ann", "exp": time.Now().Unix() + 2})
	conn, state, text := s.tryLogin(t, attempt{user: "ann", password: token}, "SELECT 'on'")
	if state != "" {
		t.Fatal(state, text)
	}
	for {
		var answer string
		err := conn.QueryRow(t.Context(), "SELECT 'on'").Scan(&answer)
		if err == nil {
			continue
		}
		if stateOf(err) != "28000" || !strings.Contains(err.Error(), "expired") {
			t.Errorf("the session ended with %v", err)
		}
		return
	}
}

func testVerifier(t testing.TB) string {
	t.Helper()
	v, err := pgwire.MakeVerifier(testPassword)
	must(t, err)
	return v
}

// auditRecords reads every record of an audit directory.
func auditRecords(t testing.TB, dir string) []map[string]any {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "audit-*.jsonl"))
	must(t, err)
	var all []map[string]any
	for _, name := range names {
		text, err := os.ReadFile(name)
		must(t, err)
		for line := range strings.Lines(string(text)) {
			var r map[string]any
			must(t, json.Unmarshal([]byte(line), &r))
			all = append(all, r)
		}
	}
	return all
}
