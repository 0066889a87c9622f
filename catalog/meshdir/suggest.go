package meshdir

import "strings"

// near gives the candidate closest to a misspelt name, or "" where none is close
// enough to be meant: within a third of its length, at least one letter, ignoring case.
func near(name string, candidates []string) string {
	best, distance := "", min(max(1, len(name)/3)+1, len(name))
	if len(name) > maxSuggested {
		return ""
	}
	for _, c := range candidates {
		if len(c) > maxSuggested {
			continue
		}
		d := editDistance(strings.ToLower(name), strings.ToLower(c))
		if d < distance || d == distance && best != "" && c < best {
			best, distance = c, d
		}
	}
	return best
}

// maxSuggested bounds the quadratic cost of the distance.
const maxSuggested = 64

// editDistance counts insertions, deletions, substitutions and swaps of neighbours
// (optimal string alignment).
func editDistance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := last[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
