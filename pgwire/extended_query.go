package pgwire

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

// preparedStatement is what a Parse message left; statement is nil for an empty text.
type preparedStatement struct {
	statement  Statement
	parameters int // how many Bind must bring; -1: not asked yet
	text       string
	at         time.Time
}

// parse answers Parse.
func (c *conn) parse(m *pgproto3.Parse) error {
	if m.Name == "" {
		delete(c.statements, "")
	}
	err := c.runContext(func(ctx context.Context) error {
		if err := checkText(m.Name + m.Query); err != nil {
			return err
		}
		statements, err := c.session.Parse(ctx, m.Query, append([]uint32{}, m.ParameterOIDs...))
		if err != nil {
			return err
		}
		if len(statements) > 1 {
			return errMultipleCommands
		}
		if _, taken := c.statements[m.Name]; taken {
			return sqlstate.New(sqlstate.DuplicatePreparedStatement, `prepared statement "%s" already exists`, m.Name)
		}
		prepared := &preparedStatement{parameters: -1, text: m.Query, at: time.Now()}
		if len(statements) == 1 {
			prepared.statement = statements[0]
		}
		// PostgreSQL analyses at Parse, so that is where clients look for the errors.
		if _, err := prepared.parameterCount(ctx); err != nil {
			return err
		}
		c.statements[m.Name] = prepared
		return nil
	})
	if err == nil {
		c.out.sendBare('1') // ParseComplete
	}
	return err
}

// bind answers Bind.
func (c *conn) bind(m *pgproto3.Bind) error {
	prepared, err := c.prepared(m.PreparedStatement)
	if err != nil {
		return err
	}
	if m.DestinationPortal == "" {
		c.dropPortal("")
	} else if c.taken(m.DestinationPortal) {
		return sqlstate.New(sqlstate.DuplicateCursor, `cursor "%s" already exists`, m.DestinationPortal)
	}
	var p *portal
	r := newRunning(c.ctx) // the portal's, which binding is a part of
	err = c.runUnder(r, func(r *running) (err error) {
		p, err = c.bindPortal(r, prepared, m)
		return err
	})
	if err != nil {
		r.end()
		return err
	}
	c.portals[m.DestinationPortal] = p
	c.out.sendBare('2') // BindComplete
	return nil
}

// taken tells whether a portal or an SQL cursor has a name.
func (c *conn) taken(name string) bool {
	if c.portals[name] != nil {
		return true
	}
	s, ok := c.session.(CursorSession)
	if ok {
		_, ok = s.Cursor(name)
	}
	return ok
}

// bindPortal makes the portal of a Bind message.
func (c *conn) bindPortal(r *running, prepared *preparedStatement, m *pgproto3.Bind) (*portal, error) {
	if err := checkText(m.DestinationPortal); err != nil {
		return nil, err
	}
	parameters, err := bindParameters(m)
	if err != nil {
		return nil, err
	}
	for i := range parameters {
		parameters[i].Charset = c.charset
	}
	want, err := prepared.parameterCount(r.ctx)
	if err != nil {
		return nil, err
	}
	if len(parameters) != want {
		return nil, sqlstate.New(sqlstate.ProtocolViolation,
			`bind message supplies %d parameters, but prepared statement "%s" requires %d`, len(parameters), m.PreparedStatement, want)
	}
	if prepared.statement == nil {
		return newPortal(m.DestinationPortal, nil, r), nil
	}
	bound, err := prepared.statement.Bind(r.ctx, parameters)
	if err != nil {
		return nil, err
	}
	formats, err := resultFormats(m.ResultFormatCodes, len(bound.Columns()))
	if err != nil {
		bound.Close()
		return nil, err
	}
	p := newPortal(m.DestinationPortal, bound, r)
	p.formats = formats
	return p, nil
}

