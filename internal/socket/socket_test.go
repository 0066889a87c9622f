package socket

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/seed"
)

// pair connects two ends, the first of which is direct.
func pair(t *testing.T, network string) (one, other net.Conn) {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "s")
	}
	l, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled, err := net.Dial(network, l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dialled.Close(); _ = accepted.Close() })
	return Direct(dialled), accepted
}

// TestDirect sends more than buffers hold both ways at once, in pieces of all sizes.
func TestDirect(t *testing.T) {
	for _, network := range []string{"tcp", "unix"} {
		t.Run(network, func(t *testing.T) {
			one, other := pair(t, network)
			text := make([]byte, 8<<20)
			for i := range text {
				text[i] = byte(i * 7 >> 3)
			}
			random := rand.New(rand.NewPCG(seed.For(t), 0))
			pieces := []int{1, 100, 1 + random.IntN(100_000), 5 << 20}
			var both sync.WaitGroup
			for _, way := range []struct{ from, to net.Conn }{{one, other}, {other, one}} {
				both.Go(func() {
					rest := text
					for i := 0; len(rest) > 0; i++ {
						n, err := way.from.Write(rest[:min(len(rest), pieces[i%len(pieces)])])
						if err != nil {
							t.Error(err)
							return
						}
						rest = rest[n:]
					}
				})
				both.Go(func() {
					got := make([]byte, len(text))
					if _, err := io.ReadFull(way.to, got); err != nil || !bytes.Equal(got, text) {
						t.Errorf("something else came (%v)", err)
					}
				})
			}
			both.Wait()
			if err := other.Close(); err != nil {
				t.Fatal(err)
			}
			if n, err := one.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
				t.Errorf("at the end: %d, %v", n, err)
			}
		})
	}
}

// TestDirectEnds: deadlines, a close under a read, and a peer that is gone are the net
// package's errors.
func TestDirectEnds(t *testing.T) {
	one, _ := pair(t, "tcp")
	if n, err := one.Read(nil); n != 0 || err != nil {
		t.Errorf("nothing is read as %d, %v", n, err)
	}
	_ = one.SetReadDeadline(time.Unix(1, 0))
	if _, err := one.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a deadline that is past: %v", err)
	}
	_ = one.SetReadDeadline(time.Time{})
	reading := make(chan error, 1)
	go func() {
		_, err := one.Read(make([]byte, 1))
		reading <- err
	}()
	_ = one.Close()
	if err := <-reading; !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed under a read: %v", err)
	}

	one, other := pair(t, "tcp")
	_ = other.(*net.TCPConn).SetLinger(0)
	_ = other.Close()
	var err error
	for deadline := time.Now().Add(30 * time.Second); err == nil && time.Now().Before(deadline); {
		_, err = one.Write([]byte("x"))
	}
	var operation *net.OpError
	if !errors.As(err, &operation) || !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the peer is gone: %v", err)
	}
}

// TestDirectAllocates nothing for a call.
func TestDirectAllocates(t *testing.T) {
	one, other := pair(t, "tcp")
	p := make([]byte, 64)
	if n := testing.AllocsPerRun(100, func() {
		_, _ = one.Write(p[:10])
		_, _ = other.Read(p)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
