package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// behaviors are what ON EMPTY and ON ERROR may say (parse_expr.c, transformJsonFuncExpr).
var behaviors = map[pg_query.JsonExprOp][]pg_query.JsonBehaviorType{
	pg_query.JsonExprOp_JSON_EXISTS_OP: {pg_query.JsonBehaviorType_JSON_BEHAVIOR_ERROR, pg_query.JsonBehaviorType_JSON_BEHAVIOR_TRUE,
		pg_query.JsonBehaviorType_JSON_BEHAVIOR_FALSE, pg_query.JsonBehaviorType_JSON_BEHAVIOR_UNKNOWN},
	pg_query.JsonExprOp_JSON_VALUE_OP: {pg_query.JsonBehaviorType_JSON_BEHAVIOR_ERROR, pg_query.JsonBehaviorType_JSON_BEHAVIOR_NULL,
		pg_query.JsonBehaviorType_JSON_BEHAVIOR_DEFAULT},
	pg_query.JsonExprOp_JSON_QUERY_OP: {pg_query.JsonBehaviorType_JSON_BEHAVIOR_ERROR, pg_query.JsonBehaviorType_JSON_BEHAVIOR_NULL,
		pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY, pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY_ARRAY,
		pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY_OBJECT, pg_query.JsonBehaviorType_JSON_BEHAVIOR_DEFAULT},
}

// checkAsk refuses clauses that do not belong to a construct.
func (b *binder) checkAsk(ask *jsonAsk, o *pg_query.JsonOutput) error {
	if f := o.GetReturning().GetFormat(); ask.op != pg_query.JsonExprOp_JSON_QUERY_OP && (f.GetFormatType() == pg_query.JsonFormatType_JS_FORMAT_JSON || hasEncoding(f)) {
		return sqlstate.New(sqlstate.SyntaxError, "cannot specify FORMAT JSON in RETURNING clause of JSON_%s()", jsonOps[ask.op]).At(b.position(f.Location))
	}
	wrapped := ask.wrapper == pg_query.JsonWrapper_JSW_CONDITIONAL || ask.wrapper == pg_query.JsonWrapper_JSW_UNCONDITIONAL
	if wrapped && ask.quotes == pg_query.JsonQuotes_JS_QUOTES_OMIT {
		return sqlstate.New(sqlstate.SyntaxError, "SQL/JSON QUOTES behavior must not be specified when WITH WRAPPER is used").At(b.position(ask.location))
	}
	for clause, behavior := range map[string]*pg_query.JsonBehavior{"ON EMPTY": ask.onEmpty, "ON ERROR": ask.onError} {
		if behavior == nil {
			continue
		}
		allowed := false
		for _, one := range behaviors[ask.op] {
			allowed = allowed || one == behavior.Btype
		}
		if !allowed {
			return sqlstate.New(sqlstate.SyntaxError, "invalid %s behavior", clause).At(b.position(behavior.Location))
		}
	}
	return nil
}

// behavior gives the value of ON EMPTY or ON ERROR. how is "error" where there is none because
// an error is asked for, and "fail" where the value is none of the type, which matters when it is
// asked for.
func (b *binder) behavior(s *scope, ask *jsonAsk, given *pg_query.JsonBehavior, of pgtype.Type, how *string) (plan.Expr, error) {
	null := &plan.Literal{Of: of, Null: true}
	kind := given.GetBtype()
	if given == nil {
		kind = pg_query.JsonBehaviorType_JSON_BEHAVIOR_NULL
		if ask.op == pg_query.JsonExprOp_JSON_EXISTS_OP {
			kind = pg_query.JsonBehaviorType_JSON_BEHAVIOR_FALSE
		}
	}
	constant := ""
	switch kind {
	case pg_query.JsonBehaviorType_JSON_BEHAVIOR_ERROR:
		*how = "error"
		return null, nil
	case pg_query.JsonBehaviorType_JSON_BEHAVIOR_DEFAULT:
		return b.defaultBehavior(s, given, of)
	case pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY_ARRAY, pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY:
		if constant = "[]"; isArrayType(of.OID) {
			constant = "{}"
		}
	case pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY_OBJECT:
		if constant = "{}"; isArrayType(of.OID) {
			*how = "fail"
			return null, nil
		}
	case pg_query.JsonBehaviorType_JSON_BEHAVIOR_TRUE, pg_query.JsonBehaviorType_JSON_BEHAVIOR_FALSE:
		constant = "false"
		if kind == pg_query.JsonBehaviorType_JSON_BEHAVIOR_TRUE {
			constant = "true"
		}
		if of.OID == pgtype.Int4 {
			constant = map[string]string{"false": "0", "true": "1"}[constant]
		}
	default:
		return null, nil
	}
	text, err := pgtype.Canonical(of, constant, b.settings())
	if limited := (of.OID == pgtype.Varchar || of.OID == pgtype.Bpchar) && of.Mod >= 0 && int(of.Mod)-varHeader < len(constant); err != nil || limited {
		*how = "fail"
		return null, nil
	}
	return &plan.Literal{Of: of, Text: text}, nil
}

