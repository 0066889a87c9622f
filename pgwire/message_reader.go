package pgwire

import (
	"cmp"
	"encoding/binary"
	"errors"
	"io"
)

// smallMessageBytes is PQ_SMALL_MESSAGE_LIMIT of libpq.h: enough for messages
// that hold only names and numbers.
const smallMessageBytes = 10000

// messageReader cuts the stream of a client into messages.
type messageReader struct {
	r    io.Reader
	max  int // longest body of a message that carries text or values
	body []byte

	answer int // longest answer to a challenge; 0: maxSASLMessage
}

// growBytes bounds what is allocated on the mere word of a length field.
const growBytes = 64 << 10

// next reads one message. The body is valid until the next call.
func (m *messageReader) next() (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(m.r, head[:]); err != nil {
		return 0, nil, err
	}
	kind = head[0]
	limit := m.limit(kind)
	if limit == 0 {
		return 0, nil, protocolViolation("invalid frontend message type %d", kind)
	}
	length := int64(binary.BigEndian.Uint32(head[1:])) - 4
	if length < 0 || length > int64(limit) {
		return 0, nil, protocolViolation("invalid message length")
	}
	body, err = m.read(int(length))
	return kind, body, err
}

// read fills body piece by piece, so that who announces much must send it too.
func (m *messageReader) read(length int) ([]byte, error) {
	if cap(m.body) > 4*growBytes && length < growBytes {
		m.body = nil // one big message does not hold its memory for the session
	}
	m.body = m.body[:0]
	for len(m.body) < length {
		have := len(m.body)
		m.body = append(m.body, make([]byte, min(length-have, max(growBytes, have)))...)
		if _, err := io.ReadFull(m.r, m.body[have:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF // the header has been read
			}
			return nil, err
		}
	}
	return m.body, nil
}

// limit gives the longest body of each kind of message, 0 for unknown ones
// (postgres.c, SocketBackend).
func (m *messageReader) limit(kind byte) int {
	switch kind {
	case 'Q', 'P', 'B', 'F', 'd':
		return m.max
	case 'D', 'E', 'C', 'H', 'S', 'X', 'c', 'f':
		return min(m.max, smallMessageBytes)
	case 'p':
		return cmp.Or(m.answer, maxSASLMessage)
	}
	return 0
}
