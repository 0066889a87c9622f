package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// isStar tells "*" and "t.*".
func isStar(n *pg_query.Node) bool {
	c := n.GetColumnRef()
	return c != nil && c.Fields[len(c.Fields)-1].GetAStar() != nil
}

// star expands "*" and "alias.*", "schema.table.*" into the columns it names.
func (b *binder) star(s *scope, n *pg_query.ColumnRef) ([]scopeColumn, error) {
	if len(n.Fields) > 1 {
		_, r, err := b.lookUp(s, n)
		if err != nil {
			return nil, err
		}
		return r.columns, nil
	}
	var all []scopeColumn
	for _, r := range s.relations {
		if err := r.reachable(b.position(n.Location)); err != nil {
			return nil, err
		}
		for _, c := range r.columns {
			if c.unqualified {
				all = append(all, c)
			}
		}
	}
	if len(s.relations) == 0 {
		return nil, sqlstate.New(sqlstate.SyntaxError, "SELECT * with no tables specified is not valid").At(b.position(n.Location))
	}
	return all, nil
}
