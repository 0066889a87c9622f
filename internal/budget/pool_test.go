package budget

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/sqlstate"
)

var merge = Claim{Engines: true}

// enter expects a place at once.
func enter(t *testing.T, p *Pool, who string, c Claim) *Account {
	t.Helper()
	a, err := p.Enter(t.Context(), who, c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// queued starts statements that must wait, in their order, and tells in which they are let in.
func queued(t *testing.T, p *Pool, c Claim, who ...string) <-chan string {
	t.Helper()
	order := make(chan string, len(who))
	for i, name := range who {
		before := p.Stats().Waiting
		go func() {
			a, err := p.Enter(context.Background(), name, c)
			if err != nil {
				t.Error(err)
				return
			}
			order <- fmt.Sprint(name, i)
			a.Close()
		}()
		until(t, func() bool { return p.Stats().Waiting == before+1 })
	}
	return order
}

// until waits for what another goroutine is about to do.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nothing happens")
		}
	}
}

func TestQueueIsFairBetweenPrincipals(t *testing.T) {
	t.Parallel()
	p := New(Limits{Memory: 400, Least: 100, Statements: 1})
	first := enter(t, p, "z", merge)
	order := queued(t, p, merge, "a", "a", "a", "b", "c", "b")
	first.Close()
	for _, want := range []string{"a0", "b3", "c4", "a1", "b5", "a2"} {
		if got := <-order; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestSharesOfWhatIsFree(t *testing.T) {
	t.Parallel()
	p := New(Limits{Memory: 1200, Least: 90})
	one, two, three := enter(t, p, "a", merge), enter(t, p, "a", merge), enter(t, p, "a", merge)
	if got := fmt.Sprint(one.share, two.share, three.share); got != "600 200 90" {
		t.Errorf("shares %s", got)
	}
	if one.Engines() != 450 || two.Merges() != 2 {
		t.Errorf("engines may use %d, the second is number %d", one.Engines(), two.Merges())
	}
	small := enter(t, p, "a", Claim{Bytes: 300})
	for _, a := range []*Account{one, two, three, small} {
		a.Close()
		a.Close()
	}
	if s := p.Stats(); s.Running != 0 || s.Reserved != 0 {
		t.Errorf("left: %+v", s)
	}
	capped := New(Limits{Memory: 1200, Least: 90, Statement: 100})
	if a := enter(t, capped, "a", merge); a.share != 100 {
		t.Errorf("a bounded share is %d", a.share)
	}
}

// TestMergesGiveBack: who waits gets what others can do without.
func TestMergesGiveBack(t *testing.T) {
	t.Parallel()
	p := New(Limits{Memory: 400, Least: 100})
	one := enter(t, p, "a", merge) // 200 of 300
	told := int64(0)
	one.OnShrink(func(to int64) bool { told = to; return true })
	two := enter(t, p, "a", merge) // 100
	three := enter(t, p, "b", merge)
	if one.share != 100 || told != 75 || three.share != 100 || two.share != 100 {
		t.Errorf("shares %d (engines told %d) %d %d", one.share, told, two.share, three.share)
	}
	three.Close()
	one.Close()
	big := enter(t, p, "a", merge)
	big.OnShrink(func(int64) bool { return false }) // it is in use
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	if _, err := p.Enter(ctx, "b", merge); !errors.Is(err, why) {
		t.Errorf("waiting ends with %v", err)
	}
	if s := p.Stats(); s.Waiting != 0 || s.Refused != 1 || s.Running != 2 {
		t.Errorf("%+v", s)
	}
}

func TestSmallClaimsPassMerges(t *testing.T) {
	t.Parallel()
	p := New(Limits{Memory: 400, Least: 300})
	large := enter(t, p, "a", merge)
	waiting := queued(t, p, merge, "a")
	enter(t, p, "a", Claim{Bytes: 60}).Close()
	enter(t, p, "a", Claim{Bytes: 1000}).Close() // as much as small ones have
	large.Close()
	<-waiting
}

func TestWaitingHasAnEnd(t *testing.T) {
	t.Parallel()
	p := New(Limits{Memory: 400, Least: 300, Wait: time.Millisecond})
	defer enter(t, p, "a", merge).Close()
	_, err := p.Enter(t.Context(), "b", merge)
	if e := sqlstate.From(err); e.Code != sqlstate.QueryCanceled || e.Message != "canceling statement due to 1ms of waiting for memory" {
		t.Errorf("got %v", err)
	}
}

func TestRowsCountAgainstTheShare(t *testing.T) {
	t.Parallel()
	p := New(Limits{Memory: 1600, Least: 100})
	a := enter(t, p, "a", merge) // 800, 600 of them for engines
	if !a.Take(150) || a.Take(60) {
		t.Error("200 bytes are for rows")
	}
	a.Give(100)
	if !a.Take(60) {
		t.Error("what was given back is free")
	}
	if e := sqlstate.From(a.Exceeded()); e.Code != sqlstate.OutOfMemory {
		t.Errorf("got %v", e)
	}
	stream := enter(t, p, "a", Claim{Bytes: 100})
	if !stream.Take(100) || stream.Take(1) {
		t.Error("a stream has no engines: all of it is for rows")
	}
	var none *Account
	if !none.Take(1<<40) || none.Engines() != 0 {
		t.Error("no account bounds nothing")
	}
}

// TestRandomClaims: whatever comes and goes, what is reserved fits, everybody is served,
// and nothing is left.
func TestRandomClaims(t *testing.T) {
	t.Parallel()
	s := seed.For(t)
	p := New(Limits{Memory: 4000, Least: 100, Statements: 7})
	var all sync.WaitGroup
	var served atomic.Int64
	for worker := range 16 {
		random := rand.New(rand.NewPCG(s, uint64(worker)))
		all.Go(func() {
			for range 200 {
				ctx, cancel := context.WithCancel(context.Background())
				if random.IntN(4) == 0 {
					go cancel()
				}
				a, err := p.Enter(ctx, fmt.Sprint("p", worker%3), Claim{Bytes: int64(random.IntN(2) * random.IntN(900)), Engines: true})
				if now := p.Stats(); now.Reserved > 4000 || now.Running > 7 {
					t.Errorf("%+v", now)
				}
				if err == nil {
					served.Add(1)
					if random.IntN(2) == 0 {
						a.OnShrink(func(int64) bool { return true })
					}
					if random.IntN(2) == 0 {
						time.Sleep(50 * time.Microsecond) // others come meanwhile
					}
					a.Close()
				}
				cancel()
			}
		})
	}
	all.Wait()
	if now := p.Stats(); now.Running != 0 || now.Waiting != 0 || now.Reserved != 0 || int64(now.Admitted) < served.Load() {
		t.Errorf("left: %+v", now)
	}
}

// BenchmarkEnter is what a statement pays where nobody waits.
func BenchmarkEnter(b *testing.B) {
	p := New(Limits{Memory: 1 << 30, Least: 32 << 20, Statements: 100, Wait: time.Minute})
	b.ReportAllocs()
	for b.Loop() {
		a, err := p.Enter(b.Context(), "a", Claim{Bytes: 1 << 20})
		if err != nil {
			b.Fatal(err)
		}
		a.Close()
	}
}

// TestLentMemoryComesBack: what is lent shortens nobody's share, and nobody waits for it.
func TestLentMemoryComesBack(t *testing.T) {
	t.Parallel()
	limits := Limits{Memory: 1200, Least: 100}
	alone := enter(t, New(limits), "ada", merge).share
	p := New(limits)
	p.OnNeed(func(bytes int64) { p.Return(bytes) })
	if !p.Borrow(800) || p.Borrow(1) {
		t.Fatalf("of 900 bytes 800 may be lent: %+v", p.Stats())
	}
	a := enter(t, p, "ada", merge)
	if s := p.Stats(); a.share != alone || s.Reserved != alone || s.Lent != 900-alone {
		t.Errorf("a share of %d, alone it is %d: %+v", a.share, alone, s)
	}
	b := enter(t, p, "bob", merge)
	c := enter(t, p, "eve", merge)
	if s := p.Stats(); s.Queued != 0 || p.Borrow(1) {
		t.Errorf("somebody waited, or what is left for one merge was lent: %+v", s)
	}
	for _, one := range []*Account{a, b, c} {
		one.Close()
	}
	if s := p.Stats(); s.Reserved != 0 || p.shared.used != s.Lent {
		t.Errorf("in the end: %+v", s)
	}
}
