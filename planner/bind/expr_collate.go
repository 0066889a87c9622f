package bind

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// byteOrder are the collations by which text compares anyway, and how they are written.
var byteOrder = map[string]string{"C": `"C"`, "POSIX": `"POSIX"`, "default": `"default"`, "ucs_basic": "ucs_basic"}

// collateClause binds COLLATE, which says nothing new where text compares by bytes.
func (b *binder) collateClause(s *scope, n *pg_query.CollateClause) (plan.Expr, error) {
	e, err := b.expr(s, n.Arg)
	if err != nil {
		return nil, err
	}
	position := b.position(n.Location)
	b.collates = append(b.collates, n.Location)
	t := e.Type()
	if info, ok := pgtype.TypeByOID(t.OID); t.OID != pgtype.Unknown && ok && info.Collation == 0 {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "collations are not supported by type %s", pgtype.SQLName(t.OID)).At(position)
	}
	schema, name := splitName(n.Collname)
	switch {
	case schema != "" && schema != "pg_catalog":
	case byteOrder[name] != "":
		return e, nil
	case strings.ContainsAny(name, "_-"):
		return nil, sqlstate.Unsupported("collation %q", name).At(position)
	}
	return nil, sqlstate.New(sqlstate.UndefinedObject, "collation \"%s\" for encoding \"UTF8\" does not exist", strings.Join(nameParts(n.Collname), ".")).At(position)
}

// collationFor answers COLLATION FOR (e): the collation is known while binding. That which an
// expression has of a COLLATE within it, or of a name, is refused.
func (b *binder) collationFor(n *pg_query.FuncCall, call boundCall) (plan.Expr, error) {
	name, t := "default", call.args[0].Type()
	info, ok := pgtype.TypeByOID(t.OID)
	written := n.Args[0].GetCollateClause()
	switch {
	case n.Args[0].GetAConst().GetSval() != nil || n.Args[0].GetAConst().GetIsnull():
		return &plan.Literal{Of: call.result, Null: true}, nil
	case t.OID != pgtype.Unknown && ok && info.Collation == 0:
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "collations are not supported by type %s", pgtype.SQLName(t.OID))
	case written != nil:
		_, name = splitName(written.Collname)
	case slices.ContainsFunc(b.collates, func(at int32) bool { return at > n.Location }):
		return nil, sqlstate.Unsupported("COLLATION FOR an expression with COLLATE in it").At(b.position(n.Location))
	case t.OID == pgtype.Name:
		name = "C"
	case holdsName(call.args[0]):
		return nil, sqlstate.Unsupported("COLLATION FOR an expression with a name in it").At(b.position(n.Location))
	}
	return &plan.Literal{Of: call.result, Text: byteOrder[name]}, nil
}

// holdsName tells whether part of an expression is of type name, whose collation is "C".
func holdsName(e plan.Expr) (found bool) {
	plan.WalkExpr(e, func(e plan.Expr) bool {
		found = found || e.Type().OID == pgtype.Name
		return !found
	})
	return found
}
