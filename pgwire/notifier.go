package pgwire

import (
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

var (
	_ Notifier    = (*conn)(nil)
	_ Deallocator = (*conn)(nil)
)

// Notice sends a notice between other messages.
func (c *conn) Notice(e *sqlstate.Error) { c.out.send(noticeResponse(e)) }

// ParameterStatus sends the value of a reported setting.
func (c *conn) ParameterStatus(name, value string) {
	c.out.send(&pgproto3.ParameterStatus{Name: field(name), Value: field(value)})
}

// Deallocate forgets a statement made by a Parse message.
func (c *conn) Deallocate(name string) bool {
	_, known := c.statements[name]
	delete(c.statements, name)
	return known
}

// DeallocateAll forgets all of them.
func (c *conn) DeallocateAll() { clear(c.statements) }
