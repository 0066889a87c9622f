package bind

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// byteOrder are the collations by which text compares anyway.
var byteOrder = map[string]bool{"C": true, "POSIX": true, "default": true, "ucs_basic": true}

// collateClause binds COLLATE, which says nothing new where text compares by bytes.
func (b *binder) collateClause(s *scope, n *pg_query.CollateClause) (plan.Expr, error) {
	e, err := b.expr(s, n.Arg)
	if err != nil {
		return nil, err
	}
	position := b.position(n.Location)
	t := e.Type()
	if info, ok := pgtype.TypeByOID(t.OID); t.OID != pgtype.Unknown && ok && info.Collation == 0 {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "collations are not supported by type %s", pgtype.SQLName(t.OID)).At(position)
	}
	schema, name := splitName(n.Collname)
	switch {
	case schema != "" && schema != "pg_catalog":
	case byteOrder[name]:
		return e, nil
	case strings.ContainsAny(name, "_-"):
		return nil, sqlstate.Unsupported("collation %q", name).At(position)
	}
	return nil, sqlstate.New(sqlstate.UndefinedObject, "collation \"%s\" for encoding \"UTF8\" does not exist", strings.Join(nameParts(n.Collname), ".")).At(position)
}
