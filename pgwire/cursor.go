package pgwire

// cursor gives an SQL cursor as a portal, for the length of one message.
func (c *conn) cursor(name string) (*portal, bool) {
	s, ok := c.session.(CursorSession)
	if !ok {
		return nil, false
	}
	bound, ok := s.Cursor(name)
	if !ok {
		return nil, false
	}
	p := newPortal(name, bound, newRunning(c.ctx))
	p.passing = true
	return p, true
}

// binaryFormats are the result formats of a portal that insists on binary, else none.
func binaryFormats(bound Portal) []int16 {
	if b, ok := bound.(BinaryPortal); ok && b.Binary() {
		return []int16{binaryFormat}
	}
	return nil
}

// closeCursor closes an SQL cursor of that name.
func (c *conn) closeCursor(name string) {
	if s, ok := c.session.(CursorSession); ok {
		c.protect(func() { s.CloseCursor(name) })
	}
}

// HasPortal tells whether a Bind message has taken a name.
func (c *conn) HasPortal(name string) bool { return c.portals[name] != nil }

// ClosePortal closes a portal made by a Bind message.
func (c *conn) ClosePortal(name string) bool {
	known := c.HasPortal(name)
	c.dropPortal(name)
	return known
}
