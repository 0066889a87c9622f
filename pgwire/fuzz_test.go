package pgwire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Whatever a startup packet holds, it is parsed or refused with an error for the client.
func FuzzStartup(f *testing.F) {
	f.Add(startupBytes(uint32(protocol30), "user", "alice", "database", "mesh"))
	f.Add(startupBytes(uint32(protocol32), "user", "alice", "options", `-c a=b --c-d=e\ f -cg=h`))
	f.Add(startupBytes(3<<16|9999, "user", "a", "_pq_.x", ""))
	f.Add(startupBytes(sslRequestCode))
	f.Add([]byte("\x00\x00\x00\x08\x00\x03\x00\x00"))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		packet, err := readStartupPacket(bytes.NewReader(b))
		if err == nil {
			var s *startup
			if s, err = parseStartup(packet); err == nil && (s.user == "" || s.database == "" || s.version.major() != 3) {
				t.Errorf("%q: %+v", b, s)
			}
		}
		var e *sqlstate.Error
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && (!errors.As(err, &e) || !isFatal(e)) {
			t.Errorf("%q: %v", b, err)
		}
	})
}

// Whatever an authenticated client sends, it reads well-formed messages up to the
// end of the connection, and nothing panics.
func FuzzMessages(f *testing.F) {
	for _, s := range wireScripts() {
		var b []byte
		for _, m := range s.messages {
			b, _ = m.Encode(b)
		}
		f.Add(b)
	}
	f.Add([]byte("Q\x00\x00\x00\x08a\x00bc"))
	f.Add([]byte("B\x00\x00\x00\x0a\x00\x00\xff\xff\xff\xff"))
	f.Add([]byte("Q\x00\x00\xff\xffSELECT"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.Contains(b, []byte("panic")) || bytes.Contains(b, []byte("sleep")) || endlessSeries.Match(b) {
			t.Skip("the fake session does what it is told")
		}
		var log lockedBuffer
		server := NewServer(newFakeBackend(), Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), MaxMessageBytes: 1 << 20})
		life := newLifetime(context.Background(), time.Second)
		defer life.end()
		near, far := net.Pipe()
		handled := make(chan struct{})
		go func() {
			defer close(handled)
			server.handle(life, far)
		}()
		c := &rawClient{t, near, pgproto3.NewFrontend(near, near)}
		c.login(uint32(protocol30))
		go func() {
			_, _ = near.Write(append(b, "X\x00\x00\x00\x04"...))
			if endsInside(b) {
				_ = near.Close() // the server waits for the rest, Terminate included
			}
		}()
		readToEnd(t, c)
		_ = near.Close()
		<-handled
		if strings.Contains(log.String(), "panic") {
			t.Errorf("%q: %s", b, log.String())
		}
	})
}

var endlessSeries = regexp.MustCompile(`\(1, \d{5}`)

// endsInside tells whether b stops within a message.
func endsInside(b []byte) bool {
	m := messageReader{r: bytes.NewReader(b), max: 1 << 20}
	for {
		if _, _, err := m.next(); err != nil {
			return errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}

// readToEnd wants well-formed messages up to the end.
func readToEnd(t *testing.T, c *rawClient) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	for {
		_, err := c.Receive()
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrClosedPipe):
			return
		default:
			t.Fatal(err)
		}
	}
}

// decodable are the types with a binary form, and some without.
var decodable = []pgtype.OID{
	0, pgtype.Bool, pgtype.Bytea, pgtype.Char, pgtype.Name, pgtype.Int8, pgtype.Int2, pgtype.Int4, pgtype.Text, pgtype.Oid,
	pgtype.JSON, pgtype.Float4, pgtype.Float8, pgtype.Bpchar, pgtype.Varchar, pgtype.Date, pgtype.Time, pgtype.Timestamp,
	pgtype.Timestamptz, pgtype.Interval, pgtype.Timetz, pgtype.Numeric, pgtype.UUID, pgtype.JSONB, pgtype.Int4Array, pgtype.TextArray,
	1231, 1182, pgtype.Inet, pgtype.Cidr, pgtype.Bit, pgtype.Varbit, pgtype.Record,
}

// Whatever a parameter holds, its text is clean or there is an error for the client.
func FuzzDecodeParameter(f *testing.F) {
	for i := range decodable {
		f.Add(uint8(i), []byte{})
		f.Add(uint8(i), []byte("\x00\x00\x00\x01"))
		f.Add(uint8(i), []byte("\x7f\xff\xff\xff\xff\xff\xff\xff"))
		f.Add(uint8(i), []byte("\x00\x02\x00\x00\x40\x00\x00\x03\x00\x7b\x11\x94"))
		f.Add(uint8(i), []byte("\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x17\x00\x00\x00\x02\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x07\xff\xff\xff\xff"))
	}
	f.Fuzz(func(t *testing.T, index uint8, value []byte) {
		oid := decodable[int(index)%len(decodable)]
		text, err := DecodeParameter(uint32(oid), Parameter{Format: binaryFormat, Value: value})
		if err != nil {
			switch sqlstate.From(err).Code {
			case sqlstate.InvalidBinaryRepresentation, sqlstate.CharacterNotInRepertoire, sqlstate.FeatureNotSupported,
				sqlstate.DatetimeFieldOverflow, sqlstate.InvalidTimeZoneDisplacement, sqlstate.DatatypeMismatch, sqlstate.ProgramLimitExceeded:
			default:
				t.Errorf("type %d, %x: %v", oid, value, err)
			}
			return
		}
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			t.Errorf("type %d, %x: %q", oid, value, text)
		}
		if oid == pgtype.Numeric {
			again, err := DecodeParameter(uint32(oid), Parameter{Format: binaryFormat, Value: appendNumericBinary(nil, text)})
			if err != nil || again != text {
				t.Errorf("numeric %s comes back as %s, %v", text, again, err)
			}
		}
	})
}
