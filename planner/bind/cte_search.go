package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/sluicemesh/sluice/sqlstate"
)

// SEARCH and CYCLE of WITH RECURSIVE (manual 7.8.2) are columns that one could write by
// hand: the path of rows that led to a row, and whether the row stood on it already. They
// are written so here, as PostgreSQL does (rewriteSearchCycle.c):
//
//	SELECT l.*, path of l FROM (first term) l
//	UNION ALL
//	SELECT r.*, r.path || row of r FROM (SELECT …, n.path FROM n … ) r
type searchRewrite struct {
	b       *binder
	n       *pg_query.CommonTableExpr
	columns []string // of the query, without those that the clauses add
}

// added are the columns that the clauses of a query add, in their order.
func added(n *pg_query.CommonTableExpr) []string {
	var names []string
	if c := n.SearchClause; c != nil {
		names = append(names, c.SearchSeqColumn)
	}
	if c := n.CycleClause; c != nil {
		names = append(names, c.CycleMarkColumn, c.CyclePathColumn)
	}
	return names
}

// written gives the query with its clauses written out; columns are its own.
func (r *searchRewrite) written() (*pg_query.CommonTableExpr, error) {
	stmt := r.n.Ctequery.GetSelectStmt()
	if err := r.check(stmt); err != nil {
		return nil, err
	}
	out := proto.CloneOf(r.n)
	out.SearchClause, out.CycleClause = nil, nil
	out.Aliascolnames = nil
	for _, name := range slices.Concat(r.columns, added(r.n)) {
		out.Aliascolnames = append(out.Aliascolnames, pg_query.MakeStrNode(name))
	}
	union := out.Ctequery.GetSelectStmt()
	if err := r.extend(union.Rarg); err != nil {
		return nil, err
	}
	union.Larg = r.around(union.Larg, "l", r.columns, r.first())
	union.Rarg = r.around(union.Rarg, "r", slices.Concat(r.columns, r.carried()), r.next())
	return out, nil
}

// carried are the added columns that the next row of a path is made from.
func (r *searchRewrite) carried() []string {
	return slices.DeleteFunc(added(r.n), func(name string) bool { return r.n.CycleClause != nil && name == r.n.CycleClause.CycleMarkColumn })
}

// extend lets the second term hand on the columns of the row it goes on from, unless that
// one closed a cycle.
func (r *searchRewrite) extend(stmt *pg_query.SelectStmt) error {
	alias := ""
	for _, item := range stmt.FromClause {
		if alias = referenceIn(item, r.n.Ctename); alias != "" {
			break
		}
	}
	if alias == "" {
		return sqlstate.New(sqlstate.FeatureNotSupported, "with a SEARCH or CYCLE clause, the recursive reference to WITH query \"%s\" must be at the top level of its right-hand SELECT", r.n.Ctename)
	}
	for _, name := range r.carried() {
		stmt.TargetList = append(stmt.TargetList, targetNode(columnNode(alias, name)))
	}
	if c := r.n.CycleClause; c != nil {
		open := operatorNode("<>", columnNode(alias, c.CycleMarkColumn), c.CycleMarkValue)
		if stmt.WhereClause != nil {
			open = pg_query.MakeBoolExprNode(pg_query.BoolExprType_AND_EXPR, []*pg_query.Node{stmt.WhereClause, open}, -1)
		}
		stmt.WhereClause = open
	}
	return nil
}

// referenceIn finds the name under which an item of FROM refers to a query; "" where it does not.
func referenceIn(item *pg_query.Node, name string) string {
	switch n := item.GetNode().(type) {
	case *pg_query.Node_RangeVar:
		if n.RangeVar.Relname != name || n.RangeVar.Schemaname != "" {
			return ""
		}
		if alias := n.RangeVar.Alias.GetAliasname(); alias != "" {
			return alias
		}
		return name
	case *pg_query.Node_JoinExpr:
		if alias := referenceIn(n.JoinExpr.Larg, name); alias != "" {
			return alias
		}
		return referenceIn(n.JoinExpr.Rarg, name)
	}
	return ""
}

