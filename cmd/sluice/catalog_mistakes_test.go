package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/seed"
)

// TestNoMistakeInACatalogQueryIsOurs damages what tools ask of the catalog, and calls every
// function that looks into it with arguments that mean nothing. Whatever comes of it, the
// error is not of class XX: some tools close the connection then.
func TestNoMistakeInACatalogQueryIsOurs(t *testing.T) {
	c := newCatalogCases(t)
	drawn := seed.For(t)
	random := rand.New(rand.NewPCG(drawn, 0))
	queries := catalogQueries(t)
	for n := range 600 {
		text := damagedQuery(random, queries)
		if code := mistakeCode(t, c.gateway, text); strings.HasPrefix(code, "XX") {
			t.Errorf("query %d of seed %d: %s\n%s", n, drawn, code, text)
		}
	}
	for _, call := range senselessCalls(random) {
		if code := mistakeCode(t, c.gateway, call); strings.HasPrefix(code, "XX") {
			t.Errorf("seed %d: %s\n%s", drawn, code, call)
		}
	}
}

// mistakeCode gives the code of a statement's error; "" where there is none.
func mistakeCode(t *testing.T, conn *pgx.Conn, text string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	_, err := conn.PgConn().Exec(ctx, text).ReadAll()
	var stated *pgconn.PgError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &stated):
		return stated.Code
	}
	t.Fatalf("%v\n%s", err, text)
	return ""
}

var caseQuery = regexp.MustCompile(`(?m)^(?:query|own|error)[ a-z]*\n((?:.+\n)+)----`)

// catalogQueries are those of the case files.
func catalogQueries(t *testing.T) (all []string) {
	t.Helper()
	for _, path := range caseFilesIn(t, "../../testdata/catalog") {
		text, err := os.ReadFile(path)
		must(t, err)
		for _, m := range caseQuery.FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(m[1], "pg_sleep") {
				all = append(all, strings.TrimSpace(m[1]))
			}
		}
	}
	return all
}

var (
	token    = regexp.MustCompile(`\s+|[\w.]+|'[^']*'|"[^"]*"|::|[^\s\w]`)
	nonsense = []string{"NULL", "0", "-1", "99999999", "''", "'nope'", "1e400", "'{'", "()", "[0]", "ARRAY[1]", "::regclass", "::oid", "::\"char\"", "DISTINCT", "$1", "OVER ()", "tableoid", "*"}
)

// damagedQuery is a query with pieces lost, doubled, out of place, or of another one.
func damagedQuery(random *rand.Rand, queries []string) string {
	some := func() []string { return token.FindAllString(queries[random.IntN(len(queries))], -1) }
	pieces, others := some(), some()
	for range 1 + random.IntN(3) {
		i, j := random.IntN(len(pieces)), random.IntN(len(pieces))
		switch random.IntN(5) {
		case 0:
			pieces[i], pieces[j] = pieces[j], pieces[i]
		case 1:
			pieces[i] = ""
		case 2:
			pieces[i] += " " + pieces[i]
		case 3:
			pieces[i] = others[random.IntN(len(others))]
		default:
			pieces[i] = " " + nonsense[random.IntN(len(nonsense))] + " "
		}
	}
	return strings.Join(pieces, "")
}

// senselessCalls are calls of the functions about the catalog.
func senselessCalls(random *rand.Rand) (all []string) {
	values := []string{"NULL", "'nope'", "''", "0", "-1", "99999999", "'pg_class'::regclass", "'sales.orders'", "'int4'::regtype", "'{}'::text[]", "'sales'::name", "true", "'a.b.c.d'", "'\"'"}
	seen := map[string]bool{}
	byOID := func(a, b *pgtype.Procedure) int { return cmp.Compare(a.OID, b.OID) }
	for _, p := range slices.SortedFunc(pgtype.Procedures(), byOID) {
		if p.Schema != "pg_catalog" || seen[p.Name] || !aboutCatalog.MatchString(p.Name) {
			continue
		}
		seen[p.Name] = true
		for width := range 4 {
			arguments := make([]string, width)
			for i := range arguments {
				arguments[i] = values[random.IntN(len(values))]
			}
			call := fmt.Sprintf("%s(%s)", p.Name, strings.Join(arguments, ", "))
			all = append(all, "SELECT "+call, "SELECT * FROM "+call)
		}
	}
	return all
}

var aboutCatalog = regexp.MustCompile(`^(pg_(get|has|table|type|function|rel|total|index|opera|coll|conv|ts_|describe|identify|size|tablespace|database|encoding|char|my|is_|partition|options|time|advisory|listen|column)|has_|to_reg|format_type|obj_|col_|shobj|current_s|set_config|acl|ts_token|row_security|makeacl|regexp|array_|generate|string_to|unnest|quote_|parse_ident|json)`)
