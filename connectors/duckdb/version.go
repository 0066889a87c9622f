package duckdb

import (
	"slices"
	"time"
)

// version is what tells a relation's files as they are from any other, before and after:
// their names, and of each what the file system changes when anybody writes to it or puts
// another in its place.
type version []stamp

// stamp is that of one file. Times are nanoseconds since 1970.
type stamp struct {
	name          string
	device, inode uint64
	size          int64
	modified      int64 // by a writer; whoever may write can set it back
	changed       int64 // by the file system: nobody sets it back
}

// versionOf looks at files. false: one is not there, or lies where a look may tell the past
// (network file systems keep what they were told for seconds), or may be written to
// without a trace.
func versionOf(files []string) (version, bool) {
	all := make(version, len(files))
	for i, name := range files {
		one, ok := stampOf(name)
		if !ok {
			return nil, false
		}
		all[i] = one
	}
	return all, len(all) > 0
}

func (v version) equal(other version) bool { return slices.Equal(v, other) }

// tick is longer than file systems' clocks stand still between two ticks: 2 seconds on FAT,
// 10 ms and less elsewhere.
const tick = 2 * time.Second

// settled tells whether a write from now on must show: every file is older than a tick. A
// write within the tick of the last one leaves the times as they are.
func (v version) settled(now time.Time) bool {
	before := now.Add(-tick).UnixNano()
	return !slices.ContainsFunc(v, func(s stamp) bool { return s.modified >= before || s.changed >= before })
}

// bytes is the size of all files.
func (v version) bytes() int64 {
	total := int64(0)
	for _, s := range v {
		total += s.size
	}
	return total
}
