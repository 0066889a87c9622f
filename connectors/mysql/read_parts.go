package mysql

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/array"
	driver "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// readParts streams the ranges of a split read, in whatever order they come.
func (s *Source) readParts(ctx context.Context, p *split, columns []plan.Column) (array.RecordReader, error) {
	decoders := make([]*decoding, len(p.sessions))
	for i := range decoders {
		d, err := s.decoding(columns)
		if err != nil {
			for _, made := range decoders[:i] {
				made.release()
			}
			s.dismiss(p.sessions[1:])
			return nil, err
		}
		decoders[i] = d
	}
	stream := connectors.NewStream(ctx, s.ending, s.of, decoders[0].schema, s.failure)
	stream.Parts, stream.By = len(p.texts), []optimization.Name{optimization.DivideKeys}
	s.running.Add(1)
	go s.runParts(stream, p, decoders)
	return stream, nil
}

// runParts lets each session take the next range until there is none. The first that
// fails stops the others. The source's limit of time is that of all together.
func (s *Source) runParts(stream *connectors.Stream, p *split, decoders []*decoding) {
	defer s.running.Done()
	ctx, cancel := context.WithCancelCause(stream.Context())
	defer cancel(nil)
	if limit := s.of.Limits.StatementTimeout; limit > 0 {
		timed, stop := context.WithTimeoutCause(ctx, limit, &driver.MySQLError{Number: maxExecutionTime})
		defer stop()
		ctx = timed
	}
	var (
		next atomic.Int64
		all  sync.WaitGroup
	)
	for i, c := range p.sessions {
		all.Go(func() {
			d := decoders[i]
			d.emit = stream.Emit
			err := s.attended(ctx, c, func(cut context.Context) error {
				for at := next.Add(1) - 1; int(at) < len(p.texts); at = next.Add(1) - 1 {
					if err := d.read(cut, c, p.texts[at]); err != nil {
						return err
					}
				}
				return c.exec(cut, "COMMIT")
			})
			d.release()
			if err != nil {
				cancel(err)
			}
		})
	}
	all.Wait()
	stream.End(context.Cause(ctx))
}
