package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// keysFirst is a statement that waits for the keys of one of its subqueries.
type keysFirst struct {
	remote      *plan.Remote
	in          *plan.Subquery
	text        string // as it is
	connections []*pgxpool.Conn
	parts       []part // of the subquery
	texts       []string
	decodings   []*decoding

	mu     sync.Mutex
	most   int // keys that are told
	keys   []int64
	asItIs bool // there are more, or one is NULL
}

// copyKeysFirst runs a statement once the keys of a subquery have been found in parts, all
// under one snapshot. ok is false where there is no such subquery, or it is not worth it;
// nothing has been read then, and the connection is as it was.
func (s *Source) copyKeysFirst(ctx context.Context, first *pgxpool.Conn, r *plan.Remote, text string) (_ array.RecordReader, ok bool, err error) {
	for _, f := range r.First {
		sub := &plan.Remote{Source: r.Source, Root: f.In.Plan, GroupKeys: f.GroupKeys, Locale: r.Locale, Off: r.Off}
		keysText, scans, err := s.checkedText(ctx, first.Conn().PgConn(), sub, sqlwriter.Options{})
		if err != nil {
			return nil, false, nil
		}
		parts := s.divide(ctx, first.Conn().PgConn(), sub, keysText, scans)
		if parts == nil {
			continue
		}
		k := &keysFirst{remote: r, in: f.In, text: text, parts: parts, connections: s.sharing(ctx, first), most: s.dividing.keys}
		if len(k.connections) < 2 {
			return nil, false, nil
		}
		stream, err := s.startKeysFirst(ctx, k, sub)
		if err != nil {
			giveUp(k.connections)
			return nil, true, err
		}
		return stream, true, nil
	}
	return nil, false, nil
}

func (s *Source) startKeysFirst(ctx context.Context, k *keysFirst, sub *plan.Remote) (*connectors.Stream, error) {
	statement, err := s.prepare(ctx, k.connections[0].Conn().PgConn(), k.text, k.remote.Columns())
	if err != nil {
		return nil, err
	}
	d, err := s.decoding(s.allocator, k.connections[0], k.remote.Columns(), statement.wire)
	if err != nil {
		return nil, err
	}
	if k.texts, k.decodings, err = s.prepareRanges(ctx, k.connections, sub, k.parts); err != nil {
		d.release()
		return nil, err
	}
	stream := connectors.NewStream(ctx, s.ending, s.of, d.schema, s.failure)
	stream.Parts, stream.By = len(k.texts)+1, append(k.parts[0].by(), optimization.AskKeysFirst)
	s.running.Add(1)
	go s.runKeysFirst(stream, k, d)
	return stream, nil
}

// runKeysFirst finds the keys over all connections, and reads over the first.
func (s *Source) runKeysFirst(stream *connectors.Stream, k *keysFirst, d *decoding) {
	defer s.running.Done()
	defer d.release()
	ctx, leader := stream.Context(), k.connections[0]
	err := takeParts(ctx, k.connections, k.decodings, k.texts, k.take, func(c *pgxpool.Conn, err error) error {
		if c == leader {
			return err
		}
		return commit(ctx, c, err)
	})
	var statement prepared
	if err == nil {
		statement, err = s.withKeys(ctx, leader, k)
	}
	if err == nil {
		d.emit = stream.Emit
		err = copyPart(ctx, leader.Conn().PgConn(), d, statement.text)
	}
	stream.End(commit(ctx, leader, err))
}

// take keeps the keys of a batch, and releases it.
func (k *keysFirst) take(b arrow.RecordBatch) error {
	defer b.Release()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asItIs = k.asItIs || len(k.keys)+int(b.NumRows()) > k.most || b.Column(0).NullN() > 0
	for i := 0; !k.asItIs && i < int(b.NumRows()); i++ {
		switch column := b.Column(0).(type) {
		case *array.Int16:
			k.keys = append(k.keys, int64(column.Value(i)))
		case *array.Int32:
			k.keys = append(k.keys, int64(column.Value(i)))
		case *array.Int64:
			k.keys = append(k.keys, column.Value(i))
		}
	}
	return nil
}

// withKeys gives the statement that is told the keys.
func (s *Source) withKeys(ctx context.Context, c *pgxpool.Conn, k *keysFirst) (prepared, error) {
	text, connection := k.text, c.Conn().PgConn()
	if err := connection.Exec(ctx, k.parts[0].defaults()).Close(); err != nil {
		return prepared{}, err
	}
	if !k.asItIs {
		told := *k.remote
		told.Root = k.told()
		var err error
		if text, _, err = s.write(&told, sqlwriter.Options{}); err != nil {
			return prepared{}, err
		}
	}
	return s.prepare(ctx, connection, text, k.remote.Columns())
}

// told puts an array of the keys in the place of the subquery. None is NULL, which no array
// of keys says.
func (k *keysFirst) told() plan.Node {
	slices.Sort(k.keys)
	words := make([]string, len(k.keys))
	for i, key := range k.keys {
		words[i] = strconv.FormatInt(key, 10)
	}
	elements, _ := pgtype.ArrayOf(k.in.Plan.Columns()[0].Type.OID)
	all := &plan.Literal{Of: pgtype.Of(elements), Text: "{" + strings.Join(words, ",") + "}"}
	return plan.Transform(k.remote.Root, func(n plan.Node) plan.Node {
		return plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			if e != plan.Expr(k.in) {
				return e
			}
			return &plan.ArrayCompare{Procedure: k.in.Procedures[0], Operator: "=", Left: k.in.Left[0], Array: all}
		})
	})
}
