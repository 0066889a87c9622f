package pgwire

import (
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// copyOut sends all of a COPY: CopyOutResponse, a CopyData for each row, CopyDone. As in
// PostgreSQL a row limit of Execute does not count.
func (c *conn) copyOut(p *portal) error {
	if p.state == portalDone {
		c.commandComplete(p.tag)
		return nil
	}
	c.out.send(p.copy.format.response())
	if p.copy.format.Header {
		c.copyData(p.copy.header)
	}
	var sent int64
	for {
		more, err := c.nextBatch(p)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		n, err := c.copyRows(p)
		if err != nil {
			return err
		}
		sent += n
	}
	if p.copy.format.Format == "binary" {
		c.copyData(p.copy.trailer)
	}
	c.out.send(&pgproto3.CopyDone{})
	c.commandComplete(p.finish(sent))
	return nil
}

func (c *conn) copyData(appendTo func([]byte) []byte) {
	at := c.out.begin('d')
	c.out.buf = appendTo(c.out.buf)
	c.out.finish(at)
}

// copyRows sends the rows of the batch.
func (c *conn) copyRows(p *portal) (int64, error) {
	rows := int(p.batch.NumRows())
	for row := range rows {
		at := c.out.begin('d')
		c.out.buf = p.copy.row(c.out.buf, row)
		if len(c.out.buf)-at > maxMessageLength {
			return 0, sqlstate.New(sqlstate.ProgramLimitExceeded, "row is longer than a message can be")
		}
		if err := p.copy.charset.failure(); err != nil {
			return 0, err
		}
		c.out.finish(at)
		if err := c.out.flushIfFull(); err != nil {
			return 0, err
		}
	}
	return int64(rows), nil
}
