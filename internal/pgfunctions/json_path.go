package pgfunctions

import (
	"strings"
	"sync"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/internal/pgjsonpath"
)

// jsonPaths: pg_jsonpath_exists, pg_jsonpath_match(jsonb, path, variables, silent) BOOLEAN,
// pg_jsonpath_query(…) VARCHAR[], pg_jsonpath_query_array, pg_jsonpath_query_first(…) VARCHAR.
func jsonPaths() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func4("pg_jsonpath_exists", asked((*pgjsonpath.Path).Exists)),
		duckdb.Func4("pg_jsonpath_match", asked((*pgjsonpath.Path).Match)),
		duckdb.Func4("pg_jsonpath_query_array", func(value, path, variables string, silent bool) (string, error) {
			found, err := pathItems(value, path, variables, silent)
			list := make([]*string, len(found))
			for i := range found {
				list[i] = &found[i].Raw
			}
			return "[" + arrayToString(list, ", ", nil) + "]", err
		}),
		duckdb.Func4("pg_jsonpath_query_first", func(value, path, variables string, silent bool) (string, error) {
			found, err := pathItems(value, path, variables, silent)
			if err == nil && len(found) == 0 {
				err = duckdb.ErrNull
			}
			if err != nil {
				return "", err
			}
			return found[0].Raw, nil
		}),
		{Name: "pg_jsonpath_query", Params: []duckdb.Type{duckdb.Varchar, duckdb.Varchar, duckdb.Varchar, duckdb.Boolean}, Result: duckdb.ListOf(duckdb.Varchar),
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				c := in.Columns
				found, err := pathItems(duckdb.At[string](c[0], i), duckdb.At[string](c[1], i), duckdb.At[string](c[2], i), duckdb.At[bool](c[3], i))
				list := make([]*string, len(found))
				for i := range found {
					list[i] = &found[i].Raw
				}
				if err == nil {
					out.PutTexts(list)
				}
				return err
			})},
	}
}

func asked(ask func(p *pgjsonpath.Path, v, variables pgjson.Value, silent bool) (is, known bool, err error)) func(value, path, variables string, silent bool) (bool, error) {
	return func(value, path, variables string, silent bool) (bool, error) {
		p, v, vars, err := readPath(value, path, variables)
		if err != nil {
			return false, err
		}
		is, known, err := ask(p, v, vars, silent)
		if err == nil && !known {
			err = duckdb.ErrNull
		}
		return is, err
	}
}

func pathItems(value, path, variables string, silent bool) ([]pgjson.Value, error) {
	p, v, vars, err := readPath(value, path, variables)
	if err != nil {
		return nil, err
	}
	return p.Query(v, vars, silent)
}

func readPath(value, path, variables string) (p *pgjsonpath.Path, v, vars pgjson.Value, err error) {
	if p, err = knownPath(path); err != nil {
		return nil, v, vars, err
	}
	if v, err = pgjson.Parse(value, true); err == nil {
		vars, err = pgjson.Parse(variables, true)
	}
	return p, v, vars, err
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
