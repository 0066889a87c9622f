package mysql

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// answer writes what a server sends: packets counted from 1, long ones in parts.
type answer struct {
	bytes.Buffer
	sequence byte
}

func (a *answer) packet(payload []byte) {
	for a.sequence++; ; a.sequence++ {
		size := min(len(payload), mostPayload)
		header := binary.LittleEndian.AppendUint32(nil, uint32(size))
		header[3] = a.sequence
		a.Write(header)
		a.Write(payload[:size])
		if payload = payload[size:]; size < mostPayload {
			return
		}
	}
}

// head is that of a result: the number of columns, each column, the mark of older servers.
func (a *answer) head(columns int, marked bool) {
	a.packet([]byte{byte(columns)})
	for range columns {
		a.packet([]byte("\x03def a column"))
	}
	if marked {
		a.packet([]byte{answerEnd, 0, 0, 0, 0})
	}
}

// row has values of text; "NULL" is none.
func (a *answer) row(values ...string) {
	var payload []byte
	for _, v := range values {
		switch {
		case v == "NULL":
			payload = append(payload, nullValue)
			continue
		case len(v) < int(nullValue):
			payload = append(payload, byte(len(v)))
		default:
			payload = binary.LittleEndian.AppendUint64(append(payload, 0xfe), uint64(len(v)))
		}
		payload = append(payload, v...)
	}
	a.packet(payload)
}

// end is that of a result of newer servers.
func (a *answer) end() { a.packet([]byte{answerEnd, 0, 0, 2, 0, 0, 0}) }

// served is the connection that gives an answer, whatever is asked.
type served struct {
	net.Conn
	rest *bytes.Reader
}

func (c *served) Read(b []byte) (int, error)  { return c.rest.Read(b) }
func (c *served) Write(b []byte) (int, error) { return len(b), nil }

// readAnswer decodes an answer into the texts of its rows.
func readAnswer(t testing.TB, sent []byte, types ...pgtype.Type) ([]string, error) {
	t.Helper()
	source := &Source{of: &catalog.Source{}, allocator: memory.DefaultAllocator}
	var columns []plan.Column
	for i, of := range types {
		columns = append(columns, plan.Column{ID: plan.ColumnID(i + 1), Name: "c", Type: of})
	}
	d, err := source.decoding(columns)
	if err != nil {
		t.Fatal(err)
	}
	defer d.release()
	var rows []string
	d.emit = func(b arrow.RecordBatch) error {
		defer b.Release()
		for i := range int(b.NumRows()) {
			var row []string
			for c := range b.Columns() {
				row = append(row, b.Column(c).ValueStr(i))
			}
			rows = append(rows, strings.Join(row, ","))
		}
		return nil
	}
	conn := &served{rest: bytes.NewReader(sent)}
	connection := &session{wire: &wire{conn: conn, reader: bufio.NewReaderSize(conn, wireBuffer)}}
	err = d.read(t.Context(), connection, "SELECT")
	return rows, err
}

var (
	ofInteger = pgtype.Of(pgtype.Int4)
	ofText    = pgtype.Of(pgtype.Text)
)

// TestResult: rows come whatever the size of their packets, with the mark behind the
// columns and without.
func TestResult(t *testing.T) {
	t.Parallel()
	for _, long := range []int{3, 300, wireBuffer - 20, wireBuffer, 3 * wireBuffer, mostPayload - 14, mostPayload, 2*mostPayload + 5} {
		for _, marked := range []bool{false, true} {
			var a answer
			a.head(2, marked)
			text := strings.Repeat("x", long)
			a.row("7", text)
			a.row("NULL", "NULL")
			a.row("-12", "")
			if marked {
				a.packet([]byte{answerEnd, 0, 0, 0, 0})
			} else {
				a.end()
			}
			rows, err := readAnswer(t, a.Bytes(), ofInteger, ofText)
			if err != nil || len(rows) != 3 || rows[0] != "7,"+text || rows[1] != "(null),(null)" || rows[2] != "-12," {
				t.Errorf("a text of %d bytes, marked %v: %d rows, %v", long, marked, len(rows), err)
			}
		}
	}
}

