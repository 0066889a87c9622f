package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
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
func (s *Source) copyRanges(ctx context.Context, first *pgxpool.Conn, r *plan.Remote, parts []part) (_ array.RecordReader, ok bool, err error) {
	connections := s.sharing(ctx, first)
	if len(connections) < 2 {
		return nil, false, nil
	}
	texts, decodings, err := s.prepareRanges(ctx, connections, r, parts)
	if err != nil {
		giveUp(connections)
		return nil, true, err
	}
	stream := connectors.NewStream(ctx, s.ending, s.of, decodings[0].schema, s.failure)
	stream.Parts, stream.By = len(texts), parts[0].by()
	s.running.Add(1)
	go s.runRanges(stream, connections, decodings, texts)
	return stream, true, nil
}

// giveUp gives connections back that are within a transaction: the pool closes them.
func giveUp(connections []*pgxpool.Conn) {
	for _, c := range connections {
		c.Release()
	}
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

// prepareRanges gives the statement of each part, and a decoding for each connection, which is
// set up for the parts. The
// parts differ in numbers only, so what is true of the first one's fields is of all.
func (s *Source) prepareRanges(ctx context.Context, connections []*pgxpool.Conn, r *plan.Remote, parts []part) ([]string, []*decoding, error) {
	for _, c := range connections {
		if settings := parts[0].settings(); settings != "" {
			if err := c.Conn().PgConn().Exec(ctx, settings).Close(); err != nil {
				return nil, nil, s.failure(ctx, err)
			}
		}
	}
	texts := make([]string, len(parts))
	var wire prepared
	for i, p := range parts {
		text, err := s.writePart(r, p)
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
	ctx := stream.Context()
	stream.End(takeParts(ctx, connections, decodings, texts, stream.Emit, func(c *pgxpool.Conn, err error) error { return commit(ctx, c, err) }))
}

// takeParts has each connection take the next part until none is left, and then hands it to
// end, with what failed.
func takeParts(ctx context.Context, connections []*pgxpool.Conn, decodings []*decoding, texts []string,
	emit func(arrow.RecordBatch) error, end func(*pgxpool.Conn, error) error) error {
	next := make(chan string, len(texts))
	for _, text := range texts {
		next <- text
	}
	close(next)
	group, ctx := errgroup.WithContext(ctx)
	for i, c := range connections {
		d := decodings[i]
		d.emit = emit
		group.Go(func() error {
			defer d.release()
			for text := range next {
				if err := copyPart(ctx, c.Conn().PgConn(), d, text); err != nil {
					return end(c, err)
				}
			}
			return end(c, nil)
		})
	}
	return group.Wait()
}

// commit ends the transaction of a connection whose reads have ended, and gives it back.
func commit(ctx context.Context, c *pgxpool.Conn, err error) error {
	defer c.Release()
	if err != nil {
		return err
	}
	return c.Conn().PgConn().Exec(ctx, "COMMIT").Close()
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
	if err != nil && c.IsClosed() {
		<-c.CleanupDone()
	}
	return err
}
