package pgwire

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Codes in the place of the protocol version (src/include/libpq/pqcomm.h).
const (
	cancelRequestCode = 1234<<16 | 5678
	sslRequestCode    = 1234<<16 | 5679
	gssEncRequestCode = 1234<<16 | 5680
)

// maxStartupPacketLength is MAX_STARTUP_PACKET_LENGTH of pqcomm.h.
const maxStartupPacketLength = 10000

// protocolVersion is major<<16 | minor.
type protocolVersion uint32

const (
	protocol30 protocolVersion = 3 << 16
	protocol32 protocolVersion = 3<<16 | 2
)

func (v protocolVersion) major() uint32 { return uint32(v) >> 16 }
func (v protocolVersion) minor() uint32 { return uint32(v) & 0xffff }

// startupPacket is what a client says first: the version and parameters it wants,
// or, with one of the codes above as version, something else in body.
type startupPacket struct {
	code uint32
	body []byte
}

// readStartupPacket reads exactly one packet and not a byte more: what follows an
// SSLRequest may be a TLS handshake, and bytes read early would be taken for
// encrypted ones (CVE-2021-23214).
func readStartupPacket(r io.Reader) (startupPacket, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return startupPacket{}, err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length < 8 || length > maxStartupPacketLength {
		return startupPacket{}, protocolViolation("invalid length of startup packet")
	}
	packet := make([]byte, length-4)
	if _, err := io.ReadFull(r, packet); err != nil {
		return startupPacket{}, err
	}
	return startupPacket{code: binary.BigEndian.Uint32(packet), body: packet[4:]}, nil
}

// startup is a parsed StartupMessage.
type startup struct {
	version      protocolVersion // as asked
	user         string
	database     string
	parameters   map[string]string // without user, database and _pq_.*
	unrecognized []string          // _pq_.* options, none of which is known
}

// parseStartup reads the parameters of a StartupMessage (postmaster.c, ProcessStartupPacket).
func parseStartup(packet startupPacket) (*startup, error) {
	s := &startup{version: protocolVersion(packet.code), parameters: map[string]string{}}
	if s.version.major() != 3 {
		return nil, sqlstate.Fatal(sqlstate.FeatureNotSupported,
			"unsupported frontend protocol %d.%d: server supports 3.0 to 3.2", s.version.major(), s.version.minor())
	}
	options := ""
	rest := packet.body
	for {
		var name, value string
		var ok bool
		if name, rest, ok = cutString(rest); !ok {
			return nil, badStartupLayout()
		}
		if name == "" {
			break
		}
		if value, rest, ok = cutString(rest); !ok {
			return nil, badStartupLayout()
		}
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return nil, sqlstate.Fatal(sqlstate.CharacterNotInRepertoire, `invalid byte sequence for encoding "UTF8" in startup packet`)
		}
		if name == "options" {
			options = value
			continue
		}
		s.set(name, value)
	}
	if len(rest) != 0 {
		return nil, badStartupLayout()
	}
	return s, s.finish(options)
}

// set files one parameter.
func (s *startup) set(name, value string) {
	switch {
	case name == "user":
		s.user = value
	case name == "database":
		s.database = value
	case strings.HasPrefix(name, "_pq_."):
		s.unrecognized = append(s.unrecognized, name)
	default:
		s.parameters[name] = value
	}
}

// finish applies options and defaults. An explicit parameter wins over one in
// options, as PostgreSQL applies the command line first.
func (s *startup) finish(options string) error {
	if s.user == "" {
		return sqlstate.Fatal(sqlstate.InvalidAuthorization, "no PostgreSQL user name specified in startup packet")
	}
	if s.database == "" {
		s.database = s.user
	}
	switch strings.ToLower(s.parameters["replication"]) {
	case "", "false", "off", "no", "0":
		delete(s.parameters, "replication")
	default:
		return sqlstate.Fatal(sqlstate.FeatureNotSupported, "replication connections are not supported")
	}
	settings, err := parseOptions(options)
	for _, setting := range settings {
		if _, explicit := s.parameters[setting.name]; !explicit {
			s.parameters[setting.name] = setting.value
		}
	}
	return err
}

func badStartupLayout() error {
	return protocolViolation("invalid startup packet layout: expected terminator as last byte")
}

// protocolViolation is an error that ends the connection: after it nobody knows
// where the next message begins.
func protocolViolation(format string, args ...any) *sqlstate.Error {
	return sqlstate.Fatal(sqlstate.ProtocolViolation, format, args...)
}

// cutString takes a NUL-terminated string off b.
func cutString(b []byte) (s string, rest []byte, ok bool) {
	i := bytes.IndexByte(b, 0)
	if i < 0 {
		return "", nil, false
	}
	return string(b[:i]), b[i+1:], true
}
