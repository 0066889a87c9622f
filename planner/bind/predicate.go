package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// predicatePrefix makes a statement of a condition. The line break after the condition
// ends a comment at its end.
const predicatePrefix = "SELECT (\n"

func bindPredicate(env Environment, text string, table *catalog.Table, columns []plan.Column, principal Principal, nextID plan.ColumnID) (plan.Expr, plan.ColumnID, error) {
	return bindPolicyExpression(env, text, table, columns, principal, nextID, boolean, "policy condition")
}

// bindPolicyExpression binds an author's expression, coerced to a type as an assignment is.
func bindPolicyExpression(env Environment, text string, table *catalog.Table, columns []plan.Column, principal Principal, nextID plan.ColumnID, t pgtype.Type, what string) (plan.Expr, plan.ColumnID, error) {
	n, err := parsePredicate(text)
	if err != nil {
		return nil, nextID, err
	}
	b := newBinder(env, text, nil)
	b.nextID, b.shift, b.principal = nextID, len(predicatePrefix), &principal
	s := &scope{clause: clausePolicy, relations: []*relation{tableRelation(table, columns)}}
	e, err := b.exprAs(s, n, t, what)
	if err != nil {
		return nil, nextID, err
	}
	if len(b.parameters) > 0 {
		return nil, nextID, sqlstate.New(sqlstate.UndefinedParameter, "there is no parameter $1")
	}
	return e, b.nextID, nil
}

// parsePredicate gives the one expression a condition is. Text that closes the
// parenthesis and goes on with another clause is no condition.
func parsePredicate(text string) (*pg_query.Node, error) {
	tree, err := pg_query.Parse(predicatePrefix + text + "\n)")
	if err != nil {
		return nil, sqlstate.New(sqlstate.SyntaxError, "policy condition: %v", err)
	}
	extra := sqlstate.New(sqlstate.SyntaxError, "policy condition must be a single expression")
	if len(tree.Stmts) != 1 {
		return nil, extra
	}
	stmt := tree.Stmts[0].Stmt.GetSelectStmt()
	if stmt == nil || len(stmt.TargetList) != 1 || stmt.TargetList[0].GetResTarget().GetName() != "" {
		return nil, extra
	}
	n := stmt.TargetList[0].GetResTarget().Val
	if n.GetRowExpr() != nil || !onlyTarget(stmt) {
		return nil, extra
	}
	return n, nil
}

// onlyTarget tells whether a SELECT has nothing but its list.
func onlyTarget(s *pg_query.SelectStmt) bool {
	return len(s.DistinctClause)+len(s.FromClause)+len(s.GroupClause)+len(s.WindowClause)+
		len(s.ValuesLists)+len(s.SortClause)+len(s.LockingClause) == 0 &&
		s.IntoClause == nil && s.WhereClause == nil && s.HavingClause == nil && s.LimitOffset == nil &&
		s.LimitCount == nil && s.WithClause == nil && s.Larg == nil && s.Rarg == nil
}

func tableRelation(table *catalog.Table, columns []plan.Column) *relation {
	address := table.Address()
	r := &relation{alias: address.Name, schema: address.Schema, table: table}
	for _, c := range columns {
		r.columns = append(r.columns, scopeColumn{name: c.Name, expr: &plan.ColumnRef{Column: c}, unqualified: true})
	}
	return r
}

// principalAttribute reads principal.user, .purpose, .groups and .attributes.<name>.
func (b *binder) principalAttribute(n *pg_query.ColumnRef) (plan.Expr, error) {
	parts := nameParts(n.Fields)
	switch {
	case slices.Equal(parts, []string{"principal", "user"}):
		return literal(pgtype.Text, b.principal.User), nil
	case slices.Equal(parts, []string{"principal", "purpose"}):
		return literal(pgtype.Text, b.principal.Purpose), nil
	case slices.Equal(parts, []string{"principal", "groups"}):
		return literal(pgtype.TextArray, arrayText(b.principal.Groups)), nil
	case len(parts) == 3 && parts[1] == "attributes":
		value, ok := b.principal.Attributes[parts[2]]
		if b.principal.Read != nil {
			b.principal.Read(parts[2], value)
		}
		return &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: value, Null: !ok}, nil
	}
	return nil, sqlstate.New(sqlstate.UndefinedColumn, "%s does not exist", dotted(n)).
		WithHint("A policy reads principal.user, principal.groups, principal.attributes.<name> and principal.purpose.").At(b.position(n.Location))
}
