package plan

// Withholds tells whether the barrier keeps rows or stored values from its reader.
func (g *Governed) Withholds() bool { return g.Filtered || len(g.Masked) > 0 }

// Withholds tells whether a policy keeps rows or stored values of any of a plan's tables
// from its reader.
func Withholds(root Node) bool {
	found := false
	Walk(root, func(n Node) bool {
		g, ok := n.(*Governed)
		found = found || ok && g.Withholds()
		return !found
	})
	return found
}
