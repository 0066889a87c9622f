// Package conntest is the contract suite of all connectors: what the interface of
// package connectors promises is proven here against PostgreSQL holding the same data.
//
// In: a Harness, which says how tables come into a source of the kind. Out: test
// failures. It knows no connector.
package conntest

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
)

// Harness is one kind of source under test.
type Harness struct {
	// Connector gives the connector. Where it takes an allocator it takes this one,
	// which counts what is not given back; others ignore it.
	Connector func(mem memory.Allocator) connectors.Connector
	// Load makes a source that holds these tables, and tells where in it they lie by
	// setting their Source and Physical, and Physical of each column.
	Load func(t testing.TB, tables []*Table) (source *catalog.Source, secret string)

	// Skips says which types of PostgreSQL's, as in TypeCases, the source cannot hold.
	Skips map[string]string
	// SkipsValue says which values it cannot hold ("numeric", "NaN").
	SkipsValue func(of, text string) bool

	// Unreachable changes a source so that nothing answers there; nil: the suite skips it.
	Unreachable func(s *catalog.Source)
	// Rejected gives a secret the source refuses; empty: there are no secrets.
	Rejected string
	// Slow is a query over the table items that runs for minutes at the source; empty:
	// the suite uses a cross join of items with itself.
	Slow string
	// Active tells how many statements of ours run at the source now; nil: unknown.
	Active func(t testing.TB) int
	// Write tries to change the table items through a connection of the source, in
	// whatever way the connector's package can; its error is the expected answer. nil:
	// there is no way.
	Write func(s connectors.Source, t *catalog.Table) error
	// Alter makes the source differ from the contract of items: the column label is
	// gone, price is of another type. Then Describe must tell so. nil: cannot be done.
	Alter func(t testing.TB, s *catalog.Source, items *Table)
}

// Table is a table of test data, and its contract.
type Table struct {
	*catalog.Table
	// Rows hold values in PostgreSQL's text form, Null where there is none.
	Rows [][]string
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Run("types", func(t *testing.T) { testTypes(t, h) })
	t.Run("shapes", func(t *testing.T) { testShapes(t, h) })
	t.Run("pushdown", func(t *testing.T) { testPushdown(t, h) })
	t.Run("end", func(t *testing.T) { testEnd(t, h) })
	t.Run("limits", func(t *testing.T) { testLimits(t, h) })
	t.Run("reach", func(t *testing.T) { testReach(t, h) })
	t.Run("read only", func(t *testing.T) { testReadOnly(t, h) })
	t.Run("describe", func(t *testing.T) { testDescribe(t, h) })
}
