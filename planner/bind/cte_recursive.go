package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// recursiveCTE binds a query of WITH RECURSIVE that names itself: the types of its
// columns are those of the first term.
func (b *binder) recursiveCTE(s *scope, n *pg_query.CommonTableExpr, c *cteBinding) error {
	stmt := n.Ctequery.GetSelectStmt()
	if err := b.checkRecursion(n, stmt); err != nil {
		return err
	}
	body := func(s *scope) (boundQuery, error) { return b.recursiveUnion(s, n, stmt, c) }
	var q boundQuery
	var err error
	if stmt.WithClause != nil {
		q, err = b.with(s, stmt.WithClause, body)
	} else {
		q, err = body(s)
	}
	c.node = q.node
	return err
}

func (b *binder) recursiveUnion(s *scope, n *pg_query.CommonTableExpr, stmt *pg_query.SelectStmt, c *cteBinding) (boundQuery, error) {
	if c.added = len(added(n)); c.added > 0 {
		var err error
		if n, err = b.searched(s, n); err != nil {
			return boundQuery{}, err
		}
		stmt = n.Ctequery.GetSelectStmt()
	}
	base, err := b.queryAs(s, stmt.Larg, queryMode{keepUnknown: true})
	if err != nil {
		return boundQuery{}, err
	}
	for _, column := range base.columns {
		if column.Type.OID == pgtype.Unknown {
			column.Type = pgtype.Of(pgtype.Text)
		}
		column.Table, column.Attribute = 0, 0
		c.columns = append(c.columns, column)
	}
	if err := b.nameColumns(c, n); err != nil {
		return boundQuery{}, err
	}
	inner := &scope{parent: s, ctes: map[string]*cteBinding{c.name: c}}
	step, err := b.queryAs(inner, stmt.Rarg, queryMode{keepUnknown: true})
	if err != nil {
		return boundQuery{}, err
	}
	positions := base.positions
	base, step, columns, err := b.matchColumns(stmt, base, step)
	if err != nil {
		return boundQuery{}, err
	}
	for i, column := range columns {
		columns[i].NotNull = false
		if first := c.columns[i].Type; first != column.Type {
			return boundQuery{}, sqlstate.New(sqlstate.DatatypeMismatch,
				"recursive query \"%s\" column %d has type %s in non-recursive term but type %s overall",
				c.name, i+1, pgtype.FormatType(first), pgtype.FormatType(column.Type)).
				WithHint("Cast the output of the non-recursive term to the correct type.").At(positions[i])
		}
	}
	return boundQuery{
		node:    &plan.RecursiveUnion{CTE: c.id, All: stmt.All, Base: base.node, Step: step.node, Cols: columns},
		columns: c.columns, positions: positions,
	}, nil
}

// searched gives a query with its SEARCH and CYCLE written out. Its columns are those of
// the first term, which is bound once more for their names.
func (b *binder) searched(s *scope, n *pg_query.CommonTableExpr) (*pg_query.CommonTableExpr, error) {
	first, err := b.queryAs(s, n.Ctequery.GetSelectStmt().Larg, queryMode{keepUnknown: true})
	if err != nil {
		return nil, err
	}
	named := &cteBinding{name: n.Ctename, columns: first.columns}
	if err := b.nameColumns(named, n); err != nil {
		return nil, err
	}
	r := searchRewrite{b: b, n: n}
	for _, c := range named.columns {
		r.columns = append(r.columns, c.Name)
	}
	return r.written()
}
