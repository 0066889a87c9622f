package pgwire

import (
	"errors"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// handle does what one message asks. An error it returns ends the connection;
// those of statements have been sent.
func (c *conn) handle(kind byte, body []byte) error {
	if c.skipping && kind != 'S' {
		return nil
	}
	switch kind {
	case 'Q':
		return c.handleQuery(body)
	case 'F':
		return c.handleFunctionCall()
	case 'P':
		return c.handleExtended(&pgproto3.Parse{}, body)
	case 'B':
		return c.handleExtended(&pgproto3.Bind{}, body)
	case 'D':
		return c.handleExtended(&pgproto3.Describe{}, body)
	case 'E':
		return c.handleExtended(&pgproto3.Execute{}, body)
	case 'C':
		return c.handleExtended(&pgproto3.Close{}, body)
	case 'H':
		return c.out.flush()
	case 'S':
		return c.handleSync()
	case 'd', 'c', 'f':
		return nil // left over from a COPY that failed; PostgreSQL ignores them too
	}
	return protocolViolation("invalid frontend message type %d", kind)
}

func (c *conn) handleQuery(body []byte) error {
	var m pgproto3.Query
	if err := m.Decode(body); err != nil {
		return protocolViolation("invalid Query message")
	}
	if err := c.heard(&m); err != nil {
		return c.answer(err)
	}
	return c.answer(c.simpleQuery(m.String))
}

// handleFunctionCall refuses the obsolete fast path; as with Query, ReadyForQuery follows.
func (c *conn) handleFunctionCall() error {
	return c.answer(sqlstate.Unsupported("the function call sub-protocol"))
}

// handleExtended runs one message of the extended protocol; after an error the
// rest of the batch is skipped.
func (c *conn) handleExtended(m pgproto3.FrontendMessage, body []byte) error {
	if err := m.Decode(body); err != nil {
		return protocolViolation("invalid message of type %q", kindName(m))
	}
	c.inBatch = true
	if err := c.runExtended(m); err != nil {
		c.skipping = true
		if err := c.fail(err); err != nil {
			return err
		}
		return c.out.flush()
	}
	return nil
}

func (c *conn) runExtended(m pgproto3.FrontendMessage) error {
	if err := c.heard(m); err != nil {
		return err
	}
	switch m := m.(type) {
	case *pgproto3.Parse:
		return c.parse(m)
	case *pgproto3.Bind:
		return c.bind(m)
	case *pgproto3.Describe:
		return c.describe(m)
	case *pgproto3.Execute:
		return c.execute(m)
	case *pgproto3.Close:
		return c.closeNamed(m)
	}
	panic("pgwire: unhandled message " + kindName(m))
}

func kindName(m pgproto3.FrontendMessage) string {
	switch m.(type) {
	case *pgproto3.Parse:
		return "Parse"
	case *pgproto3.Bind:
		return "Bind"
	case *pgproto3.Describe:
		return "Describe"
	case *pgproto3.Execute:
		return "Execute"
	case *pgproto3.Close:
		return "Close"
	}
	return "?"
}

// handleSync ends a batch.
func (c *conn) handleSync() error {
	c.skipping, c.inBatch = false, false
	return c.answer(nil)
}

// answer ends a simple query or a batch: the error if there is one, the end of the
// implicit transaction, ReadyForQuery.
func (c *conn) answer(err error) error {
	if err != nil {
		if err := c.fail(err); err != nil {
			return err
		}
	}
	if err := c.endTransaction(); err != nil {
		if err := c.fail(err); err != nil {
			return err
		}
	}
	c.readyForQuery()
	return c.out.flush()
}

// endTransaction ends an implicit transaction; portals do not outlive one. It waits for
// nothing that could be cancelled.
func (c *conn) endTransaction() error {
	err := c.panicless(func() { c.session.Sync(c.ctx) })
	if c.session.Status() == 'I' {
		c.closePortals()
	}
	return err
}

func (c *conn) readyForQuery() {
	c.reportSettings()
	c.out.send(&pgproto3.ReadyForQuery{TxStatus: c.session.Status()})
}

// fail sends an error and tells the session. It returns the error if it ends the
// connection.
func (c *conn) fail(err error) error {
	c.out.rewind()
	if errors.Is(err, errClientGone) || c.out.err != nil {
		return err
	}
	e := sqlstate.From(err)
	if e.Code == sqlstate.InternalError {
		c.log.Error("internal error", "error", err, "cause", e.Unwrap())
	}
	if isFatal(e) {
		return e
	}
	if e.Code == sqlstate.InternalError {
		c.log.Error("internal error", "error", err, "cause", errors.Unwrap(e))
	}
	c.out.send(errorResponse(e))
	c.failPortals()
	c.session.Fail()
	return nil
}
