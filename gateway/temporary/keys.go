package temporary

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// keyRows are the values of a key, by row. Versions of a table that only grew share them: a
// row counts for a version that has so many rows, and those of a version that was given up
// are written over.
type keyRows struct {
	byRow []string // "" where a part is NULL
	row   map[string]int
}

// mostKeyed is how many rows a table with a key may have: the values of keys lie in memory.
const mostKeyed = 1_000_000

func tooManyKeyed() error {
	return sqlstate.Unsupported("a temporary table with a key and more than %d rows", mostKeyed)
}

// canKey refuses keys over types whose equal values do not stand alike.
func (t *Table) canKey(k catalog.Key) error {
	for _, i := range k.Columns {
		switch c := t.of.Columns[i]; c.Type.OID {
		case pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Oid, pgtype.Float4, pgtype.Float8, pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name,
			pgtype.Bytea, pgtype.Date, pgtype.Time, pgtype.Timestamp, pgtype.Timestamptz, pgtype.UUID:
		default:
			if _, _, decimal := pgtype.IsDecimal128(c.Type); !decimal || c.Type.OID != pgtype.Numeric {
				return sqlstate.Unsupported("a key of a temporary table over %s", pgtype.FormatType(c.Type))
			}
		}
	}
	return nil
}

// AddKey makes columns a unique key, which the rows there are must keep.
func (s *Space) AddKey(t *Table, name string, columns []string) error {
	k := catalog.Key{Name: name, Index: true}
	for _, column := range columns {
		i, err := t.column(planner.Target{Name: column})
		if err != nil {
			return err
		}
		k.Columns = append(k.Columns, i)
	}
	if slices.ContainsFunc(t.of.Keys, func(other catalog.Key) bool { return other.Name == name }) {
		return sqlstate.New(sqlstate.DuplicateTable, "relation %q already exists", name)
	}
	if err := t.canKey(k); err != nil {
		return err
	}
	made := t.altered(func(all []*catalog.Column) []*catalog.Column { return all })
	made.of.Keys = append(slices.Clone(t.of.Keys), k)
	made = made.With(t.contents...)
	if err := made.know(); err != nil {
		return notUnique(err, name)
	}
	s.Put(made)
	return nil
}

// Admit gives the rows that may be added to a table: all of them, or those whose values are
// not there yet in the keys of skip. They are released with the transaction's.
func (s *Space) Admit(t *Table, rows *spool.Spool, skip Arbiters) (*spool.Spool, error) {
	if len(t.of.Keys) == 0 {
		return rows, nil
	}
	if t.rows()+rows.Rows() > mostKeyed {
		return nil, tooManyKeyed()
	}
	if err := t.know(); err != nil {
		return nil, err
	}
	kept := rows
	if skip != nil {
		kept = s.Spool()
	}
	return kept, eachBatch([]*spool.Spool{rows}, func(b arrow.RecordBatch) error {
		taken, err := t.take(b, skip)
		if err != nil || skip == nil || len(taken) == 0 {
			return err
		}
		made, err := pick(b, taken)
		if err != nil {
			return err
		}
		defer made.Release()
		return kept.Append(made)
	})
}

// know reads the keys of the rows that the table has.
func (t *Table) know() error {
	if t.rows() > mostKeyed {
		return tooManyKeyed()
	}
	rows := int(t.rows())
	for _, k := range t.keys {
		if len(k.byRow) >= rows && k.row != nil {
			k.byRow = k.byRow[:rows]
			continue
		}
		for _, k := range t.keys {
			*k = keyRows{row: map[string]int{}}
		}
		return eachBatch(t.contents, func(b arrow.RecordBatch) error {
			_, err := t.take(b, nil)
			return err
		})
	}
	return nil
}

