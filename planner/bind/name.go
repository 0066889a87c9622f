package bind

import pg_query "github.com/pganalyze/pg_query_go/v6"

// star expands "*" (qualifier nil) or "alias.*", "schema.table.*" into the columns it names.
func (b *binder) star(s *scope, n *pg_query.ColumnRef) ([]scopeColumn, error) {
	return nil, nil
}
