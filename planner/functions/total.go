package functions

import (
	"strings"

	"github.com/sluicemesh/sluice/planner/plan"
)

// Total tells whether an expression can never raise an error, whatever its columns
// hold. Only such a predicate may be evaluated on rows that a policy hides.
func Total(e plan.Expr) bool {
	all := true
	plan.WalkExpr(expandAll(e), func(e plan.Expr) bool {
		all = all && totalOne(e)
		return all
	})
	return all
}

// Volatile tells whether an expression may give another value each time: it is computed
// once for each row of the place where it was written, and not moved.
func Volatile(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		c, ok := e.(*plan.Call)
		found = found || ok && c.Procedure.Volatility == 'v'
		return !found
	})
	return found
}

func totalOne(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Literal, *plan.Parameter, *plan.ColumnRef, *plan.And, *plan.Or, *plan.Not, *plan.IsNull, *plan.BooleanTest,
		*plan.Case, *plan.Coalesce, *plan.Array, *plan.Row:
		return true
	case *plan.Call:
		signature := Key(OfProcedure(e.Procedure, e.Operator), e.Args)
		return totalRow(signature) || strings.Contains(signature, "~~") && literalPattern(e.Args) || literalRegex(signature, e.Args)
	case *plan.Cast:
		return totalCast(e)
	case *plan.Distinct:
		return totalRow(OfProcedure(e.Equal, "="))
	case *plan.NullIf:
		return totalRow(OfProcedure(e.Equal, "="))
	case *plan.In:
		return totalRow(OfProcedure(e.Equal, "="))
	case *plan.Extreme:
		t := TypeName(base(e.Of.OID))
		return totalRow("<(" + t + "," + t + ")")
	case *plan.ArrayCompare:
		return totalRow(OfProcedure(e.Procedure, e.Operator))
	case *plan.RowCompare:
		for _, p := range e.Procedures {
			if !totalRow(OfProcedure(p, e.Operator)) {
				return false
			}
		}
		return true
	}
	return false // subqueries among them: what they read is not known here
}

func totalRow(signature string) bool {
	r, ok := Find(signature)
	return ok && r.Total
}

// totalCast: a modifier of text cuts silently, one of numeric may overflow.
func totalCast(e *plan.Cast) bool {
	from, to := e.Arg.Type(), e.To
	if from.Row != "" && from.OID == to.OID {
		return false // a field's digits may not fit
	}
	if from.OID != to.OID && !totalRow(OfCast(from.OID, to.OID)) {
		return false
	}
	return to.Mod < 0 || from == to || e.Context == plan.CastExplicit && totalRow("modifier("+TypeName(to.OID)+")")
}

// literalPattern: only a pattern that may end in a lone backslash can fail.
func literalPattern(args []plan.Expr) bool {
	text, ok := literalText(args, 1)
	return ok && (noEscape(text) || !strings.HasSuffix(strings.ReplaceAll(text, `\\`, ""), `\`))
}

var foldedRegex = map[string]bool{"~(": false, "!~(": false, "~*(": true, "!~*(": true}

// literalRegex: a pattern that is known, and of the part of the language that all engines
// compile (translateRegex), cannot fail on any text. Counted repetitions may become too
// complex.
func literalRegex(signature string, args []plan.Expr) bool {
	fold, is := foldedRegex[signature[:strings.IndexByte(signature, '(')+1]]
	text, literal := literalText(args, 1)
	if !is || !literal || len(args) != 2 || len(text) > 200 || strings.Contains(text, "{") {
		return false
	}
	_, ok := translateRegex(text, fold)
	return ok
}
