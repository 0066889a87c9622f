package postgres

import (
	"testing"
	"time"
)

// TestCaution: how long look-ups are asked alone after slow ones at these milliseconds.
func TestCaution(t *testing.T) {
	for _, test := range []struct {
		slow []int
		want int // when they no longer are
	}{
		{[]int{5000}, 5100},
		{[]int{5000, 5050}, 5150},              // one that was asked alone is slow too
		{[]int{5000, 5200}, 5400},              // back at once
		{[]int{5000, 5200, 5500}, 5900},        // and again
		{[]int{5000, 5200, 5500, 9901}, 10001}, // after a while that is long enough
		{[]int{5000, 5200, 5500, 9899}, 10699}, // that is not
		{[]int{0, 101, 302, 703, 1504, 3105, 6306, 12707, 25508, 38309}, 48309},
	} {
		begin := time.Now()
		at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
		var c caution
		for _, ms := range test.slow {
			c.slow(at(ms))
		}
		if !c.holds(at(test.want-1)) || c.holds(at(test.want)) {
			t.Errorf("slow at %v: until %v, want %d ms", test.slow, c.until.Sub(begin), test.want)
		}
	}
}
