package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestGathering: who leads, who is taken along, and who is next.
func TestGathering(t *testing.T) {
	g := &gathering{source: &Source{lanes: 1}}
	come := func() (*lookingUp, *batch) {
		l := &lookingUp{ctx: context.Background()}
		return l, g.enter(l)
	}
	told := func(l *lookingUp) *batch {
		select {
		case b := <-l.told:
			return b
		default:
			t.Helper()
			t.Fatal("nobody told it anything")
			return nil
		}
	}
	_, led := come()
	if led == nil {
		t.Fatal("the first does not lead")
	}
	second, b := come()
	third, _ := come()
	if b != nil {
		t.Fatal("the second does not wait for the first")
	}
	g.depart(led)
	if len(led.all) != 3 {
		t.Fatalf("%d were taken along, want all three", len(led.all))
	}
	fourth, b := come()
	fifth, _ := come()
	if b != nil {
		t.Fatal("a second batch is sent")
	}
	led.give(answered, nil, nil)
	led.give(answered, nil, nil)
	if told(second) != nil {
		t.Error("the second has no answer")
	}
	g.end(led) // as after a panic: the third has no answer
	if b := told(third); b == nil || len(b.all) != 1 {
		t.Error("the third does not ask again")
	}
	g.leave(fourth) // told to lead, and cancelled
	next := told(fifth)
	if next == nil || next.leader() != fifth {
		t.Fatal("the fifth does not lead")
	}
	sixth, _ := come()
	g.leave(sixth)
	g.depart(next)
	if len(next.all) != 1 {
		t.Error("who has left was taken along")
	}
	g.end(next)
	if len(g.waiting)+len(g.batches) > 0 || g.forming != nil {
		t.Errorf("%d wait, %d batches", len(g.waiting), len(g.batches))
	}
}

// TestSlowAmongQuick: one that sleeps holds nobody up, whether it leads, is waited for or
// was taken along, and is ended by its own context alone.
func TestSlowAmongQuick(t *testing.T) {
	const sleep = "SELECT concat(pg_sleep($1::float8), 'slept')"
	server := testservers.Postgres(t).NewDatabase(t)
	s := opened(t, server)
	s.lanes = 1
	g := gatheringOf(s, sleep)
	quick := func(ctx context.Context, want sqlstate.Code) {
		t.Helper()
		found, ok, err := g.rows(&lookingUp{ctx: ctx, values: [][]byte{[]byte("0")}, came: time.Now(), before: unbarred})
		if got := sqlstate.From(err); err != nil && got.Code != want || err == nil && (!ok || found.NumRows() != 1 || want != "") {
			t.Errorf("got %v, %t, %v; want %q", found, ok, err, want)
		}
	}
	quick(context.Background(), "")

	ctx, cancel := context.WithCancelCause(context.Background())
	slow := make(chan error, 1)
	start := func() {
		go func() {
			_, _, err := g.rows(&lookingUp{ctx: ctx, values: [][]byte{[]byte("3600")}, came: time.Now(), before: unbarred})
			slow <- err
		}()
		untilSleeping(t, server, 1)
	}
	start()
	gone, leave := context.WithCancel(context.Background())
	leave()
	quick(gone, sqlstate.QueryCanceled)
	for range 3 {
		quick(context.Background(), "")
	}
	select {
	case err := <-slow:
		t.Fatalf("the slow one has ended: %v", err)
	default:
	}
	timeout := sqlstate.New(sqlstate.QueryCanceled, "canceling statement due to statement timeout")
	cancel(timeout)
	if err := <-slow; err == nil || err.Error() != timeout.Error() {
		t.Errorf("the slow one: %v", err)
	}
	untilSleeping(t, server, 0)

	// Taken along: a forming batch takes the slow one in between two others.
	ctx, cancel = context.WithCancelCause(context.Background())
	g = gatheringOf(s, sleep)
	g.watching = true // so that nobody's patience ends before all have come
	first := &lookingUp{ctx: context.Background(), values: [][]byte{[]byte("0")}, before: unbarred}
	led := g.enter(first)
	var others sync.WaitGroup
	for i := range 3 {
		if i == 1 {
			go func() {
				_, _, err := g.rows(&lookingUp{ctx: ctx, values: [][]byte{[]byte("3600")}, came: time.Now(), before: unbarred})
				slow <- err
			}()
		} else {
			others.Go(func() { quick(context.Background(), "") })
		}
	}
	for n := 0; n < 3; runtime.Gosched() {
		g.mu.Lock()
		n = len(g.waiting)
		g.watching = n < 3
		g.mu.Unlock()
	}
	for b := led; b != nil; b = first.retry() {
		g.lead(b)
	}
	if found, ok, err := first.outcome(s); err != nil || !ok || found.NumRows() != 1 {
		t.Errorf("who led: %v, %t, %v", found, ok, err)
	}
	others.Wait()
	untilSleeping(t, server, 1)
	cancel(timeout)
	if err := <-slow; err == nil || err.Error() != timeout.Error() {
		t.Errorf("the slow one, taken along: %v", err)
	}
	untilSleeping(t, server, 0)
}

// TestManyLookUps has sessions look up at once, some of what fails, some cancelled: each is
// given its own answer, and no connection is left with somebody else's.
func TestManyLookUps(t *testing.T) {
	for _, lanes := range []int{1, 3} {
		t.Run(fmt.Sprint(lanes), func(t *testing.T) {
			s := opened(t, testservers.Postgres(t).NewDatabase(t))
			s.lanes = lanes
			texts := []string{"SELECT (1000 / ($1::integer - 50))::text", "SELECT ($1::integer * 7)::text"}
			var all []*gathering
			for _, text := range texts {
				all = append(all, gatheringOf(s, text))
			}
			from := seed.For(t)
			var sessions sync.WaitGroup
			for n := range 24 {
				random := rand.New(rand.NewPCG(from, uint64(n)))
				sessions.Go(func() {
					for range 60 {
						lookUpAtRandom(t, all, random)
					}
				})
			}
			sessions.Wait()
		})
	}
}

func lookUpAtRandom(t *testing.T, all []*gathering, random *rand.Rand) {
	which, value := random.IntN(2), random.IntN(100)
	ctx, end := context.WithCancel(context.Background())
	defer end()
	cancelled := random.IntN(40) == 0
	if cancelled {
		stop := time.AfterFunc(time.Duration(random.IntN(500))*time.Microsecond, end)
		defer stop.Stop()
	}
	l := &lookingUp{ctx: ctx, values: [][]byte{fmt.Append(nil, value)}, came: time.Now(), before: unbarred, apart: random.IntN(8) == 0}
	if random.IntN(40) == 0 {
		l.before = func() error { return errBarred }
	}
	found, ok, err := all[which].rows(l)
	switch {
	case errors.Is(err, errBarred):
	case l.before() != nil && !cancelled:
		t.Errorf("%d is asked though it is barred: %v, %v", value, found, err)
	case err != nil:
		if !cancelled || sqlstate.From(err).Code != sqlstate.QueryCanceled {
			t.Errorf("%d: %v", value, err)
		}
	case !ok:
		if (which != 0 || value != 50) && !cancelled {
			t.Errorf("%d is refused", value)
		}
	default:
		want := fmt.Sprint(value * 7)
		if which == 0 {
			want = fmt.Sprint(1000 / (value - 50))
		}
		if got := textsOf(found.Column(0).(*array.String)); len(got) != 1 || got[0] != want {
			t.Errorf("%d gives %v, want %s", value, got, want)
		}
	}
}

var errBarred = errors.New("barred")

// unbarred: nothing is to be done before.
func unbarred() error { return nil }
