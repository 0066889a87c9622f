package functions

import "strings"

// OrderedSet tells the aggregates WITHIN GROUP that the local engine has.
func OrderedSet(signature string) bool {
	name, _, _ := strings.Cut(signature, "(")
	switch name {
	case "percentile_cont", "percentile_disc", "mode", "rank", "dense_rank", "percent_rank", "cume_dist":
		return true
	}
	return false
}
