package pgwire

import (
	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/sqlstate"
)

// portal is a bound statement and how far its rows have been sent.
//
//	ready ──start──▶ open ──end of rows──▶ done
//	                  └──error──▶ failed
type portal struct {
	name    string
	bound   Portal // nil: the empty statement
	columns []Column
	formats []int16
	running *running

	state   portalState
	rows    Rows
	encoder *rowEncoder
	copy    *copyEncoder      // of COPY TO STDOUT
	batch   arrow.RecordBatch // valid until the next rows.Next
	next    int               // first row of batch not sent yet
	prompt  bool              // the first rows have been sent
	tag     string            // of a done portal run again: zero rows
	closed  bool
	passing bool // an SQL cursor's, for one message
}

type portalState uint8

const (
	portalReady portalState = iota
	portalOpen
	portalDone
	portalFailed
)

func newPortal(name string, bound Portal, r *running) *portal {
	p := &portal{name: name, bound: bound, running: r}
	if bound != nil {
		p.columns = bound.Columns()
	}
	return p
}

// start runs the statement if it does not run yet, and chooses the encoders.
func (p *portal) start(format valueFormat) error {
	switch p.state {
	case portalReady:
		encoder, err := p.chooseEncoder(format)
		if err != nil {
			return err
		}
		p.state = portalFailed // until Run has succeeded
		rows, err := p.bound.Run(p.running.ctx)
		if err != nil {
			return err
		}
		p.rows, p.encoder, p.state = rows, encoder, portalOpen
		return nil
	case portalOpen:
		return p.resume()
	case portalDone:
		if p.columns != nil {
			return nil // as PostgreSQL: no more rows
		}
	}
	return sqlstate.New(sqlstate.ObjectNotInPrerequisiteState, `portal "%s" cannot be run`, p.name)
}

// resume asks whether the rest of the rows may still be sent.
func (p *portal) resume() error {
	r, ok := p.rows.(ResumedRows)
	if !ok {
		return nil
	}
	err := r.Resume(p.running.ctx)
	if err != nil {
		p.state = portalFailed
		p.closeRows()
	}
	return err
}

// chooseEncoder makes the encoder of the rows, be they sent as such or by COPY.
func (p *portal) chooseEncoder(format valueFormat) (*rowEncoder, error) {
	c, ok := p.bound.(CopyOut)
	if !ok {
		return newRowEncoder(p.columns, p.formats, format)
	}
	var err error
	if p.copy, err = newCopyEncoder(c.Copy(), format); err != nil {
		return nil, err
	}
	return p.copy.rowEncoder, nil
}

// close frees what the portal holds. It is used no more, except to say so.
func (p *portal) close() {
	if p.state != portalDone {
		p.state = portalFailed
	}
	p.closeRows()
	if bound := p.bound; bound != nil && !p.closed {
		p.closed = true
		bound.Close()
	}
}

func (p *portal) closeRows() {
	rows := p.rows
	if counted, ok := rows.(CountedRows); ok && p.batch != nil {
		counted.Unsent(p.batch.NumRows() - int64(p.next))
	}
	p.rows, p.batch, p.encoder = nil, nil, nil
	if rows != nil {
		rows.Close()
	}
}

// drop closes a portal made by Bind, whose context is its own.
func (p *portal) drop() {
	defer p.running.end()
	p.close()
}

// leave ends a portal that stood for an SQL cursor; the cursor goes on.
func (p *portal) leave() {
	if p.passing {
		p.drop()
	}
}

// finish keeps the tag and frees the rest.
func (p *portal) finish(sent int64) (tag string) {
	tag, p.tag = p.rows.Tag(sent), p.rows.Tag(0)
	p.state = portalDone
	p.closeRows()
	return tag
}

// dropPortal closes a portal if there is one of that name.
func (c *conn) dropPortal(name string) {
	p := c.portals[name]
	if p == nil {
		return
	}
	delete(c.portals, name)
	c.protect(p.drop)
}

// closePortals ends all portals, as the end of a transaction does.
func (c *conn) closePortals() {
	for name := range c.portals {
		c.dropPortal(name)
	}
}

// failPortals stops the portals that have run: their statement's transaction has failed.
func (c *conn) failPortals() {
	for _, p := range c.portals {
		if p.rows != nil {
			c.protect(p.drop)
		}
	}
}

// protect runs what must not fail; a panic is logged and forgotten.
func (c *conn) protect(work func()) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(c.log, p)
		}
	}()
	work()
}
