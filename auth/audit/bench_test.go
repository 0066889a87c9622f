package audit

import (
	"fmt"
	"testing"

	"github.com/sluicemesh/sluice/auth"
)

// pointQuery is a statement as a look-up by key leaves it, with its outcome.
func pointQuery() (Session, Statement, Outcome) {
	s := Session{ID: "4711", User: "reader", Database: "mesh", Client: "127.0.0.1:54321", Application: "psql", TLS: "TLS 1.3"}
	d := auth.Decision{
		Allowed: true, Epoch: 1, Groups: []string{"analysts", "staff"}, Reason: auth.Granted, User: "reader",
		MeshHash: "5d41402abc4b2a76b9719d911017c592aabbccddeeff00112233445566778899",
		Tables:   []auth.TableDecision{{Address: "trade.orders", Version: "1.0.0", Output: []string{"o_totalprice"}, Predicate: []string{"o_orderkey"}, Grants: []string{"trade.orders.readers"}, RowFilters: []string{"own_region"}}},
	}
	return s, Statement{Text: "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = $1", Decision: d},
		Outcome{Rows: 1, Fragments: []Fragment{{Source: "trade.origin", Fingerprint: "0123456789abcdef", Rows: 1, Bytes: 64}}}
}

// BenchmarkDecision records look-ups by a kept plan, one at a time and many at once.
func BenchmarkDecision(b *testing.B) {
	for _, sync := range []bool{false, true} {
		for _, clients := range []int{1, 32} {
			b.Run(fmt.Sprintf("sync=%t/clients=%d", sync, clients), func(b *testing.B) {
				l, err := Open(b.TempDir(), Options{Key: testKey, Sync: sync})
				if err != nil {
					b.Fatal(err)
				}
				defer l.Close()
				b.ReportAllocs()
				s, st, o := pointQuery()
				sender := NewSender(s)
				st.Like = l.Like(st.Text, st.Decision)
				one := func() {
					e, err := l.Decision(sender, st)
					if err == nil {
						err = e.Complete(o)
					}
					if err != nil {
						b.Error(err)
					}
				}
				if clients == 1 {
					for b.Loop() {
						one()
					}
					return
				}
				b.SetParallelism(clients / 2)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						one()
					}
				})
			})
		}
	}
}
