package pgwire

import (
	"context"
	"crypto/tls"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

func TestEncryptionRequests(t *testing.T) {
	t.Parallel()
	plain := startServer(t, newFakeBackend(), Options{})

	c := dial(t, plain)
	c.send(startupBytes(gssEncRequestCode))
	if got := c.byte(); got != 'N' {
		t.Errorf("GSSENCRequest: %c", got)
	}
	c.send(startupBytes(sslRequestCode))
	if got := c.byte(); got != 'N' {
		t.Errorf("SSLRequest without TLS: %c", got)
	}
	c.login(uint32(protocol30))

	c = dial(t, plain)
	c.send(startupBytes(sslRequestCode))
	c.byte()
	c.send(startupBytes(sslRequestCode))
	c.expectEnd("0A000")

	c = dial(t, plain)
	c.send([]byte{tlsHandshakeByte, 3, 1, 0, 100})
	c.expectClosed()
}

func TestTLS(t *testing.T) {
	t.Parallel()
	address := startServer(t, newFakeBackend(), Options{TLS: testTLS(t)})

	c := dial(t, address)
	c.send(startupBytes(sslRequestCode))
	if got := c.byte(); got != 'S' {
		t.Fatalf("SSLRequest: %c", got)
	}
	encrypted := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a test
	c.Conn, c.Frontend = encrypted, pgproto3.NewFrontend(encrypted, encrypted)
	c.login(uint32(protocol30))

	// A second request inside of TLS is no startup packet.
	c = dial(t, address)
	c.send(startupBytes(sslRequestCode))
	c.byte()
	encrypted = tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // a test
	c.Conn, c.Frontend = encrypted, pgproto3.NewFrontend(encrypted, encrypted)
	c.send(startupBytes(sslRequestCode))
	c.expectEnd("0A000")
}

// What arrives in clear together with the SSLRequest is never taken for a startup packet.
func TestBytesBeforeTLS(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	c := dial(t, startServer(t, backend, Options{TLS: testTLS(t)}))
	c.send(append(startupBytes(sslRequestCode), startupBytes(uint32(protocol30), "user", "alice")...))
	if got := c.byte(); got != 'S' {
		t.Fatalf("SSLRequest: %c", got)
	}
	answer := make([]byte, 100)
	n, _ := c.Conn.Read(answer)
	if n > 0 && answer[0] != 21 { // TLS alert
		t.Errorf("answer %q", answer[:n])
	}
	if backend.opened.Load() != 0 {
		t.Error("a session was opened")
	}
}

func TestDirectTLS(t *testing.T) {
	t.Parallel()
	address := startServer(t, newFakeBackend(), Options{TLS: testTLS(t)})
	for _, protocols := range [][]string{{alpnProtocol}, {"http/1.1"}, nil} {
		c := dial(t, address)
		encrypted := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true, NextProtos: protocols}) //nolint:gosec // a test
		err := encrypted.Handshake()
		c.Conn, c.Frontend = encrypted, pgproto3.NewFrontend(encrypted, encrypted)
		switch {
		case slices.Contains(protocols, alpnProtocol):
			if err != nil {
				t.Fatal(err)
			}
			c.login(uint32(protocol32))
		case err == nil:
			c.expectClosed()
		}
	}
}

// psql binds the SCRAM exchange to the TLS channel.
func TestChannelBindingWithPsql(t *testing.T) {
	t.Parallel()
	_, port, _ := net.SplitHostPort(startServer(t, newFakeBackend(), Options{TLS: testTLS(t)}))
	command := exec.Command("psql", "-X", "-At", "-c", "SELECT generate_series(1, 1) AS n",
		"host=localhost hostaddr=127.0.0.1 user=alice dbname=mesh sslmode=require channel_binding=require port="+port)
	command.Env = append(command.Environ(), "PGPASSWORD="+fakePassword)
	if out, err := command.CombinedOutput(); string(out) != "1\n" {
		t.Errorf("%s, %v", out, err)
	}
}

