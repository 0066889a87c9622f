package pgtype_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// comparison is one expression, PostgreSQL's way to write it and our answer.
type comparison struct {
	sql  string
	ours choice
	err  error
	// castOnly: a call that is a cast; only its type can be compared.
	castOnly bool
	// skipArgs: arguments are printed in the order written.
	skipArgs bool
	// typeOnly: no function is chosen.
	typeOnly bool
	// codeOnly: the message names what only the statement knows.
	codeOnly bool
	// castForm: form is the kind of node a cast is made into.
	castForm bool
	form     string
}

var (
	cannotCast = sqlstate.New(sqlstate.CannotCoerce, "cannot cast")
	castForms  = map[pgtype.CastMethod]string{
		pgtype.Relabel: "RELABELTYPE", pgtype.ByFunction: "FUNCEXPR", pgtype.ByElement: "ARRAYCOERCEEXPR", pgtype.ByInputText: "COERCEVIAIO",
	}
)

// errorText prints an error as the oracle does.
func errorText(err error) string {
	var e *sqlstate.Error
	if !errors.As(err, &e) {
		return ""
	}
	return string(e.Code) + " " + e.Message + "|" + e.Hint
}

// resolutionErrors are the codes of errors about choosing; others arise later.
var resolutionErrors = []string{"42883", "42725", "42804", "42809", "42846", "42P18", "42704"}

// compare asks PostgreSQL for all and reports where it differs.
func compare(t *testing.T, o *oracle, list []comparison) {
	t.Helper()
	seen := map[string]bool{}
	list = slices.DeleteFunc(list, func(c comparison) bool {
		again := seen[c.sql]
		seen[c.sql] = true
		return again
	})
	sql := make([]string, len(list))
	for i, c := range list {
		sql[i] = c.sql
	}
	equal, differ := 0, 0
	report := func(format string, args ...any) {
		if differ++; differ <= 60 {
			t.Errorf(format, args...)
		}
	}
	var resolved []comparison
	for i, theirs := range o.attempt(t, sql) {
		c := list[i]
		switch {
		case theirs == "" && c.err == nil:
			resolved = append(resolved, c)
		case theirs != "" && !slices.Contains(resolutionErrors, theirs[:5]) && c.err == nil:
			equal++ // chosen, then something else failed, such as an aggregate's place
		case strings.HasPrefix(theirs, "XX000 failed to find conversion function") && strings.HasPrefix(errorText(c.err), "42846"):
			equal++ // PostgreSQL forgets to check WITHIN GROUP's arguments; we refuse in its usual words
		case strings.HasPrefix(theirs, "42883 could not identify an ordering operator") && c.err == nil:
			equal++ // chosen, then found that it cannot be sorted
		case theirs == errorText(c.err), theirs != "" && c.err != nil && c.codeOnly && theirs[:5] == errorText(c.err)[:5]:
			equal++
		default:
			report("%s:\n got %q\nwant %q", c.sql, errorText(c.err), theirs)
		}
	}
	sql = sql[:0]
	for _, c := range resolved {
		sql = append(sql, c.sql)
	}
	for i, theirs := range o.choices(t, sql) {
		if resolved[i].castOnly {
			theirs = choice{Result: theirs.Result}
		}
		if resolved[i].skipArgs || resolved[i].typeOnly || resolved[i].castForm {
			theirs.Args = resolved[i].ours.Args
		}
		if resolved[i].typeOnly {
			theirs.OID = 0
		}
		if c := resolved[i]; c.castForm && c.form != "" && c.form != theirs.kind && theirs.kind != "COERCETODOMAIN" {
			report("%s: got %s, want %s", c.sql, c.form, theirs.kind)
			continue
		}
		if ours := resolved[i].ours; ours.OID == theirs.OID && ours.Result == theirs.Result && slices.Equal(ours.Args, theirs.Args) {
			equal++
		} else {
			report("%s:\n got %v\nwant %v", sql[i], ours, theirs)
		}
	}
	t.Logf("%d of %d equal (%d chosen alike)", equal, len(list), len(resolved))
}

// TestOperatorsAsPostgres compares every operator name over every pair of common types.
func TestOperatorsAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	var list []comparison
	for _, name := range operatorNames(o) {
		for _, right := range o.types {
			list = append(list, operatorComparison(o, name, 0, right))
			for _, left := range o.types {
				list = append(list, operatorComparison(o, name, left, right))
			}
		}
	}
	compare(t, o, list)
}

// operatorNames are the names that some common type has an operator of.
func operatorNames(o *oracle) []string {
	names := map[string]bool{}
	known := map[pgtype.OID]bool{pgtype.AnyArray: true}
	for _, t := range o.types {
		known[t] = true
	}
	for op := range pgtype.Operators() {
		if known[op.Right] && (known[op.Left] || op.Left == 0) {
			names[op.Name] = true
		}
	}
	var list []string
	for n := range names {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

func operatorComparison(o *oracle, name string, left, right pgtype.OID) comparison {
	c := comparison{sql: "OPERATOR(pg_catalog." + name + ") " + o.text[right]}
	if left != 0 {
		c.sql = o.text[left] + " " + c.sql
	}
	r, err := pgtype.ResolveOperator(name, left, right)
	if err != nil {
		c.err = err
		// The oracle writes the schema to get past the grammar's own operators.
		var e *sqlstate.Error
		if errors.As(err, &e) {
			renamed := *e
			renamed.Message = strings.Replace(e.Message, operatorInMessage(name, left), operatorInMessage("pg_catalog."+name, left), 1)
			c.err = &renamed
		}
		return c
	}
	c.ours = choice{OID: r.OID, Args: []pgtype.OID{r.RightArg}, Result: r.ResultType}
	if left != 0 {
		c.ours.Args = []pgtype.OID{r.LeftArg, r.RightArg}
	}
	return c
}

func operatorInMessage(name string, left pgtype.OID) string {
	if left == 0 {
		return ": " + name + " "
	}
	return fmt.Sprintf("%s %s ", pgtype.SQLName(left), name)
}

// TestScalarArraysAsPostgres compares "left op ANY (right)".
func TestScalarArraysAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	var list []comparison
	for _, name := range []string{"=", "<", "~~", "+"} {
		for _, left := range o.types {
			for _, right := range o.types {
				c := comparison{sql: o.text[left] + " " + name + " ANY (" + o.text[right] + ")"}
				r, err := pgtype.ResolveScalarArray(name, left, right)
				if c.err = err; err == nil {
					c.ours = choice{OID: r.OID, Args: []pgtype.OID{r.LeftArg, r.RightArg}, Result: pgtype.Bool}
				}
				list = append(list, c)
			}
		}
	}
	compare(t, o, list)
}
