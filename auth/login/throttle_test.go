package login

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/catalog"
)

func TestThrottle(t *testing.T) {
	t.Parallel()
	clock := newHand()
	th := throttle{now: clock.now}
	f := catalog.Failures{Allowed: 3, Forget: time.Second}
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for range 3 {
		if !th.permits(a, f) {
			t.Fatal("held back too early")
		}
		th.failed(a, f)
	}
	if th.permits(a, f) || !th.permits(b, f) || th.permits(netip.MustParseAddr("::ffff:192.0.2.1"), f) {
		t.Error("the wrong ones are held back")
	}
	clock.pass(999 * time.Millisecond)
	if th.permits(a, f) {
		t.Error("one failure forgotten too early")
	}
	clock.pass(2 * time.Millisecond)
	if !th.permits(a, f) {
		t.Error("no failure is forgotten")
	}
	for range 1000 {
		th.failed(a, f)
	}
	clock.pass((maxDebt + 1) * time.Second)
	if !th.permits(a, f) {
		t.Error("the debt has no bound")
	}
	six := netip.MustParseAddr("2001:db8:0:1::1")
	for range 3 {
		th.failed(six, f)
	}
	if th.permits(netip.MustParseAddr("2001:db8:0:1:ffff::2"), f) || !th.permits(netip.MustParseAddr("2001:db8:0:2::1"), f) {
		t.Error("an IPv6 host is its /64")
	}
	if !th.permits(a, catalog.Failures{Allowed: -1}) {
		t.Error("no bound is a bound")
	}
}

func TestThrottleMemory(t *testing.T) {
	t.Parallel()
	clock := newHand()
	th := throttle{now: clock.now}
	for i := range uint32(maxAddresses + 1000) {
		th.failed(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, i))), catalog.Failures{})
	}
	if len(th.counts) > maxAddresses {
		t.Errorf("%d addresses are remembered", len(th.counts))
	}
}
