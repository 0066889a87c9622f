package login

import (
	"cmp"
	"net/netip"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/catalog"
)

// throttle holds addresses back that fail often. Each failure counts one; one is
// forgotten every few seconds. An address whose count is at the bound may not try until
// it has fallen below, whoever logs in. A success takes nothing off: else whoever has one
// password could guess others between two logins.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	counts map[netip.Addr]count
}

type count struct {
	failures float64
	at       time.Time // when that was so
}

const (
	defaultAllowed = 20
	defaultForget  = 3 * time.Second
	// maxDebt bounds how far beyond the bound an address can get, so that it may try
	// again after some minutes at the latest.
	maxDebt = 100
	// maxAddresses bounds the memory. Beyond it the oldest counts are dropped: whoever
	// commands that many addresses is not held back by this.
	maxAddresses = 1 << 16
)

// permits tells whether an address may try now.
func (t *throttle) permits(address netip.Addr, f catalog.Failures) bool {
	if f.Allowed < 0 || !address.IsValid() {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.left(t.counts[whole(address)], f)+1 <= float64(cmp.Or(f.Allowed, defaultAllowed))
}

// failed counts a failure.
func (t *throttle) failed(address netip.Addr, f catalog.Failures) {
	if f.Allowed < 0 || !address.IsValid() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[netip.Addr]count{}
	}
	if len(t.counts) >= maxAddresses {
		t.forget(f)
	}
	address = whole(address)
	most := float64(cmp.Or(f.Allowed, defaultAllowed) + maxDebt)
	t.counts[address] = count{min(t.left(t.counts[address], f)+1, most), t.now()}
}

// left is what remains of a count by now.
func (t *throttle) left(c count, f catalog.Failures) float64 {
	gone := float64(t.now().Sub(c.at)) / float64(cmp.Or(f.Forget, defaultForget))
	return max(c.failures-gone, 0)
}

// forget drops counts that are over; where none is, half of all.
func (t *throttle) forget(f catalog.Failures) {
	for a, c := range t.counts {
		if t.left(c, f) == 0 {
			delete(t.counts, a)
		}
	}
	for a := range t.counts {
		if len(t.counts) < maxAddresses/2 {
			return
		}
		delete(t.counts, a)
	}
}

// whole gives what counts as one address: of IPv6 the /64, which one host has for itself.
func whole(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}
