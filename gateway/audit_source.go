package gateway

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/batches"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// auditSource gives the records of the audit log that one principal may read. It gives
// rows as they are; everything else is done above it.
type auditSource struct {
	log *audit.Log
	may auth.Audited
}

var _ connectors.Source = auditSource{}

// Text names the table, and how much of it is read.
func (a auditSource) Text(r *plan.Remote) (string, error) {
	asked, err := askedOf(r)
	return asked.text(), err
}

// Read gives the rows of the log as it is now.
func (a auditSource) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	asked, err := askedOf(r)
	if err != nil {
		return nil, err
	}
	rows := &auditRows{ctx: ctx, may: a.may, asked: asked}
	rows.Finish = func() { rows.stop() }
	for i, c := range r.Columns() {
		rows.columns = append(rows.columns, asked.columns[i])
		rows.fields = append(rows.fields, arrow.Field{Name: "c" + itoa(int64(c.ID)), Type: pgtype.Arrow(c.Type), Nullable: true})
	}
	read := a.log.Rows
	if asked.backwards {
		read = a.log.Backwards
	}
	rows.next, rows.stop = iter.Pull2(read(asked.within))
	return rows, nil
}

// Describe tells nothing that the catalog does not.
func (a auditSource) Describe(context.Context, []*catalog.Table) ([]connectors.Description, error) {
	return nil, nil
}

// Close frees nothing: the log outlives its readers.
func (a auditSource) Close() error { return nil }

// auditBatch is how many rows are made at a time.
const auditBatch = 1024

// auditRows reads records into batches.
type auditRows struct {
	batches.Reader
	ctx     context.Context
	may     auth.Audited
	asked   auditAsked
	given   int64 // rows that fit, those skipped too
	fields  []arrow.Field
	columns []int // of auditColumns
	next    func() (audit.Row, error, bool)
	stop    func()
	err     error
}

var _ array.RecordReader = (*auditRows)(nil)

// Schema gives the columns asked for.
func (r *auditRows) Schema() *arrow.Schema { return arrow.NewSchema(r.fields, nil) }

// Next goes to the next batch.
func (r *auditRows) Next() bool {
	r.Stand(nil)
	builders := make([]array.Builder, len(r.fields))
	for i, f := range r.fields {
		builders[i] = array.NewBuilder(memory.DefaultAllocator, f.Type)
	}
	n := r.fill(builders)
	arrays := make([]arrow.Array, len(builders))
	for i, b := range builders {
		arrays[i] = b.NewArray()
		b.Release()
		defer arrays[i].Release()
	}
	if n == 0 || r.err != nil {
		return false
	}
	return r.Stand(array.NewRecordBatch(r.Schema(), arrays, n))
}

// fill appends up to a batch of rows that may be read and gives their number.
func (r *auditRows) fill(builders []array.Builder) (n int64) {
	for n < auditBatch && !r.asked.enough(r.given) {
		if r.err = r.ctx.Err(); r.err != nil {
			return n
		}
		row, err, more := r.next()
		switch {
		case !more:
			return n
		case err != nil:
			r.err = sqlstate.New(sqlstate.IOError, "the audit log cannot be read").OwnedBy(sqlstate.OwnerGateway)
			return n
		}
		row, visible := shown(row, r.may)
		if !visible || !r.asked.fits(row) {
			continue
		}
		if r.given++; r.given <= r.asked.skip {
			continue
		}
		for i, c := range r.columns {
			put(builders[i], auditColumns[c].from(row))
		}
		n++
	}
	return n
}

// put appends a value, of the Go type that goes with the builder; nil is NULL.
func put(b array.Builder, value any) {
	if value == nil {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.StringBuilder:
		b.Append(value.(string))
	case *array.Int64Builder:
		b.Append(value.(int64))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(value.(time.Time).UnixMicro()))
	case *array.ListBuilder:
		b.Append(true)
		for _, text := range value.([]string) {
			b.ValueBuilder().(*array.StringBuilder).Append(text)
		}
	default:
		panic(fmt.Sprintf("gateway: unhandled builder %T", b))
	}
}

// Err tells why Next said no.
func (r *auditRows) Err() error { return r.err }
