package postgres

import (
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/planner/plan"
)

// gathering asks look-ups of one statement together: those that come while others are at
// the source wait for these, and are then sent in one write and answered in one. That
// saves most of what a look-up costs here and there. They are of one statement, which
// reads one table, so that none holds a lock while it waits for another. It lasts while
// the statement proves quick, and nobody waits for others longer than patience.
type gathering struct {
	source  *Source
	text    lookUpText
	columns []plan.Column

	mu       sync.Mutex
	waiting  []*lookingUp // to be taken along, in the order they came
	batches  []*batch     // that others wait for; those that are late are no longer here
	forming  *batch       // one of them that is not sent yet
	several  bool         // the last batch was of more than one
	watching bool         // look will be called
	caution  caution
	trip     trip
}

const (
	// mostGathered bounds a batch: each of its answers waits for the last.
	mostGathered = 32
	// patience is how long a look-up waits for others at the most: once before its batch is
	// sent, and once for what is sent with it.
	patience = 50 * time.Millisecond
)

// rows reads, or has what somebody else reads brought along. ok is false where the plan
// must be run the common way.
func (g *gathering) rows(l *lookingUp) (found arrow.RecordBatch, ok bool, err error) {
	b := g.enter(l)
	if b == nil {
		var left bool
		if b, left = l.wait(); left {
			g.leave(l)
			return nil, false, g.source.failure(l.ctx, l.ctx.Err())
		}
	}
	for b != nil {
		g.lead(b)
		b = l.retry()
	}
	return l.outcome(g.source)
}

// enter gives a look-up its batch to lead; nil: it waits for others.
func (g *gathering) enter(l *lookingUp) *batch {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l.apart || g.caution.holds(l.came) {
		return alone(l)
	}
	if g.forming == nil && len(g.batches) < g.lanes() {
		return g.form(l, l.came)
	}
	l.told = make(chan *batch, 1)
	g.waiting = append(g.waiting, l)
	g.watch()
	return nil
}

// form begins a batch. The caller holds mu.
func (g *gathering) form(l *lookingUp, now time.Time) *batch {
	b := alone(l)
	b.began, b.crowded = now, g.several
	g.forming, g.batches = b, append(g.batches, b)
	return b
}

// lead sends a batch, and gives everybody their answer. Whatever becomes of it, those who
// wait are told something.
func (g *gathering) lead(b *batch) {
	defer g.end(b)
	l, s := b.leader(), g.source
	connection, err := s.acquire(l.ctx)
	if err != nil {
		l.state, l.err = failed, err
		return
	}
	defer connection.Release()
	c := connection.Conn().PgConn()
	if _, known := s.keptBy(c).statements[g.text]; !known && !b.ready() {
		return // to prepare it is to ask already
	}
	p := s.preparedLookUp(l.ctx, c, g.text, g.columns)
	if p == nil {
		l.state = refused
		return
	}
	if p.decoding == nil {
		if p.decoding, err = s.decoding(memory.DefaultAllocator, connection, g.columns, p.wire); err != nil {
			l.state, l.err = failed, err
			return
		}
	}
	if b.crowded {
		runtime.Gosched() // let those that are ready come along
	}
	g.depart(b)
	if !b.ready() {
		return
	}
	g.leaves(b)
	s.find(connection, p.name, p.decoding, b)
}

// depart takes along who waits: afterwards nobody joins.
func (g *gathering) depart(b *batch) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.forming != b {
		return
	}
	g.forming = nil
	n := min(len(g.waiting), mostGathered-1)
	b.all = append(b.all, g.waiting[:n]...)
	g.waiting = slices.Delete(g.waiting, 0, n)
	if g.several = n > 0; g.several {
		g.watch()
	}
}

// leaves notes when a batch is sent.
func (g *gathering) leaves(b *batch) {
	g.mu.Lock()
	defer g.mu.Unlock()
	b.sent = time.Now()
}

// end has the next batch sent.
func (g *gathering) end(b *batch) {
	b.disperse()
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if !b.sent.IsZero() {
		took := now.Sub(b.sent)
		g.trip.saw(took, now)
		if took > patience {
			g.caution.slow(now)
		}
	}
	g.drop(b)
	if g.forming != nil || len(g.waiting) == 0 {
		return
	}
	next := g.waiting[0]
	g.waiting = slices.Delete(g.waiting, 0, 1)
	next.told <- g.form(next, now)
}

// drop has nobody wait for a batch. The caller holds mu.
func (g *gathering) drop(b *batch) {
	if i := slices.Index(g.batches, b); i >= 0 {
		g.batches = slices.Delete(g.batches, i, i+1)
	}
	if g.forming == b {
		g.forming = nil
	}
}

// leave ends a wait. Who was taken along has its answer thrown away; who was told to lead
// has the next one lead.
func (g *gathering) leave(l *lookingUp) {
	g.mu.Lock()
	if i := slices.Index(g.waiting, l); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
	}
	g.mu.Unlock()
	select {
	case b := <-l.told:
		if b != nil {
			g.end(b)
		}
	default:
	}
}

// watch sees to it that nobody waits too long. The caller holds mu.
func (g *gathering) watch() {
	if !g.watching {
		g.watching = true
		time.AfterFunc(patience, g.look)
	}
}

// look sends those away that have waited too long, before their batch and in it.
func (g *gathering) look() {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.watching = false
	late := func(since time.Time) bool { return now.Sub(since) >= patience }
	slow := false
	for len(g.waiting) > 0 && late(g.waiting[0].came) {
		g.waiting[0].told <- alone(g.waiting[0])
		g.waiting = slices.Delete(g.waiting, 0, 1)
		slow = true
	}
	for _, b := range slices.Clone(g.batches) {
		if !late(b.began) {
			continue
		}
		g.drop(b)
		if len(b.all) > 1 && !b.sent.IsZero() && late(b.sent) {
			b.cut()
			slow = true
		}
	}
	if slow {
		g.caution.slow(now)
	}
	if len(g.waiting)+len(g.batches) > 0 {
		g.watch()
	}
}