// TestBrokenResult: what is no answer to the statement is an error, never a row.
func TestBrokenResult(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(*answer){
		"nothing":              func(*answer) {},
		"no result":            func(a *answer) { a.packet([]byte{answerOK, 0, 0, 2, 0, 0, 0}) },
		"a wish for a file":    func(a *answer) { a.packet([]byte("\xfb/etc/passwd")) },
		"more columns":         func(a *answer) { a.head(2, false); a.end() },
		"an error":             func(a *answer) { a.head(1, false); a.packet([]byte("\xff\x51\x04#HY000no")) },
		"half an error":        func(a *answer) { a.packet([]byte{answerError, 1}) },
		"no end":               func(a *answer) { a.head(1, false); a.row("1") },
		"half a row":           func(a *answer) { a.head(1, false); a.packet([]byte("\x05ab")); a.end() },
		"a short row":          func(a *answer) { a.head(1, false); a.packet([]byte{answerEnd, 1}) },
		"an empty packet":      func(a *answer) { a.head(1, false); a.packet(nil) },
		"another result":       func(a *answer) { a.head(1, false); a.packet([]byte{answerEnd, 0, 0, 8, 0, 0, 0}) },
		"more than the answer": func(a *answer) { a.head(1, false); a.end(); a.row("1") },
		"a packet left out":    func(a *answer) { a.head(1, false); a.sequence++; a.end() },
	} {
		var a answer
		write(&a)
		if rows, err := readAnswer(t, a.Bytes(), ofInteger); err == nil {
			t.Errorf("%s: %q without an error", name, rows)
		}
	}
}

// TestRowsAllocateNothing: what is allocated is for a batch, not for a row or a value.
func TestRowsAllocateNothing(t *testing.T) {
	const rows = 20_000
	var a answer
	a.head(7, false)
	for i := range rows {
		a.row(fmt.Sprint(i), fmt.Sprint(1_000_000_000_000+i), "12345.67", "2024-02-29", "2024-02-29 12:34:56.5", "some text", "0.25")
	}
	a.end()
	source := &Source{of: &catalog.Source{}, allocator: memory.DefaultAllocator}
	var columns []plan.Column
	for i, of := range []pgtype.Type{
		ofInteger, pgtype.Of(pgtype.Int8), {OID: pgtype.Numeric, Mod: pgtype.NumericMod(12, 2)}, pgtype.Of(pgtype.Date),
		pgtype.Of(pgtype.Timestamp), ofText, pgtype.Of(pgtype.Float8),
	} {
		columns = append(columns, plan.Column{ID: plan.ColumnID(i + 1), Name: "c", Type: of})
	}
	read := func() {
		d, err := source.decoding(columns)
		if err != nil {
			t.Fatal(err)
		}
		defer d.release()
		d.emit = func(b arrow.RecordBatch) error { b.Release(); return nil }
		conn := &served{rest: bytes.NewReader(a.Bytes())}
		if err := d.read(t.Context(), &session{wire: &wire{conn: conn, reader: bufio.NewReaderSize(conn, wireBuffer)}}, "SELECT"); err != nil {
			t.Fatal(err)
		}
	}
	if got := testing.AllocsPerRun(3, read); got > rows/10 {
		t.Errorf("%.0f allocations for %d rows of %d columns", got, rows, len(columns))
	}
}

// FuzzResult: nothing a server sends ends the process.
func FuzzResult(f *testing.F) {
	for _, marked := range []bool{false, true} {
		var a answer
		a.head(3, marked)
		a.row("1", "2024-01-02 03:04:05", "a")
		a.row("NULL", "0000-00-00", "ä")
		a.end()
		f.Add(a.Bytes())
	}
	f.Fuzz(func(t *testing.T, sent []byte) {
		_, _ = readAnswer(t, sent, ofInteger, pgtype.Of(pgtype.Timestamp), ofText)
	})
}
