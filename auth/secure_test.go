package auth_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

var update = flag.Bool("update", false, "write the goldens anew")

var moment = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

func mesh(t testing.TB) *catalog.Mesh {
	t.Helper()
	m, ds := meshdir.Load("testdata/mesh", meshdir.Options{Now: moment})
	if m == nil || ds.Failed() {
		t.Fatal(ds)
	}
	return m
}

func principal(t testing.TB, m *catalog.Mesh, user string) auth.Principal {
	t.Helper()
	user, purpose, _ := strings.Cut(user, " for ")
	who, err := auth.Resolve(m, user)
	if err != nil {
		t.Fatal(err)
	}
	return who.WithPurpose(purpose).At(moment)
}

// environment resolves every table, granted or not: what is tested is Secure.
func environment(m *catalog.Mesh) bind.Environment {
	return bind.Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) {
			t, ok := m.Table(catalog.Address{Schema: schema, Name: name})
			if !ok {
				return nil, sqlstate.New(sqlstate.UndefinedTable, "no table %s.%s", schema, name)
			}
			return t, nil
		},
		Setting: func(string) (string, bool) { return "", false },
	}
}

func bound(t testing.TB, m *catalog.Mesh, sql string) bind.Bound {
	t.Helper()
	statements, err := planner.Parse(sql)
	if err != nil {
		t.Fatal(err)
	}
	b, err := statements[0].(*planner.Select).Bind(environment(m), nil)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return b
}

func secure(t testing.TB, m *catalog.Mesh, who auth.Principal, sql string) (auth.Secured, error) {
	t.Helper()
	b := bound(t, m, sql)
	return auth.Secure(context.Background(), who, b.Query, b.NextID, planner.Predicates{Environment: environment(m)})
}

