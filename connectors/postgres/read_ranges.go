package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/plan"
)

// secondWait is how long a read that has a connection waits for another.
const secondWait = 200 * time.Millisecond

const beginSnapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"

// copyRanges reads the ranges of a table at once, under one snapshot: together they are
// what one statement would have seen. ok is false where there is no second connection or
// no snapshot to be shared (a pooler that leads elsewhere); nothing has been read then, and
// the first connection is as it was.
func (s *Source) copyRanges(ctx context.Context, first *pgxpool.Conn, r *plan.Remote, parts []blockRange) (_ array.RecordReader, ok bool, err error) {
	connections := s.sharing(ctx, first)
	if len(connections) < 2 {
		return nil, false, nil
	}
	texts, decodings, err := s.prepareRanges(ctx, connections, r, parts)
	if err != nil {
		for _, c := range connections {
			c.Release() // within a transaction: the pool closes them
		}
		return nil, true, err
	}
	stream := connectors.NewStream(ctx, s.ending, s.of, decodings[0].schema, s.failure)
	s.running.Add(1)
	go s.runRanges(stream, connections, decodings, texts)
	return stream, true, nil
}

// sharing begins a transaction in the first connection and in others, which see what it
// sees. Where there are no others the first one's transaction is ended again.
func (s *Source) sharing(ctx context.Context, first *pgxpool.Conn) []*pgxpool.Conn {
	leader := first.Conn().PgConn()
	results, err := leader.Exec(ctx, beginSnapshot+"; SELECT pg_export_snapshot()").ReadAll()
	all := []*pgxpool.Conn{first}
	if err == nil && len(results) == 2 && len(results[1].Rows) == 1 {
		for len(all) < s.dividing.readers {
			next, ok := s.joinSnapshot(ctx, string(results[1].Rows[0][0]))
			if !ok {
				break
			}
			all = append(all, next)
		}
	}
	if len(all) < 2 {
		_ = leader.Exec(ctx, "ROLLBACK").Close()
	}
	return all
}

// joinSnapshot gives another connection within a transaction that sees what another one
// sees. It leaves most of the pool to other reads, those of the same statement among
// them: two that hold what the other waits for would wait until connectionWait.
func (s *Source) joinSnapshot(ctx context.Context, snapshot string) (*pgxpool.Conn, bool) {
	if stat := s.pool.Stat(); 3*stat.AcquiredConns() >= stat.MaxConns() {
		return nil, false
	}
	wait, cancel := context.WithTimeout(ctx, secondWait)
	defer cancel()
	c, err := s.pool.Acquire(wait)
	if err != nil {
		return nil, false
	}
	err = c.Conn().PgConn().Exec(ctx, beginSnapshot+"; SET TRANSACTION SNAPSHOT '"+strings.ReplaceAll(snapshot, "'", "''")+"'").Close()
	if err != nil {
		c.Release() // its transaction has failed: the pool closes it
		return nil, false
	}
	return c, true
}

// prepareRanges gives the statement of each part, and a decoding for each connection. The
// parts differ in numbers only, so what is true of the first one's fields is of all.
func (s *Source) prepareRanges(ctx context.Context, connections []*pgxpool.Conn, r *plan.Remote, parts []blockRange) ([]string, []*decoding, error) {
	texts := make([]string, len(parts))
	var wire prepared
	for i, part := range parts {
		text, err := s.writeRange(r, part)
		if err != nil {
			return nil, nil, err
		}
		if wire, err = s.prepare(ctx, connections[0].Conn().PgConn(), text, r.Columns()); err != nil {
			return nil, nil, err
		}
		texts[i] = wire.text
	}
	var decodings []*decoding
	for _, c := range connections {
		d, err := s.decoding(s.allocator, c, r.Columns(), wire.wire)
		if err != nil {
			for _, d := range decodings {
				d.release()
			}
			return nil, nil, err
		}
		decodings = append(decodings, d)
	}
	return texts, decodings, nil
}

// runRanges has each connection take the next part until none is left. The first failure
// ends all.
func (s *Source) runRanges(stream *connectors.Stream, connections []*pgxpool.Conn, decodings []*decoding, texts []string) {
	defer s.running.Done()
	next := make(chan string, len(texts))
	for _, text := range texts {
		next <- text
	}
	close(next)
	group, ctx := errgroup.WithContext(stream.Context())
	for i, c := range connections {
		group.Go(func() error { return s.runParts(ctx, stream, c, decodings[i], next) })
	}
	stream.End(group.Wait())
}

// runParts copies parts over one connection and gives it back.
func (s *Source) runParts(ctx context.Context, stream *connectors.Stream, connection *pgxpool.Conn, d *decoding, next <-chan string) error {
	c := connection.Conn().PgConn()
	defer connection.Release()
	defer d.release()
	d.emit = stream.Emit
	for text := range next {
		if err := copyPart(ctx, c, d, text); err != nil {
			if c.IsClosed() {
				<-c.CleanupDone()
			}
			return err
		}
	}
	return c.Exec(ctx, "COMMIT").Close()
}

// copyPart reads one part into the batch that the part before has begun.
func copyPart(ctx context.Context, c *pgconn.PgConn, d *decoding, text string) error {
	d.begun, d.ended = false, false
	_, err := c.CopyTo(ctx, d, "COPY ("+text+") TO STDOUT (FORMAT binary)")
	if err == nil && !d.ended {
		err = malformed("COPY without an end")
	}
	if err == nil {
		err = d.flush()
	}
	return err
}