func TestProtocolVersions(t *testing.T) {
	t.Parallel()
	address := startServer(t, newFakeBackend(), Options{})
	for _, c := range []struct {
		version    uint32
		parameters []string
		want       *pgproto3.NegotiateProtocolVersion
		secret     int
	}{
		{3 << 16, nil, nil, 4},
		{3<<16 | 1, nil, nil, 4},
		{3<<16 | 2, nil, nil, 32},
		{3<<16 | 3, nil, &pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: 3<<16 | 2}, 32},
		{3<<16 | 9999, []string{"_pq_.test_protocol_negotiation", ""}, &pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: 3<<16 | 2, UnrecognizedOptions: []string{"_pq_.test_protocol_negotiation"}}, 32},
		{3 << 16, []string{"_pq_.a", "1", "_pq_.b", "2"}, &pgproto3.NegotiateProtocolVersion{NewestMinorProtocol: 3 << 16, UnrecognizedOptions: []string{"_pq_.a", "_pq_.b"}}, 4},
	} {
		client := dial(t, address)
		client.send(startupBytes(c.version, append([]string{"user", "alice"}, c.parameters...)...))
		if c.want != nil {
			m, ok := client.receive().(*pgproto3.NegotiateProtocolVersion)
			if !ok || m.NewestMinorProtocol != c.want.NewestMinorProtocol || !slices.Equal(m.UnrecognizedOptions, c.want.UnrecognizedOptions) {
				t.Errorf("version %x: got %v, want %v", c.version, m, c.want)
			}
		}
		if key := client.authenticate(); len(key.SecretKey) != c.secret || key.ProcessID == 0 {
			t.Errorf("version %x: key of %d bytes, want %d", c.version, len(key.SecretKey), c.secret)
		}
	}
	for _, version := range []uint32{1 << 16, 2 << 16, 4 << 16, 0x00030000 << 1, 0xffffffff} {
		client := dial(t, address)
		client.send(startupBytes(version, "user", "alice"))
		client.expectEnd("0A000")
	}
}

func TestBadStartupPackets(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	address := startServer(t, backend, Options{})
	for _, c := range []struct {
		name, code string
		packet     []byte
	}{
		{"no user", "28000", startupBytes(uint32(protocol30), "database", "mesh")},
		{"not UTF-8", "22021", startupBytes(uint32(protocol30), "user", "\xff")},
		{"replication", "0A000", startupBytes(uint32(protocol30), "user", "alice", "replication", "database")},
		{"no terminator", "08P01", []byte("\x00\x00\x00\x0e\x00\x03\x00\x00user\x00a")},
		{"bytes after the terminator", "08P01", []byte("\x00\x00\x00\x11\x00\x03\x00\x00user\x00a\x00\x00x")},
		{"too long", "08P01", []byte("\x00\x00\x27\x11\x00\x03\x00\x00")},
		{"too short", "08P01", []byte("\x00\x00\x00\x07\x00\x03\x00")},
		{"HTTP", "08P01", []byte("GET / HTTP/1.1\r\n\r\n")},
		{"bad options", "42601", startupBytes(uint32(protocol30), "user", "alice", "options", "-x")},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := dial(t, address)
			client.t = t
			client.send(c.packet)
			m, err := client.Receive()
			if e, ok := m.(*pgproto3.ErrorResponse); !ok || e.Code != c.code || e.Severity != "FATAL" {
				t.Errorf("got %v, %v, want FATAL %s", m, err, c.code)
			}
		})
	}
	if backend.opened.Load() != 0 {
		t.Error("a session was opened")
	}
}

func TestLoginParameters(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	c := dial(t, startServer(t, backend, Options{}))
	c.login(uint32(protocol30), "application_name", "mine", "options", `-c search_path=a\ b --work-mem=1MB -cTimeZone=UTC -c application_name=other -c x=1 -c x=2`)
	login := <-backend.logins
	got := login.Parameters
	want := map[string]string{"application_name": "mine", "search_path": "a b", "work_mem": "1MB", "TimeZone": "UTC", "x": "2"}
	if len(got) != len(want) || login.User != "alice" || login.Database != "mesh" || login.Remote == nil || login.ProcessID == 0 {
		t.Errorf("login %+v", login)
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s = %q, want %q", name, got[name], value)
		}
	}
}

func TestSplitOptions(t *testing.T) {
	t.Parallel()
	for options, want := range map[string]string{
		"": "", "  ": "", "a b": "a|b", `a\ b c`: "a b|c", `a\\b`: `a\b`, "\ta\n\vb\r": "a|b", `a\`: "a", `\-c x`: "-c|x",
	} {
		if got := strings.Join(splitOptions(options), "|"); got != want {
			t.Errorf("splitOptions(%q) = %q, want %q", options, got, want)
		}
	}
}

func TestCertificateChoice(t *testing.T) {
	t.Parallel()
	if _, err := chooseCertificate(&tls.Config{}, &tls.ClientHelloInfo{Conn: nil}); err == nil {
		t.Error("a certificate out of nothing")
	}
	config := testTLS(t)
	certificate := config.Certificates[0]
	config.Certificates = nil
	config.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &certificate, nil }
	address := startServer(t, newFakeBackend(), Options{TLS: config})
	conn, err := (&tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, NextProtos: []string{alpnProtocol}}}).DialContext(context.Background(), "tcp", address) //nolint:gosec // a test
	if err != nil {
		t.Fatal(err)
	}
	_ = conn.Close()
}
