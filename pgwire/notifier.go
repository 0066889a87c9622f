package pgwire

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

var (
	_ Notifier           = (*conn)(nil)
	_ PreparedStatements = (*conn)(nil)
	_ PortalNames        = (*conn)(nil)
)

// Notice sends a notice between other messages.
func (c *conn) Notice(e *sqlstate.Error) { c.out.send(noticeResponse(e)) }

// ParameterStatus notes the value of a reported setting. As in PostgreSQL it is sent
// before the next ReadyForQuery, if it still differs from what the client knows.
func (c *conn) ParameterStatus(name, value string) {
	if name == clientEncoding {
		c.speak(value)
	}
	c.reported.set(name, value)
}

// reportSettings sends what has changed, in the order of the names.
func (c *conn) reportSettings() {
	for _, name := range slices.Sorted(maps.Keys(c.reported.changed)) {
		value := c.reported.changed[name]
		c.reported.known[name] = value
		c.out.send(&pgproto3.ParameterStatus{Name: field(name), Value: field(value)})
	}
	clear(c.reported.changed)
}

// reportedSettings are the values the client knows, and those it must be told.
type reportedSettings struct{ known, changed map[string]string }

func newReportedSettings() *reportedSettings {
	return &reportedSettings{known: map[string]string{}, changed: map[string]string{}}
}

func (r *reportedSettings) set(name, value string) {
	if known, ok := r.known[name]; ok && known == value {
		delete(r.changed, name)
		return
	}
	r.changed[name] = value
}

// Prepared lists the statements of Parse messages that have a name.
func (c *conn) Prepared() []Prepared {
	var all []Prepared
	for _, name := range slices.Sorted(maps.Keys(c.statements)) {
		if s := c.statements[name]; name != "" {
			all = append(all, Prepared{Name: name, Text: s.text, At: s.at, Statement: s.statement})
		}
	}
	return all
}

// Deallocate forgets a statement made by a Parse message.
func (c *conn) Deallocate(name string) bool {
	_, known := c.statements[name]
	delete(c.statements, name)
	return known
}

// DeallocateAll forgets all of them.
func (c *conn) DeallocateAll() { clear(c.statements) }
