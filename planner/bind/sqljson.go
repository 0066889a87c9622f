package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// SQL/JSON (the manual's 9.16.1 and 9.16.2) is grammar, not functions. Each construct becomes
// calls of functions of the schema sluice, or of PostgreSQL's where one does the same; FORMAT
// JSON and RETURNING become casts (parse_expr.c, transformJsonValueExpr and coerceJsonFuncExpr).

// jsonNode binds what the grammar has for SQL/JSON; ok is false for all else.
func (b *binder) jsonNode(s *scope, n *pg_query.Node) (e plan.Expr, ok bool, err error) {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_JsonIsPredicate:
		e, err = b.isJSON(s, n.JsonIsPredicate)
	case *pg_query.Node_JsonParseExpr:
		e, err = b.jsonParse(s, n.JsonParseExpr)
	case *pg_query.Node_JsonScalarExpr:
		e, err = b.jsonScalar(s, n.JsonScalarExpr)
	case *pg_query.Node_JsonSerializeExpr:
		e, err = b.jsonSerialize(s, n.JsonSerializeExpr)
	case *pg_query.Node_JsonObjectConstructor:
		e, err = b.jsonObject(s, n.JsonObjectConstructor)
	case *pg_query.Node_JsonArrayConstructor:
		e, err = b.jsonArray(s, n.JsonArrayConstructor)
	case *pg_query.Node_JsonArrayQueryConstructor:
		e, err = b.jsonArrayOfQuery(s, n.JsonArrayQueryConstructor)
	case *pg_query.Node_JsonObjectAgg:
		e, err = b.jsonObjectAgg(s, n.JsonObjectAgg)
	case *pg_query.Node_JsonArrayAgg:
		e, err = b.jsonArrayAgg(s, n.JsonArrayAgg)
	case *pg_query.Node_JsonFuncExpr:
		e, err = b.jsonQuery(s, n.JsonFuncExpr)
	default:
		return nil, false, nil
	}
	return e, true, err
}

// jsonName is what a column of one is called; "" for all else.
func jsonName(n *pg_query.Node) string {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_JsonParseExpr:
		return "json"
	case *pg_query.Node_JsonScalarExpr:
		return "json_scalar"
	case *pg_query.Node_JsonSerializeExpr:
		return "json_serialize"
	case *pg_query.Node_JsonObjectConstructor:
		return "json_object"
	case *pg_query.Node_JsonArrayConstructor, *pg_query.Node_JsonArrayQueryConstructor:
		return "json_array"
	case *pg_query.Node_JsonObjectAgg:
		return "json_objectagg"
	case *pg_query.Node_JsonArrayAgg:
		return "json_arrayagg"
	case *pg_query.Node_JsonFuncExpr:
		return map[pg_query.JsonExprOp]string{
			pg_query.JsonExprOp_JSON_EXISTS_OP: "json_exists", pg_query.JsonExprOp_JSON_QUERY_OP: "json_query", pg_query.JsonExprOp_JSON_VALUE_OP: "json_value",
		}[n.JsonFuncExpr.Op]
	}
	return ""
}

// jsonFormat is how an argument is to be read: as it is, or as the text of JSON.
type jsonFormat uint8

const (
	asItIs       jsonFormat = iota
	formatJSON              // FORMAT JSON
	implicitJSON            // the construct takes nothing but JSON
)

// jsonArgument binds an argument of a construct. target is the type that it must have, 0 for any.
func (b *binder) jsonArgument(s *scope, v *pg_query.JsonValueExpr, implicit jsonFormat, target pgtype.OID) (plan.Expr, error) {
	e, err := b.expr(s, v.RawExpr)
	if err != nil {
		return nil, err
	}
	position := b.position(location(v.RawExpr))
	if e, err = b.fieldJSON(e, position); err != nil {
		return nil, err
	}
	return b.formatted(e, v.Format, implicit, target, position)
}

// formatted applies FORMAT JSON to an argument.
func (b *binder) formatted(e plan.Expr, written *pg_query.JsonFormat, implicit jsonFormat, target pgtype.OID, position int) (plan.Expr, error) {
	of, format := e.Type().OID, implicit
	explicit := written != nil && written.FormatType == pg_query.JsonFormatType_JS_FORMAT_JSON
	if explicit {
		if format = formatJSON; hasEncoding(written) && of != pgtype.Bytea {
			return nil, sqlstate.New(sqlstate.DatatypeMismatch, "JSON ENCODING clause is only allowed for bytea input type").At(b.position(written.Location))
		}
	}
	if of == pgtype.JSON || of == pgtype.JSONB {
		format = asItIs
	}
	if format == asItIs && (target == 0 || target == of) {
		return e, nil
	}
	if format != asItIs && target == 0 && of != pgtype.Bytea && !isString(of) {
		how := "implicit"
		if explicit {
			how = "explicit"
		}
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "cannot use non-string types with %s FORMAT JSON clause", how).At(position)
	}
	if format == formatJSON && of == pgtype.Bytea && (explicit || target != pgtype.JSONB) {
		var err error
		if e, err = b.textOfBytes(e, written); err != nil {
			return nil, err
		}
	}
	if target == 0 {
		target = pgtype.JSON
	}
	return b.coerce(e, pgtype.Of(target), plan.CastExplicit, position)
}

