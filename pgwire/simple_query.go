package pgwire

import (
	"context"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/charset"
	"github.com/sluicemesh/sluice/sqlstate"
)

// simpleQuery runs the statements of one Query message, up to the first error.
// The unnamed statement and portal end with it, as in PostgreSQL.
func (c *conn) simpleQuery(text string) error {
	delete(c.statements, "")
	c.dropPortal("")
	return c.run(func(r *running) error {
		if err := checkText(text); err != nil {
			return err
		}
		statements, err := c.session.Parse(r.ctx, text, nil)
		if err != nil {
			return err
		}
		if len(statements) == 0 {
			c.out.sendBare('I') // EmptyQueryResponse
		}
		for _, statement := range statements {
			if err := c.runSimple(r, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// runSimple runs one statement and sends all its rows in text.
func (c *conn) runSimple(r *running, statement Statement) error {
	bound, err := statement.Bind(r.ctx, nil)
	if err != nil {
		return err
	}
	p := newPortal("", bound, r)
	p.formats = binaryFormats(bound)
	defer p.close()
	if in, ok := bound.(CopyIn); ok {
		return c.copyIn(p, in)
	}
	if err := p.start(c.format()); err != nil {
		return err
	}
	if p.columns != nil {
		c.out.send(rowDescription(p.columns, p.formats))
	}
	return c.stream(p, 0)
}

// checkText refuses what is not UTF-8 before anybody parses it.
func checkText(text string) error {
	if utf8.ValidString(text) {
		return nil
	}
	return charset.InvalidUTF8([]byte(text))
}

// runContext is for messages that ask the session something.
func (c *conn) runContext(work func(context.Context) error) error {
	return c.run(func(r *running) error { return work(r.ctx) })
}

var errMultipleCommands = sqlstate.New(sqlstate.SyntaxError, "cannot insert multiple commands into a prepared statement")
