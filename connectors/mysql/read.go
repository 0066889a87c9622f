package mysql

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Read runs r. When it returns, the server has been reached and its tables are known to
// be those of the contracts; the statement runs.
func (s *Source) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	if _, err := s.Text(r); err != nil {
		return nil, err
	}
	connection, err := s.pool.acquire(ctx)
	if err != nil {
		return nil, s.unreachable(ctx, err)
	}
	known, err := s.shapes.check(ctx, s, connection, r.Root)
	if err != nil {
		s.pool.release(connection, false)
		return nil, s.failure(ctx, err)
	}
	text, err := write(r, known.storage)
	var read array.RecordReader
	if err == nil {
		if parts := s.split(ctx, connection, r, text, known); parts != nil {
			read, err = s.readParts(ctx, parts, r.Columns())
		} else {
			read, err = s.read(ctx, connection, text, r.Columns(), workOf(r))
		}
	}
	if err != nil {
		s.pool.release(connection, true)
	}
	return read, err
}

func (s *Source) read(ctx context.Context, connection *session, text string, columns []plan.Column, by []optimization.Name) (array.RecordReader, error) {
	d, err := s.decoding(columns)
	if err != nil {
		return nil, err
	}
	stream := connectors.NewStream(ctx, s.ending, s.of, d.schema, s.failure)
	stream.By = by
	s.running.Add(1)
	go s.run(stream, connection, d, text)
	return stream, nil
}

// decoding makes the columns of an answer.
func (s *Source) decoding(columns []plan.Column) (*decoding, error) {
	d := &decoding{}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		built, ok := newColumn(s.allocator, c.Type)
		if !ok {
			d.release()
			return nil, sqlstate.Unsupported("type %s of a MySQL source, in column %s", pgtype.FormatType(c.Type), c.Name)
		}
		d.columns = append(d.columns, built)
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(int(c.ID)), Type: pgtype.Arrow(c.Type), Nullable: !c.NotNull}
	}
	d.schema = arrow.NewSchema(fields, nil)
	return d, nil
}

// run reads one statement to its end, an error or the end of the stream.
func (s *Source) run(stream *connectors.Stream, connection *session, d *decoding, text string) {
	defer s.running.Done()
	d.emit = stream.Emit
	stream.End(s.attended(stream.Context(), connection, func(cut context.Context) error { return d.read(cut, connection, text) }))
	d.release()
}

// attended runs what a session does and gives the session back. When ctx ends first, the
// session is killed at the server, and then its connection is cut: the other way round the
// server would go on until it next had a row to send.
func (s *Source) attended(ctx context.Context, c *session, do func(cut context.Context) error) error {
	cut, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	killed := make(chan struct{})
	unlink := context.AfterFunc(ctx, func() {
		defer close(killed)
		s.kill(c)
		cancel()
	})
	err := do(cut)
	if !unlink() {
		<-killed
	}
	s.pool.release(c, err == nil && ctx.Err() == nil)
	return err
}

// killWait is how long a server may take to hear that a statement is given up.
const killWait = 5 * time.Second

// kill ends a session, by another connection outside the pool. KILL QUERY would miss a
// statement that is still on its way. It is done at its best: what fails here ends with
// the connection anyway.
func (s *Source) kill(c *session) {
	ctx, cancel := context.WithTimeout(context.Background(), killWait)
	defer cancel()
	killer, err := s.connect(ctx)
	if err != nil {
		return
	}
	defer killer.close()
	_ = killer.exec(ctx, fmt.Sprintf("KILL CONNECTION %d", c.id))
}

// read sends the statement and takes its rows. Where it fails, rows may be left to come:
// the connection is of no more use.
func (d *decoding) read(ctx context.Context, connection *session, text string) error {
	return connection.wire.during(ctx, func() error {
		r, err := connection.wire.ask(text, max(len(d.columns), 1))
		if err != nil {
			return err
		}
		d.begin(firstRows)
		for {
			row, err := r.row()
			if err != nil {
				return err
			}
			if row == nil {
				return d.flush()
			}
			if err := d.row(row); err != nil {
				return err
			}
		}
	})
}
