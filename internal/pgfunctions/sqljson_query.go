package pgfunctions

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/internal/pgjsonpath"
	"github.com/sluicemesh/sluice/sqlstate"
)

// evaluation is how pg_json_evaluate is to be done, as the binder writes it.
type evaluation struct {
	Op      string            // "exists", "value" or "query"
	Wrapper string            // "conditional", "unconditional" or nothing
	Quotes  string            // "omit" or nothing
	Array   string            // an array is asked for, of "json" or of "other"
	As      string            // "json", "text", "integer", "boolean" or nothing: what is asked for
	Empty   string            // ON EMPTY: "error"; "fail", a value that is none of the type; else there is a value
	Error   string            // ON ERROR, likewise
	Column  string            // of JSON_TABLE
	Kinds   map[string]string // of variables that are no JSON
}

// sqlJSONQueries: pg_json_evaluate(item, path, variables, how, zone, settings) VARCHAR asks a path
// of an item for JSON_EXISTS, JSON_VALUE and JSON_QUERY (execExprInterp.c, ExecEvalJsonExprPath).
// The answer is a letter and a text: v and the value as the input function of its type reads it;
// n, nothing, where the item is a null; e, where the path selects nothing; x, where it fails.
func sqlJSONQueries() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		{Name: "pg_json_evaluate", Params: manyTexts(6), Result: duckdb.Varchar, Nulls: true, Call: rows(func(a *duckdb.Arguments, out *duckdb.Results, i int) error {
			c := textArguments(a, i)
			how, err := knownEvaluation(c[3])
			if err != nil {
				return err
			}
			p, in, err := pathInput(c[0], c[1], c[2], c[4])
			if err != nil {
				return err
			}
			in.Zoned = true
			in.Kinds = how.Kinds
			answer, err := how.evaluate(p, in, c[5])
			if err == nil {
				duckdb.Put(out, answer)
			}
			return err
		})},
		jsonTableRows(),
	}
}

func manyTexts(n int) []duckdb.Type {
	all := make([]duckdb.Type, n)
	for i := range all {
		all[i] = duckdb.Varchar
	}
	return all
}

func textArguments(a *duckdb.Arguments, row int) []string {
	all := make([]string, len(a.Columns))
	for i, c := range a.Columns {
		all[i] = duckdb.At[string](c, row)
	}
	return all
}

var knownEvaluations sync.Map // of texts, which statements write: there are few

// evaluationsKept bounds them.
const evaluationsKept = 1000

var evaluationsKnown struct {
	sync.Mutex
	count int
}

func knownEvaluation(text string) (*evaluation, error) {
	if known, ok := knownEvaluations.Load(text); ok {
		return known.(*evaluation), nil
	}
	text = strings.Clone(text)
	how := &evaluation{}
	if err := json.Unmarshal([]byte(text), how); err != nil {
		return nil, err
	}
	evaluationsKnown.Lock()
	defer evaluationsKnown.Unlock()
	if evaluationsKnown.count++; evaluationsKnown.count > evaluationsKept {
		knownEvaluations.Clear()
		evaluationsKnown.count = 1
	}
	knownEvaluations.Store(text, how)
	return how, nil
}

// errNothing is what there is no item for.
var errNothing = errors.New("no SQL/JSON item")

func (how *evaluation) evaluate(p *pgjsonpath.Path, in pgjsonpath.Input, settings string) (string, error) {
	answer, err := how.answer(p, in, settings)
	switch {
	case err == nil:
		return answer, nil
	case errors.Is(err, errNothing):
		return how.empty()
	case pgjsonpath.Fatal(err):
		return "", err
	}
	return how.failed(err)
}

// empty is what ON EMPTY asks for.
func (how *evaluation) empty() (string, error) {
	switch how.Empty {
	case "error":
		where := ""
		if how.Column != "" {
			where = " of column \"" + how.Column + "\""
		}
		return "", sqlstate.New("22035", "no SQL/JSON item found for specified path%s", where)
	case "fail":
		return "", sqlstate.New(sqlstate.DatatypeMismatch, "could not coerce ON EMPTY expression to the RETURNING type")
	}
	return "e", nil
}

