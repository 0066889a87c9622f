package mysql

import (
	"strconv"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// parallel says how a source may be read over several connections at once. The zero value
// is: not at all, because MySQL gives no two connections one snapshot. The owner allows it
// by two options of the source:
//
//	options: {parallelReads: 4, snapshot: lock}
//
// parallelReads is the most connections one read takes. snapshot is `lock`, where writers
// of the table wait for the moment in which the connections begin and all of them see the
// same rows; or `near`, where nobody waits and they may differ by what is committed in that
// moment.
type parallel struct {
	connections int
	lock        bool
	rows        float64 // the fewest rows worth it
}

// worthSplitting is how many rows a read must have about, before connections are taken,
// locked and set up for it: they cost a few milliseconds, this many rows some hundred.
const worthSplitting = 200_000

// mostParallel is a bound for parallelReads, like those of limits.
const mostParallel = 64

func parallelOf(of *catalog.Source) (parallel, error) {
	reads, snapshot := of.Options["parallelReads"], of.Options["snapshot"]
	if reads == "" && snapshot == "" {
		return parallel{}, nil
	}
	count, err := strconv.Atoi(reads)
	if err != nil || count < 1 || count > mostParallel || snapshot != "lock" && snapshot != "near" {
		return parallel{}, sqlstate.New(sqlstate.ConfigFileError, "domain %s: source %s: options parallelReads and snapshot do not go together", of.Domain, of.Name).
			WithHint("parallelReads is a number from 1 to 64, snapshot is lock or near.")
	}
	return parallel{connections: count, lock: snapshot == "lock", rows: worthSplitting}, nil
}

// soleScan gives the one table that a plan reads row by row, so that every range of its
// rows can be asked by itself; nil where the rows depend on each other (or on a LIMIT).
func soleScan(n plan.Node) *plan.Scan {
	for {
		for _, e := range n.Exprs() {
			if plan.HasSubquery(e) {
				return nil
			}
		}
		switch at := n.(type) {
		case *plan.Scan:
			return at
		case *plan.Governed:
			n = at.Input
		case *plan.Filter:
			n = at.Input
		case *plan.Project:
			n = at.Input
		default:
			return nil
		}
	}
}
