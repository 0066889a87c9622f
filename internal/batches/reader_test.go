package batches

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// TestOwners: batches are released as the reader goes on, the last with its last owner, which
// ends it once.
func TestOwners(t *testing.T) {
	t.Parallel()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	made := func() arrow.RecordBatch {
		b := array.NewInt64Builder(mem)
		defer b.Release()
		b.Append(1)
		column := b.NewArray()
		defer column.Release()
		return array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil), []arrow.Array{column}, 1)
	}
	ended := 0
	r := &Reader{Finish: func() { ended++ }}
	if !r.Stand(made()) || !r.Stand(made()) || r.RecordBatch().NumRows() != 1 || r.Record() != r.RecordBatch() {
		t.Error("it stands on no batch")
	}
	r.Retain()
	r.Release()
	if ended != 0 || r.RecordBatch() == nil {
		t.Error("ended though it is held")
	}
	r.Release()
	if ended != 1 || r.RecordBatch() != nil {
		t.Errorf("ended %d times", ended)
	}
	r.Release()
	if ended != 1 {
		t.Error("ended again")
	}
	if (&Reader{}).Stand(nil) {
		t.Error("nothing is a batch")
	}
}
