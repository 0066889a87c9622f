package temporary

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/internal/spool"
)

// mostGathered is how many rows a batch has that is made of rows of several.
const mostGathered = 2048

// gather copies rows by their numbers, which count through all contents, in their order.
func (s *Space) gather(contents []*spool.Spool, rows []int64) (*spool.Spool, error) {
	g := &gathering{contents: contents, kept: s.Spool()}
	defer g.release()
	for _, row := range rows {
		if err := g.take(row); err != nil {
			return nil, err
		}
	}
	return g.kept, g.flush()
}

// gathering takes rows of one batch as long as they come from it.
type gathering struct {
	contents []*spool.Spool
	kept     *spool.Spool
	batch    arrow.RecordBatch // in hand, nil before the first
	first    int64             // number of its first row
	rows     []int             // of it
}

func (g *gathering) take(row int64) error {
	if g.batch == nil || row < g.first || row >= g.first+g.batch.NumRows() || len(g.rows) >= mostGathered {
		if err := g.flush(); err != nil {
			return err
		}
		if err := g.find(row); err != nil {
			return err
		}
	}
	g.rows = append(g.rows, int(row-g.first))
	return nil
}

// find takes the batch in hand that holds a row.
func (g *gathering) find(row int64) (err error) {
	g.release()
	before := int64(0)
	for _, c := range g.contents {
		if row < before+c.Rows() {
			g.batch, g.first, err = c.Find(row - before)
			g.first += before
			return err
		}
		before += c.Rows()
	}
	panic("temporary: a row that no table has")
}

// flush keeps the rows that were taken from the batch in hand.
func (g *gathering) flush() error {
	if len(g.rows) == 0 {
		return nil
	}
	made, err := pick(g.batch, g.rows)
	if err != nil {
		return err
	}
	defer made.Release()
	g.rows = g.rows[:0]
	return g.kept.Append(made)
}

func (g *gathering) release() {
	if g.batch != nil {
		g.batch.Release()
		g.batch = nil
	}
}
