// Package seed gives the random tests their seeds: the same one on every run unless
// another is asked for, so that a suite that passed yesterday passes today, and a fresh
// one where the point is to meet what nobody has met yet.
package seed

import (
	"hash/fnv"
	"os"
	"strconv"
	"testing"
	"time"
)

// Variable names the environment variable that sets the seed: a number repeats a run,
// "fresh" draws one by the clock, as `make fuzz` does. Without it each test has a seed of
// its own, made from its name.
const Variable = "SLUICE_SEED"

// For gives a test its seed, and tells it in the test's log.
func For(t testing.TB) uint64 {
	t.Helper()
	seed, err := parse(os.Getenv(Variable), t.Name())
	if err != nil {
		t.Fatalf("%s is neither a number nor \"fresh\": %v", Variable, err)
	}
	t.Logf("%s=%d", Variable, seed)
	return seed
}

func parse(text, name string) (uint64, error) {
	switch text {
	case "":
		h := fnv.New64a()
		h.Write([]byte(name))
		return h.Sum64() >> 33, nil // short enough to type
	case "fresh":
		return uint64(time.Now().UnixNano()), nil
	}
	return strconv.ParseUint(text, 10, 64)
}
