package bind

import (
	"encoding/json"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// JSON_EXISTS, JSON_VALUE and JSON_QUERY become three calls (execExprInterp.c,
// ExecEvalJsonExprPath):
//
//	json_result(json_input(json_evaluate(item, path, variables, how), type, how), on empty, on error)
//
// json_evaluate gives a letter and a text: v, a value as the input function of the type reads it;
// n, nothing; e, empty; x, an error. json_input makes x of a text that is none of the type.
// json_result makes the value, or the one that ON EMPTY or ON ERROR asks for.

// jsonAsk is what one of them asks for, or one column of JSON_TABLE.
type jsonAsk struct {
	op               pg_query.JsonExprOp
	column           string // of JSON_TABLE, "" elsewhere
	returns          jsonReturning
	onEmpty, onError *pg_query.JsonBehavior
	wrapper          pg_query.JsonWrapper
	quotes           pg_query.JsonQuotes
	location         int32
}

// evaluation tells json_evaluate how: see internal/pgfunctions.
type evaluation struct {
	Op      string            `json:"op"`
	Wrapper string            `json:"wrapper,omitempty"`
	Quotes  string            `json:"quotes,omitempty"` // "omit"
	Array   string            `json:"array,omitempty"`  // what the elements of the type are: "json", "other"
	As      string            `json:"as,omitempty"`     // "json", "text", "int4" or "bool"; "" for all other types
	Empty   string            `json:"empty,omitempty"`  // "error", "fail" or nothing
	Error   string            `json:"error,omitempty"`  // likewise
	Column  string            `json:"column,omitempty"` // of JSON_TABLE
	Kinds   map[string]string `json:"kinds,omitempty"`  // of variables: see jsonVariables
}

// jsonQuery binds JSON_EXISTS(…), JSON_VALUE(…) and JSON_QUERY(…).
func (b *binder) jsonQuery(s *scope, n *pg_query.JsonFuncExpr) (plan.Expr, error) {
	ask := &jsonAsk{op: n.Op, onEmpty: n.OnEmpty, onError: n.OnError, wrapper: n.Wrapper, quotes: n.Quotes, location: n.Location}
	if err := b.checkAsk(ask, n.Output); err != nil {
		return nil, err
	}
	implicit := asItIs
	if n.Op == pg_query.JsonExprOp_JSON_QUERY_OP {
		implicit = implicitJSON
	}
	item, err := b.jsonItem(s, n.ContextItem, implicit)
	if err != nil {
		return nil, err
	}
	path, err := b.jsonPath(s, n.Pathspec)
	if err != nil {
		return nil, err
	}
	passing, err := b.jsonPassing(s, n.Passing)
	if err != nil {
		return nil, err
	}
	if ask.returns, err = b.returning(n.Output, false); err != nil {
		return nil, err
	}
	return b.asked(s, ask, item, path, passing)
}

// jsonItem binds the item that a path is asked of: a jsonb.
func (b *binder) jsonItem(s *scope, v *pg_query.JsonValueExpr, implicit jsonFormat) (plan.Expr, error) {
	return b.jsonArgument(s, v, implicit, pgtype.JSONB)
}

// jsonPath binds a path.
func (b *binder) jsonPath(s *scope, n *pg_query.Node) (plan.Expr, error) {
	path, err := b.expr(s, n)
	if err != nil {
		return nil, err
	}
	of, position := path.Type().OID, b.position(location(n))
	if of != pgtype.Unknown && of != pgtype.JSONPath && !isString(of) {
		return nil, sqlstate.New(sqlstate.DatatypeMismatch, "JSON path expression must be of type jsonpath, not of type %s", pgtype.SQLName(of)).At(position)
	}
	return b.coerce(path, pgtype.Of(pgtype.JSONPath), plan.CastExplicit, position)
}

// jsonVariables are those of a PASSING clause.
type jsonVariables struct {
	object plan.Expr         // a jsonb
	kinds  map[string]string // those that are numbers, dates and times, or of types that no path reads
}

// moments are the types whose values a path takes as dates and times.
var moments = map[pgtype.OID]string{
	pgtype.Date: "date", pgtype.Time: "time without time zone", pgtype.Timetz: "time with time zone",
	pgtype.Timestamp: "timestamp without time zone", pgtype.Timestamptz: "timestamp with time zone",
}

// jsonPassing binds PASSING. What is neither number, boolean, text nor moment is made JSON.
func (b *binder) jsonPassing(s *scope, list []*pg_query.Node) (jsonVariables, error) {
	v := jsonVariables{object: literal(pgtype.JSONB, "{}"), kinds: map[string]string{}}
	var args []plan.Expr
	known := map[string]bool{}
	for _, n := range list {
		arg := n.GetJsonArgument()
		e, err := b.jsonVariable(s, arg.Val)
		if err != nil {
			return v, err
		}
		if known[arg.Name] { // the first of a name counts
			continue
		}
		known[arg.Name] = true
		switch of := e.Type().OID; of {
		case pgtype.Float4, pgtype.Float8:
			e = &plan.Cast{Arg: e, To: pgtype.Of(pgtype.Numeric), Context: plan.CastExplicit}
			v.kinds[arg.Name] = "number"
		case pgtype.Numeric:
			v.kinds[arg.Name] = "number"
		case pgtype.Bpchar, pgtype.Name, pgtype.Char:
			v.kinds[arg.Name] = "no path's"
		default:
			if kind := moments[of]; kind != "" {
				v.kinds[arg.Name] = kind
			}
		}
		args = append(args, literal(pgtype.Text, arg.Name), e)
	}
	if args != nil {
		v.object = &plan.Call{Procedure: jsonObjectOf(pgtype.JSONB, false, false), Args: args, Of: pgtype.Of(pgtype.JSONB)}
	}
	return v, nil
}

// jsonVariable binds a value of PASSING. FORMAT JSON says nothing of what is no text.
func (b *binder) jsonVariable(s *scope, v *pg_query.JsonValueExpr) (plan.Expr, error) {
	if v.Format.GetFormatType() == pg_query.JsonFormatType_JS_FORMAT_JSON {
		e, err := b.expr(s, v.RawExpr)
		if err != nil {
			return nil, err
		}
		if of := e.Type().OID; of != pgtype.Unknown && of != pgtype.Bytea && !isString(of) && !hasEncoding(v.Format) {
			v = &pg_query.JsonValueExpr{RawExpr: v.RawExpr}
		}
	}
	return b.jsonArgument(s, v, asItIs, 0)
}

// asked makes the calls.
func (b *binder) asked(s *scope, ask *jsonAsk, item, path plan.Expr, passing jsonVariables) (plan.Expr, error) {
	how, of, args, err := b.evaluation(s, ask)
	if err != nil {
		return nil, err
	}
	how.Kinds = passing.kinds
	spec, err := jsonLiteral(how)
	if err != nil {
		return nil, err
	}
	var e plan.Expr = &plan.Call{Procedure: jsonEvaluate, Args: []plan.Expr{item, path, passing.object, spec}, Of: pgtype.Of(pgtype.Text)}
	if ask.read(of) {
		e = &plan.Call{Procedure: jsonInput, Args: []plan.Expr{e, literal(pgtype.Text, pgtype.FormatType(of)), spec}, Of: pgtype.Of(pgtype.Text)}
	}
	return &plan.Call{Procedure: jsonResult, Args: append([]plan.Expr{e}, args...), Of: of}, nil
}

// jsonLiteral is a value of Go as a text of JSON.
func jsonLiteral(v any) (*plan.Literal, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return literal(pgtype.Text, string(text)), nil
}

// evaluation tells how a path is asked, what type that gives, and the values of ON EMPTY and ON
// ERROR.
func (b *binder) evaluation(s *scope, ask *jsonAsk) (how evaluation, of pgtype.Type, args []plan.Expr, err error) {
	if of = ask.returns.of; of.OID == 0 {
		of = pgtype.Of(defaultReturning[ask.op])
	}
	if info, _ := pgtype.TypeByOID(of.OID); info.Kind == 'd' || info.Kind == 'c' || of.OID == pgtype.Record {
		return how, of, nil, sqlstate.Unsupported("SQL/JSON that returns %s", pgtype.SQLName(of.OID)).At(b.position(ask.location))
	}
	how = evaluation{Op: jsonOps[ask.op], Column: ask.column, Wrapper: wrappers[ask.wrapper]}
	if ask.quotes == pg_query.JsonQuotes_JS_QUOTES_OMIT {
		how.Quotes = "omit"
	}
	elem, array := pgtype.ElementOf(of.OID)
	switch {
	case of.OID == pgtype.JSON || of.OID == pgtype.JSONB:
		how.As = "json"
	case isString(of.OID):
		how.As = "text"
	case of.OID == pgtype.Int4 || of.OID == pgtype.Bool:
		how.As = pgtype.SQLName(of.OID)
	case array && (elem == pgtype.JSON || elem == pgtype.JSONB):
		how.Array = "json"
	case array:
		how.Array = "other"
	}
	args = make([]plan.Expr, 2)
	if args[0], err = b.behavior(s, ask, ask.onEmpty, of, &how.Empty); err == nil {
		args[1], err = b.behavior(s, ask, ask.onError, of, &how.Error)
	}
	return how, of, args, err
}

// read tells whether a value may be none of the type.
func (a *jsonAsk) read(of pgtype.Type) bool {
	switch of.OID {
	case pgtype.Text, pgtype.JSON, pgtype.JSONB:
		return a.op == pg_query.JsonExprOp_JSON_QUERY_OP && a.quotes == pg_query.JsonQuotes_JS_QUOTES_OMIT
	case pgtype.Bool, pgtype.Int4:
		return a.op != pg_query.JsonExprOp_JSON_EXISTS_OP
	}
	return true
}

var (
	jsonOps = map[pg_query.JsonExprOp]string{
		pg_query.JsonExprOp_JSON_EXISTS_OP: "exists", pg_query.JsonExprOp_JSON_QUERY_OP: "query", pg_query.JsonExprOp_JSON_VALUE_OP: "value",
	}
	defaultReturning = map[pg_query.JsonExprOp]pgtype.OID{
		pg_query.JsonExprOp_JSON_EXISTS_OP: pgtype.Bool, pg_query.JsonExprOp_JSON_QUERY_OP: pgtype.JSONB, pg_query.JsonExprOp_JSON_VALUE_OP: pgtype.Text,
	}
	wrappers = map[pg_query.JsonWrapper]string{
		pg_query.JsonWrapper_JSW_CONDITIONAL: "conditional", pg_query.JsonWrapper_JSW_UNCONDITIONAL: "unconditional",
	}
)

// What they are made of; these are no functions of PostgreSQL's.
var (
	jsonEvaluate = stable(jsonProcedure("json_evaluate", pgtype.Text, pgtype.JSONB, pgtype.JSONPath, pgtype.JSONB, pgtype.Text))
	jsonInput    = stable(jsonProcedure("json_input", pgtype.Text, pgtype.Text, pgtype.Text, pgtype.Text))
	jsonResult   = stable(jsonProcedure("json_result", pgtype.AnyElement, pgtype.Text, pgtype.AnyElement, pgtype.AnyElement))
)

// stable: with dates and times the answer depends on the session's time zone. The arguments are
// computed though one is NULL: a path may be none.
func stable(p *pgtype.Procedure) *pgtype.Procedure {
	p.Volatility, p.Strict = 's', false
	return p
}
