package sqlwriter

import "strings"

// distinctJSON is how templates gather values as JSON.
const distinctJSON = "list($D$J1$O)$F"

// distinctJSON gathers different values in their order, then takes their JSON: the engine orders
// what is distinct by itself only. A NULL in a record is the largest there.
func (w *writer) distinctJSON(c *call) string {
	descending := strings.Contains(c.order, " DESC NULLS ")
	if first := strings.HasSuffix(c.order, " NULLS FIRST"); c.order != "" && first != descending {
		w.refuse("DISTINCT in %s with NULLs at that end", c.signature)
	}
	one, direction := "struct_pack(k := $1, j := $J1)", ""
	if descending {
		direction = " DESC"
	}
	return "list_transform(list(DISTINCT " + one + " ORDER BY " + one + direction + ")$F, lambda d: d.j)"
}
