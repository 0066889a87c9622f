package pgwire

import (
	"context"
	"io"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// copyIn asks for the data of COPY FROM STDIN and hands it over, up to CopyDone or CopyFail.
func (c *conn) copyIn(p *portal, to CopyIn) error {
	ctx := p.running.ctx
	if p.state != portalReady {
		return sqlstate.New(sqlstate.ObjectNotInPrerequisiteState, `portal "%s" cannot be run`, p.name)
	}
	p.state = portalFailed // until all has been taken
	width, binary, err := to.Width(ctx)
	switch {
	case err != nil:
		return err
	case binary && c.charset != nil:
		return sqlstate.Unsupported("COPY FROM in the binary format while client_encoding is %s", c.charset.Name())
	}
	response := &pgproto3.CopyInResponse{ColumnFormatCodes: make([]uint16, width)}
	if binary {
		response.OverallFormat = 1
		for i := range response.ColumnFormatCodes {
			response.ColumnFormatCodes[i] = 1
		}
	}
	c.out.send(response)
	if err := c.out.flush(); err != nil {
		return err
	}
	tag, err := to.Take(ctx, c.copyPiece)
	if err != nil {
		return err
	}
	p.state, p.tag = portalDone, tag
	c.commandComplete(tag)
	return nil
}

// copyPiece gives what the next CopyData holds; io.EOF after the last.
func (c *conn) copyPiece(ctx context.Context) ([]byte, error) {
	for {
		if err := c.awaitPiece(ctx); err != nil {
			return nil, err
		}
		kind, body, err := c.in.next()
		if err != nil {
			return nil, err
		}
		switch kind {
		case 'd':
			return c.heardPiece(body)
		case 'c':
			return nil, io.EOF
		case 'f':
			var m pgproto3.CopyFail
			if err := m.Decode(body); err != nil {
				return nil, protocolViolation("invalid CopyFail message")
			}
			return nil, sqlstate.New(sqlstate.QueryCanceled, "COPY from stdin failed: %s", m.Message)
		case 'H', 'S': // as PostgreSQL: clients may send them without thinking
		default:
			return nil, sqlstate.New(sqlstate.ProtocolViolation, "unexpected message type 0x%02X during COPY from stdin", kind)
		}
	}
}

// awaitPiece waits for the client, as long as the statement may run.
func (c *conn) awaitPiece(ctx context.Context) error {
	if c.ahead.ready() {
		return nil
	}
	select {
	case chunk, ok := <-c.ahead.filled:
		return c.ahead.take(chunk, ok)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// heardPiece brings data into UTF-8.
func (c *conn) heardPiece(body []byte) ([]byte, error) {
	if c.charset == nil {
		return body, nil
	}
	text, err := c.charset.Decode(string(body))
	return []byte(text), err
}
