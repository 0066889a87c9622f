package bind

import (
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// JSON_TABLE is a scan of a function that gives for each row a JSON array with the answer for
// each column, and makes the columns of the answers (parse_jsontable.c):
//
//	Project[a := json_result(r ->> 0), b := json_result(r ->> 1)](FunctionScan[r := json_table(item, …)])

// jsonTable is one in the making.
type jsonTable struct {
	s       *selection
	scope   *scope
	names   map[string]bool // of columns and paths, which must differ
	columns []jsonTableColumn
}

// jsonTableColumn is a column with the values of ON EMPTY and ON ERROR.
type jsonTableColumn struct {
	name string
	of   pgtype.Type
	args []plan.Expr
}

// What the function json_table is told: see internal/pgfunctions.
type (
	tableSpec struct {
		Error   bool              `json:"error,omitempty"`
		Kinds   map[string]string `json:"kinds,omitempty"`
		Columns int               `json:"columns"`
		Root    tableLevel        `json:"root"`
	}
	tableLevel struct {
		Path    string        `json:"path"`
		Columns []tableColumn `json:"columns,omitempty"`
		Nested  []tableLevel  `json:"nested,omitempty"`
	}
	tableColumn struct {
		At   int         `json:"at"`
		Path string      `json:"path,omitempty"`
		Type string      `json:"type,omitempty"` // where a text may be none of it
		How  *evaluation `json:"how,omitempty"`
	}
)

// fromJSONTable binds JSON_TABLE in FROM, which may always read the relations before it.
func (s *selection) fromJSONTable(n *pg_query.JsonTable, left []*relation) (fromItem, error) {
	t := &jsonTable{s: s, scope: s.lateral(clauseFrom, left), names: map[string]bool{}}
	spec := tableSpec{}
	switch n.OnError.GetBtype() {
	case pg_query.JsonBehaviorType_JSON_BEHAVIOR_ERROR:
		spec.Error = true
	case pg_query.JsonBehaviorType_JSON_BEHAVIOR_TYPE_UNDEFINED, pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY, pg_query.JsonBehaviorType_JSON_BEHAVIOR_EMPTY_ARRAY:
	default:
		return fromItem{}, sqlstate.New(sqlstate.SyntaxError, "invalid ON ERROR behavior").
			WithDetail("Only EMPTY [ ARRAY ] or ERROR is allowed in the top-level ON ERROR clause.").At(s.b.position(n.OnError.Location))
	}
	item, err := s.b.jsonItem(t.scope, n.ContextItem, implicitJSON)
	if err != nil {
		return fromItem{}, err
	}
	passing, err := s.b.jsonPassing(t.scope, n.Passing)
	if err != nil {
		return fromItem{}, err
	}
	if spec.Root, err = t.level(n.Pathspec, n.Columns); err != nil {
		return fromItem{}, err
	}
	spec.Kinds, spec.Columns = passing.kinds, len(t.columns)
	text, err := jsonLiteral(spec)
	if err != nil {
		return fromItem{}, err
	}
	call := &plan.SetCall{Procedure: jsonTableOf, Args: []plan.Expr{item, text, passing.object, text}, Of: pgtype.Of(pgtype.JSON)}
	return t.item(call, n.Alias)
}

// level reads a path and its columns. Those nested in it stand behind its own.
func (t *jsonTable) level(path *pg_query.JsonTablePathSpec, columns []*pg_query.Node) (tableLevel, error) {
	l := tableLevel{}
	var err error
	if l.Path, err = t.path(path); err != nil {
		return l, err
	}
	var nested []*pg_query.JsonTableColumn
	for _, n := range columns {
		c := n.GetJsonTableColumn()
		if c.Coltype == pg_query.JsonTableColumnType_JTC_NESTED {
			nested = append(nested, c)
			continue
		}
		column, err := t.column(c)
		if err != nil {
			return l, err
		}
		l.Columns = append(l.Columns, column)
	}
	for _, c := range nested {
		inner, err := t.level(c.Pathspec, c.Columns)
		if err != nil {
			return l, err
		}
		l.Nested = append(l.Nested, inner)
	}
	return l, nil
}

// path reads a path, which is a constant, and notes its name.
func (t *jsonTable) path(n *pg_query.JsonTablePathSpec) (string, error) {
	if err := t.note(n.Name, n.NameLocation); err != nil {
		return "", err
	}
	text := n.String_.GetAConst().GetSval()
	if text == nil {
		return "", sqlstate.New(sqlstate.FeatureNotSupported, "only string constants are supported in JSON_TABLE path specification").At(t.s.b.position(location(n.String_)))
	}
	return t.canonical(text.Sval, location(n.String_))
}

func (t *jsonTable) canonical(text string, at int32) (string, error) {
	path, err := pgtype.Canonical(pgtype.Of(pgtype.JSONPath), text, pgtype.Settings{})
	return path, pointAt(err, t.s.b.position(at))
}

func (t *jsonTable) note(name string, at int32) error {
	if name != "" && t.names[name] {
		return sqlstate.New(sqlstate.DuplicateAlias, "duplicate JSON_TABLE column or path name: %s", name).At(t.s.b.position(at))
	}
	t.names[name] = true
	return nil
}

// column reads a column that is none of a nested path.
func (t *jsonTable) column(c *pg_query.JsonTableColumn) (tableColumn, error) {
	b := t.s.b
	out := tableColumn{At: len(t.columns)}
	if err := t.note(c.Name, c.Location); err != nil {
		return out, err
	}
	if c.Coltype == pg_query.JsonTableColumnType_JTC_FOR_ORDINALITY {
		null := &plan.Literal{Of: pgtype.Of(pgtype.Int4), Null: true}
		t.columns = append(t.columns, jsonTableColumn{c.Name, pgtype.Of(pgtype.Int4), []plan.Expr{null, null}})
		return out, nil
	}
	of, err := b.typeName(c.TypeName)
	if err != nil {
		return out, err
	}
	ask := &jsonAsk{op: columnOp(c, of.OID), column: c.Name, onEmpty: c.OnEmpty, onError: c.OnError, wrapper: c.Wrapper, quotes: c.Quotes, location: c.Location}
	output := &pg_query.JsonOutput{TypeName: c.TypeName, Returning: &pg_query.JsonReturning{Format: c.Format}}
	if ask.op != pg_query.JsonExprOp_JSON_QUERY_OP {
		output.Returning.Format = nil
	}
	if err = b.checkAsk(ask, output); err == nil {
		ask.returns, err = b.returning(output, false)
	}
	if err != nil {
		return out, err
	}
	if c.Pathspec == nil {
		out.Path, err = t.canonical("$."+quotedKey(c.Name), c.Location)
	} else {
		out.Path, err = t.canonical(c.Pathspec.String_.GetAConst().GetSval().GetSval(), location(c.Pathspec.String_))
	}
	if err != nil {
		return out, err
	}
	how, of, args, err := b.evaluation(t.scope, ask)
	if err != nil {
		return out, err
	}
	out.How = &how
	if ask.read(of) {
		out.Type = pgtype.FormatType(of)
	}
	t.columns = append(t.columns, jsonTableColumn{c.Name, of, args})
	return out, nil
}

// quotedKey is a key as a path has it.
func quotedKey(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// columnOp is what a column asks: JSON_QUERY where it is JSON, an array, or formatted.
func columnOp(c *pg_query.JsonTableColumn, of pgtype.OID) pg_query.JsonExprOp {
	_, array := pgtype.ElementOf(of)
	switch {
	case c.Coltype == pg_query.JsonTableColumnType_JTC_EXISTS:
		return pg_query.JsonExprOp_JSON_EXISTS_OP
	case c.Coltype == pg_query.JsonTableColumnType_JTC_FORMATTED, c.Quotes > pg_query.JsonQuotes_JS_QUOTES_UNSPEC, c.Wrapper > pg_query.JsonWrapper_JSW_UNSPEC,
		array, of == pgtype.JSON, of == pgtype.JSONB, of == pgtype.Record:
		return pg_query.JsonExprOp_JSON_QUERY_OP
	}
	return pg_query.JsonExprOp_JSON_VALUE_OP
}

// item is the scan, and the columns made of what it gives.
func (t *jsonTable) item(call *plan.SetCall, alias *pg_query.Alias) (fromItem, error) {
	b := t.s.b
	row := b.column("json_table", call.Of, false)
	scan := &functionScan{FunctionScan: plan.FunctionScan{Cols: []plan.Column{row}, Calls: []plan.Expr{call}, Fields: []int{1}}, records: true}
	r := &relation{alias: "json_table"}
	for i, c := range t.columns {
		answer := &plan.Call{Procedure: elementText, Operator: "->>", Of: pgtype.Of(pgtype.Text),
			Args: []plan.Expr{&plan.ColumnRef{Column: row}, literal(pgtype.Int4, strconv.Itoa(i))}}
		column := b.column(c.name, c.of, false)
		scan.items = append(scan.items, plan.Item{Column: column, Expr: &plan.Call{Procedure: jsonResult, Args: append([]plan.Expr{answer}, c.args...), Of: c.of}})
		r.columns = append(r.columns, scopeColumn{name: c.name, expr: &plan.ColumnRef{Column: column}, unqualified: true})
	}
	if err := r.rename(alias); err != nil {
		return fromItem{}, err
	}
	return t.s.item(scan.node(), r), nil
}

// elementText is ->> of json and an integer.
var elementText = pgtype.ProceduresByName("pg_catalog", "json_array_element_text")[0]

// jsonTableOf gives the rows of a JSON_TABLE, told twice what that is: by one part it makes them,
// by the other it reads their values. It is no function of PostgreSQL's. A NULL item gives none,
// but the path's errors come first.
var jsonTableOf = func() *pgtype.Procedure {
	p := stable(jsonProcedure("json_table", pgtype.JSON, pgtype.JSONB, pgtype.Text, pgtype.JSONB, pgtype.Text))
	p.ReturnsSet = true
	return p
}()
