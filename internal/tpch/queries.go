package tpch

import (
	"embed"
	"path"
	"strings"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// Query is one of the 22 queries, with the specification's validation parameters.
type Query struct {
	Name string // q01 to q22
	SQL  string
}

// Queries returns the 22 queries in PostgreSQL's dialect, in order.
func Queries() []Query {
	files, err := queryFiles.ReadDir("queries")
	if err != nil {
		panic(err)
	}
	var queries []Query
	for _, file := range files {
		sql, err := queryFiles.ReadFile(path.Join("queries", file.Name()))
		if err != nil {
			panic(err)
		}
		queries = append(queries, Query{Name: strings.TrimSuffix(file.Name(), ".sql"), SQL: string(sql)})
	}
	return queries
}
