package budget

import "slices"

// lane is a queue that is fair between principals: one statement of each in turn, those
// of one in the order in which they came.
type lane struct {
	waiting map[string][]*waiter
	turns   []string // principals with somebody waiting; the first is next
	length  int
}

// waiter is a statement in a queue.
type waiter struct {
	who     string
	claim   Claim
	account *Account      // once it is admitted
	ready   chan struct{} // closed then
}

// add puts a statement at the end of its principal's.
func (l *lane) add(who string, c Claim) *waiter {
	if l.waiting == nil {
		l.waiting = map[string][]*waiter{}
	}
	w := &waiter{who: who, claim: c, ready: make(chan struct{})}
	if len(l.waiting[who]) == 0 {
		l.turns = append(l.turns, who)
	}
	l.waiting[who] = append(l.waiting[who], w)
	l.length++
	return w
}

// first gives who is next; nil where nobody waits.
func (l *lane) first() *waiter {
	if l.length == 0 {
		return nil
	}
	return l.waiting[l.turns[0]][0]
}

// remove takes a statement out. If its principal was next, it is others' turn then.
func (l *lane) remove(w *waiter) {
	of := l.waiting[w.who]
	at := slices.Index(of, w)
	if at < 0 {
		return
	}
	l.length--
	of = slices.Delete(of, at, at+1)
	l.waiting[w.who] = of
	turn := slices.Index(l.turns, w.who)
	switch {
	case len(of) == 0:
		delete(l.waiting, w.who)
		l.turns = slices.Delete(l.turns, turn, turn+1)
	case at == 0 && turn == 0 && w.account != nil:
		l.turns = append(l.turns[1:], w.who)
	}
}