// failed is what ON ERROR asks for.
func (how *evaluation) failed(err error) (string, error) {
	switch how.Error {
	case "error":
		return "", err
	case "fail":
		return "", sqlstate.New(sqlstate.DatatypeMismatch, "could not coerce ON ERROR expression to the RETURNING type")
	}
	return "x", nil
}

func (how *evaluation) answer(p *pgjsonpath.Path, in pgjsonpath.Input, settings string) (string, error) {
	if how.Op == "exists" {
		is, _, err := p.Exists(in, false)
		if err != nil {
			return "", err
		}
		return "v" + how.exists(is), nil
	}
	found, err := p.Query(in, false)
	switch {
	case err != nil:
		return "", err
	case how.Op == "value":
		return how.value(found, in.Zone, settings)
	}
	return how.query(found)
}

// exists is a truth as the type that is asked for reads it.
func (how *evaluation) exists(is bool) string {
	words := map[string][2]string{"boolean": {"f", "t"}, "integer": {"0", "1"}, "": {"false", "true"}, "text": {"false", "true"}, "json": {"false", "true"}}[how.As]
	if is {
		return words[1]
	}
	return words[0]
}

// value is the one scalar of JSON_VALUE, as the output function of its type prints it.
func (how *evaluation) value(found []pgjson.Value, zone *time.Location, settings string) (string, error) {
	switch {
	case len(found) == 0:
		return "", errNothing
	case len(found) > 1:
		return "", sqlstate.New("22034", "JSON path expression in JSON_VALUE must return single scalar item")
	}
	v := found[0]
	switch v.Kind {
	case pgjson.Array, pgjson.Object:
		return "", sqlstate.New("2203F", "JSON path expression in JSON_VALUE must return single scalar item")
	case pgjson.Null:
		return "n", nil
	}
	switch {
	case how.As == "json":
		return "v" + v.Raw, nil
	case v.Kind == pgjson.Bool:
		return "v" + v.Raw[:1], nil
	case v.Kind == pgjson.Number:
		return "v" + v.Raw, nil
	case v.Kind == pgjson.OfMoment:
		if how.As != "text" {
			settings = ""
		}
		return "v" + printedMoment(*v.Moment, zone, settings), nil
	}
	return "v" + v.Text, nil
}

// printedMoment is a moment as the session prints it.
func printedMoment(m pgjson.Moment, zone *time.Location, settings string) string {
	dates := outputOf(settings).dates
	switch m.Kind {
	case pgjson.Date:
		return string(dates.Date(nil, m.Value))
	case pgjson.Timestamp:
		return string(dates.Timestamp(nil, m.Value))
	case pgjson.TimestampTZ:
		return string(dates.Zoned(zone)(nil, m.Value))
	}
	return pgjsonpath.ClockText(m)
}

// query is the item of JSON_QUERY, or an array of all.
func (how *evaluation) query(found []pgjson.Value) (string, error) {
	if len(found) == 0 {
		return "", errNothing
	}
	wrapped := how.Wrapper == "unconditional" || how.Wrapper == "conditional" && len(found) > 1
	if !wrapped && len(found) > 1 {
		return "", sqlstate.New("22034", "JSON path expression in JSON_QUERY must return single item when no wrapper is requested").
			WithHint("Use the WITH WRAPPER clause to wrap SQL/JSON items into an array.")
	}
	v := found[0]
	if wrapped {
		v = pgjson.Value{Kind: pgjson.Array, Items: found, Raw: "[" + arrayToString(rawTexts(found), ", ", nil) + "]"}
	}
	switch {
	case how.Quotes == "omit" && (v.Kind == pgjson.String || v.Kind == pgjson.OfMoment):
		return "v" + v.Text, nil
	case how.Quotes == "omit":
		return "v" + v.Raw, nil
	case how.Array != "":
		text, err := arrayOfJSON(v, how.Array == "json")
		return "v" + text, err
	}
	return "v" + v.Raw, nil
}
