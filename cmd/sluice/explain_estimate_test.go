package main

import (
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestExplainEstimates: what was expected stands beside what came, where it is asked for.
func TestExplainEstimates(t *testing.T) {
	t.Parallel()
	f := newFederation(t, testservers.MariaDB(t), nil)
	f.mesh.user("reader", "", "readers")
	f.grantAll("readers")
	conn := f.mesh.serve().connect(t, "reader")
	const query = " SELECT o.total, i.label FROM shop.orders o JOIN ware.items i ON i.id = o.item_id"
	if got := ask(t.Context(), conn, "EXPLAIN (COSTS, ANALYZE)"+query).String(); !strings.Contains(got, "(estimated rows=240) (rows=") {
		t.Errorf("no estimate of the 240 orders:\n%s", got)
	}
	if got := ask(t.Context(), conn, "EXPLAIN (ANALYZE)"+query).String(); strings.Contains(got, "estimated") {
		t.Errorf("an estimate nobody asked for:\n%s", got)
	}
}
