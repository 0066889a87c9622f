package peers

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Difference tells where two answers part; "" where they say the same. A peer has its
// own types: blanks at the end (char(n)) do not count, and a number counts as equal where
// it is the other rounded to its own digits, or a float's nearest. Rows that the query's
// ORDER BY leaves in either order may come in either.
func Difference(got, want Answer) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d rows, want %d", len(got), len(want))
	}
	at := firstDifference(got, want)
	if at >= 0 {
		at = firstDifference(inOrder(got), inOrder(want))
	}
	if at < 0 {
		return ""
	}
	g, w := inOrder(got)[at], inOrder(want)[at]
	return fmt.Sprintf("got %s, want %s", strings.Join(g, " | "), strings.Join(w, " | "))
}

func firstDifference(got, want Answer) int {
	for i := range got {
		if !slices.EqualFunc(got[i], want[i], sameCell) {
			return i
		}
	}
	return -1
}

// inOrder sorts rows by their texts first: numbers, written differently, only decide
// among rows whose texts are equal.
func inOrder(all Answer) Answer {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b []string) int {
		for i := range a {
			if _, number := new(big.Float).SetString(a[i]); !number && strings.TrimRight(a[i], " ") != strings.TrimRight(b[i], " ") {
				return strings.Compare(a[i], b[i])
			}
		}
		for i := range a {
			x, isNumber := new(big.Float).SetString(a[i])
			y, areNumbers := new(big.Float).SetString(b[i])
			if isNumber && areNumbers && !sameCell(a[i], b[i]) {
				return x.Cmp(y)
			}
		}
		return 0
	})
	return all
}

func sameCell(got, want string) bool {
	got, want = strings.TrimRight(got, " "), strings.TrimRight(want, " ")
	if got == want {
		return true
	}
	g, ok := new(big.Float).SetString(got)
	w, fine := new(big.Float).SetString(want)
	if !ok || !fine || got == Null || want == Null {
		return false
	}
	gap := new(big.Float).Sub(g, w)
	gap.Abs(gap)
	return gap.Cmp(tolerance(got, w)) <= 0
}

// tolerance is half of the last digit of got, or what a float of 53 bits loses in a few
// thousand additions, whichever is more.
func tolerance(got string, want *big.Float) *big.Float {
	const relative = 1e-9
	allowed := new(big.Float).Mul(new(big.Float).Abs(want), big.NewFloat(relative))
	_, digits, _ := strings.Cut(got, ".")
	if strings.ContainsAny(got, "eE") {
		return allowed
	}
	half := big.NewFloat(0.5000001)
	for range digits {
		half.Quo(half, big.NewFloat(10))
	}
	if digits == "" {
		return allowed // an integer is exact
	}
	if half.Cmp(allowed) > 0 {
		return half
	}
	return allowed
}
