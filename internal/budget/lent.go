package budget

// What is lent is memory of merges that nobody uses, to those who keep what they could do
// without: copies of what can be read again. It is theirs until a statement needs it.

// Borrow reserves bytes of what merges have, if nobody waits and the next merge could still
// begin. A nil Pool lends anything.
func (p *Pool) Borrow(bytes int64) bool {
	if p == nil {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lanes[0].length+p.lanes[1].length > 0 || p.shared.free()-bytes < p.limits.Least {
		return false
	}
	p.shared.used += bytes
	p.lent += bytes
	return true
}

// Return gives back what was borrowed.
func (p *Pool) Return(bytes int64) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shared.used -= bytes
	p.lent -= bytes
	p.dispatch()
}

// OnNeed says how what is lent comes back: give returns as many bytes as it can of those
// that a statement needs, without waiting for anybody. It is set before anything is lent.
func (p *Pool) OnNeed(give func(bytes int64)) { p.give = give }

// recall asks for what a claim lacks because it is lent. Without mu.
func (p *Pool) recall(c Claim) {
	p.mu.Lock()
	missing := min(p.wanted(c)-p.shared.free(), p.lent)
	p.mu.Unlock()
	if missing > 0 && p.give != nil {
		p.give(missing)
	}
}

// wanted is what a claim takes of the memory of merges if nothing were lent. Of what is
// free a merge gets two thirds, so that the next one need not wait for it.
func (p *Pool) wanted(c Claim) int64 {
	if c.Bytes > 0 {
		if c.Bytes <= p.small.free() {
			return 0
		}
		return c.Bytes
	}
	share := max(p.limits.Least, (p.shared.free()+p.lent)/3*2)
	if p.limits.Statement > 0 {
		share = max(p.limits.Least, min(share, p.limits.Statement))
	}
	return share
}
