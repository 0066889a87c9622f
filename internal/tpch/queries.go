package tpch

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// Query is a query over the eight tables.
type Query struct {
	Name  string // q01 to q22 for the specification's
	Title string
	SQL   string
	// Least holds, by the name of a store, a query over all tables that counts the rows
	// this store must send at least when the tables lie apart.
	Least map[string]string
	// More tells why more than twice as many move, where they do.
	More string
}

// Queries returns the 22 queries in PostgreSQL's dialect, in order, with the
// specification's validation parameters.
func Queries() []Query {
	queries, err := ReadQueries(queryFiles, "queries/*.sql")
	if err != nil {
		panic(err)
	}
	return queries
}

// ReadQueries reads one query from each file that matches, in the order of their names.
// A file begins with comments: "-- name, title", then "-- least store: SELECT …" for
// stores and "-- more: …", continued on lines that begin with "--   ".
func ReadQueries(files fs.FS, pattern string) ([]Query, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	var queries []Query
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		query, err := parseQuery(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		queries = append(queries, query)
	}
	return queries, nil
}

func parseQuery(text string) (Query, error) {
	q := Query{Least: map[string]string{}}
	rest := text
	continued := func(string) {}
	for strings.HasPrefix(rest, "--") {
		line, after, _ := strings.Cut(rest, "\n")
		rest = after
		line = strings.TrimPrefix(line, "-- ")
		subject, value, _ := strings.Cut(line, ": ")
		store, isLeast := strings.CutPrefix(subject, "least ")
		switch more, isMore := strings.CutPrefix(line, "  "); {
		case q.Name == "":
			q.Name, q.Title, _ = strings.Cut(line, ", ")
		case isMore:
			continued(" " + more)
		case isLeast:
			q.Least[store] = value
			continued = func(more string) { q.Least[store] += more }
		case subject == "more":
			q.More = value
			continued = func(more string) { q.More += more }
		default:
			return q, fmt.Errorf("unknown comment %q", line)
		}
	}
	if q.Name == "" || rest == "" {
		return q, fmt.Errorf("no name or no query")
	}
	q.SQL = rest
	return q, nil
}
