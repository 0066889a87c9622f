package gateway

import (
	"strings"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// explainAccess answers mesh.explain_access('domain.product'): why the session's user
// sees each column and row of a product as they do. It names policies, never what they
// say, and knows no column that does not exist for the user.
func explainAccess(who auth.Principal, env bind.Environment) func(schema, name string, args []string) (*bind.Relation, error) {
	return func(schema, name string, args []string) (*bind.Relation, error) {
		if schema != "mesh" || name != "explain_access" || len(args) != 1 {
			return nil, nil
		}
		domain, product, ok := strings.Cut(args[0], ".")
		if !ok {
			domain, product = "", args[0]
		}
		t, err := env.Resolve(domain, product)
		if err != nil {
			return nil, err
		}
		if t.Product == nil {
			return nil, sqlstate.New(sqlstate.WrongObjectType, "%q is no product", args[0])
		}
		access, err := auth.Explain(who, t, planner.Predicates{Environment: env})
		if err != nil {
			return nil, err
		}
		return accessRelation(access), nil
	}
}

var accessColumns = []string{"object", "name", "state", "mask", "policy", "grants", "reason"}

func accessRelation(a auth.Access) *bind.Relation {
	r := &bind.Relation{}
	for _, name := range accessColumns {
		r.Columns = append(r.Columns, plan.Column{Name: name, Type: pgtype.Of(pgtype.Text)})
	}
	add := func(fields ...string) {
		row := make([]*plan.Literal, len(accessColumns))
		for i := range row {
			row[i] = &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: fields[i], Null: fields[i] == ""}
		}
		r.Rows = append(r.Rows, row)
	}
	for _, g := range a.Grants {
		add("grant", g.ID, g.State, "", "", "", "")
	}
	for _, row := range a.Rows {
		policy, grants := row.Source, ""
		if row.Kind == "scope" || row.Kind == "deny" {
			policy, grants = "", row.Source
		}
		add("rows", "", row.Kind, "", policy, grants, row.Reason)
	}
	for _, c := range a.Columns {
		if c.State != "hidden" {
			add("column", c.Column, c.State, string(c.Mask), c.Policy, strings.Join(c.Grants, ", "), c.Reason)
		}
	}
	return r
}
