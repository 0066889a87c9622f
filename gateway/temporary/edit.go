package temporary

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Edit takes rows of a table away, or stores other values in columns of theirs.
type Edit struct {
	table   *Table
	columns []int // that are stored; nil: the rows go
	place   Placement
	stored  []planner.ColumnDefinition
	// Returns is set where the rows are wanted that it took away, or as it left them.
	Returns bool
	// Generate computes the generated columns of rows that were changed; nil where there are none.
	Generate func(*spool.Spool) (*spool.Spool, error)
}

// Delete takes rows away.
func (t *Table) Delete() Edit { return Edit{table: t} }

// Update stores values in the columns that SET names.
func (t *Table) Update(named []planner.Target) (Edit, error) {
	e := Edit{table: t, place: Placement{Relation: t.Name()}}
	for at, target := range named {
		i, err := t.column(target)
		if err != nil {
			return e, err
		}
		if slices.Contains(e.columns, i) {
			return e, sqlstate.New(sqlstate.SyntaxError, "multiple assignments to same column %q", target.Name)
		}
		e.columns = append(e.columns, i)
		e.place.Columns = append(e.place.Columns, t.Columns()[i])
		e.stored = append(e.stored, t.Definitions()[i])
		e.place.from = append(e.place.from, at+1) // after the number of the row
	}
	return e, nil
}

// Columns are those that values are stored in.
func (e Edit) Columns() []planner.ColumnDefinition { return e.stored }

// Apply makes the edit and tells how many rows it met, and which, where they are wanted. next gives batches of row numbers,
// in order and each once, with the values beside them; nil at the end. The batches are
// valid until the next call. may is asked whether the table may be as it is then; with nil
// nothing is looked at, NOT NULL and keys neither.
func (s *Space) Apply(e Edit, next func() (arrow.RecordBatch, error), may func(*Table) error) (int64, *spool.Spool, error) {
	m := &editing{Edit: e, kept: s.Spool(), next: next, free: may == nil}
	if e.Returns {
		m.returned = s.Spool()
	}
	defer m.release()
	for _, contents := range e.table.contents {
		for i := range contents.Len() {
			if err := m.batch(contents, i); err != nil {
				return 0, nil, err
			}
		}
	}
	if m.met == 0 {
		return 0, m.returned, nil
	}
	if err := m.generate(); err != nil {
		return 0, nil, err
	}
	made := e.table.With(m.kept)
	if e.columns != nil && !m.free {
		if _, err := s.Admit(e.table.With(), m.kept, nil); err != nil {
			return 0, nil, err
		}
		if err := may(made); err != nil {
			return 0, nil, err
		}
	}
	s.Put(made)
	return m.met, m.returned, nil
}

// generate computes the generated columns anew.
func (m *editing) generate() (err error) {
	if m.Generate == nil || m.columns == nil {
		return nil
	}
	if m.kept, err = m.Generate(m.kept); err == nil && m.returned != nil {
		m.returned, err = m.Generate(m.returned)
	}
	return err
}

// editing is an Edit underway: the old rows and the numbers of those that are meant are
// read side by side.
type editing struct {
	Edit
	kept  *spool.Spool
	next  func() (arrow.RecordBatch, error)
	free  bool  // of NOT NULL
	first int64 // number of the first row of the batch in hand

	numbers *array.Int64  // in hand, from at on; nil before the first and after the last
	values  []arrow.Array // as the table stores them, beside numbers
	at      int
	ended   bool
	met     int64

	places   []int        // of the rows that were met in the batch
	returned *spool.Spool // nil where they are not wanted
}

// run is a stretch of rows that come from one place: the old batch where values is nil.
type run struct {
	values   []arrow.Array
	from, to int
}

// isAll tells whether a run is an old batch as it was.
func (r run) isAll(old arrow.RecordBatch) bool {
	return r.values == nil && r.from == 0 && r.to == int(old.NumRows())
}

