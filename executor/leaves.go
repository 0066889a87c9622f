package executor

import (
	"strconv"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/plan"
)

// leaves collects the leaves of a plan in the order the SQL text names them. A leaf
// that stands twice is read twice: a stream can be taken once.
type leaves struct{ nodes []plan.Node }

// name gives the table expression that stands for a leaf.
func (l *leaves) name(n plan.Node) (string, error) {
	l.nodes = append(l.nodes, n)
	return duckdb.StreamFunction + "('" + leafName(len(l.nodes)-1) + "')", nil
}

func leafName(i int) string { return "r" + strconv.Itoa(i) }
