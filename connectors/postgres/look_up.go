package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/plan"
)

const (
	// mostLookUps bounds the statements kept prepared in one connection.
	mostLookUps = 64
	// mostFound is how many rows a look-up may give. A declared key that is none gives
	// more: such a read goes the way of all others.
	mostFound = 512
)

// preparedLookUp is a statement that one connection keeps, so that the server parses
// and plans it once. A COPY, faster for many rows, is planned each time.
type preparedLookUp struct {
	name string
	wire []pgtype.Type // nil: the statement goes the common way
}

// nameOf: behind a pooler another connection's statements may be there too, so a name
// must never stand for two texts.
func nameOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sluice_" + hex.EncodeToString(sum[:16])
}

// lookUps is where a connection keeps its statements (pgconn.PgConn.CustomData).
const lookUps = "sluice look-ups"

// lookUp reads rows by key. read is false where the plan is no look-up, or the statement
// must go the common way; the connection may then be closed.
func (s *Source) lookUp(ctx context.Context, connection *pgxpool.Conn, r *plan.Remote) (rows array.RecordReader, read bool, err error) {
	values, ok := keyValues(r.Root)
	if most := s.of.Limits.MaxRows; !ok || most > 0 && most < mostFound {
		return nil, false, nil
	}
	scans := &scanning{source: s}
	text, err := sqlwriter.Postgres(r.Root, sqlwriter.Options{Scan: scans.name, Parameter: func(l *plan.Literal) (string, bool) {
		i := slices.Index(values, l)
		return "$" + strconv.Itoa(i+1), i >= 0
	}})
	if err != nil {
		return nil, false, nil
	}
	c := connection.Conn().PgConn()
	if err := s.check(ctx, c, scans.scans); err != nil {
		return nil, false, err
	}
	p, ok := s.preparedLookUp(ctx, c, text, r.Columns())
	if !ok {
		return nil, false, nil
	}
	return s.found(ctx, connection, p, values, r.Columns())
}

// preparedLookUp gives the connection's statement for a text. Where the server does not
// take it, or fields need casts, the common way knows what to do or say.
func (s *Source) preparedLookUp(ctx context.Context, c *pgconn.PgConn, text string, columns []plan.Column) (preparedLookUp, bool) {
	kept, _ := c.CustomData()[lookUps].(map[string]preparedLookUp)
	if p, ok := kept[text]; ok {
		return p, p.wire != nil
	}
	if kept == nil || len(kept) >= mostLookUps {
		if !forget(ctx, c) {
			return preparedLookUp{}, false
		}
		kept = map[string]preparedLookUp{}
		c.CustomData()[lookUps] = kept
	}
	p := preparedLookUp{name: nameOf(text)}
	described, err := c.Prepare(ctx, p.name, text, nil)
	if err == nil {
		p.wire = wireOf(described, columns)
	}
	kept[text] = p
	return p, p.wire != nil
}

// wireOf gives the types of a statement's fields, nil where one needs a cast.
func wireOf(described *pgconn.StatementDescription, columns []plan.Column) []pgtype.Type {
	if len(described.Fields) != len(columns) {
		return nil
	}
	wire := make([]pgtype.Type, len(columns))
	for i, f := range described.Fields {
		wire[i] = pgtype.Type{OID: pgtype.OID(f.DataTypeOID), Mod: f.TypeModifier}
		if !decodable(columns[i].Type, wire[i]) {
			return nil
		}
	}
	return wire
}

// forget drops what a connection has prepared.
func forget(ctx context.Context, c *pgconn.PgConn) bool {
	if c.CustomData()[lookUps] == nil {
		return true
	}
	delete(c.CustomData(), lookUps)
	return c.Exec(ctx, "DEALLOCATE ALL").Close() == nil
}

// found runs a prepared look-up and decodes what comes.
func (s *Source) found(ctx context.Context, connection *pgxpool.Conn, p preparedLookUp, values []*plan.Literal, columns []plan.Column) (array.RecordReader, bool, error) {
	d, err := s.decoding(connection, columns, p.wire)
	if err != nil {
		return nil, false, err
	}
	defer d.release()
	var batches []arrow.RecordBatch
	d.emit = func(b arrow.RecordBatch) error { batches = append(batches, b); return nil }
	defer func() {
		for _, b := range batches {
			b.Release()
		}
	}()
	running, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(s.ending, stop)()
	parameters := make([][]byte, len(values))
	for i, v := range values {
		parameters[i] = []byte(v.Text)
	}
	c := connection.Conn().PgConn()
	result := c.ExecPrepared(running, p.name, parameters, nil, []int16{pgtypeBinary})
	many, err := decodeFound(d, result)
	if many {
		_ = c.Close(ctx)
		return nil, false, nil
	}
	if _, failed := result.Close(); failed != nil {
		if c.IsClosed() || running.Err() != nil {
			return nil, false, s.failure(ctx, failed)
		}
		forget(ctx, c)
		return nil, false, nil // the common way tells what is wrong; a changed table it reads
	}
	if err == nil {
		err = d.flush()
	}
	if err != nil {
		return nil, false, s.failure(ctx, err)
	}
	rows, err := array.NewRecordReader(d.schema, batches)
	if err != nil {
		return nil, false, err
	}
	return connectors.Loaded{RecordReader: rows}, true, nil
}

// pgtypeBinary asks for values in binary form (PostgreSQL protocol, Bind).
const pgtypeBinary = 1

// decodeFound appends the rows of a result; many tells that they are too many for a look-up.
func decodeFound(d *decoding, result *pgconn.ResultReader) (many bool, err error) {
	d.begin(16)
	for result.NextRow() {
		if d.rows == mostFound {
			return true, nil
		}
		if d.rows == d.limit {
			d.reserve(mostFound)
		}
		for i, v := range result.Values() {
			if v == nil {
				d.columns[i].builder.AppendNull()
			} else if err == nil {
				err = d.columns[i].decode(v)
			}
		}
		d.rows++
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// reserve makes room for more rows of a batch that has begun.
func (d *decoding) reserve(rows int) {
	d.limit = rows
	for _, c := range d.columns {
		c.builder.Reserve(rows - d.rows)
	}
}
