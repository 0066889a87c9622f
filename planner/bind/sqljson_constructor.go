package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// jsonSource binds what IS JSON and JSON(… WITH UNIQUE KEYS) look at: JSON, or a text of it.
func (b *binder) jsonSource(s *scope, n *pg_query.Node, f *pg_query.JsonFormat) (plan.Expr, error) {
	e, err := b.expr(s, n)
	if err == nil {
		e, err = b.resolveUnknown(e, b.position(location(n)))
	}
	if err != nil {
		return nil, err
	}
	switch of := e.Type().OID; {
	case of == pgtype.Bytea:
		return b.textOfBytes(e, f)
	case hasEncoding(f):
		return nil, sqlstate.New(sqlstate.FeatureNotSupported, "cannot use JSON FORMAT ENCODING clause for non-bytea input types").At(b.position(f.Location))
	case isString(of):
		return b.coerce(e, pgtype.Of(pgtype.Text), plan.CastImplicit, b.position(location(n)))
	}
	return e, nil
}

// isJSON binds IS JSON; the grammar has made NOT of IS NOT JSON.
func (b *binder) isJSON(s *scope, n *pg_query.JsonIsPredicate) (plan.Expr, error) {
	e, err := b.jsonSource(s, n.Expr, n.Format)
	if err != nil {
		return nil, err
	}
	if of := e.Type().OID; of != pgtype.Text && of != pgtype.JSON && of != pgtype.JSONB {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "cannot use type %s in IS JSON predicate", pgtype.SQLName(of))
	}
	kind := map[pg_query.JsonValueType]string{
		pg_query.JsonValueType_JS_TYPE_OBJECT: "object", pg_query.JsonValueType_JS_TYPE_ARRAY: "array", pg_query.JsonValueType_JS_TYPE_SCALAR: "scalar",
	}[n.ItemType]
	return &plan.Call{Procedure: isJSONOf(e.Type().OID), Args: []plan.Expr{e, literal(pgtype.Text, kind), truth(n.UniqueKeys)}, Of: pgtype.Of(pgtype.Bool)}, nil
}

// jsonParse binds JSON(…).
func (b *binder) jsonParse(s *scope, n *pg_query.JsonParseExpr) (plan.Expr, error) {
	r, err := b.jsonOnly(n.Output, "JSON()")
	if err != nil {
		return nil, err
	}
	if !n.UniqueKeys {
		return b.jsonArgument(s, n.Expr, formatJSON, r.of.OID)
	}
	e, err := b.jsonSource(s, n.Expr.RawExpr, n.Expr.Format)
	if err != nil {
		return nil, err
	}
	position := b.position(n.Location)
	if e.Type().OID != pgtype.Text {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "cannot use non-string types with WITH UNIQUE KEYS clause").At(position)
	}
	return b.returned(&plan.Call{Procedure: jsonUnique, Args: []plan.Expr{e}, Of: pgtype.Of(pgtype.JSON)}, r, position)
}

// jsonOnly is the RETURNING of what gives json or jsonb and nothing else.
func (b *binder) jsonOnly(o *pg_query.JsonOutput, name string) (jsonReturning, error) {
	if o == nil {
		return jsonReturning{of: pgtype.Of(pgtype.JSON)}, nil
	}
	r, err := b.returning(o, false)
	if err == nil && r.of.OID != pgtype.JSON && r.of.OID != pgtype.JSONB {
		err = sqlstate.New(sqlstate.DatatypeMismatch, "cannot use type %s in RETURNING clause of %s", pgtype.SQLName(r.of.OID), name).At(b.position(o.TypeName.Location))
	}
	return r, err
}

// jsonScalar binds JSON_SCALAR(…), which is to_json.
func (b *binder) jsonScalar(s *scope, n *pg_query.JsonScalarExpr) (plan.Expr, error) {
	e, err := b.expr(s, n.Expr)
	if err != nil {
		return nil, err
	}
	position := b.position(location(n.Expr))
	if e, err = b.fieldJSON(e, position); err != nil {
		return nil, err
	}
	r, err := b.jsonOnly(n.Output, "JSON_SCALAR()")
	if err != nil {
		return nil, err
	}
	return b.returned(builtin("to_json", pgtype.JSON, e), r, b.position(n.Location))
}

