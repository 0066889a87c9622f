package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// qualityTimeout is how long one rule may take.
const qualityTimeout = time.Minute

// quality asks whether the rules of the contracts about their data hold, each with the
// rights of the domain that published them: its own products as they are stored, those of others by its
// grants. It reports what does not hold and what cannot be asked, and gives the counts
// that checks of governance read.
type quality struct {
	mesh     *catalog.Mesh
	executor *executor.Executor
	out      io.Writer // what there is to mend
	progress io.Writer // which rule is asked
	measured map[catalog.Address]meshdir.Measured
	failed   int // of severity error
}

// run asks every rule of every table that has an address.
func (q *quality) run(ctx context.Context) {
	total, asked := 0, 0
	for _, d := range q.mesh.Domains {
		for _, t := range d.Tables() {
			total += len(t.Quality)
		}
	}
	q.measured = map[catalog.Address]meshdir.Measured{}
	for _, d := range q.mesh.Domains {
		for _, t := range d.Tables() {
			counts := meshdir.Measured{Asked: map[string]int{}, Failed: map[string]int{}}
			known := true
			for _, rule := range t.Quality {
				asked++
				fmt.Fprintf(q.progress, "quality %d of %d: %s %s\n", asked, total, t.Address().Schema+"."+t.Address().Name, rule.Name)
				holds, ok := q.rule(ctx, t, rule)
				switch {
				case !ok:
					known = known && rule.Kind == "text"
				case !holds:
					counts.Failed[rule.Severity]++
					fallthrough
				default:
					counts.Asked[rule.Severity]++
				}
			}
			if known {
				q.measured[t.Address()] = counts
			}
		}
	}
}

// rule asks one; ok is false where it cannot be asked.
func (q *quality) rule(ctx context.Context, t *catalog.Table, r catalog.Quality) (holds, ok bool) {
	name := fmt.Sprintf("quality rule %s of %s.%s", r.Name, t.Address().Schema, t.Address().Name)
	switch r.Kind {
	case "text":
		return false, false // for people
	case "custom":
		fmt.Fprintf(q.out, "%s: warning: %s is not evaluated: it is for another engine\n", r.Position, name)
		return false, false
	}
	value, known, err := q.ask(ctx, t, qualitySQL(t, r))
	switch {
	case err != nil:
		fmt.Fprintf(q.out, "%s: warning: %s cannot be asked: %s\n", r.Position, name, sqlstate.From(err).Message)
		return false, false
	case r.Holds(value, known):
		return true, true
	}
	if !known {
		value = "NULL"
	}
	severity := "warning: "
	if r.Severity == "error" {
		severity = ""
		q.failed++
	}
	fmt.Fprintf(q.out, "%s: %s%s does not hold: %s is %s, %s %s\n", r.Position, severity, name, cmp.Or(r.Metric, "the query's value"), value, r.Compare, strings.Join(r.Bounds, " and "))
	return false, true
}

// ask runs a query of one value as the domain of a table.
func (q *quality) ask(ctx context.Context, t *catalog.Table, sql string) (value string, known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, qualityTimeout)
	defer cancel()
	domain := t.Product.Domain.Name
	who := auth.OfDomain(q.mesh, domain)
	env := authorEnvironment()
	env.SearchPath = []string{domain}
	env.NoParameters = true
	env.Resolve = func(schema, name string) (*catalog.Table, error) {
		return auth.Visible(who, catalog.Address{Schema: cmp.Or(schema, domain), Name: name})
	}
	env.Hidden = func(t *catalog.Table, c *catalog.Column) bool { return auth.Hidden(who, t, c) }
	ready, err := planAs(ctx, who, env, sql)
	if err != nil {
		return "", false, err
	}
	result, err := q.executor.Run(ctx, ready.Query, executor.Options{Locale: plan.Locale{TimeZone: "UTC"}})
	if err != nil {
		return "", false, err
	}
	defer result.Close()
	for result.Next() {
		texts, ok := result.RecordBatch().Column(0).(*array.String)
		if !ok {
			return "", false, fmt.Errorf("the value is no text")
		}
		if texts.Len() > 0 && !texts.IsNull(0) {
			value, known = strings.Clone(texts.Value(0)), true
		}
	}
	return value, known, result.Err()
}

// planAs takes a query's text to what can be run, for a principal without a session.
func planAs(ctx context.Context, who auth.Principal, env bind.Environment, sql string) (planner.Optimized, error) {
	statements, err := planner.Parse(sql)
	if err != nil {
		return planner.Optimized{}, err
	}
	selection, ok := statements[0].(*planner.Select)
	if !ok || len(statements) != 1 {
		return planner.Optimized{}, sqlstate.New(sqlstate.SyntaxError, "it is not one query")
	}
	bound, err := selection.Bind(env, nil)
	if err != nil {
		return planner.Optimized{}, err
	}
	secured, err := auth.Secure(ctx, who, bound.Query, bound.NextID, planner.Predicates{Environment: env})
	if err != nil {
		return planner.Optimized{}, err
	}
	return planner.Optimize(secured, nil, nil)
}

// qualitySQL writes a rule as a query of one text.
func qualitySQL(t *catalog.Table, r catalog.Quality) string {
	table := pgname.Quoted(t.Address().Schema) + "." + pgname.Quoted(t.Address().Name)
	if r.Kind == "sql" {
		places := strings.NewReplacer("${table}", table, "{table}", table, "${object}", table, "{object}", table,
			"${column}", pgname.Quoted(r.Column), "{column}", pgname.Quoted(r.Column), "${property}", pgname.Quoted(r.Column), "{property}", pgname.Quoted(r.Column))
		return "SELECT (" + strings.TrimRight(strings.TrimSpace(places.Replace(r.Query)), "; \n") + "\n)::text"
	}
	column := pgname.Quoted(r.Column)
	amount := ""
	switch r.Metric {
	case "rowCount":
		amount = "count(*)"
	case "nullValues":
		amount = "count(*) FILTER (WHERE " + column + " IS NULL)"
	case "missingValues":
		amount = "count(*) FILTER (WHERE " + column + " IS NULL" + among(" OR ", column, r.Missing) + ")"
	case "invalidValues":
		wrong := "NOT (" + column + "::text ~ " + quote(r.Pattern) + ")"
		if r.Valid != nil {
			wrong = "NOT (false" + among(" OR ", column, r.Valid) + ")"
		}
		amount = "count(*) FILTER (WHERE " + column + " IS NOT NULL AND " + wrong + ")"
	case "duplicateValues":
		return duplicates(table, r)
	}
	if r.Percent {
		amount = "100.0 * " + amount + " / nullif(count(*), 0)"
	}
	return "SELECT (" + amount + ")::text FROM " + table
}

// duplicates counts the rows whose values some row before them has, of those without NULL.
func duplicates(table string, r catalog.Quality) string {
	columns := r.Properties
	if len(columns) == 0 {
		columns = []string{r.Column}
	}
	var names, present []string
	for _, c := range columns {
		names, present = append(names, pgname.Quoted(c)), append(present, pgname.Quoted(c)+" IS NOT NULL")
	}
	amount := "coalesce(sum(n - 1), 0)"
	if r.Percent {
		amount = "100.0 * " + amount + " / nullif((SELECT count(*) FROM " + table + "), 0)"
	}
	return "SELECT (" + amount + ")::text FROM (SELECT count(*) AS n FROM " + table + " WHERE " + strings.Join(present, " AND ") + " GROUP BY " + strings.Join(names, ", ") + ") AS groups"
}

func among(before, column string, texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return before + column + "::text IN (" + strings.Join(quoted, ", ") + ")"
}
