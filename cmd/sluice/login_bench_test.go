package main

import (
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// loginPairs is how many logins of each kind are timed.
const loginPairs = 400

// BenchmarkLogin times refused logins, one of an unknown user and one with a wrong
// password in turn (A B B A), and gives the median and the quartiles of each: nobody shall
// learn from the time who exists. It is no test, because a loaded machine decides its
// figures; the difference of the medians should be within their quartiles.
func BenchmarkLogin(b *testing.B) {
	m, _ := smallMesh(b)
	gateway := m.serve()
	times := map[string][]time.Duration{}
	attempts := 0
	once := func(user string) {
		attempts++ // each from an address of its own: one that fails too often is shut out
		from := &net.TCPAddr{IP: net.IPv4(127, 1, byte(attempts/250), byte(attempts%250+1))}
		config, err := pgconn.ParseConfig(gateway.dsn(user))
		must(b, err)
		config.Password, config.DialFunc = "wrong", (&net.Dialer{LocalAddr: from}).DialContext
		start := time.Now()
		_, err = pgconn.ConnectConfig(b.Context(), config)
		times[user] = append(times[user], time.Since(start))
		var e *pgconn.PgError
		if !errors.As(err, &e) || e.Code != "28P01" {
			b.Fatalf("%s: %v", user, err)
		}
	}
	for range 20 { // warm
		once("reader")
		once("nosuch")
	}
	clear(times)
	for b.Loop() {
		for range loginPairs / 2 {
			for _, user := range []string{"reader", "nosuch", "nosuch", "reader"} {
				once(user)
			}
		}
	}
	for user, name := range map[string]string{"reader": "wrong-password", "nosuch": "unknown-user"} {
		all := times[user]
		slices.Sort(all)
		for _, at := range []struct {
			of   int
			name string
		}{{1, "p25"}, {2, "median"}, {3, "p75"}} {
			b.ReportMetric(float64(all[len(all)*at.of/4].Microseconds()), name+"-"+at.name+"-µs")
		}
	}
}