// batch edits one batch of the old rows.
func (m *editing) batch(contents *spool.Spool, i int) error {
	old, err := contents.Batch(i)
	if err != nil {
		return err
	}
	defer old.Release()
	runs, err := m.runs(int(old.NumRows()))
	defer release(runs)
	if err != nil {
		return err
	}
	m.first += old.NumRows()
	if len(runs) == 1 && runs[0].isAll(old) {
		return m.kept.Append(old)
	}
	edited, err := m.edited(old, runs)
	if err != nil {
		return err
	}
	if edited != nil {
		defer edited.Release()
		if err := m.kept.Append(edited); err != nil {
			return err
		}
	}
	if m.returned == nil {
		return nil
	}
	if m.columns == nil {
		edited = old
	}
	return m.give(edited)
}

// give returns the rows that were met: those taken away, or as they are now.
func (m *editing) give(b arrow.RecordBatch) error {
	rows, err := pick(b, m.places)
	if err != nil {
		return err
	}
	defer rows.Release()
	return m.returned.Append(rows)
}

// runs tells where each row that a batch of so many rows leaves comes from.
func (m *editing) runs(rows int) ([]run, error) {
	var all []run
	done := 0
	m.places = nil
	for {
		if err := m.fetch(); err != nil {
			return all, err
		}
		row := rows
		if !m.ended {
			row = min(rows, int(m.numbers.Value(m.at)-m.first))
		}
		if row > done {
			all = append(all, run{from: done, to: row})
		}
		if row == rows {
			return all, nil
		}
		if m.values != nil {
			all = m.take(all)
		}
		done = row + 1
		m.places = append(m.places, row)
		m.at++
		m.met++
	}
}

// take adds the values in hand, to the last run where they follow it.
func (m *editing) take(all []run) []run {
	if n := len(all); n > 0 && all[n-1].values != nil && all[n-1].values[0] == m.values[0] && all[n-1].to == m.at {
		all[n-1].to++
		return all
	}
	for _, v := range m.values {
		v.Retain()
	}
	return append(all, run{values: m.values, from: m.at, to: m.at + 1})
}

func release(runs []run) {
	for _, r := range runs {
		for _, v := range r.values {
			v.Release()
		}
	}
}

// fetch makes sure that numbers are in hand, until there are no more.
func (m *editing) fetch() error {
	for !m.ended && (m.numbers == nil || m.at == m.numbers.Len()) {
		m.release()
		b, err := m.next()
		if err != nil {
			return err
		}
		if m.at = 0; b == nil {
			m.ended = true
			return nil
		}
		m.numbers = b.Column(0).(*array.Int64)
		m.numbers.Retain()
		for i := range m.columns {
			v, err := m.place.column(i, b)
			if err != nil {
				return err
			}
			m.values = append(m.values, v)
			if m.free {
				continue
			}
			if err := m.place.notNull(i, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *editing) release() {
	if m.numbers != nil {
		m.numbers.Release()
		m.numbers = nil
	}
	for _, v := range m.values {
		v.Release()
	}
	m.values = nil
}

// edited gives the rows that are left of a batch; nil for none.
func (m *editing) edited(old arrow.RecordBatch, runs []run) (arrow.RecordBatch, error) {
	rows := 0
	for _, r := range runs {
		rows += r.to - r.from
	}
	if rows == 0 {
		return nil, nil
	}
	columns := make([]arrow.Array, old.NumCols())
	defer func() {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}()
	for i := range columns {
		var err error
		if columns[i], err = m.joined(old.Column(i), slices.Index(m.columns, i), runs); err != nil {
			return nil, err
		}
	}
	fields := slices.Clone(old.Schema().Fields())
	for i, c := range columns {
		fields[i].Type = c.DataType() // of ALTER COLUMN TYPE
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, int64(rows)), nil
}

// joined gives a column of the rows that are left; stored says which of the values are
// stored in it, -1 for none.
func (m *editing) joined(old arrow.Array, stored int, runs []run) (arrow.Array, error) {
	if stored < 0 && m.columns != nil {
		old.Retain()
		return old, nil // rows keep their places
	}
	pieces := make([]arrow.Array, len(runs))
	for i, r := range runs {
		from := old
		if r.values != nil {
			from = r.values[stored]
		}
		pieces[i] = array.NewSlice(from, int64(r.from), int64(r.to))
		defer pieces[i].Release()
	}
	return array.Concatenate(pieces, memory.DefaultAllocator)
}