// jsonSerialize binds JSON_SERIALIZE(…).
func (b *binder) jsonSerialize(s *scope, n *pg_query.JsonSerializeExpr) (plan.Expr, error) {
	e, err := b.jsonArgument(s, n.Expr, implicitJSON, 0)
	if err != nil {
		return nil, err
	}
	r := jsonReturning{of: pgtype.Of(pgtype.Text)}
	if n.Output != nil {
		if r, err = b.returning(n.Output, true); err != nil {
			return nil, err
		}
		switch {
		case r.of.OID != pgtype.Bytea && !isString(r.of.OID):
			return nil, sqlstate.New(sqlstate.DatatypeMismatch, "cannot use type %s in RETURNING clause of JSON_SERIALIZE()", pgtype.SQLName(r.of.OID)).
				WithHint("Try returning a string type or bytea.")
		}
	}
	if e.Type().OID == pgtype.JSONB { // PostgreSQL gives the bytes that it keeps it as
		return nil, sqlstate.Unsupported("JSON_SERIALIZE of jsonb").WithHint("Use the type json, or a cast to text.").At(b.position(n.Location))
	}
	return b.returned(e, r, b.position(n.Location))
}

// jsonObject binds JSON_OBJECT(…).
func (b *binder) jsonObject(s *scope, n *pg_query.JsonObjectConstructor) (plan.Expr, error) {
	var args, written []plan.Expr
	for _, item := range n.Exprs {
		pair := item.GetJsonKeyValue()
		given, err := b.expr(s, pair.Key)
		if err != nil {
			return nil, err
		}
		key, err := b.jsonKey(given, b.position(location(pair.Key)))
		if err != nil {
			return nil, err
		}
		value, err := b.jsonArgument(s, pair.Value, asItIs, 0)
		if err != nil {
			return nil, err
		}
		args, written = append(args, key, value), append(written, given, value)
	}
	r, err := b.constructed(n.Output, written)
	if err != nil {
		return nil, err
	}
	return b.made(jsonObjectOf(r.of.OID, n.AbsentOnNull, n.Unique), "{}", args, r, n.Location)
}

// jsonKey makes a key of an expression. JSON, arrays and rows are none, which is an error when the
// object is made: JSON becomes an array here.
func (b *binder) jsonKey(key plan.Expr, position int) (plan.Expr, error) {
	if of := key.Type().OID; of == pgtype.JSON || of == pgtype.JSONB {
		array := &plan.Array{Elements: []plan.Expr{&plan.Cast{Arg: key, To: pgtype.Of(pgtype.Text), Context: plan.CastExplicit}}, Of: pgtype.Of(pgtype.TextArray)}
		null := &plan.Literal{Of: array.Of, Null: true}
		return &plan.Case{Whens: []plan.When{{Condition: &plan.IsNull{Arg: key}, Result: null}}, Else: array, Of: array.Of}, nil
	}
	return b.fieldJSON(key, position)
}

// jsonArray binds JSON_ARRAY(…) of values.
func (b *binder) jsonArray(s *scope, n *pg_query.JsonArrayConstructor) (plan.Expr, error) {
	var args []plan.Expr
	for _, item := range n.Exprs {
		value, err := b.jsonArgument(s, item.GetJsonValueExpr(), asItIs, 0)
		if err != nil {
			return nil, err
		}
		args = append(args, value)
	}
	r, err := b.constructed(n.Output, args)
	if err != nil {
		return nil, err
	}
	return b.made(jsonArrayOf(n.AbsentOnNull), "[]", args, r, n.Location)
}

// made is a call of a constructor, brought into the type that is asked for.
func (b *binder) made(p *pgtype.Procedure, empty string, args []plan.Expr, r jsonReturning, at int32) (plan.Expr, error) {
	var e plan.Expr = &plan.Call{Procedure: p, Args: args, Of: pgtype.Of(p.Result)}
	if len(args) == 0 {
		e = literal(pgtype.JSON, empty)
	}
	return b.returned(e, r, b.position(at))
}

