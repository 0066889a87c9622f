//go:build !linux

package duckdb

// stampOf: elsewhere nobody has looked what stat tells of writes, so files are always read.
func stampOf(string) (stamp, bool) { return stamp{}, false }