// around selects from a term the query's columns and what is added to them.
func (r *searchRewrite) around(term *pg_query.SelectStmt, alias string, columns []string, more []*pg_query.Node) *pg_query.SelectStmt {
	out := &pg_query.SelectStmt{LimitOption: pg_query.LimitOption_LIMIT_OPTION_DEFAULT, Op: pg_query.SetOperation_SETOP_NONE}
	for _, name := range r.columns {
		out.TargetList = append(out.TargetList, targetNode(columnNode(alias, name)))
	}
	for _, e := range more {
		out.TargetList = append(out.TargetList, targetNode(e))
	}
	names := &pg_query.Alias{Aliasname: alias}
	for _, name := range columns {
		names.Colnames = append(names.Colnames, pg_query.MakeStrNode(name))
	}
	out.FromClause = []*pg_query.Node{{Node: &pg_query.Node_RangeSubselect{RangeSubselect: &pg_query.RangeSubselect{
		Subquery: &pg_query.Node{Node: &pg_query.Node_SelectStmt{SelectStmt: term}}, Alias: names,
	}}}}
	return out
}

// first are the added columns of rows of the first term.
func (r *searchRewrite) first() []*pg_query.Node {
	var list []*pg_query.Node
	if c := r.n.SearchClause; c != nil {
		if c.SearchBreadthFirst {
			list = append(list, rowNode(castNode(pg_query.MakeAConstIntNode(0, -1), "int8"), c.SearchColList, "l"))
		} else {
			list = append(list, arrayOfRow(rowNode(nil, c.SearchColList, "l")))
		}
	}
	if c := r.n.CycleClause; c != nil {
		list = append(list, r.mark(booleanNode(false)), arrayOfRow(rowNode(nil, c.CycleColList, "l")))
	}
	return list
}

// next are those of rows that follow from others.
func (r *searchRewrite) next() []*pg_query.Node {
	var list []*pg_query.Node
	if c := r.n.SearchClause; c != nil {
		before := columnNode("r", c.SearchSeqColumn)
		if c.SearchBreadthFirst {
			depth := &pg_query.Node{Node: &pg_query.Node_AIndirection{AIndirection: &pg_query.A_Indirection{Arg: before, Indirection: []*pg_query.Node{pg_query.MakeStrNode("f1")}}}}
			list = append(list, rowNode(operatorNode("+", depth, pg_query.MakeAConstIntNode(1, -1)), c.SearchColList, "r"))
		} else {
			list = append(list, operatorNode("||", before, rowNode(nil, c.SearchColList, "r")))
		}
	}
	if c := r.n.CycleClause; c != nil {
		path, own := columnNode("r", c.CyclePathColumn), rowNode(nil, c.CycleColList, "r")
		seen := pg_query.MakeAExprNode(pg_query.A_Expr_Kind_AEXPR_OP_ANY, []*pg_query.Node{pg_query.MakeStrNode("=")}, own, path, -1)
		list = append(list, r.mark(seen), operatorNode("||", path, own))
	}
	return list
}

// mark is the value or the default of CYCLE … SET mark; both have one type.
func (r *searchRewrite) mark(seen *pg_query.Node) *pg_query.Node {
	c := r.n.CycleClause
	return &pg_query.Node{Node: &pg_query.Node_CaseExpr{CaseExpr: &pg_query.CaseExpr{
		Args: []*pg_query.Node{pg_query.MakeCaseWhenNode(seen, c.CycleMarkValue, -1)}, Defresult: c.CycleMarkDefault,
	}}}
}

