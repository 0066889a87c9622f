package pgwire

import (
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// stream sends up to limit rows of an open portal (0: all), then CommandComplete
// at the end or PortalSuspended. As in PostgreSQL, a limit that is reached suspends
// even if no row is left; the next Execute then says that none came.
func (c *conn) stream(p *portal, limit int64) error {
	if p.copy != nil {
		return c.copyOut(p)
	}
	if p.state == portalDone {
		c.commandComplete(p.tag)
		return nil
	}
	var sent int64
	for limit == 0 || sent < limit {
		if p.batch == nil || int64(p.next) >= p.batch.NumRows() {
			more, err := c.nextBatch(p)
			if err != nil {
				return err
			}
			if !more {
				c.commandComplete(p.finish(sent))
				return nil
			}
			continue
		}
		n, err := c.sendRows(p, limit-sent)
		if err != nil {
			return err
		}
		sent += n
	}
	c.out.sendBare('s') // PortalSuspended
	return nil
}

// nextBatch fetches rows; false at the end.
func (c *conn) nextBatch(p *portal) (bool, error) {
	if err := p.running.ctx.Err(); err != nil {
		return false, err
	}
	if err := c.sendFirstRows(p); err != nil {
		return false, err
	}
	batch, err := p.rows.Next(p.running.ctx)
	p.batch, p.next = batch, 0
	if err != nil || batch == nil {
		p.batch = nil
		return false, err
	}
	if p.columns == nil && p.copy == nil && batch.NumCols() > 0 {
		return false, sqlstate.New(sqlstate.InternalError, "rows from a statement that returns none")
	}
	return true, p.encoder.bind(batch)
}

// promptRows: a first batch of fewer rows is most likely the last, and what is sent at
// its end is worth no write of its own.
const promptRows = 64

// sendFirstRows sends what the first batch has given before there is a wait for the
// second: how long that takes, and how many there are, is nothing to the first rows.
func (c *conn) sendFirstRows(p *portal) error {
	if p.prompt || p.batch == nil || p.batch.NumRows() < promptRows {
		return nil
	}
	p.prompt = true
	return c.out.flush()
}

// sendRows sends the rest of the batch, at most limit rows where limit > 0.
func (c *conn) sendRows(p *portal, limit int64) (int64, error) {
	end := int(p.batch.NumRows())
	if limit > 0 {
		end = int(min(int64(end), int64(p.next)+limit))
	}
	first := p.next
	for p.next < end {
		at := c.out.begin('D')
		c.out.buf = p.encoder.append(c.out.buf, p.next)
		if len(c.out.buf)-at > maxMessageLength {
			return 0, sqlstate.New(sqlstate.ProgramLimitExceeded, "row is longer than a message can be")
		}
		if err := p.encoder.charset.failure(); err != nil {
			return 0, err
		}
		c.out.finish(at)
		p.next++
		if err := c.out.flushIfFull(); err != nil {
			return 0, err
		}
	}
	return int64(p.next - first), nil
}

// maxMessageLength is MaxAllocSize of memutils.h, the longest message of PostgreSQL.
const maxMessageLength = 0x3fffffff

func (c *conn) commandComplete(tag string) {
	c.out.send(&pgproto3.CommandComplete{CommandTag: []byte(tag)})
}
