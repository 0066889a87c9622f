package main

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// TestRevokedCertificates takes a certificate back while the gateway serves: the next
// handshake with it fails, others do not.
func TestRevokedCertificates(t *testing.T) {
	t.Parallel()
	ca, file := newAuthority(t), filepath.Join(t.TempDir(), "crl.pem")
	list := func(number int64, revoked ...*x509.Certificate) {
		template := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: time.Now().Add(-time.Minute), NextUpdate: time.Now().Add(time.Hour)}
		for _, c := range revoked {
			template.RevokedCertificateEntries = append(template.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: c.SerialNumber, RevocationTime: time.Now()})
		}
		der, err := x509.CreateRevocationList(rand.Reader, template, ca.certificate, ca.key)
		must(t, err)
		writePEM(t, file, "X509 CRL", der)
		must(t, os.Chtimes(file, time.Time{}, time.Unix(number, 0)))
	}
	list(1)
	m := newMesh(t)
	m.write("governance/principals.yaml", "apiVersion: mesh/v1\nkind: Principals\nusers: [{name: ann}, {name: bob}, {name: eve, auth: {scram: \""+testVerifier(t)+"\"}}]\n")
	m.write("mesh.yaml", "apiVersion: mesh/v1\nkind: Mesh\nname: test\nauthentication: {methods: [certificate, scram], certificate: {users: [{pattern: '(.+)', user: $1}]}}\n")
	s := m.serveWith(func(f *serve) { f.TLSCert, f.TLSKey = ca.server(); f.ClientCA, f.ClientCRL = ca.file, file })
	ann, bob := ca.client("ann", ""), ca.client("bob", "")
	expect := func(when string, a attempt, in bool) {
		t.Helper()
		if _, state, text := s.tryLogin(t, a, "SELECT 'in'"); (state == "") != in {
			t.Errorf("%s, %s: %s %s", when, a.user, state, text)
		}
	}
	expect("before", attempt{user: "ann", certificate: &ann}, true)
	leaf, err := x509.ParseCertificate(ann.Certificate[0])
	must(t, err)
	list(2, leaf)
	expect("after", attempt{user: "ann", certificate: &ann}, false)
	expect("after", attempt{user: "bob", certificate: &bob}, true)
	expect("after, without a certificate", attempt{user: "eve", password: testPassword}, true)
	must(t, os.Remove(file))
	expect("without a list", attempt{user: "bob", certificate: &bob}, false)
	if _, err := (&serve{TLSCert: "x", TLSKey: "y", ClientCRL: "z"}).tls(); err == nil {
		t.Error("a list without authorities is taken")
	}
}

// TestTokensOfADiscoveredIssuer logs in by a token whose keys the issuer's own document
// leads to, before and after they rotate.
func TestTokensOfADiscoveredIssuer(t *testing.T) {
	t.Parallel()
	ca, i := newAuthority(t), newIssuer(t)
	var base string
	document := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.well-known/openid-configuration" {
			_ = json.NewEncoder(w).Encode(map[string]string{"issuer": base, "jwks_uri": base + "/keys"})
			return
		}
		set := jose.JSONWebKeySet{}
		for _, k := range i.keys {
			set.Keys = append(set.Keys, k.Public())
		}
		_ = json.NewEncoder(w).Encode(set)
	}))
	t.Cleanup(document.Close)
	base = document.URL
	authority := filepath.Join(t.TempDir(), "issuer.pem")
	writePEM(t, authority, "CERTIFICATE", document.Certificate().Raw)
	m, clock := newMesh(t), newHandClock()
	clock.at.Store(time.Now().UnixMicro())
	m.write("governance/principals.yaml", "apiVersion: mesh/v1\nkind: Principals\nusers: [{name: ann}]\n")
	m.write("mesh.yaml", `apiVersion: mesh/v1
kind: Mesh
name: test
authentication:
  methods: [oidc]
  oidc: {issuer: "`+base+`", audience: [sluice], jwks: {ca: "`+authority+`"}}
`)
	s := m.serveWith(func(f *serve) { f.TLSCert, f.TLSKey = ca.server(); f.now = clock.now })
	login := func() string {
		_, state, _ := s.tryLogin(t, attempt{user: "ann", password: i.token(map[string]any{"iss": base, "sub": "ann", "iat": clock.now().Unix(), "exp": clock.now().Unix() + 60})}, "SELECT 'in'")
		return state
	}
	if state := login(); state != "" {
		t.Errorf("with discovered keys: %s", state)
	}
	i.rotate("second")
	if state := login(); state != "28P01" {
		t.Errorf("with a new key, at once: %s", state)
	}
	clock.pass(5 * time.Second)
	if state := login(); state != "" {
		t.Errorf("with a new key, five seconds later: %s", state)
	}
}
