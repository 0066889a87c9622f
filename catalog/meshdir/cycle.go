package meshdir

import "strings"

// cycles gives the cycles of a graph, each from the node where it was entered, which
// stands at its end again. Every node is walked once.
func cycles(nodes []string, next func(string) []string) [][]string {
	const (
		fresh = iota
		open
		done
	)
	state := map[string]int{}
	var found [][]string
	var trail []string
	var visit func(string)
	visit = func(n string) {
		switch {
		case n == "" || state[n] == done:
			return
		case state[n] == open:
			found = append(found, append(from(trail, n), n))
			return
		}
		state[n] = open
		trail = append(trail, n)
		for _, m := range next(n) {
			visit(m)
		}
		trail = trail[:len(trail)-1]
		state[n] = done
	}
	for _, n := range nodes {
		visit(n)
	}
	return found
}

// from gives a copy of the trail beginning at n.
func from(trail []string, n string) []string {
	for i := range trail {
		if trail[i] == n {
			return append([]string{}, trail[i:]...)
		}
	}
	return nil
}

func arrows(cycle []string) string { return strings.Join(cycle, " -> ") }
