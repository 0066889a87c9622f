package mysql

import (
	"bufio"
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"reflect"
	"time"

	mysql "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/sqlstate"
)

// wire is the connection beneath a session of the driver, between two of its statements.
// The driver connects, encrypts and authenticates; a statement with many rows is sent and
// read here, because the driver boxes every value. It begins and ends between statements,
// where the driver has nothing buffered and counts packets anew.
type wire struct {
	conn     net.Conn
	reader   *bufio.Reader
	sequence byte
	packet   []byte // of packets that are larger than the reader
}

// wireBuffer is how much is read at once: the driver's own 4 KiB are a system call for
// some thirty rows.
const wireBuffer = 64 << 10

// wireOf finds the connection of one of the driver's, the encrypted one where it is
// encrypted. The driver has no way to ask for it: see decision 275.
func wireOf(c driver.Conn) (*wire, error) {
	pointer := reflect.ValueOf(c)
	if pointer.Kind() == reflect.Pointer && pointer.Elem().Kind() == reflect.Struct {
		field := pointer.Elem().FieldByName("netConn")
		if field.IsValid() && field.Type() == reflect.TypeFor[net.Conn]() {
			conn := *(*net.Conn)(field.Addr().UnsafePointer())
			return &wire{conn: conn, reader: bufio.NewReaderSize(conn, wireBuffer)}, nil
		}
	}
	return nil, sqlstate.New(sqlstate.InternalError, "mysql: the driver has no connection where it should")
}

// Commands and the first bytes of answers ("MySQL Internals", Command Phase).
const (
	commandQuery = 0x03

	answerOK    = 0x00
	answerEnd   = 0xfe
	answerError = 0xff

	mostPayload = 1<<24 - 1 // of one packet; a longer one goes on in the next
)

// during runs do, whose reads and writes fail once ctx ends.
func (w *wire) during(ctx context.Context, do func() error) error {
	stop := context.AfterFunc(ctx, func() { _ = w.conn.SetDeadline(time.Unix(1, 0)) })
	err := do()
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil && w.reader.Buffered() > 0 {
		return malformed("answer")
	}
	return err
}

// send begins a command.
func (w *wire) send(command byte, payload string) error {
	w.sequence = 0
	rest := make([]byte, 0, len(payload)+1)
	rest = append(append(rest, command), payload...)
	for {
		size := min(len(rest), mostPayload)
		packet := make([]byte, 4, 4+size)
		binary.LittleEndian.PutUint32(packet, uint32(size))
		packet[3] = w.sequence
		w.sequence++
		if _, err := w.conn.Write(append(packet, rest[:size]...)); err != nil {
			return err
		}
		if rest = rest[size:]; size < mostPayload {
			return nil
		}
	}
}

// next reads a packet; what it gives stands until the next call. An error of the server
// is a *mysql.MySQLError.
func (w *wire) next() ([]byte, error) {
	payload, err := w.payload()
	if err == nil && len(payload) == mostPayload {
		payload, err = w.joined(payload)
	}
	switch {
	case err != nil:
		return nil, err
	case len(payload) == 0:
		return nil, malformed("packet")
	case payload[0] == answerError:
		return nil, serverError(payload)
	}
	return payload, nil
}

// payload reads one packet of at most mostPayload bytes.
func (w *wire) payload() ([]byte, error) {
	header, err := w.reader.Peek(4)
	if err != nil {
		return nil, cutOff(err)
	}
	size := int(header[0]) | int(header[1])<<8 | int(header[2])<<16
	if header[3] != w.sequence {
		return nil, malformed("packet")
	}
	w.sequence++
	_, _ = w.reader.Discard(4)
	if size > wireBuffer {
		return w.large(size)
	}
	payload, err := w.reader.Peek(size)
	if err != nil {
		return nil, cutOff(err)
	}
	_, _ = w.reader.Discard(size) // what was peeked stays until more is read
	return payload, nil
}

func (w *wire) large(size int) ([]byte, error) {
	if cap(w.packet) < size {
		w.packet = make([]byte, size)
	}
	payload := w.packet[:size]
	_, err := io.ReadFull(w.reader, payload)
	return payload, cutOff(err)
}

// joined reads the rest of what is longer than a packet can be.
func (w *wire) joined(first []byte) ([]byte, error) {
	all := append([]byte(nil), first...)
	for {
		more, err := w.payload()
		if err != nil {
			return nil, err
		}
		if all = append(all, more...); len(more) < mostPayload {
			return all, nil
		}
	}
}

// cutOff makes an end in the middle one.
func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// serverError reads ERR_Packet: 0xff, the number, '#' and the SQLSTATE, the message.
func serverError(payload []byte) error {
	if len(payload) < 3 {
		return malformed("error")
	}
	e := &mysql.MySQLError{Number: binary.LittleEndian.Uint16(payload[1:])}
	rest := payload[3:]
	if len(rest) >= 6 && rest[0] == '#' {
		copy(e.SQLState[:], rest[1:])
		rest = rest[6:]
	}
	e.Message = string(rest)
	return e
}