// check refuses what parse_cte.c does.
func (r *searchRewrite) check(stmt *pg_query.SelectStmt) error {
	for i, term := range []*pg_query.SelectStmt{stmt.Larg, stmt.Rarg} {
		if term.Op != pg_query.SetOperation_SETOP_NONE {
			return sqlstate.New(sqlstate.FeatureNotSupported, "with a SEARCH or CYCLE clause, the %s side of the UNION must be a SELECT", []string{"left", "right"}[i])
		}
	}
	if c := r.n.SearchClause; c != nil {
		if err := r.checkColumns("search", c.SearchColList, c.Location); err != nil {
			return err
		}
		if slices.Contains(r.columns, c.SearchSeqColumn) {
			return r.misnamed(c.Location, "search sequence column name \"%s\" already used in WITH query column list", c.SearchSeqColumn)
		}
	}
	c := r.n.CycleClause
	if c == nil {
		return nil
	}
	if err := r.checkColumns("cycle", c.CycleColList, c.Location); err != nil {
		return err
	}
	switch {
	case slices.Contains(r.columns, c.CycleMarkColumn):
		return r.misnamed(c.Location, "cycle mark column name \"%s\" already used in WITH query column list", c.CycleMarkColumn)
	case slices.Contains(r.columns, c.CyclePathColumn):
		return r.misnamed(c.Location, "cycle path column name \"%s\" already used in WITH query column list", c.CyclePathColumn)
	case c.CycleMarkColumn == c.CyclePathColumn:
		return r.misnamed(c.Location, "cycle mark column name and cycle path column name are the same")
	case r.n.SearchClause != nil && r.n.SearchClause.SearchSeqColumn == c.CycleMarkColumn:
		return r.misnamed(r.n.SearchClause.Location, "search sequence column name and cycle mark column name are the same")
	case r.n.SearchClause != nil && r.n.SearchClause.SearchSeqColumn == c.CyclePathColumn:
		return r.misnamed(r.n.SearchClause.Location, "search sequence column name and cycle path column name are the same")
	}
	return nil
}

func (r *searchRewrite) checkColumns(kind string, list []*pg_query.Node, location int32) error {
	seen := map[string]bool{}
	for _, item := range list {
		name := item.GetString_().GetSval()
		if !slices.Contains(r.columns, name) {
			return r.misnamed(location, kind+" column \"%s\" not in WITH query column list", name)
		}
		if seen[name] {
			return sqlstate.New(sqlstate.DuplicateColumn, "%s column \"%s\" specified more than once", kind, name).At(r.b.position(location))
		}
		seen[name] = true
	}
	return nil
}

func (r *searchRewrite) misnamed(location int32, format string, args ...any) error {
	return sqlstate.New(sqlstate.SyntaxError, format, args...).At(r.b.position(location))
}

// What follows makes pieces of a syntax tree.

func columnNode(of, name string) *pg_query.Node {
	return pg_query.MakeColumnRefNode([]*pg_query.Node{pg_query.MakeStrNode(of), pg_query.MakeStrNode(name)}, -1)
}

func targetNode(e *pg_query.Node) *pg_query.Node { return pg_query.MakeResTargetNodeWithVal(e, -1) }

func operatorNode(name string, left, right *pg_query.Node) *pg_query.Node {
	return pg_query.MakeAExprNode(pg_query.A_Expr_Kind_AEXPR_OP, []*pg_query.Node{pg_query.MakeStrNode(name)}, left, right, -1)
}

// row is ROW(first, columns…); first may be nil.
func rowNode(first *pg_query.Node, columns []*pg_query.Node, of string) *pg_query.Node {
	r := &pg_query.RowExpr{RowFormat: pg_query.CoercionForm_COERCE_EXPLICIT_CALL}
	if first != nil {
		r.Args = append(r.Args, first)
	}
	for _, c := range columns {
		r.Args = append(r.Args, columnNode(of, c.GetString_().GetSval()))
	}
	return &pg_query.Node{Node: &pg_query.Node_RowExpr{RowExpr: r}}
}

func arrayOfRow(row *pg_query.Node) *pg_query.Node {
	return &pg_query.Node{Node: &pg_query.Node_AArrayExpr{AArrayExpr: &pg_query.A_ArrayExpr{Elements: []*pg_query.Node{row}}}}
}

func castNode(e *pg_query.Node, to string) *pg_query.Node {
	return &pg_query.Node{Node: &pg_query.Node_TypeCast{TypeCast: &pg_query.TypeCast{Arg: e, TypeName: &pg_query.TypeName{
		Names: []*pg_query.Node{pg_query.MakeStrNode("pg_catalog"), pg_query.MakeStrNode(to)}, Typemod: -1, Location: -1,
	}}}}
}

func booleanNode(v bool) *pg_query.Node {
	return &pg_query.Node{Node: &pg_query.Node_AConst{AConst: &pg_query.A_Const{Val: &pg_query.A_Const_Boolval{Boolval: &pg_query.Boolean{Boolval: v}}}}}
}
