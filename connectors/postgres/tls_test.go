package postgres

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestTLS connects in every mode to a server whose certificate is for 127.0.0.1.
func TestTLS(t *testing.T) {
	server := testservers.Postgres(t)
	ca := t.TempDir()
	serveTLS(t, server, ca)
	tests := []struct {
		mode, ca, host string
		works, secure  bool
	}{
		{"disable", "", "127.0.0.1", true, false},
		{"", "", "127.0.0.1", true, true},
		{"require", "", "127.0.0.1", true, true},
		{"require", "ca.pem", "localhost", true, true},
		{"require", "other.pem", "127.0.0.1", false, false},
		{"verify-ca", "ca.pem", "localhost", true, true},
		{"verify-ca", "other.pem", "127.0.0.1", false, false},
		{"verify-full", "ca.pem", "127.0.0.1", true, true},
		{"verify-full", "ca.pem", "localhost", false, false},
		{"verify-full", "", "127.0.0.1", false, false},
	}
	for _, test := range tests {
		t.Run(test.mode+" "+test.ca+" "+test.host, func(t *testing.T) {
			definition := sourceOf(server)
			definition.Host, definition.TLS.Mode = test.host, test.mode
			if test.ca != "" {
				definition.TLS.CA = filepath.Join(ca, test.ca)
			}
			s, err := Connector{}.Open(definition, server.ReaderPassword)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			c, err := s.(*Source).acquire(context.Background())
			if !test.works {
				if e := sqlstate.From(err); e == nil || e.Code != sqlstate.UnableToConnect || e.Detail != "Its certificate is not trusted." {
					t.Fatalf("got %+v, want a certificate that is not trusted", e)
				}
				return
			}
			if err != nil {
				t.Fatalf("%v: %s", err, sqlstate.From(err).Detail)
			}
			defer c.Release()
			result := c.Conn().PgConn().ExecParams(context.Background(), "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", nil, nil, nil, nil).Read()
			if result.Err != nil || (string(result.Rows[0][0]) == "t") != test.secure {
				t.Errorf("encrypted %s, want %v (%v)", result.Rows[0][0], test.secure, result.Err)
			}
		})
	}
	for _, tls := range []catalog.TLS{{Mode: "verify-ca", CA: filepath.Join(ca, "missing.pem")}, {Mode: "maybe"}} {
		definition := sourceOf(server)
		definition.TLS = tls
		if _, err := (Connector{}).Open(definition, ""); err == nil {
			t.Errorf("%+v is accepted", tls)
		}
	}
}

// serveTLS gives the server a certificate, and dir the authority's (and another's).
func serveTLS(t *testing.T, server *testservers.PostgresServer, dir string) {
	t.Helper()
	authority, authorityKey := certificate(t, nil, nil)
	other, _ := certificate(t, nil, nil)
	own, ownKey := certificate(t, authority, authorityKey)
	writePEM(t, filepath.Join(dir, "ca.pem"), "CERTIFICATE", authority.Raw)
	writePEM(t, filepath.Join(dir, "other.pem"), "CERTIFICATE", other.Raw)
	key, err := x509.MarshalECPrivateKey(ownKey)
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(server.Directory, "data")
	writePEM(t, filepath.Join(data, "server.crt"), "CERTIFICATE", own.Raw)
	writePEM(t, filepath.Join(data, "server.key"), "EC PRIVATE KEY", key)
	info, err := os.Stat(data)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	for _, name := range []string{"server.crt", "server.key"} {
		if err := os.Chown(filepath.Join(data, name), int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	server.Exec(t, "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()")
	t.Cleanup(func() { server.Exec(t, "ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()") })
	for deadline := time.Now().Add(10 * time.Second); !offersTLS(t, server); {
		if time.Now().After(deadline) {
			t.Fatal("the server does not offer TLS")
		}
	}
}

// offersTLS sends an SSLRequest.
func offersTLS(t *testing.T, server *testservers.PostgresServer) bool {
	c, err := (&net.Dialer{}).Dial("tcp", net.JoinHostPort(server.Host, strconv.Itoa(server.Port)))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	answer := make([]byte, 1)
	if _, err := c.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47}); err != nil {
		return false
	}
	_, err = c.Read(answer)
	return err == nil && answer[0] == 'S'
}

func certificate(t *testing.T, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: rand.Text()},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true, IsCA: parent == nil,
	}
	if parent == nil {
		parent, parentKey = template, key
	} else {
		template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

func writePEM(t *testing.T, name, kind string, raw []byte) {
	t.Helper()
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}), 0o600); err != nil {
		t.Fatal(err)
	}
}
