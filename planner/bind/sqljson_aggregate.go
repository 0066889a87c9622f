package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// JSON_ARRAYAGG and JSON_OBJECTAGG are calls of aggregates of PostgreSQL's (parse_expr.c,
// transformJsonArrayAgg), and are bound as such:
//
//	JSON_ARRAYAGG(x FORMAT JSON ORDER BY y RETURNING text) = json_agg_strict(x::json ORDER BY y)::text

// jsonArrayAgg binds JSON_ARRAYAGG(…).
func (b *binder) jsonArrayAgg(s *scope, n *pg_query.JsonArrayAgg) (plan.Expr, error) {
	return b.jsonAggregate(s, n.Constructor, "agg"+suffix(n.AbsentOnNull, "_strict"), n.Arg)
}

// jsonObjectAgg binds JSON_OBJECTAGG(…).
func (b *binder) jsonObjectAgg(s *scope, n *pg_query.JsonObjectAgg) (plan.Expr, error) {
	return b.jsonAggregate(s, n.Constructor, "object_agg"+suffix(n.Unique, "_unique")+suffix(n.AbsentOnNull, "_strict"), n.Arg.Value, n.Arg.Key)
}

// jsonAggregate binds the aggregate json_name or jsonb_name of a value, and of what stands
// before it. Arguments are bound here for their types, then with the call.
func (b *binder) jsonAggregate(s *scope, c *pg_query.JsonAggConstructor, name string, value *pg_query.JsonValueExpr, before ...*pg_query.Node) (plan.Expr, error) {
	if err := b.repeat(); err != nil {
		return nil, err
	}
	var bound []plan.Expr
	for _, n := range before {
		key, err := b.expr(s, n)
		if err != nil {
			return nil, err
		}
		bound = append(bound, key)
	}
	e, err := b.jsonArgument(s, value, asItIs, 0)
	if err != nil {
		return nil, err
	}
	r, err := b.constructed(c.Output, append(bound, e))
	if err != nil {
		return nil, err
	}
	of := pgtype.JSON
	if r.of.OID == pgtype.JSONB {
		of = pgtype.JSONB
	}
	written, err := b.formattedNode(s, value)
	if err != nil {
		return nil, err
	}
	call := &pg_query.FuncCall{
		Funcname: []*pg_query.Node{pg_query.MakeStrNode("pg_catalog"), pg_query.MakeStrNode(pgtype.SQLName(of) + "_" + name)}, Args: append(before, written),
		AggOrder: c.AggOrder, AggFilter: c.AggFilter, Over: c.Over, Location: c.Location, Funcformat: pg_query.CoercionForm_COERCE_SQL_SYNTAX,
	}
	if e, err = b.funcCall(s, call); err != nil {
		return nil, err
	}
	return b.returned(e, r, b.position(c.Location))
}

// formattedNode is an argument with the casts that FORMAT JSON means.
func (b *binder) formattedNode(s *scope, v *pg_query.JsonValueExpr) (*pg_query.Node, error) {
	if v.Format.GetFormatType() != pg_query.JsonFormatType_JS_FORMAT_JSON {
		return v.RawExpr, nil
	}
	e, err := b.expr(s, v.RawExpr)
	if err != nil {
		return nil, err
	}
	n := v.RawExpr
	switch e.Type().OID {
	case pgtype.JSON, pgtype.JSONB:
		return n, nil
	case pgtype.Bytea:
		n = pg_query.MakeFuncCallNode([]*pg_query.Node{pg_query.MakeStrNode("pg_catalog"), pg_query.MakeStrNode("convert_from")},
			[]*pg_query.Node{n, pg_query.MakeAConstStrNode("UTF8", -1)}, location(n))
	}
	to := &pg_query.TypeName{Names: []*pg_query.Node{pg_query.MakeStrNode("pg_catalog"), pg_query.MakeStrNode("json")}, Typemod: -1, Location: -1}
	return &pg_query.Node{Node: &pg_query.Node_TypeCast{TypeCast: &pg_query.TypeCast{Arg: n, TypeName: to, Location: location(n)}}}, nil
}

// bySyntax are the aggregates that grammar calls in the place of PostgreSQL's: those as they are
// in 17, where a NULL key is an error of its own kind.
var bySyntax = map[string]*pgtype.Procedure{"json_object_agg": objectAgg(pgtype.JSON), "jsonb_object_agg": objectAgg(pgtype.JSONB)}

func objectAgg(of pgtype.OID) *pgtype.Procedure {
	return &pgtype.Procedure{
		Schema: "sluice", Name: pgtype.SQLName(of) + "_objectagg", Kind: pgtype.AggregateKind, ArgTypes: []pgtype.OID{anyType, anyType}, Result: of, Volatility: 's', AggregateClass: 'n',
	}
}

// ofSyntax is the procedure that a call in the form of grammar has.
func ofSyntax(n *pg_query.FuncCall, p *pgtype.Procedure) *pgtype.Procedure {
	if own, ok := bySyntax[p.Name]; ok && n.Funcformat == pg_query.CoercionForm_COERCE_SQL_SYNTAX {
		return own
	}
	return p
}
