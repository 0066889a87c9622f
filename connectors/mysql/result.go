package mysql

import (
	"encoding/binary"

	"github.com/sluicemesh/sluice/sqlstate"
)

// result is the answer to a query: rows of text, one packet each (manual, Text Resultset).
type result struct {
	wire  *wire
	ahead []byte // a row that came where there might have been a mark
}

// ask sends a SELECT and reads the head of its result, which must have so many columns.
// What the server says about them is passed over: the statement has cast them.
func (w *wire) ask(text string, columns int) (*result, error) {
	if err := w.send(commandQuery, text); err != nil {
		return nil, err
	}
	header, err := w.next()
	if err != nil {
		return nil, err
	}
	// MariaDB says in one more byte whether the columns follow; to a query they do.
	count, rest, ok := lengthOf(header)
	if !ok || header[0] == answerOK || len(rest) > 1 {
		return nil, malformed("result")
	}
	if count != uint64(columns) {
		return nil, sqlstate.New(sqlstate.InternalError, "mysql: %d columns for %d", count, columns)
	}
	for range columns {
		if _, err := w.next(); err != nil {
			return nil, err
		}
	}
	r := &result{wire: w}
	return r, r.mark()
}

// mark reads the EOF_Packet behind the columns, which newer servers leave out. It has
// five bytes; the packet that ends a result has seven there.
func (r *result) mark() error {
	packet, err := r.wire.next()
	if err != nil {
		return err
	}
	if packet[0] != answerEnd || len(packet) != 5 {
		r.ahead = packet
	}
	return nil
}

// row gives the next row, nil at the end. It stands until the next call.
func (r *result) row() ([]byte, error) {
	packet := r.ahead
	if packet == nil {
		var err error
		if packet, err = r.wire.next(); err != nil {
			return nil, err
		}
	}
	r.ahead = nil
	// A value of 2^24 bytes and more begins with the same byte.
	if packet[0] != answerEnd || len(packet) >= mostPayload {
		return packet, nil
	}
	if more, ok := moreResults(packet); !ok || more {
		return nil, malformed("end")
	}
	return nil, nil
}

// moreResults reads whether another result follows: a bit of the status, which comes
// after the warnings in an EOF_Packet of five bytes, and before them, after two counts, in
// the one that is an OK_Packet.
func moreResults(end []byte) (more, ok bool) {
	const moreExist = 0x0008
	if len(end) == 5 {
		return binary.LittleEndian.Uint16(end[3:])&moreExist != 0, true
	}
	_, rest, ok1 := lengthOf(end[1:])
	_, rest, ok2 := lengthOf(rest)
	if !ok1 || !ok2 || len(rest) < 2 {
		return false, false
	}
	return binary.LittleEndian.Uint16(rest)&moreExist != 0, true
}

// lengthOf reads a length-encoded integer.
func lengthOf(b []byte) (n uint64, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, false
	}
	size := 0
	switch b[0] {
	default:
		return uint64(b[0]), b[1:], true
	case nullValue, answerError:
		return 0, nil, false
	case 0xfc:
		size = 2
	case 0xfd:
		size = 3
	case 0xfe:
		size = 8
	}
	if len(b) <= size {
		return 0, nil, false
	}
	for i := size; i > 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return n, b[size+1:], true
}

// valueOf reads a length-encoded string; it lies in b.
func valueOf(b []byte) (value, rest []byte, ok bool) {
	n, rest, ok := lengthOf(b)
	if !ok || n > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:n:n], rest[n:], true
}

// nullValue stands for a NULL where a value's length would.
const nullValue = 0xfb

// startsNull tells whether the next value is NULL.
func startsNull(b []byte) bool { return len(b) > 0 && b[0] == nullValue }
