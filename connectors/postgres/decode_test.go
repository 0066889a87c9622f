package postgres

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// fuzzed are the types whose decoders differ.
var fuzzed = []string{
	"boolean", "smallint", "integer", "bigint", "oid", "real", "double precision", "numeric", "numeric(15,2)", "numeric(38,10)", "text", "character(5)",
	`"char"`, "bytea", "date", "time", "timestamp", "interval", "uuid", "jsonb", "integer[]", "text[]", "numeric(5,1)[]",
}

// FuzzDecode feeds rows of one column of each type: whatever a source sends, decoding
// gives batches or an error, and gives its memory back.
func FuzzDecode(f *testing.F) {
	header := string(signature) + "\x00\x00\x00\x00\x00\x00\x00\x00"
	f.Add(0, []byte(header+"\x00\x01\x00\x00\x00\x01\x01\xff\xff"))
	f.Add(7, []byte(header+"\x00\x01\x00\x00\x00\x0c\x00\x02\x00\x00\x40\x00\x00\x02\x00\x01\x13\x88\xff\xff"))
	f.Add(20, []byte(header+"\x00\x01\x00\x00\x00\x1c\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x17\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x04\x00\x00\x00\x07"))
	f.Add(13, []byte(header+"\x00\x01\xff\xff\xff\xff\x00\x01\x00\x00\x00\x02ab"))
	f.Fuzz(func(t *testing.T, which int, stream []byte) {
		of, err := pgtype.ParseTypeName(fuzzed[uint(which)%uint(len(fuzzed))])
		if err != nil {
			t.Fatal(err)
		}
		mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
		defer mem.AssertSize(t, 0)
		wire := of
		wire.Mod = -1
		c, ok := newColumn(mem, of, wire, true)
		if !ok {
			t.Fatalf("no decoder for %v", of)
		}
		d := &decoding{columns: []*column{c}, schema: arrow.NewSchema([]arrow.Field{{Name: "v", Type: pgtype.Arrow(of), Nullable: true}}, nil)}
		d.emit = func(b arrow.RecordBatch) error { b.Release(); return nil }
		defer d.release()
		if _, err := d.Write(stream); err == nil {
			_ = d.flush()
		}
	})
}
