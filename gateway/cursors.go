package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// cursors are a session's open ones, by name.
type cursors struct {
	open   map[string]*cursor
	budget *spool.Budget
}

// declare runs DECLARE. The query starts at once: it answers as of now.
func (s *session) declare(ctx context.Context, st *planner.DeclareCursor, p *portal) error {
	if !st.Hold && !s.tx.inBlock() {
		return needsBlock("DECLARE CURSOR")
	}
	names, _ := s.out.(pgwire.PortalNames)
	if _, taken := s.cursors.open[st.Name]; taken || names != nil && names.HasPortal(st.Name) {
		return sqlstate.New(sqlstate.DuplicateCursor, "cursor %q already exists", st.Name)
	}
	// The rows outlive the message that asks for them.
	rows, err := s.run(ctx, s.life, p)
	if err != nil {
		return err
	}
	c := &cursor{
		name: st.Name, columns: p.Columns(), binary: st.Binary, hold: st.Hold, oneWay: st.NoScroll,
		scroll: st.Scroll || st.Hold && !st.NoScroll, depth: len(s.tx.marks), rows: rows, standing: rows.standing,
	}
	switch {
	case c.scroll:
		c.kept = spool.New(s.cursors.budget)
	case !st.NoScroll:
		c.kept = spool.NewInMemory(s.cursors.budget)
	}
	if st.Hold && !s.tx.block { // its transaction ends with this message, where no error could be told
		if err := c.materialise(ctx, s.cursors.budget); err != nil {
			c.close()
			return err
		}
	}
	s.cursors.open[st.Name] = c
	return nil
}

// closeCursor runs CLOSE.
func (s *session) closeCursor(name string) (pgwire.Rows, error) {
	if name == "" {
		s.cursors.closeAll()
		return done("CLOSE CURSOR ALL"), nil
	}
	if s.cursors.close(name) {
		return done("CLOSE CURSOR"), nil
	}
	if wire, ok := s.out.(pgwire.PortalNames); ok && wire.ClosePortal(name) {
		return done("CLOSE CURSOR"), nil
	}
	return nil, noCursor(name)
}

func noCursor(name string) error {
	return sqlstate.New(sqlstate.InvalidCursorName, "cursor %q does not exist", name)
}

// find gives an open cursor.
func (c *cursors) find(name string) (*cursor, error) {
	if found, ok := c.open[name]; ok {
		return found, nil
	}
	return nil, noCursor(name)
}

func (c *cursors) close(name string) bool {
	found, ok := c.open[name]
	if ok {
		found.close()
		delete(c.open, name)
	}
	return ok
}

func (c *cursors) closeAll() {
	for name := range c.open {
		c.close(name)
	}
}

// closeFrom closes those declared after mark n of the transaction.
func (c *cursors) closeFrom(n int) {
	for name, one := range c.open {
		if one.depth > n {
			c.close(name)
		}
	}
}

// release hands those of a released savepoint on to what is around it.
func (c *cursors) release(n int) {
	for _, one := range c.open {
		one.depth = min(one.depth, n)
	}
}

// hold readies cursors WITH HOLD for the end of their transaction.
func (c *cursors) hold(ctx context.Context) error {
	for _, one := range c.open {
		if one.hold && one.depth > 0 {
			if err := one.materialise(ctx, c.budget); err != nil {
				return err
			}
		}
	}
	return nil
}

// endTransaction closes what does not outlive it.
func (c *cursors) endTransaction() {
	for name, one := range c.open {
		if !one.hold {
			c.close(name)
		}
		one.depth = 0
	}
}