// parameterCount asks the statement once; the number never changes.
func (s *preparedStatement) parameterCount(ctx context.Context) (int, error) {
	if s.parameters >= 0 {
		return s.parameters, nil
	}
	if s.statement == nil {
		s.parameters = 0
		return 0, nil
	}
	types, _, err := s.statement.Describe(ctx)
	if err != nil {
		return 0, err
	}
	s.parameters = len(types)
	return s.parameters, nil
}

// describe answers Describe.
func (c *conn) describe(m *pgproto3.Describe) error {
	switch m.ObjectType {
	case 'S':
		return c.describeStatement(m.Name)
	case 'P':
		return c.describePortal(m.Name)
	}
	return sqlstate.New(sqlstate.ProtocolViolation, "invalid DESCRIBE message subtype %d", m.ObjectType)
}

func (c *conn) describeStatement(name string) error {
	prepared, err := c.prepared(name)
	if err != nil {
		return err
	}
	var types []uint32
	var columns []Column
	if prepared.statement != nil {
		err = c.runContext(func(ctx context.Context) (err error) {
			types, columns, err = prepared.statement.Describe(ctx)
			return err
		})
		if err != nil {
			return err
		}
	}
	c.out.send(&pgproto3.ParameterDescription{ParameterOIDs: types})
	c.sendColumns(columns, nil)
	return nil
}

func (c *conn) describePortal(name string) error {
	p, err := c.portal(name)
	if err != nil {
		return err
	}
	defer p.leave()
	c.sendColumns(p.columns, p.formats)
	return nil
}

func (c *conn) sendColumns(columns []Column, formats []int16) {
	if columns == nil {
		c.out.sendBare('n') // NoData
		return
	}
	c.out.send(rowDescription(columns, formats))
}

// execute answers Execute. It never sends a RowDescription.
func (c *conn) execute(m *pgproto3.Execute) error {
	p, err := c.portal(m.Portal)
	if err != nil {
		return err
	}
	defer p.leave()
	if p.bound == nil {
		c.out.sendBare('I') // EmptyQueryResponse
		return nil
	}
	before := c.session.Status()
	if before == 'E' && p.state == portalFailed {
		return sqlstate.New(sqlstate.InFailedSQLTransaction,
			"current transaction is aborted, commands ignored until end of transaction block")
	}
	err = c.runUnder(p.running, func(*running) error {
		if in, ok := p.bound.(CopyIn); ok {
			return c.copyIn(p, in)
		}
		if err := p.start(c.format()); err != nil {
			return err
		}
		limit := int64(max(int32(m.MaxRows), 0))
		if l, ok := p.rows.(LimitedRows); ok && p.passing && limit > 0 {
			l.Limit(limit)
		}
		return c.stream(p, limit)
	})
	if before != 'I' && c.session.Status() == 'I' {
		c.closePortals() // it was COMMIT or ROLLBACK
	}
	return err
}

// closeNamed answers Close, which succeeds for unknown names too.
func (c *conn) closeNamed(m *pgproto3.Close) error {
	switch m.ObjectType {
	case 'S':
		delete(c.statements, m.Name)
	case 'P':
		c.dropPortal(m.Name)
		c.closeCursor(m.Name)
	default:
		return sqlstate.New(sqlstate.ProtocolViolation, "invalid CLOSE message subtype %d", m.ObjectType)
	}
	c.out.sendBare('3') // CloseComplete
	return nil
}

// prepared finds a statement by name.
func (c *conn) prepared(name string) (*preparedStatement, error) {
	if s := c.statements[name]; s != nil {
		return s, nil
	}
	if name == "" {
		return nil, sqlstate.New(sqlstate.InvalidSQLStatementName, "unnamed prepared statement does not exist")
	}
	return nil, sqlstate.New(sqlstate.InvalidSQLStatementName, `prepared statement "%s" does not exist`, name)
}

// portal finds a portal by name.
func (c *conn) portal(name string) (*portal, error) {
	if p := c.portals[name]; p != nil {
		return p, nil
	}
	if p, ok := c.cursor(name); ok {
		return p, nil
	}
	return nil, sqlstate.New(sqlstate.InvalidCursorName, `portal "%s" does not exist`, name)
}
