package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// operatorExpr binds what the grammar calls an operator expression.
func (b *binder) operatorExpr(s *scope, n *pg_query.A_Expr) (plan.Expr, error) {
	switch n.Kind {
	case pg_query.A_Expr_Kind_AEXPR_OP, pg_query.A_Expr_Kind_AEXPR_LIKE,
		pg_query.A_Expr_Kind_AEXPR_ILIKE, pg_query.A_Expr_Kind_AEXPR_SIMILAR:
		return b.plainOperator(s, n)
	case pg_query.A_Expr_Kind_AEXPR_OP_ANY, pg_query.A_Expr_Kind_AEXPR_OP_ALL:
		return b.arrayOperator(s, n)
	case pg_query.A_Expr_Kind_AEXPR_DISTINCT, pg_query.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		return b.distinctFrom(s, n)
	case pg_query.A_Expr_Kind_AEXPR_NULLIF:
		return b.nullIf(s, n)
	case pg_query.A_Expr_Kind_AEXPR_IN:
		return b.inList(s, n)
	case pg_query.A_Expr_Kind_AEXPR_BETWEEN, pg_query.A_Expr_Kind_AEXPR_NOT_BETWEEN,
		pg_query.A_Expr_Kind_AEXPR_BETWEEN_SYM, pg_query.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return b.between(s, n)
	}
	return nil, sqlstate.Unsupported("operator expression %s", n.Kind).At(b.position(n.Location))
}

// plainOperator binds "left op right" and "op right"; rows compare by their fields.
func (b *binder) plainOperator(s *scope, n *pg_query.A_Expr) (plan.Expr, error) {
	position := b.position(n.Location)
	if n.Lexpr.GetRowExpr() != nil {
		if link := n.Rexpr.GetSubLink(); link.GetSubLinkType() == pg_query.SubLinkType_EXPR_SUBLINK {
			return b.rowSubquery(s, n, link)
		}
	}
	var left plan.Expr
	var err error
	if n.Lexpr != nil {
		if left, err = b.expr(s, n.Lexpr); err != nil {
			return nil, err
		}
	}
	right, err := b.expr(s, n.Rexpr)
	if err != nil {
		return nil, err
	}
	name, err := b.operatorName(n.Name, left, right, position)
	if err != nil {
		return nil, err
	}
	if n.Lexpr.GetRowExpr() != nil && n.Rexpr.GetRowExpr() != nil {
		return b.compareRows(name, fields(left), fields(right), position)
	}
	return b.apply(name, left, right, position)
}

// operatorName reads OPERATOR(schema.name); only pg_catalog has any.
func (b *binder) operatorName(list []*pg_query.Node, left, right plan.Expr, position int) (string, error) {
	schema, name := splitName(list)
	if schema == "" || schema == "pg_catalog" {
		return name, nil
	}
	if err := b.schemaExists(schema); err != nil {
		return "", at(err, position)
	}
	text := schema + "." + name + " " + pgtype.SQLName(right.Type().OID)
	if left != nil {
		text = pgtype.SQLName(left.Type().OID) + " " + text
	}
	return "", sqlstate.New(sqlstate.UndefinedFunction, "operator does not exist: %s", text).
		WithHint("No operator matches the given name and argument types. You might need to add explicit type casts.").At(position)
}

// apply chooses the operator for bound operands (make_op). left is nil for a prefix one.
func (b *binder) apply(name string, left, right plan.Expr, position int) (plan.Expr, error) {
	leftType := pgtype.OID(0)
	if left != nil {
		leftType = left.Type().OID
	}
	o, err := pgtype.ResolveOperator(name, leftType, right.Type().OID)
	if err != nil {
		return nil, atCall(err, position)
	}
	var args []plan.Expr
	if left != nil {
		if left, err = b.coerceArgument(left, o.LeftArg, position); err != nil {
			return nil, err
		}
		args = append(args, left)
	}
	if right, err = b.coerceArgument(right, o.RightArg, position); err != nil {
		return nil, err
	}
	args = ofOneShape(o.Procedure, name, append(args, right))
	if err := comparableRecords(args, position); err != nil {
		return nil, err
	}
	call := &plan.Call{Procedure: o.Procedure, Operator: name, Args: args, Of: resultType(o.Procedure, o.ResultType, args)}
	return foldNegation(call), nil
}

// compare binds "left operator right" of two bound expressions, such as the = of USING.
func (b *binder) compare(operator string, left, right plan.Expr, position int) (plan.Expr, error) {
	return b.apply(operator, left, right, position)
}

// equality gives the equality of a type, or 42883 "could not identify an equality operator for type …".
// A row type has one where all its fields have; any record may be tried.
func (b *binder) equality(t pgtype.Type, position int) (*pgtype.Procedure, error) {
	name, named := rowTypeName(t)
	if o, ok := pgtype.EqualityOperator(t.OID); ok && (!named || haveEquality(fieldsIn(t))) {
		return o.Procedure, nil
	}
	return nil, at(sqlstate.New(sqlstate.UndefinedFunction, "could not identify an equality operator for type %s", name), position)
}

// rowTypeName names a type, by its table where it is the row type of one.
func rowTypeName(t pgtype.Type) (name string, named bool) {
	if _, name, ok := t.Relation(); ok {
		return name, true
	}
	return pgtype.SQLName(t.OID), false
}

// ordering fails with 42883 where values of a type have no order.
func (b *binder) ordering(t pgtype.Type, position int) error {
	name, named := rowTypeName(t)
	if _, _, ok := pgtype.OrderingOperators(t.OID); ok && (!named || haveEquality(fieldsIn(t))) {
		return nil
	}
	e := sqlstate.New(sqlstate.UndefinedFunction, "could not identify an ordering operator for type %s", name).
		WithHint("Use an explicit ordering operator or modify the query.")
	return at(e, position)
}

// conjuncts splits a condition at its ANDs.
func (b *binder) conjuncts(e plan.Expr) []plan.Expr {
	and, ok := e.(*plan.And)
	if !ok {
		return []plan.Expr{e}
	}
	var all []plan.Expr
	for _, a := range and.Args {
		all = append(all, b.conjuncts(a)...)
	}
	return all
}
