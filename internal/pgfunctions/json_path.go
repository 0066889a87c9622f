package pgfunctions

import (
	"strings"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/internal/pgjsonpath"
)

// jsonPaths: pg_jsonpath_exists, pg_jsonpath_match(jsonb, path, variables, silent, zone, zoned) BOOLEAN,
// pg_jsonpath_query(…) VARCHAR[], pg_jsonpath_query_array, pg_jsonpath_query_first(…) VARCHAR. What
// depends on the zone is an error unless zoned. pg_jsonpath_in(VARCHAR) reads a path, pg_jsonpath_out(…)
// prints it.
func jsonPaths() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		pathFunction("pg_jsonpath_exists", duckdb.Boolean, asked((*pgjsonpath.Path).Exists)),
		pathFunction("pg_jsonpath_match", duckdb.Boolean, asked((*pgjsonpath.Path).Match)),
		pathFunction("pg_jsonpath_query_array", duckdb.Varchar, func(p *pgjsonpath.Path, in pgjsonpath.Input, silent bool, out *duckdb.Results) error {
			found, err := p.Query(in, silent)
			if err == nil {
				duckdb.Put(out, "["+arrayToString(rawTexts(found), ", ", nil)+"]")
			}
			return err
		}),
		pathFunction("pg_jsonpath_query_first", duckdb.Varchar, func(p *pgjsonpath.Path, in pgjsonpath.Input, silent bool, out *duckdb.Results) error {
			switch found, err := p.Query(in, silent); {
			case err != nil:
				return err
			case len(found) == 0:
				out.PutNull()
			default:
				duckdb.Put(out, found[0].Raw)
			}
			return nil
		}),
		pathFunction("pg_jsonpath_query", duckdb.ListOf(duckdb.Varchar), func(p *pgjsonpath.Path, in pgjsonpath.Input, silent bool, out *duckdb.Results) error {
			found, err := p.Query(in, silent)
			if err == nil {
				out.PutTexts(rawTexts(found))
			}
			return err
		}),
		duckdb.Func1("pg_jsonpath_in", func(text string) (string, error) {
			p, err := pgjsonpath.Parse(text)
			if err != nil {
				return "", err
			}
			return p.Text(), nil
		}),
		duckdb.Func1("pg_jsonpath_out", func(text string) (string, error) {
			p, err := knownPath(text)
			if err != nil {
				return "", err
			}
			return p.Print(), nil
		}),
	}
}

// rawTexts are items as JSON texts.
func rawTexts(items []pgjson.Value) []*string {
	list := make([]*string, len(items))
	for i := range items {
		list[i] = &items[i].Raw
	}
	return list
}

// pathFunction is a strict function of a jsonb, a path, variables, whether to be silent, a zone,
// and whether that is to be used.
func pathFunction(name string, result duckdb.Type, f func(p *pgjsonpath.Path, in pgjsonpath.Input, silent bool, out *duckdb.Results) error) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Params: []duckdb.Type{duckdb.Varchar, duckdb.Varchar, duckdb.Varchar, duckdb.Boolean, duckdb.Varchar, duckdb.Boolean}, Result: result,
		Call: rows(func(a *duckdb.Arguments, out *duckdb.Results, i int) error {
			c := a.Columns
			p, in, err := pathInput(duckdb.At[string](c[0], i), duckdb.At[string](c[1], i), duckdb.At[string](c[2], i), duckdb.At[string](c[4], i))
			if err != nil {
				return err
			}
			in.Zoned = duckdb.At[bool](c[5], i)
			return f(p, in, duckdb.At[bool](c[3], i), out)
		})}
}

func asked(ask func(p *pgjsonpath.Path, in pgjsonpath.Input, silent bool) (is, known bool, err error)) func(*pgjsonpath.Path, pgjsonpath.Input, bool, *duckdb.Results) error {
	return func(p *pgjsonpath.Path, in pgjsonpath.Input, silent bool, out *duckdb.Results) error {
		switch is, known, err := ask(p, in, silent); {
		case err != nil:
			return err
		case !known:
			out.PutNull()
		default:
			duckdb.Put(out, is)
		}
		return nil
	}
}

// pathInput reads a path and what it is asked of.
func pathInput(value, path, variables, zone string) (p *pgjsonpath.Path, in pgjsonpath.Input, err error) {
	if p, err = knownPath(path); err != nil {
		return nil, in, err
	}
	if in.Value, err = pgjson.Parse(value, true); err != nil {
		return nil, in, err
	}
	if in.Variables, err = pgjson.Parse(variables, true); err != nil {
		return p, in, err
	}
	in.Now = time.Now()
	in.Zone, err = zoneOf(zone)
	return p, in, err
}

// pathsKept is how many paths that have been read are kept.
const pathsKept = 500

var knownPaths struct {
	sync.Mutex
	known map[string]*pgjsonpath.Path
}

func knownPath(text string) (*pgjsonpath.Path, error) {
	knownPaths.Lock()
	p := knownPaths.known[text]
	knownPaths.Unlock()
	if p != nil {
		return p, nil
	}
	text = strings.Clone(text) // the engine's memory is not ours to keep
	p, err := pgjsonpath.Parse(text)
	if err != nil {
		return nil, err
	}
	knownPaths.Lock()
	defer knownPaths.Unlock()
	if knownPaths.known == nil || len(knownPaths.known) >= pathsKept {
		knownPaths.known = map[string]*pgjsonpath.Path{}
	}
	knownPaths.known[text] = p
	return p, nil
}
