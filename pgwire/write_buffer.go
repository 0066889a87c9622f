package pgwire

import (
	"encoding/binary"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/internal/charset"
)

// flushBytes is how much is gathered before it is written. A write waits for the
// client, and with it whoever produces the rows.
const flushBytes = 64 << 10

// writeBuffer gathers messages. Only whole messages are written: what an error or
// a panic leaves half done is taken back by rewind.
type writeBuffer struct {
	w     io.Writer
	buf   []byte
	whole int   // length of the complete messages in buf
	err   error // of the first failed write; everything later is dropped

	charset *charset.Set // that messages' texts are written in; nil: UTF-8
}

// send appends a message.
func (b *writeBuffer) send(m pgproto3.BackendMessage) {
	if b.charset != nil {
		b.said(m)
	}
	buf, err := m.Encode(b.buf)
	if err != nil { // longer than a message can be
		b.err = err
		return
	}
	b.buf = buf
	b.whole = len(buf)
}

// sendBare appends a message without a body.
func (b *writeBuffer) sendBare(kind byte) {
	b.buf = append(b.buf, kind, 0, 0, 0, 4)
	b.whole = len(b.buf)
}

// begin starts a message that is written in place and gives where its length stands.
func (b *writeBuffer) begin(kind byte) (at int) {
	b.buf = append(b.buf, kind, 0, 0, 0, 0)
	return len(b.buf) - 4
}

// finish ends the message that began at at.
func (b *writeBuffer) finish(at int) {
	binary.BigEndian.PutUint32(b.buf[at:], uint32(len(b.buf)-at))
	b.whole = len(b.buf)
}

// rewind takes back an unfinished message.
func (b *writeBuffer) rewind() { b.buf = b.buf[:b.whole] }

// flushIfFull writes once enough has gathered.
func (b *writeBuffer) flushIfFull() error {
	if len(b.buf) < flushBytes {
		return b.err
	}
	return b.flush()
}

// flush writes everything gathered.
func (b *writeBuffer) flush() error {
	if b.err == nil && len(b.buf) > 0 {
		_, b.err = b.w.Write(b.buf)
	}
	if cap(b.buf) > 8*flushBytes {
		b.buf = nil // one huge row does not hold its memory for the session
	}
	b.buf = b.buf[:0]
	b.whole = 0
	return b.err
}
