package pgwire

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// tlsHandshakeByte begins every ClientHello (RFC 8446, content type handshake).
const tlsHandshakeByte = 0x16

// newestProtocol is what NegotiateProtocolVersion offers.
const newestProtocol = protocol32

// started is a connection past its startup packet, encrypted or not, before authentication.
type started struct {
	conn    net.Conn
	tls     *tlsBinding // nil without TLS
	startup *startup
	version protocolVersion // as agreed
}

// negotiate answers what comes before the StartupMessage: TLS by SSLRequest or
// directly, the refusal of GSS encryption, cancel requests. It gives nil without
// an error where the connection is done.
func (s *Server) negotiate(raw net.Conn) (*started, error) {
	at := &started{conn: raw}
	first, err := peekByte(raw)
	if err != nil {
		return nil, err
	}
	at.conn = &prefixedConn{Conn: raw, prefix: []byte{first}}
	if first == tlsHandshakeByte {
		if err := s.startTLS(at, true); err != nil {
			return nil, err
		}
	}
	packet, err := s.readRequests(at)
	if err != nil {
		return nil, at.refuse(err)
	}
	if packet.code == cancelRequestCode {
		s.cancelRequest(packet.body)
		return nil, nil
	}
	if at.startup, err = parseStartup(packet); err != nil {
		return nil, at.refuse(err)
	}
	return at, at.agreeVersion()
}

// readRequests answers encryption requests, each at most once, up to the packet
// that is none.
func (s *Server) readRequests(at *started) (startupPacket, error) {
	var sslDone, gssDone bool
	for {
		packet, err := readStartupPacket(at.conn)
		if err != nil {
			return packet, err
		}
		switch {
		case packet.code == sslRequestCode && !sslDone && at.tls == nil:
			sslDone = true
			if err := s.answerSSLRequest(at); err != nil {
				return packet, err
			}
		case packet.code == gssEncRequestCode && !gssDone && at.tls == nil:
			gssDone = true
			if _, err := at.conn.Write([]byte{'N'}); err != nil {
				return packet, err
			}
		default:
			return packet, nil
		}
	}
}

func (s *Server) answerSSLRequest(at *started) error {
	if s.options.TLS == nil {
		_, err := at.conn.Write([]byte{'N'})
		return err
	}
	if _, err := at.conn.Write([]byte{'S'}); err != nil {
		return err
	}
	return s.startTLS(at, false)
}

// startTLS makes at.conn an encrypted one.
func (s *Server) startTLS(at *started, direct bool) error {
	if s.options.TLS == nil {
		return errors.New("TLS handshake, but TLS is not configured")
	}
	binding := &tlsBinding{}
	conn := tls.Server(at.conn, binding.config(s.options.TLS))
	if err := conn.Handshake(); err != nil {
		return err
	}
	if direct && conn.ConnectionState().NegotiatedProtocol != alpnProtocol {
		return errors.New("direct TLS connection without ALPN " + alpnProtocol)
	}
	binding.state = conn.ConnectionState()
	at.conn, at.tls = conn, binding
	return nil
}

// agreeVersion tells a client that asked for more than there is what there is
// (PostgreSQL manual, "NegotiateProtocolVersion").
func (at *started) agreeVersion() error {
	at.version = min(at.startup.version, newestProtocol)
	if at.version == at.startup.version && len(at.startup.unrecognized) == 0 {
		return nil
	}
	message := &pgproto3.NegotiateProtocolVersion{
		NewestMinorProtocol: uint32(at.version), // the whole version, as PostgreSQL sends and libpq reads it
		UnrecognizedOptions: at.startup.unrecognized,
	}
	return at.send(message)
}

// refuse sends the error that ends the connection, and gives it back. A client
// that went away hears nothing.
func (at *started) refuse(err error) error {
	var e *sqlstate.Error
	if errors.As(err, &e) {
		_ = at.send(errorResponse(e))
	}
	return err
}

func (at *started) send(m pgproto3.BackendMessage) error {
	b, err := m.Encode(nil)
	if err != nil {
		return err
	}
	_, err = at.conn.Write(b)
	return err
}

// cancelRequest serves a CancelRequest: process id, then the secret. No answer.
func (s *Server) cancelRequest(body []byte) {
	if len(body) > 4 {
		s.cancels.cancel(binary.BigEndian.Uint32(body), body[4:])
	}
}

func peekByte(r io.Reader) (byte, error) {
	var b [1]byte
	_, err := io.ReadFull(r, b[:])
	return b[0], err
}

// prefixedConn gives back a byte that was read to look at it.
type prefixedConn struct {
	net.Conn
	prefix []byte
}

func (c *prefixedConn) Read(p []byte) (int, error) {
	if len(c.prefix) > 0 && len(p) > 0 {
		n := copy(p, c.prefix)
		c.prefix = c.prefix[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}
