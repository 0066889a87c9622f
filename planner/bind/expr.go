package bind

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// expressions is what the expression half keeps while a statement is bound.
type expressions struct {
	input      *pgtype.Settings
	characters []int                        // before each block of the text; made when the first position is asked for
	repeats    int                          // of operands bound more than once
	shift      int                          // bytes of text that the syntax tree has before the statement's
	depth      int                          // of nested expressions
	sets       []int32                      // where set-returning calls were found, in order
	names      map[*pg_query.SubLink]string // first column of each scalar subquery, for its label
	principal  *Principal                   // of a policy condition
	written    map[*plan.Literal]int        // where unknown literals stand, whose input errors point there
	collates   []int32                      // where COLLATE was found, in order
	open       map[*plan.Parameter]int      // parameters bound while unknown, and where they stand
}

// maxDepth stops statements nested so deeply that walking them could exhaust the
// stack. PostgreSQL stops at a similar depth (max_stack_depth 2MB).
const maxDepth = 5000

// expr binds an expression. Unknown literals stay Literals of type unknown and
// parameters without a type Parameters of type unknown, for the context to decide.
func (b *binder) expr(s *scope, n *pg_query.Node) (plan.Expr, error) {
	if b.depth++; b.depth > maxDepth {
		return nil, sqlstate.New(sqlstate.StatementTooComplex, "stack depth limit exceeded")
	}
	defer func() { b.depth-- }()
	switch n := n.GetNode().(type) {
	case *pg_query.Node_AConst:
		return b.constant(n.AConst)
	case *pg_query.Node_ColumnRef:
		return b.columnRef(s, n.ColumnRef)
	case *pg_query.Node_ParamRef:
		return b.parameter(n.ParamRef)
	case *pg_query.Node_AExpr:
		return b.operatorExpr(s, n.AExpr)
	case *pg_query.Node_FuncCall:
		return b.funcCall(s, n.FuncCall)
	case *pg_query.Node_TypeCast:
		return b.typeCast(s, n.TypeCast)
	case *pg_query.Node_BoolExpr:
		return b.boolExpr(s, n.BoolExpr)
	case *pg_query.Node_SubLink:
		return b.subLink(s, n.SubLink)
	case *pg_query.Node_CaseExpr:
		return b.caseExpr(s, n.CaseExpr)
	case *pg_query.Node_CoalesceExpr:
		return b.coalesceExpr(s, n.CoalesceExpr)
	case *pg_query.Node_MinMaxExpr:
		return b.minMaxExpr(s, n.MinMaxExpr)
	case *pg_query.Node_NullTest:
		return b.nullTest(s, n.NullTest)
	case *pg_query.Node_BooleanTest:
		return b.booleanTest(s, n.BooleanTest)
	case *pg_query.Node_RowExpr:
		return b.rowExpr(s, n.RowExpr)
	case *pg_query.Node_AArrayExpr:
		return b.arrayExpr(s, n.AArrayExpr, nil)
	case *pg_query.Node_AIndirection:
		return b.indirection(s, n.AIndirection)
	case *pg_query.Node_CollateClause:
		return b.collateClause(s, n.CollateClause)
	case *pg_query.Node_SqlvalueFunction:
		return b.sqlValueFunction(n.SqlvalueFunction)
	case *pg_query.Node_GroupingFunc:
		return b.groupingFunc(s, n.GroupingFunc)
	}
	if e, ok, err := b.jsonNode(s, n); ok {
		return e, err
	}
	return nil, b.refused(n)
}

// refused names what has no binding.
func (b *binder) refused(n *pg_query.Node) error {
	what := "expression"
	switch n := n.GetNode().(type) {
	case nil:
		return sqlstate.New(sqlstate.InternalError, "bind: expression without a node")
	case *pg_query.Node_SetToDefault:
		return sqlstate.New(sqlstate.SyntaxError, "DEFAULT is not allowed in this context").At(b.position(n.SetToDefault.Location))
	case *pg_query.Node_XmlExpr, *pg_query.Node_XmlSerialize:
		what = "XML"
	case *pg_query.Node_CurrentOfExpr:
		what = "WHERE CURRENT OF"
	}
	return at(sqlstate.Unsupported("%s", what), b.position(location(n)))
}

// exprAs binds an expression that what ("argument of WHERE") demands be of a type: 42804.
func (b *binder) exprAs(s *scope, n *pg_query.Node, t pgtype.Type, what string) (plan.Expr, error) {
	e, err := b.expr(s, n)
	if err != nil {
		return nil, err
	}
	return b.demand(e, t, what, b.position(location(n)))
}

// demand coerces as assignment does (coerce_to_specific_type).
func (b *binder) demand(e plan.Expr, t pgtype.Type, what string, position int) (plan.Expr, error) {
	if from := e.Type().OID; from != t.OID && !pgtype.CanCoerce([]pgtype.OID{from}, []pgtype.OID{t.OID}, pgtype.Assignment) {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "%s must be type %s, not type %s",
			what, pgtype.SQLName(t.OID), pgtype.SQLName(from)).At(position)
	}
	if b.holds(e, setReturningCall) {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "%s must not return a set", what).At(position)
	}
	return b.coerce(e, t, plan.CastAssignment, position)
}

// exprList binds each of a list, expanding "t.*" and "(e).*" as ROW() and VALUES do.
func (b *binder) exprList(s *scope, list []*pg_query.Node) ([]plan.Expr, []int, error) {
	var exprs []plan.Expr
	var positions []int
	for _, n := range list {
		if isStar(n) {
			columns, err := b.star(s, n.GetColumnRef())
			if err != nil {
				return nil, nil, err
			}
			for _, c := range columns {
				position := b.position(location(n))
				exprs, positions = append(exprs, b.reference(c, position)), append(positions, position)
			}
			continue
		}
		if list, ok, err := b.fieldsOf(s, n); ok {
			if err != nil {
				return nil, nil, err
			}
			for _, f := range list {
				exprs, positions = append(exprs, f.expr), append(positions, b.position(location(n)))
			}
			continue
		}
		e, err := b.expr(s, n)
		if err != nil {
			return nil, nil, err
		}
		exprs, positions = append(exprs, e), append(positions, b.position(location(n)))
	}
	return exprs, positions, nil
}

// nameParts reads a list of String nodes.
func nameParts(list []*pg_query.Node) []string {
	parts := make([]string, len(list))
	for i, n := range list {
		parts[i] = n.GetString_().GetSval()
	}
	return parts
}

// splitName divides a qualified name into its schema ("" for none) and itself.
func splitName(list []*pg_query.Node) (schema, name string) {
	parts := nameParts(list)
	last := len(parts) - 1
	return strings.Join(parts[:last], "."), parts[last]
}
