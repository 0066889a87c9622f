// Package copyin reads the rows of COPY FROM STDIN in the text and csv formats (manual,
// COPY, "File Formats").
//
// In: data in pieces cut anywhere. Out: rows of texts and NULLs. It knows no types.
package copyin

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/charset"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Format says how rows are written.
type Format struct {
	CSV                      bool
	Delimiter, Quote, Escape byte
	Null                     string
	Header                   bool
}

// Reader reads rows.
type Reader struct {
	format Format
	next   func() ([]byte, error) // the next piece; io.EOF at the end
	rest   []byte                 // not read yet
	ended  bool                   // next has nothing more
	lines  int                    // that have been read
	ending byte                   // '\n' or '\r', 0 before the first line
	both   bool                   // lines end with "\r\n"
}

// NewReader reads what next gives.
func NewReader(f Format, next func() ([]byte, error)) *Reader { return &Reader{format: f, next: next} }

// Value is one value of a row.
type Value struct {
	Text string
	Null bool
}

// Row gives the next row; io.EOF after the last one.
func (r *Reader) Row() ([]Value, error) {
	if r.lines == 0 && r.format.Header {
		if _, err := r.record(); err != nil {
			return nil, err
		}
	}
	record, err := r.record()
	switch {
	case err != nil:
		return nil, err
	case bytes.Equal(record, []byte(`\.`)): // the end as files had it
		return nil, r.drain()
	case !utf8.Valid(record):
		return nil, charset.InvalidUTF8(record)
	case r.format.CSV:
		return r.csv(record)
	}
	return r.text(record), nil
}

// drain passes over what comes after the end.
func (r *Reader) drain() error {
	for !r.ended {
		if err := r.more(); err != nil {
			return err
		}
		r.rest = nil
	}
	return io.EOF
}

// more takes another piece.
func (r *Reader) more() error {
	piece, err := r.next()
	if errors.Is(err, io.EOF) {
		r.ended = true
		return nil
	}
	r.rest = append(r.rest, piece...)
	return err
}

// record gives a line without its end; in csv it goes on while a quote is open.
func (r *Reader) record() ([]byte, error) {
	for from := 0; ; {
		end, width, scanned, err := r.lineEnd(from)
		switch {
		case err != nil:
			return nil, err
		case end >= 0:
			record := bytes.Clone(r.rest[:end])
			r.rest = r.rest[end+width:]
			r.lines++
			return record, nil
		case r.ended && len(r.rest) == 0:
			return nil, io.EOF
		case r.ended && r.format.CSV && r.open(r.rest):
			return nil, malformed("unterminated CSV quoted field")
		case r.ended:
			record := r.rest
			r.rest = nil
			r.lines++
			return record, nil
		}
		if from = scanned; r.format.CSV {
			from = 0
		}
		if err := r.more(); err != nil {
			return nil, err
		}
	}
}

// open tells whether a quote is open at the end of text.
func (r *Reader) open(text []byte) bool {
	q := quoting{format: r.format}
	for _, c := range text {
		q.see(c)
	}
	return q.open
}

// quoting follows the quotes of csv.
type quoting struct {
	format        Format
	open, escaped bool
}

func (q *quoting) see(c byte) {
	switch {
	case !q.format.CSV:
	case q.escaped:
		q.escaped = false
	case q.open && c == q.format.Escape && q.format.Escape != q.format.Quote:
		q.escaped = true
	case c == q.format.Quote:
		q.open = !q.open
	}
}

// lineEnd finds where the line in rest ends, and how wide its end is; -1 where that has not
// come yet. All lines end as the first one did.
func (r *Reader) lineEnd(from int) (end, width, scanned int, err error) {
	q := quoting{format: r.format}
	for i := from; i < len(r.rest); i++ {
		c := r.rest[i]
		q.see(c)
		if q.open || c != '\n' && c != '\r' {
			continue
		}
		if c == '\r' && i+1 == len(r.rest) && !r.ended {
			return -1, 0, i, nil // a newline may follow
		}
		both := c == '\r' && i+1 < len(r.rest) && r.rest[i+1] == '\n'
		if r.ending == 0 {
			r.ending, r.both = c, both
		}
		if c != r.ending || both != r.both {
			return 0, 0, 0, r.strayEnd(c)
		}
		width = 1
		if both {
			width = 2
		}
		return i, width, i, nil
	}
	return -1, 0, len(r.rest), nil
}

// strayEnd refuses an end of line that is not as the first one was.
func (r *Reader) strayEnd(c byte) error {
	what, hint := "newline", `\n`
	if c == '\r' {
		what, hint = "carriage return", `\r`
	}
	if r.format.CSV {
		return malformed("unquoted "+what+" found in data").WithHint("Use quoted CSV field to represent %s.", what)
	}
	return malformed("literal "+what+" found in data").WithHint("Use %q to represent %s.", hint, what)
}

func malformed(message string) *sqlstate.Error {
	return sqlstate.New(sqlstate.BadCopyFileFormat, "%s", message)
}
