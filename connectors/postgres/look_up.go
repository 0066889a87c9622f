package postgres

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"time"

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
	// decoding is kept for statements that run often; nil until the first such run.
	decoding *decoding
}

// nameOf: behind a pooler another connection's statements may be there too, so a name
// must never stand for two texts.
func nameOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sluice_" + hex.EncodeToString(sum[:16])
}

// lookUp reads rows by key. read is false where the plan is no look-up, or the statement
// must go the common way; the connection may then be closed.
func (s *Source) lookUp(ctx context.Context, connection *pgxpool.Conn, r *plan.Remote) (rows array.RecordReader, read bool, err error) {
	values, ok := keyValues(r.Root)
	if !ok || !s.mayLookUp() {
		return nil, false, nil
	}
	c := connection.Conn().PgConn()
	text, _, err := s.checkedText(ctx, c, r, sqlwriter.Options{Parameter: func(l *plan.Literal) (string, bool) {
		i := slices.Index(values, plan.Expr(l))
		return "$" + strconv.Itoa(i+1), i >= 0
	}})
	if err != nil {
		return nil, false, err
	}
	p := s.preparedLookUp(ctx, c, text, r.Columns())
	if p == nil {
		return nil, false, nil
	}
	texts := make([][]byte, len(values))
	for i, v := range values {
		texts[i] = []byte(v.(*plan.Literal).Text)
	}
	d, err := s.decoding(s.allocator, connection, r.Columns(), p.wire)
	if err != nil {
		return nil, false, err
	}
	defer d.release()
	batch, ok, err := s.found(ctx, connection, p.name, d, texts)
	if !ok || err != nil {
		return nil, false, err
	}
	rows, err = readerOf(d.schema, batch)
	return rows, err == nil, err
}

// found runs a prepared look-up and decodes what comes, on the caller's goroutine. ok is
// false where the read must go the common way; the connection may be closed then. The
// batch is nil where there are no rows.
func (s *Source) found(ctx context.Context, connection *pgxpool.Conn, name string, d *decoding, values [][]byte) (batch arrow.RecordBatch, ok bool, err error) {
	c := connection.Conn().PgConn()
	k, socket := s.keptBy(c), c.Conn()
	stop := context.AfterFunc(ctx, func() { _ = socket.SetDeadline(past) })
	answered, decoded, err := k.ask(c.Frontend(), name, d, values)
	if !stop() || err != nil {
		s.giveUp(c)
		if errors.Is(err, errMany) && ctx.Err() == nil {
			return nil, false, nil
		}
		return nil, false, s.failure(ctx, cmp.Or(err, ctx.Err()))
	}
	if answered != nil {
		k.forget(ctx, c)
		return nil, false, nil // the common way tells what is wrong; a changed table it reads
	}
	if decoded != nil {
		d.drop()
		return nil, false, s.failure(ctx, decoded)
	}
	return d.take(), true, nil
}

// giveUp ends a statement at the server and closes its connection: a late cancel must not
// hit the next one. It does not wait for the server longer than a moment.
func (s *Source) giveUp(c *pgconn.PgConn) {
	moment, cancel := context.WithTimeout(context.Background(), giveUpWait)
	defer cancel()
	_ = c.CancelRequest(moment)
	_ = c.Conn().SetDeadline(past)
	_ = c.Close(moment)
}

// giveUpWait bounds how long somebody who has cancelled waits for the server to hear of it.
const giveUpWait = time.Second

// mayLookUp: where a source limits rows to fewer than a look-up may give, COPY counts them.
func (s *Source) mayLookUp() bool {
	most := s.of.Limits.MaxRows
	return most == 0 || most >= mostFound
}

// readerOf gives a batch, which it takes over, as a reader. nil: there are no rows.
func readerOf(schema *arrow.Schema, batch arrow.RecordBatch) (array.RecordReader, error) {
	var batches []arrow.RecordBatch
	if batch != nil {
		batches = append(batches, batch)
		defer batch.Release()
	}
	rows, err := array.NewRecordReader(schema, batches)
	if err != nil {
		return nil, err
	}
	return connectors.Loaded{RecordReader: rows}, nil
}

// preparedLookUp gives the connection's statement for a text. Where the server does not
// take it, or fields need casts, nil: the common way knows what to do or say.
func (s *Source) preparedLookUp(ctx context.Context, c *pgconn.PgConn, text string, columns []plan.Column) *preparedLookUp {
	kept := s.keptBy(c)
	if p, ok := kept.statements[text]; ok {
		return p.usable()
	}
	if len(kept.statements) >= mostLookUps && !kept.forget(ctx, c) {
		return nil
	}
	p := &preparedLookUp{name: nameOf(text)}
	described, err := c.Prepare(ctx, p.name, text, nil)
	if err == nil {
		p.wire = wireOf(described, columns)
	}
	kept.statements[text] = p
	return p.usable()
}

func (p *preparedLookUp) usable() *preparedLookUp {
	if p.wire == nil {
		return nil
	}
	return p
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
