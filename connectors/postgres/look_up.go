package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
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
	"github.com/sluicemesh/sluice/planner/optimization"
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

// lookUpText is what makes two look-ups one statement: its text, and the types its fields
// are decoded as. A contract's varchar(8) and varchar(9) are asked for by the same text.
type lookUpText struct{ text, types string }

func lookUpTextOf(text string, columns []plan.Column) lookUpText {
	var types []byte
	for _, c := range columns {
		types = fmt.Appendf(types, "%d %d %t,", c.Type.OID, c.Type.Mod, c.NotNull)
	}
	return lookUpText{text, string(types)}
}

// name: behind a pooler another connection's statements may be there too, so a name must
// never stand for two texts.
func (t lookUpText) name() string {
	sum := sha256.Sum256([]byte(t.types + "\x00" + t.text))
	return "sluice_" + hex.EncodeToString(sum[:16])
}

// lookUp reads rows by key, or few rows of any plan. read is false where the plan is
// neither, or the statement must go the common way; the connection may then be closed.
func (s *Source) lookUp(ctx context.Context, connection *pgxpool.Conn, r *plan.Remote) (rows array.RecordReader, read bool, err error) {
	values, ok := keyValues(r.Root)
	most, by := mostFound, optimization.PrepareLookUps
	if ok = ok && !r.Off[by]; !ok && r.Few && !r.Off[optimization.ReadFewPrepared] {
		values, ok = fewConstants(r.Root)
		most, by = mostFew, optimization.ReadFewPrepared
	}
	if !ok || !s.mayLookUp(most) {
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
	if s.many.has(text) {
		return nil, false, nil
	}
	p := s.preparedLookUp(ctx, c, lookUpTextOf(text, r.Columns()), r.Columns())
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
	d.most = most
	l := &lookingUp{ctx: ctx, values: texts}
	s.find(connection, p.name, d, alone(l))
	found, ok, err := l.outcome(s)
	if !ok || err != nil {
		if err == nil && c.IsClosed() {
			s.many.add(text)
		}
		return nil, false, err
	}
	rows, err = readerOf(d.schema, found, by)
	return rows, err == nil, err
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
func (s *Source) mayLookUp(rows int) bool {
	most := s.of.Limits.MaxRows
	return most == 0 || most >= int64(rows)
}

// readerOf gives a batch, which it takes over, as a reader. nil: there are no rows.
func readerOf(schema *arrow.Schema, batch arrow.RecordBatch, by optimization.Name) (array.RecordReader, error) {
	var batches []arrow.RecordBatch
	if batch != nil {
		batches = append(batches, batch)
		defer batch.Release()
	}
	rows, err := array.NewRecordReader(schema, batches)
	if err != nil {
		return nil, err
	}
	return connectors.Loaded{RecordReader: rows, By: []optimization.Name{by}}, nil
}

// preparedLookUp gives the connection's statement for a text. Where the server does not
// take it, or fields need casts, nil: the common way knows what to do or say.
func (s *Source) preparedLookUp(ctx context.Context, c *pgconn.PgConn, text lookUpText, columns []plan.Column) *preparedLookUp {
	kept := s.keptBy(c)
	if p, ok := kept.statements[text]; ok {
		return p.usable()
	}
	if len(kept.statements) >= mostLookUps && !kept.forget(ctx, c) {
		return nil
	}
	p := &preparedLookUp{name: text.name()}
	described, err := c.Prepare(ctx, p.name, text.text, nil)
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