// TestSecure compares governed plans with testdata/secure.golden: "-- user[ for purpose]",
// a statement, and behind "----" the plan or the error.
func TestSecure(t *testing.T) {
	const golden = "testdata/secure.golden"
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	m := mesh(t)
	var out strings.Builder
	for _, c := range strings.Split(strings.TrimPrefix(string(text), "-- "), "\n-- ") {
		head, _, _ := strings.Cut(c, "\n----")
		user, sql, _ := strings.Cut(head, "\n")
		s, err := secure(t, m, principal(t, m, user), strings.TrimSpace(sql))
		got := ""
		if err != nil {
			got = describe(err)
			if s.Query().Root != nil {
				t.Errorf("%s: a refused statement has a plan", sql)
			}
		} else {
			got = plan.FormatQuery(s.Query())
			for _, n := range s.Notices() {
				got += "notice: " + n.Message + "\n"
			}
		}
		fmt.Fprintf(&out, "-- %s\n%s\n----\n%s\n", user, strings.TrimSpace(sql), got)
	}
	result := strings.TrimRight(out.String(), "\n") + "\n"
	if *update {
		if err := os.WriteFile(golden, []byte(result), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal([]byte(result), text) {
		t.Errorf("the plans are not those of %s; go test ./auth -update shows the difference\n%s", golden, result)
	}
}

func describe(err error) string {
	var e *sqlstate.Error
	if !errors.As(err, &e) {
		return err.Error() + "\n"
	}
	out := string(e.Code) + " " + e.Message + "\n"
	if e.Detail != "" {
		out += "detail: " + e.Detail + "\n"
	}
	if e.Hint != "" {
		out += "hint: " + e.Hint + "\n"
	}
	return out
}

func TestVisible(t *testing.T) {
	t.Parallel()
	m := mesh(t)
	orders := catalog.Address{Schema: "sales", Name: "orders"}
	missing := `42P01 relation "sales.orders" does not exist` + "\n"
	for _, c := range []struct{ user, want string }{
		{"all", ""}, {"germany", ""}, {"columns", ""}, {"column_denied", ""}, {"rows_denied", ""}, {"fraud", ""},
		{"intern", missing}, {"denied", missing}, {"late", missing}, {"fraud for reporting", missing},
	} {
		got := ""
		if _, err := auth.Visible(principal(t, m, c.user), orders); err != nil {
			got = describe(err)
		}
		if got != c.want {
			t.Errorf("%s sees %q, want %q", c.user, got, c.want)
		}
	}
	if _, err := auth.Visible(auth.Principal{User: "all"}, orders); err == nil {
		t.Error("a principal that nobody resolved sees a table")
	}
	if got := fmt.Sprint(auth.Tables(principal(t, m, "germany"))); got != "[{sales orders} {sales orders_v2}]" {
		t.Errorf("tables of germany: %s", got)
	}
	open := *m
	open.Settings.Discovery = true
	open.Index()
	_, err := auth.Visible(principal(t, &open, "intern"), orders)
	if got, want := describe(err), "42501 permission denied for table orders\nhint: Ask amelia for a grant on sales.orders.\n"; got != want {
		t.Errorf("with discovery: %q, want %q", got, want)
	}
}

func TestDecision(t *testing.T) {
	t.Parallel()
	m := mesh(t)
	for _, c := range []struct{ user, sql, want string }{
		{"germany", "SELECT email FROM sales.orders WHERE amount > 5", `{"allowed":true,"epoch":0,"groups":["analysts"],"mesh":"HASH","reason":"granted",` +
			`"tables":[{"address":"sales.orders","grants":["staff"],"masks":[{"column":"email","mask":"partial","policy":"global.pii"}],` +
			`"output":["email"],"predicate":["amount"],"row_filters":["sales.country"],"version":"2.0.0"}],"user":"germany"}`},
		{"intern", "SELECT id FROM sales.orders", `{"allowed":false,"epoch":0,"mesh":"HASH","reason":"not_granted","tables":[{"address":"sales.orders","version":"2.0.0"}],"user":"intern"}`},
		{"columns", "SELECT email FROM sales.orders", `{"allowed":false,"epoch":0,"mesh":"HASH","reason":"column_not_granted",` +
			`"tables":[{"address":"sales.orders","output":["email"],"version":"2.0.0"}],"user":"columns"}`},
		{"intern", "SELECT 1", `{"allowed":true,"epoch":0,"mesh":"HASH","reason":"no_tables","user":"intern"}`},
	} {
		s, _ := secure(t, m, principal(t, m, c.user), c.sql)
		got, err := json.Marshal(s.Decision())
		if err != nil {
			t.Fatal(err)
		}
		if want := strings.Replace(c.want, "HASH", m.Hash, 1); string(got) != want {
			t.Errorf("%s as %s\n got %s\nwant %s", c.sql, c.user, got, want)
		}
	}
}

func TestAnotherSnapshot(t *testing.T) {
	t.Parallel()
	old := mesh(t)
	b := bound(t, old, "SELECT id FROM sales.orders")
	_, err := auth.Secure(context.Background(), principal(t, mesh(t), "all"), b.Query, b.NextID, planner.Predicates{})
	if e := sqlstate.From(err); e == nil || e.Code != sqlstate.ObjectNotInPrerequisiteState {
		t.Errorf("got %v", err)
	}
}

// broken is a binder that gives what no binder should.
type broken struct {
	auth.PredicateBinder
	give func([]plan.Column) (plan.Expr, error)
}

func (b broken) BindPredicate(_ string, _ auth.Principal, _ *catalog.Table, columns []plan.Column, _ auth.Principal, next plan.ColumnID) (plan.Expr, plan.ColumnID, error) {
	e, err := b.give(columns)
	return e, next, err
}

func TestConditionsThatCannotBeJudged(t *testing.T) {
	t.Parallel()
	m := mesh(t)
	who := principal(t, m, "germany")
	for name, give := range map[string]func([]plan.Column) (plan.Expr, error){
		"error":   func([]plan.Column) (plan.Expr, error) { return nil, errors.New("country = 'secret'") },
		"nothing": func([]plan.Column) (plan.Expr, error) { return nil, nil },
		"no bool": func(c []plan.Column) (plan.Expr, error) { return &plan.ColumnRef{Column: c[0]}, nil },
		"stranger": func([]plan.Column) (plan.Expr, error) {
			return &plan.IsNull{Arg: &plan.ColumnRef{Column: plan.Column{ID: 9999}}}, nil
		},
		"subquery": func([]plan.Column) (plan.Expr, error) {
			outside := &plan.ColumnRef{Column: plan.Column{ID: 9999}}
			return &plan.Subquery{Kind: plan.ExistsSubquery, Plan: &plan.Filter{Input: &plan.Values{}, Conjuncts: []plan.Expr{&plan.IsNull{Arg: outside}}}}, nil
		},
		"parameter": func([]plan.Column) (plan.Expr, error) { return &plan.IsNull{Arg: &plan.Parameter{Index: 1}}, nil },
	} {
		b := bound(t, m, "SELECT id FROM sales.orders")
		s, err := auth.Secure(context.Background(), who, b.Query, b.NextID, broken{give: give})
		want := "42501 permission denied for table orders\ndetail: The rule sales.country cannot be applied.\nhint: Its author finds out why with sluice check.\n"
		if err == nil || describe(err) != want || strings.Contains(fmt.Sprintf("%v %+v", err, err), "secret") {
			t.Errorf("%s: got %v", name, err)
		}
		if s.Query().Root != nil || s.Decision().Allowed || s.Decision().Reason != auth.Undecided {
			t.Errorf("%s: %+v", name, s.Decision())
		}
	}
}
