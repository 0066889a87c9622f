package pgcatalog

import (
	"fmt"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// writer collects the rows of one system table. What a row does not set is NULL, or the
// zero of its type where the column allows no NULL.
type writer struct {
	relation *relation
	builders []array.Builder
	rows     int
}

func newWriter(r *relation) *writer {
	w := &writer{relation: r}
	for _, c := range r.table.Columns {
		w.builders = append(w.builders, array.NewBuilder(memory.DefaultAllocator, pgtype.Arrow(c.Type)))
	}
	return w
}

// columns names the columns that calls of the result set, in that order; the others keep
// their defaults.
func (w *writer) columns(names ...string) func(values ...any) {
	source := make([]int, len(w.builders))
	for i := range source {
		source[i] = -1
	}
	for i, name := range names {
		source[position(w.relation.columns, name)] = i
	}
	return func(values ...any) {
		for i, b := range w.declared() {
			switch at := source[i]; {
			case at >= 0 && values[at] != nil:
				put(b, values[at])
			case at < 0 && w.relation.columns[i].notNull:
				b.AppendEmptyValue()
			default:
				b.AppendNull()
			}
		}
		w.end()
	}
}

// declared are the builders of the columns a relation declares.
func (w *writer) declared() []array.Builder { return w.builders[:len(w.relation.columns)] }

// end ends a row with its tableoid.
func (w *writer) end() {
	put(w.builders[len(w.builders)-1], w.relation.oid)
	w.rows++
}

// put appends a value of Go's type for the builder's.
func put(b array.Builder, value any) {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(value.(string))
	case *array.BooleanBuilder:
		b.Append(value.(bool))
	case *array.Uint32Builder:
		b.Append(value.(uint32))
	case *array.Int16Builder:
		b.Append(int16(whole(value)))
	case *array.Int32Builder:
		b.Append(int32(whole(value)))
	case *array.Int64Builder:
		b.Append(whole(value))
	case *array.Float32Builder:
		b.Append(float32(value.(float64)))
	case *array.Float64Builder:
		b.Append(value.(float64))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(value.(time.Time).UnixMicro()))
	case *array.MonthDayNanoIntervalBuilder:
		b.Append(arrow.MonthDayNanoInterval{Nanoseconds: value.(time.Duration).Nanoseconds()})
	case *array.ListBuilder:
		putList(b, value)
	default:
		panic(fmt.Sprintf("pgcatalog: unhandled builder %T", b))
	}
}

func whole(value any) int64 {
	switch v := value.(type) {
	case int:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case uint32:
		return int64(v)
	}
	return value.(int64)
}

func putList(b *array.ListBuilder, value any) {
	b.Append(true)
	switch list := value.(type) {
	case []string:
		for _, v := range list {
			b.ValueBuilder().(*array.StringBuilder).Append(v)
		}
	case []int:
		for _, v := range list {
			b.ValueBuilder().(*array.Int16Builder).Append(int16(v))
		}
	case []uint32:
		for _, v := range list {
			b.ValueBuilder().(*array.Uint32Builder).Append(v)
		}
	default:
		panic(fmt.Sprintf("pgcatalog: unhandled list %T", value))
	}
}

// line appends a dumped row, whose cells are in the order of the dumped release.
func (w *writer) line(cells []cell) {
	at := w.relation.dumped
	for i, b := range w.declared() {
		switch {
		case at[i] < 0 && w.relation.columns[i].notNull:
			b.AppendEmptyValue()
		case at[i] < 0 || cells[at[i]].null:
			b.AppendNull()
		default:
			putText(b, w.relation.table.Columns[i].Type.OID, cells[at[i]].text)
		}
	}
	w.end()
}

// putText appends a value in its text form.
func putText(b array.Builder, of pgtype.OID, text string) {
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(text)
	case *array.BooleanBuilder:
		b.Append(text == "t")
	case *array.Float32Builder:
		f, _ := strconv.ParseFloat(text, 32)
		b.Append(float32(f))
	case *array.ListBuilder:
		putArray(b, of, text)
	default:
		n, _ := strconv.ParseInt(text, 10, 64)
		if _, unsigned := b.(*array.Uint32Builder); unsigned {
			put(b, uint32(n))
			return
		}
		put(b, n)
	}
}

func putArray(b *array.ListBuilder, of pgtype.OID, text string) {
	elem, _ := pgtype.ElementOf(of)
	list, err := pgtype.ParseArray(elem, text)
	if err != nil {
		panic("pgcatalog: " + err.Error()) // dumped by PostgreSQL
	}
	b.Append(true)
	for _, e := range list.Elements {
		if e.Null {
			b.ValueBuilder().AppendNull()
			continue
		}
		putText(b.ValueBuilder(), elem, e.Text)
	}
}

// batch gives the rows. The caller releases it.
func (w *writer) batch() arrow.RecordBatch {
	fields := make([]arrow.Field, len(w.builders))
	arrays := make([]arrow.Array, len(w.builders))
	for i, b := range w.builders {
		arrays[i] = b.NewArray()
		defer arrays[i].Release()
		fields[i] = arrow.Field{Name: w.relation.table.Columns[i].Name, Type: arrays[i].DataType(), Nullable: true}
		b.Release()
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(w.rows))
}
