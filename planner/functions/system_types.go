package functions

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// systemTypeServed tells the types that only system tables have: names of objects, and
// those whose values stand as their text.
func systemTypeServed(t pgtype.OID) bool {
	return pgtype.IsRegistered(t) || slices.Contains(textual, TypeName(t))
}

// NeedsSession tells whether a part of an expression is answered by the session's own
// catalog.
func NeedsSession(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		row, ok := Find(Signature(e))
		found = found || ok && row.Session
		return !found
	})
	return found
}
