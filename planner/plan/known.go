package plan

// Known is what planning asks of the value of a constant expression.
type Known struct {
	Null bool
	True bool // of a boolean
}
