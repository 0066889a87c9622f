package executor

import (
	"strconv"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/plan"
)

// leaves collects the leaves of a plan in the order the SQL text names them. A leaf
// that stands twice is read twice: a stream can be taken once.
type leaves struct {
	nodes []plan.Node
	// inOrder has the rows of each leaf in an order of their own, before any condition: that
	// in which a source gives them, and how it cuts them into batches, may depend on rows it
	// does not give. DuckDB moves conditions through an order, but not through a limit.
	inOrder bool
}

// name gives the table expression that stands for a leaf.
func (l *leaves) name(n plan.Node) (string, error) {
	l.nodes = append(l.nodes, n)
	stream := duckdb.StreamFunction + "('" + leafName(len(l.nodes)-1) + "')"
	if l.inOrder {
		stream = "(SELECT * FROM " + stream + " ORDER BY ALL LIMIT 9223372036854775807)"
	}
	return stream, nil
}

func leafName(i int) string { return "r" + strconv.Itoa(i) }
