package postgres

import (
	"context"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Read runs r. When it returns, the source has parsed the statement and begins to run it.
func (s *Source) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	connection, err := s.acquire(ctx) // first: the text depends on what the server is
	if err != nil {
		return nil, err
	}
	if one, read, err := s.lookUp(ctx, connection, r); read || err != nil {
		connection.Release()
		return one, err
	}
	if connection.Conn().IsClosed() { // the look-up turned out to be none
		connection.Release()
		if connection, err = s.acquire(ctx); err != nil {
			return nil, err
		}
	}
	text, scans, err := s.checkedText(ctx, connection.Conn().PgConn(), r, sqlwriter.Options{})
	if err != nil {
		connection.Release()
		return nil, err
	}
	if parts := s.divide(ctx, connection.Conn().PgConn(), r, text, scans); parts != nil {
		if rows, read, err := s.copyRanges(ctx, connection, r, parts); read {
			return rows, err
		}
	}
	if rows, read, err := s.copyKeysFirst(ctx, connection, r, text); read {
		return rows, err
	}
	return s.copyOut(ctx, connection, text, r.Columns())
}

// copyOut runs a statement. The connection is given back when it has ended.
func (s *Source) copyOut(ctx context.Context, connection *pgxpool.Conn, text string, columns []plan.Column) (array.RecordReader, error) {
	statement, err := s.prepare(ctx, connection.Conn().PgConn(), text, columns)
	var d *decoding
	if err == nil {
		d, err = s.decoding(s.allocator, connection, columns, statement.wire)
	}
	if err != nil {
		connection.Release()
		return nil, err
	}
	stream := connectors.NewStream(ctx, s.ending, s.of, d.schema, s.failure)
	s.running.Add(1)
	go s.run(stream, connection, d, statement.text)
	return stream, nil
}

// decoding makes the columns of an answer.
func (s *Source) decoding(allocator memory.Allocator, connection *pgxpool.Conn, columns []plan.Column, wire []pgtype.Type) (*decoding, error) {
	checkText := connection.Conn().PgConn().ParameterStatus("server_encoding") == "SQL_ASCII" // then nothing was checked there
	d := &decoding{most: mostFound}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		built, ok := newColumn(allocator, c.Type, wire[i], checkText)
		if !ok {
			d.release()
			return nil, sqlstate.New(sqlstate.InternalError, "source %s: no decoder for column %d", s.of.ID(), i)
		}
		d.columns = append(d.columns, built)
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(int(c.ID)), Type: pgtype.Arrow(c.Type), Nullable: !c.NotNull}
	}
	d.schema = arrow.NewSchema(fields, nil)
	if len(columns) == 0 {
		ignored := array.NewNullBuilder(allocator)
		d.columns = []*column{{builder: ignored, decode: func([]byte) error { ignored.AppendNull(); return nil }}}
	}
	return d, nil
}

// run copies until the end, an error or the end of the stream. On the latter two the
// driver sends a cancel request and closes the connection.
func (s *Source) run(stream *connectors.Stream, connection *pgxpool.Conn, d *decoding, text string) {
	defer s.running.Done()
	d.emit = stream.Emit
	c := connection.Conn().PgConn()
	_, err := c.CopyTo(stream.Context(), d, "COPY ("+text+") TO STDOUT (FORMAT binary)")
	if err == nil && !d.ended {
		err = malformed("COPY without an end")
	}
	if err == nil {
		err = d.flush()
	}
	stream.End(err)
	d.release()
	if c.IsClosed() {
		<-c.CleanupDone()
	}
	connection.Release()
}
