package pgcatalog

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"sync"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/libm"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Random is what a session draws random() from. After setseed() the numbers are those of
// PostgreSQL: xoroshiro128**, seeded by splitmix64 (pg_prng.c).
type Random struct {
	mu    sync.Mutex
	state [2]uint64
}

// NewRandom gives one that nobody can foresee.
func NewRandom() *Random { return &Random{state: [2]uint64{rand.Uint64(), rand.Uint64()}} }

// seed begins anew.
func (r *Random) seed(of float64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := uint64(int64(float64(1<<52-1) * of))
	for i := range r.state {
		state += 0x9E3779B97F4A7C15
		mixed := (state ^ state>>30) * 0xBF58476D1CE4E5B9
		mixed = (mixed ^ mixed>>27) * 0x94D049BB133111EB
		r.state[i] = mixed ^ mixed>>31
	}
}

// next gives a number from 0 up to 1.
func (r *Random) next() float64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return math.Ldexp(float64(r.bits()>>12), -52)
}

// normal gives a number of the standard normal distribution (pg_prng_double_normal:
// Box and Muller's).
func (r *Random) normal() float64 {
	u1, u2 := 1-r.next(), r.next()
	return math.Sqrt(-2*math.Log(u1)) * libm.Sin(2*math.Pi*u2)
}

// between gives a number of a closed range (pg_prng_int64_range: by as many bits as the
// range has, again until one lies in it).
func (r *Random) between(least, most int64) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if most <= least {
		return least
	}
	width := uint64(most) - uint64(least)
	shift := bits.LeadingZeros64(width)
	for {
		if n := r.bits() >> shift; n <= width {
			return int64(uint64(least) + n)
		}
	}
}

// bits gives the next 64; the caller holds the lock.
func (r *Random) bits() uint64 {
	s0, sx := r.state[0], r.state[1]^r.state[0]
	value := bits.RotateLeft64(s0*5, 7) * 9
	r.state = [2]uint64{bits.RotateLeft64(s0, 24) ^ sx ^ sx<<16, bits.RotateLeft64(sx, 37)}
	return value
}

// randomFunctions are those of the session that draw, and setseed.
func (r *Sessions) randomFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		volatile(of1(r, "random", func(s *Session, _ string) (float64, error) { return s.Random.next(), nil })),
		volatile(of2(r, "random_normal", func(s *Session, mean, deviation float64) (float64, error) {
			return deviation*s.Random.normal() + mean, nil
		})),
		volatile(of2(r, "random_between", func(s *Session, least, most int64) (int64, error) {
			if least > most {
				return 0, sqlstate.New(sqlstate.InvalidParameterValue, "lower bound must be less than or equal to upper bound")
			}
			return s.Random.between(least, most), nil
		})),
		volatile(of1(r, "setseed", func(s *Session, of float64) (string, error) {
			if !(of >= -1 && of <= 1) {
				return "", sqlstate.New(sqlstate.InvalidParameterValue, "setseed parameter %g is out of allowed range [-1,1]", of)
			}
			s.Random.seed(of)
			return "", nil
		})),
	}
}
