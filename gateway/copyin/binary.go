package copyin

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Binary reads rows in the binary format (manual, COPY, "Binary Format").
type Binary struct {
	next  func() ([]byte, error) // the next piece; io.EOF at the end
	rest  []byte                 // not read yet
	begun bool
	ended bool // the last row has been read
}

// NewBinary reads what next gives.
func NewBinary(next func() ([]byte, error)) *Binary { return &Binary{next: next} }

// signature begins the data. The fifth byte on would be changed by what changes texts.
var signature = []byte("PGCOPY\n\xff\r\n\x00")

// Row gives the values of the next row, which has that many, as their types' send functions
// write them; nil is NULL. They are valid until the next call. io.EOF after the last row.
func (r *Binary) Row(width int) ([][]byte, error) {
	if r.ended {
		return nil, io.EOF
	}
	if !r.begun {
		if err := r.header(); err != nil {
			return nil, err
		}
	}
	count, err := r.take(2)
	switch {
	case errors.Is(err, errCut): // files may lack the last mark
		r.ended = true
		return nil, io.EOF
	case err != nil:
		return nil, err
	}
	switch n := int(int16(binary.BigEndian.Uint16(count))); {
	case n == -1:
		r.ended = true
		return nil, r.drain()
	case n != width:
		return nil, badData("row field count is %d, expected %d", n, width)
	}
	row := make([][]byte, width)
	for i := range row {
		if row[i], err = r.field(); err != nil {
			return nil, err
		}
	}
	return row, nil
}

// errCut is data that ends too early.
var errCut = badData("unexpected EOF in COPY data")

func badData(format string, args ...any) *sqlstate.Error {
	return sqlstate.New(sqlstate.BadCopyFileFormat, format, args...)
}

// header reads the signature, the flags and an extension, which no version writes.
func (r *Binary) header() error {
	begin, err := r.take(len(signature))
	if err != nil || !bytes.Equal(begin, signature) {
		return badData("COPY file signature not recognized")
	}
	flags, err := r.take(4)
	if err != nil {
		return badData("invalid COPY file header (missing flags)")
	}
	const withOIDs, critical = 1 << 16, 0xffff0000
	switch f := binary.BigEndian.Uint32(flags); {
	case f&withOIDs != 0:
		return badData("invalid COPY file header (WITH OIDS)")
	case f&critical != 0:
		return badData("unrecognized critical flags in COPY file header")
	}
	length, err := r.take(4)
	if err != nil || int32(binary.BigEndian.Uint32(length)) < 0 {
		return badData("invalid COPY file header (missing length)")
	}
	if _, err := r.take(int(binary.BigEndian.Uint32(length))); err != nil {
		return badData("invalid COPY file header (wrong length)")
	}
	r.begun = true
	return nil
}

// field reads a length and so many bytes.
func (r *Binary) field() ([]byte, error) {
	length, err := r.take(4)
	if err != nil {
		return nil, err
	}
	n := int32(binary.BigEndian.Uint32(length))
	switch {
	case n == -1:
		return nil, nil
	case n < 0:
		return nil, badData("invalid field size")
	}
	value, err := r.take(int(n))
	return append([]byte{}, value...), err
}

// take gives the next n bytes.
func (r *Binary) take(n int) ([]byte, error) {
	for len(r.rest) < n {
		piece, err := r.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil, errCut
		case err != nil:
			return nil, err
		}
		r.rest = append(bytes.Clone(r.rest), piece...)
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken, nil
}

// drain looks whether anything comes behind the end.
func (r *Binary) drain() error {
	if len(r.rest) > 0 {
		return badData("received copy data after EOF marker")
	}
	for {
		piece, err := r.next()
		if err != nil {
			return err // io.EOF among them
		}
		if len(piece) > 0 {
			return badData("received copy data after EOF marker")
		}
	}
}