// jsonArrayOfQuery binds JSON_ARRAY(SELECT …):
//
//	(SELECT JSON_ARRAYAGG(q.a) FROM (SELECT …) AS q(a))
//
// The query is bound by itself first, to count its columns.
func (b *binder) jsonArrayOfQuery(s *scope, n *pg_query.JsonArrayQueryConstructor) (plan.Expr, error) {
	column := &pg_query.Node{Node: &pg_query.Node_ColumnRef{ColumnRef: &pg_query.ColumnRef{
		Fields: []*pg_query.Node{pg_query.MakeStrNode("q"), pg_query.MakeStrNode("a")}, Location: n.Location}}}
	aggregate := &pg_query.JsonArrayAgg{AbsentOnNull: n.AbsentOnNull,
		Arg:         &pg_query.JsonValueExpr{RawExpr: column, Format: n.Format},
		Constructor: &pg_query.JsonAggConstructor{Output: n.Output, Location: n.Location}}
	from := &pg_query.RangeSubselect{Subquery: n.Query, Alias: &pg_query.Alias{Aliasname: "q", Colnames: []*pg_query.Node{pg_query.MakeStrNode("a")}}}
	query := &pg_query.SelectStmt{
		TargetList: []*pg_query.Node{{Node: &pg_query.Node_ResTarget{ResTarget: &pg_query.ResTarget{
			Val: &pg_query.Node{Node: &pg_query.Node_JsonArrayAgg{JsonArrayAgg: aggregate}}, Location: n.Location}}}},
		FromClause:  []*pg_query.Node{{Node: &pg_query.Node_RangeSubselect{RangeSubselect: from}}},
		LimitOption: pg_query.LimitOption_LIMIT_OPTION_DEFAULT, Op: pg_query.SetOperation_SETOP_NONE,
	}
	if err := b.repeat(); err != nil {
		return nil, err
	}
	if q, err := b.query(s, n.Query.GetSelectStmt()); err != nil || len(q.columns) != 1 {
		if err == nil {
			err = sqlstate.New(sqlstate.SyntaxError, "subquery must return only one column").At(b.position(n.Location))
		}
		return nil, err
	}
	return b.subLink(s, &pg_query.SubLink{
		SubLinkType: pg_query.SubLinkType_EXPR_SUBLINK, Location: n.Location,
		Subselect: &pg_query.Node{Node: &pg_query.Node_SelectStmt{SelectStmt: query}},
	})
}

// What SQL/JSON's constructors and IS JSON are; these are no functions of PostgreSQL's.
var jsonUnique = jsonProcedure("json_unique", pgtype.JSON, pgtype.Text)

func isJSONOf(of pgtype.OID) *pgtype.Procedure {
	return jsonProcedure("is_json", pgtype.Bool, of, pgtype.Text, pgtype.Bool)
}

func jsonObjectOf(of pgtype.OID, absent, unique bool) *pgtype.Procedure {
	if of != pgtype.JSONB {
		of = pgtype.JSON
	}
	return ofAny(pgtype.SQLName(of)+"_object"+suffix(absent, "_absent")+suffix(unique, "_unique"), of)
}

func jsonArrayOf(absent bool) *pgtype.Procedure {
	return ofAny("json_array"+suffix(absent, "_absent"), pgtype.JSON)
}

func suffix(is bool, text string) string {
	if is {
		return text
	}
	return ""
}

// ofAny is a function of any number of values that prints them as the session does.
func ofAny(name string, result pgtype.OID) *pgtype.Procedure {
	p := ownFunction(name, result)
	p.Volatility = 's'
	return p
}

// jsonProcedure is a strict function of arguments of fixed types.
func jsonProcedure(name string, result pgtype.OID, args ...pgtype.OID) *pgtype.Procedure {
	return &pgtype.Procedure{Schema: "sluice", Name: name, Kind: pgtype.FunctionKind, ArgTypes: args, Result: result, Volatility: 'i', Strict: true}
}
