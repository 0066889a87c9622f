package sqlwriter

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// series writes generate_series over integer constants as DuckDB's own relation, which
// streams and can be interrupted; the list that other calls become is built whole first.
func (w *writer) series(n *plan.FunctionScan) (*block, bool) {
	if w.d.engine() != functions.DuckDB || len(n.Calls) != 1 || n.Ordinality {
		return nil, false
	}
	call, ok := n.Calls[0].(*plan.SetCall)
	if !ok || call.Procedure.Name != "generate_series" {
		return nil, false
	}
	bounds := make([]string, len(call.Args))
	for i, e := range call.Args {
		if bounds[i], ok = seriesBound(e); !ok || i == 2 && bounds[i] == "0" {
			return nil, false // a step of zero is an error, a NULL no row: the list's way knows
		}
	}
	t := "BIGINT"
	if call.Of.OID == pgtype.Int4 {
		t = "INTEGER"
	}
	from := "(SELECT CAST(s.generate_series AS " + t + ") AS " + columnName(n.Cols[0].ID) + " FROM generate_series(" + strings.Join(bounds, ", ") + ") AS s)"
	return w.relation(from, w.alias(), n.Cols, w.boundary(n.Cols)), true
}

// seriesBound gives an integer constant far enough from the end of its range that
// counting past it cannot overflow.
func seriesBound(e plan.Expr) (string, bool) {
	l, ok := e.(*plan.Literal)
	if !ok || l.Null || l.Of.OID != pgtype.Int4 && l.Of.OID != pgtype.Int8 {
		return "", false
	}
	i, err := strconv.ParseInt(l.Text, 10, 64)
	return strconv.FormatInt(i, 10), err == nil && i > -1<<60 && i < 1<<60
}