func hasEncoding(f *pg_query.JsonFormat) bool {
	return f != nil && f.Encoding > pg_query.JsonEncoding_JS_ENC_DEFAULT
}

// textOfBytes is convert_from(e, 'UTF8'): JSON in a bytea has no other encoding.
func (b *binder) textOfBytes(e plan.Expr, f *pg_query.JsonFormat) (plan.Expr, error) {
	if f != nil && f.Encoding > pg_query.JsonEncoding_JS_ENC_UTF8 {
		return nil, sqlstate.New(sqlstate.FeatureNotSupported, "unsupported JSON encoding").WithHint("Only UTF8 JSON encoding is supported.").At(b.position(f.Location))
	}
	return builtin("convert_from", pgtype.Text, e, literal(pgtype.Name, "UTF8")), nil
}

// builtin is a call of a function of pg_catalog that has but one of its name.
func builtin(name string, of pgtype.OID, args ...plan.Expr) plan.Expr {
	return &plan.Call{Procedure: pgtype.ProceduresByName("pg_catalog", name)[0], Args: args, Of: pgtype.Of(of)}
}

func isString(of pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(of)
	return ok && info.Category == 'S'
}

// jsonReturning is a RETURNING clause.
type jsonReturning struct {
	of      pgtype.Type // of type 0 where there is none
	json    bool        // FORMAT JSON
	written *pg_query.JsonOutput
}

// returning reads a RETURNING clause. Only some constructs take FORMAT JSON with any type.
func (b *binder) returning(o *pg_query.JsonOutput, anyType bool) (jsonReturning, error) {
	if o == nil {
		return jsonReturning{}, nil
	}
	r := jsonReturning{written: o}
	var err error
	if r.of, err = b.typeName(o.TypeName); err != nil {
		return r, err
	}
	info, _ := pgtype.TypeByOID(r.of.OID)
	if o.TypeName.Setof || info.Kind == 'p' {
		return r, sqlstate.New(sqlstate.FeatureNotSupported, "returning SETOF and pseudo-types is not supported in SQL/JSON functions")
	}
	f := o.Returning.GetFormat()
	if f == nil || f.FormatType != pg_query.JsonFormatType_JS_FORMAT_JSON {
		return r, nil
	}
	r.json = true
	position := b.position(f.Location)
	switch {
	case !anyType && r.of.OID != pgtype.Bytea && r.of.OID != pgtype.JSON && r.of.OID != pgtype.JSONB && !isString(r.of.OID):
		return r, sqlstate.New(sqlstate.FeatureNotSupported, "cannot use JSON format with non-string output types").At(position)
	case r.of.OID != pgtype.Bytea && hasEncoding(f):
		return r, sqlstate.New(sqlstate.FeatureNotSupported, "cannot set JSON encoding for non-bytea output types").At(position)
	case f.Encoding > pg_query.JsonEncoding_JS_ENC_UTF8:
		return r, sqlstate.New(sqlstate.FeatureNotSupported, "unsupported JSON encoding").WithHint("Only UTF8 JSON encoding is supported.").At(position)
	}
	return r, nil
}

// constructed is the RETURNING of a constructor: without one, jsonb where an argument is jsonb.
func (b *binder) constructed(o *pg_query.JsonOutput, args []plan.Expr) (jsonReturning, error) {
	r, err := b.returning(o, true)
	if err != nil || r.of.OID != 0 {
		return r, err
	}
	r.of = pgtype.Of(pgtype.JSON)
	for _, e := range args {
		if e.Type().OID == pgtype.JSONB {
			r.of = pgtype.Of(pgtype.JSONB)
		}
	}
	return r, nil
}

// returned brings JSON into the type that is asked for. A longer text is an error.
func (b *binder) returned(e plan.Expr, r jsonReturning, position int) (plan.Expr, error) {
	switch {
	case r.of.OID == e.Type().OID:
		return e, nil
	case r.of.OID == pgtype.JSONB:
		return &plan.Cast{Arg: e, To: r.of, Context: plan.CastExplicit}, nil
	case r.of.OID == pgtype.Bytea:
		text := &plan.Cast{Arg: e, To: pgtype.Of(pgtype.Text), Context: plan.CastAssignment}
		return builtin("convert_to", pgtype.Bytea, text, literal(pgtype.Name, "UTF8")), nil
	}
	return b.coerce(e, r.of, plan.CastAssignment, position)
}