// varHeader is what a modifier of character types has over the length (VARHDRSZ).
const varHeader = 4

func isArrayType(of pgtype.OID) bool {
	_, ok := pgtype.ElementOf(of)
	return ok
}

// defaultBehavior binds DEFAULT e: an expression of constants, functions and operators, which is
// cast to the type while the statement is planned (transformJsonBehavior).
func (b *binder) defaultBehavior(s *scope, given *pg_query.JsonBehavior, of pgtype.Type) (plan.Expr, error) {
	position := b.position(location(given.Expr))
	if !b.isDefaultExpr(given.Expr) {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "can only specify a constant, non-aggregate function, or operator expression for DEFAULT").At(position)
	}
	e, err := b.expr(s, given.Expr)
	switch {
	case err != nil:
		return nil, err
	case len(plan.References(e)) > 0:
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "DEFAULT expression must not contain column references").At(position)
	case b.holds(e, setReturningCall):
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "DEFAULT expression must not return a set").At(position)
	}
	from, _ := pgtype.TypeByOID(e.Type().OID)
	to, _ := pgtype.TypeByOID(of.OID)
	l, constant := e.(*plan.Literal)
	switch {
	case from.OID == of.OID && of.Mod < 0, constant && l.Null:
		return b.coerce(e, of, plan.CastImplicit, position)
	case from.OID == pgtype.JSONB && of.OID != pgtype.JSONB || from.OID == pgtype.Bool && of.OID != pgtype.Bool && of.OID != pgtype.Int4:
		return nil, sqlstate.Unsupported("DEFAULT of type %s for %s", pgtype.SQLName(from.OID), pgtype.SQLName(of.OID)).At(position)
	}
	context := plan.CastExplicit
	if to.Category == 'S' || to.Category == 'V' {
		context = plan.CastAssignment
		if constant && from.OID == pgtype.Unknown {
			if e, err = b.resolveUnknown(e, position); err != nil {
				return nil, err
			}
		}
	}
	return b.coerce(e, of, context, position)
}

// isDefaultExpr tells what DEFAULT takes (ValidJsonBehaviorDefaultExpr).
func (b *binder) isDefaultExpr(n *pg_query.Node) bool {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_AConst:
		return true
	case *pg_query.Node_ColumnRef: // refused for what it is
		return true
	case *pg_query.Node_FuncCall:
		kind := kindByName(n.FuncCall)
		return kind == scalarCall || kind == setReturningCall
	case *pg_query.Node_AExpr:
		switch n.AExpr.Kind {
		case pg_query.A_Expr_Kind_AEXPR_OP, pg_query.A_Expr_Kind_AEXPR_LIKE, pg_query.A_Expr_Kind_AEXPR_ILIKE, pg_query.A_Expr_Kind_AEXPR_SIMILAR:
			return true
		}
	case *pg_query.Node_TypeCast:
		return b.isDefaultExpr(n.TypeCast.Arg)
	case *pg_query.Node_CollateClause:
		return b.isDefaultExpr(n.CollateClause.Arg)
	}
	return false
}