// take adds the rows of a batch to the keys and gives those that it took. A key that is
// there leaves its row out where it is one of skip, else it is an error.
func (t *Table) take(b arrow.RecordBatch, skip Arbiters) (taken []int, err error) {
	values := make([]string, len(t.keys))
	for row := range int(b.NumRows()) {
		broken, skipped := -1, false
		for i, k := range t.keys {
			values[i] = keyOf(b, t.of.Keys[i], row)
			if _, found := k.find(values[i]); found {
				skipped = skipped || slices.Contains(skip, i)
				if broken < 0 {
					broken = i
				}
			}
		}
		switch {
		case skipped:
			continue
		case broken >= 0:
			return nil, t.duplicate(t.of.Keys[broken], b, row)
		}
		for i, k := range t.keys {
			k.row[values[i]] = len(k.byRow)
			k.byRow = append(k.byRow, values[i])
		}
		taken = append(taken, row)
	}
	return taken, nil
}

// find gives the row that has the values of a key; none has where one of them is NULL.
func (k *keyRows) find(values string) (row int, found bool) {
	row, found = k.row[values]
	return row, found && values != "" && row < len(k.byRow) && k.byRow[row] == values
}

func (t *Table) duplicate(k catalog.Key, b arrow.RecordBatch, row int) error {
	names, values := make([]string, len(k.Columns)), make([]string, len(k.Columns))
	err := sqlstate.New(sqlstate.UniqueViolation, "duplicate key value violates unique constraint %q", k.Name)
	for i, c := range k.Columns {
		names[i], values[i] = t.of.Columns[c].Name, b.Column(c).ValueStr(row)
		switch t.of.Columns[c].Type.OID {
		case pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Text, pgtype.Varchar, pgtype.Name:
		default:
			return err // it prints otherwise
		}
	}
	return err.WithDetail("Key (%s)=(%s) already exists.", strings.Join(names, ", "), strings.Join(values, ", "))
}

// keyOf gives the values of a key in a row; "" where one is NULL.
func keyOf(b arrow.RecordBatch, k catalog.Key, row int) string {
	var key []byte
	for _, i := range k.Columns {
		values := b.Column(i)
		if values.IsNull(row) {
			return ""
		}
		part := partOf(values, row)
		key = append(binary.AppendUvarint(key, uint64(len(part))), part...)
	}
	return string(key)
}

// partOf gives one value so that equal ones are alike: zeros without sign, one NaN.
func partOf(values arrow.Array, row int) string {
	var f float64
	switch v := values.(type) {
	case *array.Float32:
		f = float64(v.Value(row))
	case *array.Float64:
		f = v.Value(row)
	case *array.Int64:
		return string(binary.BigEndian.AppendUint64(nil, uint64(v.Value(row))))
	case *array.Int32:
		return string(binary.BigEndian.AppendUint32(nil, uint32(v.Value(row))))
	case *array.Timestamp:
		return string(binary.BigEndian.AppendUint64(nil, uint64(v.Value(row))))
	case *array.Time64:
		return string(binary.BigEndian.AppendUint64(nil, uint64(v.Value(row))))
	case *array.Date32:
		return string(binary.BigEndian.AppendUint32(nil, uint32(v.Value(row))))
	default:
		return values.ValueStr(row)
	}
	switch {
	case f == 0:
		f = 0
	case math.IsNaN(f):
		f = math.NaN()
	}
	return fmt.Sprint(f)
}

// pick gives some rows of a batch.
func pick(b arrow.RecordBatch, rows []int) (arrow.RecordBatch, error) {
	columns := make([]arrow.Array, b.NumCols())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	for i := range columns {
		pieces := make([]arrow.Array, len(rows))
		for j, row := range rows {
			pieces[j] = array.NewSlice(b.Column(i), int64(row), int64(row)+1)
			defer pieces[j].Release()
		}
		var err error
		if columns[i], err = array.Concatenate(pieces, memory.DefaultAllocator); err != nil {
			return nil, err
		}
	}
	return array.NewRecordBatch(b.Schema(), columns, int64(len(rows))), nil
}

func eachBatch(contents []*spool.Spool, f func(arrow.RecordBatch) error) error {
	for _, c := range contents {
		for i := range c.Len() {
			b, err := c.Batch(i)
			if err != nil {
				return err
			}
			err = f(b)
			b.Release()
			if err != nil {
				return err
			}
		}
	}
	return nil
}
