package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// decideConstants leaves out what constants decide. It runs when policies have been applied, with all rules
// off too: a column that is left out counts as read, and what may not raise an error does not
// depend on rules.
func decideConstants(root plan.Node) plan.Node {
	return plan.Transform(root, func(n plan.Node) plan.Node {
		if _, called := n.(*plan.FunctionScan); called { // stays a call
			return n
		}
		return plan.TransformNodeExprs(n, simplified)
	})
}

// simplified leaves out what constants decide, as PostgreSQL's planner does before anything runs
// (eval_const_expressions): what is left out raises no error either.
//
//	strict(…, NULL)        NULL
//	a AND false            false
//	CASE WHEN false …      the other branches
//	COALESCE(NULL, a)      a
func simplified(e plan.Expr) plan.Expr {
	switch e := e.(type) {
	case *plan.Call:
		if e.Procedure != nil && e.Procedure.Strict && anyNull(e.Args) && droppable(e.Args) {
			return &plan.Literal{Of: e.Of, Null: true}
		}
	case *plan.Cast:
		if anyNull([]plan.Expr{e.Arg}) {
			return &plan.Literal{Of: e.To, Null: true}
		}
	case *plan.Subscript:
		if anyNull([]plan.Expr{e.Arg}) && droppable(e.Children()) {
			return &plan.Literal{Of: e.Type(), Null: true}
		}
	case *plan.Not:
		return simplifiedNot(e)
	case *plan.And:
		if args := simplifiedList(e.Args, "t", "f"); args != nil {
			return conjunction(args)
		}
	case *plan.Or:
		if args := simplifiedList(e.Args, "f", "t"); args != nil {
			return disjunction(args)
		}
	case *plan.Case:
		return simplifiedCase(e)
	case *plan.Coalesce:
		return simplifiedCoalesce(e)
	}
	return e
}

func anyNull(list []plan.Expr) bool {
	for _, e := range list {
		if l, ok := e.(*plan.Literal); ok && l.Null {
			return true
		}
	}
	return false
}

// droppable: nothing that reads no column can fail; PostgreSQL has computed such before it
// knows what counts.
func droppable(list []plan.Expr) bool { return !slices.ContainsFunc(list, functions.FailsBefore) }

// truthOf gives the text of a boolean constant, "" for NULL.
func truthOf(e plan.Expr) (text string, constant bool) {
	l, constant := e.(*plan.Literal)
	if constant && !l.Null {
		text = l.Text
	}
	return text, constant
}

func simplifiedNot(e *plan.Not) plan.Expr {
	switch text, constant := truthOf(e.Arg); {
	case !constant:
		return e
	case text == "":
		return e.Arg
	default:
		return truth(text != "t")
	}
}

// simplifiedList drops the operands of AND or OR that do not count; one that decides is all
// that stays. One NULL stays behind the others. nil: nothing changes.
func simplifiedList(args []plan.Expr, idle, decides string) []plan.Expr {
	var kept []plan.Expr
	var null plan.Expr
	for _, a := range args {
		switch text, constant := truthOf(a); {
		case !constant:
			kept = append(kept, a)
		case text == decides && droppable(kept):
			return []plan.Expr{a}
		case text == decides:
			return nil
		case text == "":
			null = a
		}
	}
	switch {
	case null != nil:
		kept = append(kept, null)
	case len(kept) == len(args):
		return nil
	case kept == nil:
		return []plan.Expr{truth(idle == "t")}
	}
	return kept
}

func simplifiedCase(e *plan.Case) plan.Expr {
	out := &plan.Case{Else: e.Else, Of: e.Of}
	for _, arm := range e.Whens {
		text, constant := truthOf(arm.Condition)
		if !constant {
			out.Whens = append(out.Whens, arm)
			continue
		}
		if text == "t" {
			out.Else = arm.Result
			break
		}
	}
	switch {
	case len(out.Whens) == len(e.Whens) && out.Else == e.Else:
		return e
	case len(out.Whens) > 0:
		return out
	case out.Else == nil:
		return &plan.Literal{Of: e.Of, Null: true}
	}
	return out.Else
}

func simplifiedCoalesce(e *plan.Coalesce) plan.Expr {
	var kept []plan.Expr
	for _, a := range e.Args {
		l, constant := a.(*plan.Literal)
		if constant && l.Null {
			continue
		}
		kept = append(kept, a)
		if constant {
			break
		}
	}
	switch {
	case kept == nil:
		return &plan.Literal{Of: e.Of, Null: true}
	case len(kept) == 1 && kept[0].Type() == e.Of:
		return kept[0]
	case len(kept) == len(e.Args):
		return e
	}
	return &plan.Coalesce{Args: kept, Of: e.Of}
}

func disjunction(any []plan.Expr) plan.Expr {
	if len(any) == 1 {
		return any[0]
	}
	return &plan.Or{Args: any}
}

func truth(v bool) plan.Expr {
	if v {
		return &plan.Literal{Of: pgtype.Of(pgtype.Bool), Text: "t"}
	}
	return &plan.Literal{Of: pgtype.Of(pgtype.Bool), Text: "f"}
}
