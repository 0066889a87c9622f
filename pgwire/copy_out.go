package pgwire

import (
	"encoding/binary"

	"github.com/jackc/pgx/v5/pgproto3"
)

// copyEncoder writes the rows of COPY TO STDOUT (manual, COPY, "File Formats"), each as
// one CopyData message.
type copyEncoder struct {
	*rowEncoder
	format  *CopyFormat
	scratch []byte
	null    []byte
	begun   bool // binary: the header has gone
}

// copySignature begins the binary format; flags and the length of an extension, both
// zero, follow.
const copySignature = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

func newCopyEncoder(f *CopyFormat, format valueFormat) (*copyEncoder, error) {
	rows, err := newRowEncoder(f.Columns, []int16{f.code()}, format)
	if err != nil {
		return nil, err
	}
	return &copyEncoder{rowEncoder: rows, format: f, null: []byte(f.Null)}, nil
}

func (f *CopyFormat) code() int16 {
	if f.Format == "binary" {
		return binaryFormat
	}
	return textFormat
}

// response is the message that begins the data.
func (f *CopyFormat) response() *pgproto3.CopyOutResponse {
	codes := make([]uint16, len(f.Columns))
	for i := range codes {
		codes[i] = uint16(f.code())
	}
	return &pgproto3.CopyOutResponse{OverallFormat: byte(f.code()), ColumnFormatCodes: codes}
}

// row appends the data of one row.
func (e *copyEncoder) row(buf []byte, row int) []byte {
	switch e.format.Format {
	case "binary":
		return e.rowEncoder.append(e.opening(buf), row)
	case "csv":
		return e.csvRow(buf, row)
	}
	return e.textRow(buf, row)
}

// opening appends the binary header, which travels with the first row or the trailer.
func (e *copyEncoder) opening(buf []byte) []byte {
	if e.begun {
		return buf
	}
	e.begun = true
	return append(buf, copySignature...)
}

// trailer appends what ends the binary format.
func (e *copyEncoder) trailer(buf []byte) []byte {
	return binary.BigEndian.AppendUint16(e.opening(buf), 0xffff)
}

// header appends the line of names.
func (e *copyEncoder) header(buf []byte) []byte {
	for i, c := range e.format.Columns {
		if i > 0 {
			buf = append(buf, e.format.Delimiter)
		}
		name := c.Name
		if e.charset != nil {
			name = e.charset.charset.Message(name)
		}
		if e.format.Format == "csv" {
			buf = e.appendCSV(buf, []byte(name), false)
		} else {
			buf = e.appendEscaped(buf, []byte(name))
		}
	}
	return append(buf, '\n')
}

// value gives the text of one value; ok is false for NULL.
func (e *copyEncoder) value(column, row int) (text []byte, ok bool) {
	c := &e.columns[column]
	if c.nulls != nil && c.nulls.IsNull(row) {
		return e.null, false
	}
	e.scratch = c.encoder.append(e.scratch[:0], row)
	return e.scratch, true
}

func (e *copyEncoder) textRow(buf []byte, row int) []byte {
	for i := range e.columns {
		if i > 0 {
			buf = append(buf, e.format.Delimiter)
		}
		text, ok := e.value(i, row)
		if ok {
			buf = e.appendEscaped(buf, text)
		} else {
			buf = append(buf, text...)
		}
	}
	return append(buf, '\n')
}

// copyEscapes are the control characters that have a letter of their own.
var copyEscapes = [256]byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't', '\v': 'v', '\\': '\\'}

// appendEscaped follows PostgreSQL's CopyAttributeOutText.
func (e *copyEncoder) appendEscaped(buf, text []byte) []byte {
	for _, c := range text {
		switch letter := copyEscapes[c]; {
		case letter != 0:
			buf = append(buf, '\\', letter)
		case c == e.format.Delimiter:
			buf = append(buf, '\\', c)
		default:
			buf = append(buf, c)
		}
	}
	return buf
}

func (e *copyEncoder) csvRow(buf []byte, row int) []byte {
	for i := range e.columns {
		if i > 0 {
			buf = append(buf, e.format.Delimiter)
		}
		text, ok := e.value(i, row)
		if ok {
			buf = e.appendCSV(buf, text, e.format.ForceQuote != nil && e.format.ForceQuote[i])
		} else {
			buf = append(buf, text...)
		}
	}
	return append(buf, '\n')
}

// appendCSV follows PostgreSQL's CopyAttributeOutCSV.
func (e *copyEncoder) appendCSV(buf, text []byte, quote bool) []byte {
	f := e.format
	if !quote && !e.needsQuote(text) {
		return append(buf, text...)
	}
	buf = append(buf, f.Quote)
	for _, c := range text {
		if c == f.Quote || c == f.Escape {
			buf = append(buf, f.Escape)
		}
		buf = append(buf, c)
	}
	return append(buf, f.Quote)
}

// needsQuote tells values that would be read as something else: NULL, the end of the
// data, or more than one value.
func (e *copyEncoder) needsQuote(text []byte) bool {
	if string(text) == e.format.Null || len(e.columns) == 1 && string(text) == `\.` {
		return true
	}
	for _, c := range text {
		if c == e.format.Delimiter || c == e.format.Quote || c == '\n' || c == '\r' {
			return true
		}
	}
	return false
}
