package login

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// listing is an authority that takes certificates back.
type listing struct {
	t           *testing.T
	clock       *hand
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newListing(t *testing.T, clock *hand, name string, parent *listing) *listing {
	t.Helper()
	a := &listing{t: t, clock: clock, key: must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(len(name))), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, SubjectKeyId: []byte(name),
		NotBefore: clock.now().Add(-time.Hour), NotAfter: clock.now().Add(1000 * time.Hour), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	by, key := template, a.key
	if parent != nil {
		by, key = parent.certificate, parent.key
	}
	a.certificate = must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, by, &a.key.PublicKey, key))))
	return a
}

func (a *listing) issue(serial int64) *x509.Certificate {
	a.t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: a.clock.now(), NotAfter: a.clock.now().Add(time.Hour)}
	return must(x509.ParseCertificate(must(x509.CreateCertificate(rand.Reader, template, a.certificate, &a.key.PublicKey, a.key))))
}

// list signs a list that is in force for a day.
func (a *listing) list(serials ...int64) []byte {
	a.t.Helper()
	template := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: a.clock.now(), NextUpdate: a.clock.now().Add(24 * time.Hour)}
	for _, s := range serials {
		template.RevokedCertificateEntries = append(template.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(s), RevocationTime: a.clock.now()})
	}
	return must(x509.CreateRevocationList(rand.Reader, template, a.certificate, a.key))
}

func inPEM(lists ...[]byte) []byte {
	var all []byte
	for _, l := range lists {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: l})...)
	}
	return all
}

// TestRevocations: a certificate is taken while its issuer's list is in force and does not
// name it; a list that is old, of somebody else, or cannot be read refuses.
func TestRevocations(t *testing.T) {
	t.Parallel()
	clock := newHand()
	root := newListing(t, clock, "root", nil)
	middle := newListing(t, clock, "intermediate", root)
	stranger := newListing(t, clock, "root", nil)
	direct, below := []*x509.Certificate{root.issue(7), root.certificate}, []*x509.Certificate{middle.issue(7), middle.certificate, root.certificate}
	file := filepath.Join(t.TempDir(), "lists.pem")
	if err := os.WriteFile(file, inPEM(root.list()), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRevocations(file, clock.now)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range []struct {
		what   string
		lists  []byte
		later  time.Duration
		chains [][]*x509.Certificate
		says   string // "": taken
	}{
		{"not listed", inPEM(root.list(8, 9)), 0, [][]*x509.Certificate{direct}, ""},
		{"in DER", root.list(8), 0, [][]*x509.Certificate{direct}, ""},
		{"listed", inPEM(root.list(8, 7)), 0, [][]*x509.Certificate{direct}, "has been revoked"},
		{"listed in the second list", inPEM(root.list(), root.list(7)), 0, [][]*x509.Certificate{direct}, "has been revoked"},
		{"listed in one that is old", inPEM(root.list(7)), 25 * time.Hour, [][]*x509.Certificate{direct}, "has been revoked"},
		{"an old list", inPEM(root.list()), 24 * time.Hour, [][]*x509.Certificate{direct}, "in force"},
		{"a list of the future", inPEM(root.list()), -time.Second, [][]*x509.Certificate{direct}, "in force"},
		{"another's list under the same name", inPEM(stranger.list()), 0, [][]*x509.Certificate{direct}, "in force"},
		{"another's revocation", inPEM(root.list(), stranger.list(7)), 0, [][]*x509.Certificate{direct}, ""},
		{"below an intermediate", inPEM(root.list(), middle.list()), 0, [][]*x509.Certificate{below}, ""},
		{"the intermediate's list is missing", inPEM(root.list()), 0, [][]*x509.Certificate{below}, "in force"},
		{"the intermediate is revoked", inPEM(root.list(int64(len("intermediate"))), middle.list()), 0, [][]*x509.Certificate{below}, "has been revoked"},
		{"one of two chains holds", inPEM(root.list()), 0, [][]*x509.Certificate{below, direct}, ""},
		{"no chain", inPEM(root.list()), 0, nil, "no chain"},
		{"no list", []byte("-----BEGIN NOTHING-----\n"), 0, [][]*x509.Certificate{direct}, "there is none"},
		{"half a list", inPEM(root.list())[:200], 0, [][]*x509.Certificate{direct}, "there is none"},
		{"an empty file", nil, 0, [][]*x509.Certificate{direct}, "there is none"},
	} {
		if err := os.WriteFile(file, c.lists, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, time.Time{}, time.Unix(int64(i), 0)); err != nil {
			t.Fatal(err)
		}
		clock.pass(c.later)
		err := r.Check(c.chains)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", c.what, err, c.says)
		}
		clock.pass(-c.later)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := r.Check([][]*x509.Certificate{direct}); err == nil {
		t.Error("without the file a certificate is taken")
	}
	if _, err := OpenRevocations(file, nil); err == nil {
		t.Error("a file that is not there is opened")
	}
}
