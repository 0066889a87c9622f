package duckdb

import (
	"context"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// closedNames refuse statements of a closed instance by the names in them. What it forbids is
// out of reach of the plans we write: it holds if a forged one came about. DuckDB has no
// setting that hides its settings, its catalog, and its functions that run text as SQL.
type closedNames map[string]bool

// usedFunctions are the table functions that statements of ours call.
var usedFunctions = map[string]bool{StreamFunction: true, "unnest": true, "range": true, "generate_series": true, "json_each": true}

// alsoForbidden are names that the list below lacks: functions that tell of the instance,
// schemas of its catalog, statements that run as queries.
const alsoForbidden = `getenv current_setting getvariable which_secret current_query current_database current_schema current_schemas version
	json_serialize_sql json_serialize_plan json_deserialize_sql json_execute_serialized_sql nextval currval txid_current current_connection_id
	information_schema pg_catalog main temp system memory write_log parse_duckdb_log_message query query_table
	pragma show describe summarize explain call attach copy set execute prepare`

// listed gives every table function and view that the library brings.
const listed = `SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type IN ('table', 'table_macro', 'pragma')
	AND function_name NOT IN (SELECT function_name FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro', 'aggregate'))
	UNION ALL SELECT view_name FROM duckdb_views()`

// newClosedNames takes stock before anything of ours is set up.
func (e *Engine) newClosedNames() (closedNames, error) {
	names, err := e.names(listed)
	if err != nil {
		return nil, err
	}
	g := closedNames{}
	for _, name := range append(names, strings.Fields(alsoForbidden)...) {
		if name = strings.ToLower(name); !usedFunctions[name] {
			g[name] = true
		}
	}
	return g, nil
}

// check refuses a statement that names what is forbidden, or has signs that ours lack:
// comments, several statements, other kinds of quotes.
func (g closedNames) check(sql string) error {
	if g == nil {
		return nil
	}
	for rest := sql; rest != ""; {
		t, after := nextToken(rest)
		switch {
		case t.kind == nameToken && g[t.text]:
			return sqlstate.New(sqlstate.InternalError, "duckdb: a statement names %q", t.text)
		case t.kind == strangeToken:
			return sqlstate.New(sqlstate.InternalError, "duckdb: a statement has a form that none of ours has")
		}
		rest = after
	}
	return nil
}

type tokenKind uint8

const (
	signToken tokenKind = iota
	nameToken
	strangeToken
)

type token struct {
	kind tokenKind
	text string // of a name, quoted or not, in small letters
}

// nextToken takes one token from the front.
func nextToken(sql string) (token, string) {
	sql = strings.TrimLeft(sql, " \t\r\n")
	if sql == "" {
		return token{}, ""
	}
	switch ch := sql[0]; {
	case ch == '\'' || ch == '"':
		text, rest, ok := quotedText(sql, ch)
		switch {
		case !ok:
			return token{kind: strangeToken}, ""
		case ch == '"':
			return token{nameToken, strings.ToLower(text)}, rest
		}
		return token{}, rest
	case ch == ';' || ch == '$' || strings.HasPrefix(sql, "--") || strings.HasPrefix(sql, "/*"):
		return token{kind: strangeToken}, ""
	case letter(ch):
		end := 1
		for end < len(sql) && (letter(sql[end]) || sql[end] >= '0' && sql[end] <= '9') {
			end++
		}
		if end < len(sql) && sql[end] == '\'' { // E'…' and its like
			return token{kind: strangeToken}, ""
		}
		return token{nameToken, strings.ToLower(sql[:end])}, sql[end:]
	}
	return token{}, sql[1:]
}

func letter(ch byte) bool {
	return ch == '_' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= 0x80
}

// quotedText takes what stands between quotes, of which doubled ones are part.
func quotedText(sql string, quote byte) (text, rest string, ok bool) {
	for i := 1; i < len(sql); i++ {
		if sql[i] != quote {
			continue
		}
		if i+1 < len(sql) && sql[i+1] == quote {
			i++
			continue
		}
		return sql[1:i], sql[i+1:], true
	}
	return "", "", false
}

// names gives the first column of a query.
func (e *Engine) names(sql string) ([]string, error) {
	reader, err := e.Query(context.Background(), sql, nil)
	if err != nil {
		return nil, err
	}
	defer reader.Release()
	var all []string
	for reader.Next() {
		column := reader.RecordBatch().Column(0)
		for i := range column.Len() {
			all = append(all, strings.Clone(column.ValueStr(i)))
		}
	}
	return all, reader.Err()
}
