package pgwire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// rawClient speaks the protocol by hand.
type rawClient struct {
	t testing.TB
	net.Conn
	*pgproto3.Frontend
}

func dial(t testing.TB, address string) *rawClient {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second)) // a hanging test fails
	return &rawClient{t, conn, pgproto3.NewFrontend(conn, conn)}
}

// startupBytes is a startup packet of any version, code and parameters.
func startupBytes(code uint32, strings ...string) []byte {
	b := binary.BigEndian.AppendUint32(make([]byte, 4), code)
	for _, s := range strings {
		b = append(append(b, s...), 0)
	}
	if len(strings) > 0 {
		b = append(b, 0)
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	return b
}

func (c *rawClient) send(b []byte) {
	c.t.Helper()
	if _, err := c.Conn.Write(b); err != nil {
		c.t.Fatal(err)
	}
}

// byte reads the answer to an encryption request.
func (c *rawClient) byte() byte {
	c.t.Helper()
	b, err := peekByte(c.Conn)
	if err != nil {
		c.t.Fatal(err)
	}
	return b
}

func (c *rawClient) receive() pgproto3.BackendMessage {
	c.t.Helper()
	m, err := c.Receive()
	if err != nil {
		c.t.Fatal(err)
	}
	return m
}

// expectEnd wants an error of a code and then the end of the connection.
func (c *rawClient) expectEnd(code string) {
	c.t.Helper()
	for {
		m, err := c.Receive()
		if err != nil {
			c.t.Fatalf("connection ended without error %s: %v", code, err)
		}
		if e, ok := m.(*pgproto3.ErrorResponse); ok {
			if e.Code != code || e.Severity != "FATAL" {
				c.t.Errorf("got %s, want FATAL %s", render(e), code)
			}
			break
		}
	}
	c.expectClosed()
}

func (c *rawClient) expectClosed() {
	c.t.Helper()
	var rest [1]byte
	n, err := c.Conn.Read(rest[:])
	if timeout, ok := err.(net.Error); n != 0 || err == nil || ok && timeout.Timeout() {
		c.t.Errorf("the connection is still open: %d bytes, %v", n, err)
	}
}

// login starts a session of alice and gives its key.
func (c *rawClient) login(version uint32, parameters ...string) *pgproto3.BackendKeyData {
	c.t.Helper()
	c.send(startupBytes(version, append([]string{"user", "alice", "database", "mesh"}, parameters...)...))
	return c.authenticate()
}

func (c *rawClient) authenticate() *pgproto3.BackendKeyData {
	c.t.Helper()
	client := &scramClient{password: fakePassword}
	var key *pgproto3.BackendKeyData
	for {
		switch m := c.receive().(type) {
		case *pgproto3.AuthenticationSASL:
			c.Send(&pgproto3.SASLInitialResponse{AuthMechanism: scramSHA256, Data: []byte(client.first())})
			_ = c.Flush()
		case *pgproto3.AuthenticationSASLContinue:
			c.Send(&pgproto3.SASLResponse{Data: []byte(client.final(string(m.Data)))})
			_ = c.Flush()
		case *pgproto3.BackendKeyData:
			key = &pgproto3.BackendKeyData{ProcessID: m.ProcessID, SecretKey: append([]byte(nil), m.SecretKey...)}
		case *pgproto3.ErrorResponse:
			c.t.Fatal(render(m))
		case *pgproto3.ReadyForQuery:
			return key
		}
	}
}

// cancel sends a CancelRequest and wants no answer.
func cancel(t testing.TB, address string, processID uint32, secret []byte) {
	t.Helper()
	c := dial(t, address)
	b := binary.BigEndian.AppendUint32(make([]byte, 4), cancelRequestCode)
	b = append(binary.BigEndian.AppendUint32(b, processID), secret...)
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	c.send(b)
	if n, err := c.Conn.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("answer to a cancel request: %d bytes, %v", n, err)
	}
}

// testTLS makes a server configuration with a certificate of its own.
func testTLS(t testing.TB) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}
