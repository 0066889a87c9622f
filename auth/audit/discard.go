package audit

// Discard gives a log that keeps nothing, to measure what keeping costs. Nothing that
// serves may use it: `sluice serve` has no flag that leads here.
func Discard() *Log { return &Log{discard: true} }
