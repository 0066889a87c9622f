package executor

import (
	"encoding/binary"
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/plan"
)

// keyGroups are the groups of a leaf's rows that differ in nothing but their key, numbered
// from 1. No two rows have the same key.
type keyGroups struct {
	column  int      // of the keys
	first   int64    // key
	numbers []uint16 // of the groups of the keys from first on; 0: there is no such key
	keys    int
	rows    []place // one of each group
}

// place is a row of one of the batches of a leaf.
type place struct{ batch, row int }

// Bounds of what a source is told of groups.
const (
	// mostGroups fit a smallint, the narrowest type of a key.
	mostGroups = 1<<15 - 1
	// mostGroupBytes is how long the numbers may be in all: twice that in a statement.
	mostGroupBytes = 1 << 20
	// numbersPerKey is how many there may be for a key: wide gaps are not told. fewNumbers may be there anyhow.
	numbersPerKey, fewNumbers = 32, 4096
	// keysPerGroup is how many keys there must be for a group.
	keysPerGroup = 4
)

// groupKeys groups the rows of a leaf that has been read; false where a key stands twice, where
// the groups are too many, or the keys too far from each other. Rows without a key are left out.
func groupKeys(g *gathered, by plan.ColumnID) (*keyGroups, bool) {
	k := &keyGroups{column: slices.IndexFunc(g.columns, func(c plan.Column) bool { return c.ID == by })}
	if k.column < 0 || !k.span(g.batches) {
		return nil, false
	}
	most, numbers := min(mostGroups, k.keys/keysPerGroup), map[string]uint16{}
	var text []byte
	for b, batch := range g.batches {
		keys := wholes(batch.Column(k.column))
		for row := range int(batch.NumRows()) {
			if batch.Column(k.column).IsNull(row) {
				continue
			}
			at, ok := &k.numbers[keys(row)-k.first], false
			if *at > 0 {
				return nil, false
			}
			if text, ok = appendOthers(text[:0], batch, k.column, row); !ok {
				return nil, false
			}
			n := numbers[string(text)]
			if n == 0 {
				if len(k.rows) == most {
					return nil, false
				}
				k.rows = append(k.rows, place{b, row})
				n = uint16(len(k.rows))
				numbers[string(text)] = n
			}
			*at = n
		}
	}
	return k, len(k.numbers)*k.width() <= mostGroupBytes
}

// span finds how many keys there are, and makes room for their numbers.
func (k *keyGroups) span(batches []arrow.RecordBatch) bool {
	last := int64(0)
	for _, b := range batches {
		column := b.Column(k.column)
		keys := wholes(column)
		if keys == nil {
			return false
		}
		for row := range column.Len() {
			if column.IsNull(row) {
				continue
			}
			if key := keys(row); k.keys == 0 {
				k.first, last = key, key
			} else {
				k.first, last = min(k.first, key), max(last, key)
			}
			k.keys++
		}
	}
	numbers := uint64(last-k.first) + 1 // of the least and the greatest bigint 0
	if k.keys == 0 || numbers == 0 || numbers > uint64(min(k.keys*numbersPerKey+fewNumbers, mostGroupBytes)) {
		return false
	}
	k.numbers = make([]uint16, numbers)
	return true
}

// wholes reads a column of whole numbers; nil of any other.
func wholes(a arrow.Array) func(row int) int64 {
	switch a := a.(type) {
	case *array.Int16:
		return func(row int) int64 { return int64(a.Value(row)) }
	case *array.Int32:
		return func(row int) int64 { return int64(a.Value(row)) }
	case *array.Int64:
		return a.Value
	}
	return nil
}

// appendOthers appends what tells a row from others but for its key: the bytes of each value.
// Those of equal values may differ; then they are in two groups. ok is false of types whose
// values have none.
func appendOthers(b []byte, batch arrow.RecordBatch, key, row int) (_ []byte, ok bool) {
	for c, column := range batch.Columns() {
		if c == key {
			continue
		}
		if column.IsNull(row) {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		switch a := column.(type) {
		case *array.String:
			b = append(binary.AppendUvarint(b, uint64(a.ValueLen(row))), a.Value(row)...)
		case *array.Binary:
			b = append(binary.AppendUvarint(b, uint64(a.ValueLen(row))), a.Value(row)...)
		case *array.Boolean:
			if a.Value(row) {
				b[len(b)-1] = 2
			}
		default:
			of, fixed := column.DataType().(arrow.FixedWidthDataType)
			if !fixed || of.BitWidth()%8 > 0 || len(column.Data().Buffers()) != 2 {
				return nil, false
			}
			width := of.BitWidth() / 8
			at := (column.Data().Offset() + row) * width
			b = append(b, column.Data().Buffers()[1].Bytes()[at:at+width]...)
		}
	}
	return b, true
}

// width is how many bytes tell the number of a group.
func (k *keyGroups) width() int {
	if len(k.rows) < 1<<8 {
		return 1
	}
	return 2
}

// bytes are the numbers one after the other, the high byte first.
func (k *keyGroups) bytes() []byte {
	all := make([]byte, 0, len(k.numbers)*k.width())
	for _, n := range k.numbers {
		if k.width() == 2 {
			all = append(all, byte(n>>8))
		}
		all = append(all, byte(n))
	}
	return all
}

// keepGroups leaves of a leaf's rows one for each group, with its number for a key.
func (g *gathered) keepGroups(k *keyGroups) error {
	columns := make([]arrow.Array, len(g.columns))
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	var err error
	for c := range columns {
		parts := make([]arrow.Array, len(k.rows))
		for i, at := range k.rows {
			parts[i] = array.NewSlice(g.batches[at.batch].Column(c), int64(at.row), int64(at.row+1))
			defer parts[i].Release()
		}
		if c == k.column {
			columns[c] = numbered(parts[0].DataType(), len(parts))
		} else if columns[c], err = array.Concatenate(parts, duckdb.Allocator()); err != nil {
			return err
		}
	}
	kept := array.NewRecordBatch(g.batches[0].Schema(), columns, int64(len(k.rows)))
	for _, b := range g.batches {
		b.Release()
	}
	g.batches = []arrow.RecordBatch{kept}
	return nil
}

// numbered gives 1, 2, … of a type of whole numbers.
func numbered(of arrow.DataType, count int) arrow.Array {
	b := array.NewBuilder(duckdb.Allocator(), of)
	defer b.Release()
	for i := range count {
		switch b := b.(type) {
		case *array.Int16Builder:
			b.Append(int16(i + 1))
		case *array.Int32Builder:
			b.Append(int32(i + 1))
		case *array.Int64Builder:
			b.Append(int64(i + 1))
		}
	}
	return b.NewArray()
}
