package rules

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Evaluate computes an expression of constants before the statement runs. known is false where
// it cannot be had so; an error is the expression's own.
type Evaluate func(e plan.Expr) (value plan.Known, known bool, err error)

// decideConstants leaves out what constants decide, as PostgreSQL's planner does before anything
// runs (eval_const_expressions): what is left out raises no error, and a constant that fails
// does so though no row asks for it. It runs when policies have been applied, with all rules
// off too: a column that is left out counts as read, and what raises an error does not
// depend on rules. Inside policies only literals decide.
func decideConstants(root plan.Node, output []plan.OutputColumn, evaluate Evaluate) (plan.Node, error) {
	f := &folding{evaluate: evaluate, failed: map[plan.Expr]error{}}
	root = f.node(root)
	if len(f.failed) == 0 {
		return root, nil
	}
	read := (&Context{}).prune(root, output) // columns that nobody reads are not computed
	return root, f.failure(read)
}

// folding simplifies the expressions of a plan.
type folding struct {
	evaluate Evaluate
	failed   map[plan.Expr]error // the constants that fail
}

func (f *folding) node(n plan.Node) plan.Node {
	if _, called := n.(*plan.FunctionScan); called { // stays a call
		return n
	}
	below := f
	if _, policy := n.(*plan.Governed); policy {
		below = &folding{}
	}
	inputs, changed := n.Inputs(), false
	nodes := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		nodes[i] = below.node(in)
		changed = changed || nodes[i] != in
	}
	if changed {
		n = n.WithInputs(nodes)
	}
	list := n.Exprs()
	exprs, changed := make([]plan.Expr, len(list)), false
	for i, e := range list {
		exprs[i] = f.known(f.expr(e)).Expr
		changed = changed || exprs[i] != e
	}
	if changed {
		n = n.WithExprs(exprs)
	}
	return n
}

// failure is the first of those that are left.
func (f *folding) failure(root plan.Node) error {
	var failed error
	plan.Walk(root, func(n plan.Node) bool {
		if _, policy := n.(*plan.Governed); policy {
			return false
		}
		for _, e := range n.Exprs() {
			plan.WalkExpr(e, func(e plan.Expr) bool {
				if err := f.failed[e]; err != nil && failed == nil {
					failed = err
				}
				return failed == nil
			})
		}
		return failed == nil
	})
	return failed
}

// folded is a simplified expression, with what is known of it.
type folded struct {
	plan.Expr
	state
}

type state uint8

const (
	stateVaries   state = iota // a row, a session or the moment decides
	statePending               // an immutable operation of constants that is not computed yet, or a literal
	stateComputed              // a constant that has been computed: it is not NULL, and does not fail
	stateFails                 // a constant in it fails, so that it must not be left out
)

func (s state) isConstant() bool { return s == statePending || s == stateComputed }

// expr simplifies an expression from the top, in PostgreSQL's order: what is never reached is
// not looked at.
//
//	strict(…, NULL)        NULL
//	a AND false            false
//	CASE WHEN false …      the other branches
//	COALESCE(NULL, a)      a
func (f *folding) expr(e plan.Expr) folded {
	switch e := functions.Expand(e).(type) {
	case *plan.Literal:
		return folded{e, statePending}
	case *plan.Call:
		return f.call(e)
	case *plan.Cast:
		return f.cast(e)
	case *plan.Not:
		return f.not(e)
	case *plan.And:
		return f.list(e.Args, "t", "f", conjunction)
	case *plan.Or:
		return f.list(e.Args, "f", "t", disjunction)
	case *plan.Case:
		return f.caseOf(e)
	case *plan.Coalesce:
		return f.coalesce(e)
	case *plan.NullIf:
		return f.nullIf(e)
	case *plan.Subquery:
		return f.subquery(e)
	}
	return f.operands(functions.Expand(e))
}

// known computes a constant where its value matters.
func (f *folding) known(e folded) folded {
	if _, literal := e.Expr.(*plan.Literal); literal || e.state != statePending {
		return e
	}
	if certain(e.Expr) {
		return folded{e.Expr, stateComputed}
	}
	if f.evaluate == nil {
		return folded{e.Expr, stateVaries}
	}
	value, known, err := f.evaluate(e.Expr)
	switch {
	case err != nil:
		f.failed[e.Expr] = err
		return folded{e.Expr, stateFails}
	case !known:
		return folded{e.Expr, stateVaries}
	case value.Null:
		return folded{&plan.Literal{Of: e.Type(), Null: true}, statePending}
	case e.Type().OID == pgtype.Bool:
		return folded{truth(value.True), stateComputed}
	}
	return folded{e.Expr, stateComputed}
}

// certain: a literal as another type, which has nothing that could be wrong.
func certain(e plan.Expr) bool {
	c, cast := e.(*plan.Cast)
	if !cast || c.To.OID == pgtype.Bool {
		return false
	}
	l, literal := c.Arg.(*plan.Literal)
	return literal && !l.Null && functions.Total(e)
}

func isNull(e plan.Expr) bool {
	l, ok := e.(*plan.Literal)
	return ok && l.Null
}

// operands simplifies the operands of an operation, by which they are computed unless the whole
// is a constant.
func (f *folding) operands(e plan.Expr) folded {
	children := e.Children()
	if len(children) == 0 {
		return folded{e, stateVaries}
	}
	parts, whole := make([]folded, len(children)), statePending
	for i, c := range children {
		parts[i] = f.expr(c)
		if !parts[i].isConstant() {
			whole = stateVaries
		}
	}
	if !functions.ImmutableOperation(e) {
		whole = stateVaries
	}
	list, changed, fails := make([]plan.Expr, len(children)), false, false
	for i, p := range parts {
		if whole == stateVaries {
			p = f.known(p)
		}
		fails = fails || p.state == stateFails
		list[i] = p.Expr
		changed = changed || p.Expr != children[i]
	}
	if changed {
		e = e.WithChildren(list)
	}
	if fails {
		whole = stateFails
	}
	return folded{e, whole}
}

// call: a strict function of NULL is NULL, whatever its volatility.
func (f *folding) call(e *plan.Call) folded {
	out := f.operands(e)
	if out.state != stateVaries || !e.Procedure.Strict || e.Procedure.ReturnsSet {
		return out
	}
	for _, a := range out.Children() {
		if isNull(a) {
			return folded{&plan.Literal{Of: e.Of, Null: true}, statePending}
		}
	}
	return out
}

func (f *folding) cast(e *plan.Cast) folded {
	out := f.operands(e)
	if out.state != stateFails && isNull(out.Children()[0]) {
		return folded{&plan.Literal{Of: e.To, Null: true}, statePending}
	}
	return out
}

func (f *folding) not(e *plan.Not) folded {
	arg := f.expr(e.Arg)
	if l, literal := arg.Expr.(*plan.Literal); literal && !l.Null {
		return folded{truth(l.Text != "t"), statePending}
	} else if literal {
		return arg
	}
	if arg.Expr != e.Arg {
		e = &plan.Not{Arg: arg.Expr}
	}
	if arg.state == stateComputed {
		arg.state = statePending
	}
	return folded{e, arg.state}
}

// list drops the operands of AND or OR that do not count; one that decides is all that stays, and
// those behind it are not looked at. One NULL stays behind the others.
func (f *folding) list(args []plan.Expr, idle, decides string, join func([]plan.Expr) plan.Expr) folded {
	var kept []plan.Expr
	var null plan.Expr
	for i, a := range args {
		part := f.known(f.expr(a))
		switch l, literal := part.Expr.(*plan.Literal); {
		case part.state == stateFails:
			return folded{join(append(append(kept, part.Expr), args[i+1:]...)), stateFails}
		case !literal:
			kept = append(kept, part.Expr)
		case l.Null:
			null = l
		case l.Text == decides:
			return folded{l, statePending}
		}
	}
	switch {
	case null != nil && kept == nil:
		return folded{null, statePending}
	case null != nil:
		kept = append(kept, null)
	case kept == nil:
		return folded{truth(idle == "t"), statePending}
	}
	return folded{join(kept), stateVaries}
}

func (f *folding) caseOf(e *plan.Case) folded {
	out, last := &plan.Case{Of: e.Of}, e.Else
	for i, arm := range e.Whens {
		condition := f.known(f.expr(arm.Condition))
		if condition.state == stateFails {
			out.Whens, out.Else = append(append(out.Whens, plan.When{Condition: condition.Expr, Result: arm.Result}), e.Whens[i+1:]...), e.Else
			return folded{out, stateFails}
		}
		if l, literal := condition.Expr.(*plan.Literal); literal && !l.Null && l.Text == "t" {
			last = arm.Result
			break
		} else if literal {
			continue
		}
		out.Whens = append(out.Whens, plan.When{Condition: condition.Expr, Result: arm.Result})
	}
	if len(out.Whens) == 0 {
		if last == nil {
			return folded{&plan.Literal{Of: e.Of, Null: true}, statePending}
		}
		return f.expr(last)
	}
	return f.results(out, last)
}

// results simplifies the branches that may be taken.
func (f *folding) results(e *plan.Case, last plan.Expr) folded {
	whole := stateVaries
	simplified := func(e plan.Expr) plan.Expr {
		part := f.known(f.expr(e))
		if part.state == stateFails {
			whole = stateFails
		}
		return part.Expr
	}
	for i := range e.Whens {
		e.Whens[i].Result = simplified(e.Whens[i].Result)
	}
	if last != nil {
		e.Else = simplified(last)
	}
	return folded{e, whole}
}

func (f *folding) coalesce(e *plan.Coalesce) folded {
	var kept []plan.Expr
	for i, a := range e.Args {
		part := f.known(f.expr(a))
		if part.state == stateFails {
			return folded{&plan.Coalesce{Args: append(append(kept, part.Expr), e.Args[i+1:]...), Of: e.Of}, stateFails}
		}
		if isNull(part.Expr) {
			continue
		}
		kept = append(kept, part.Expr)
		if part.isConstant() {
			if len(kept) == 1 && part.Type() == e.Of {
				return part
			}
			break
		}
	}
	switch {
	case kept == nil:
		return folded{&plan.Literal{Of: e.Of, Null: true}, statePending}
	case len(kept) == 1 && kept[0].Type() == e.Of:
		return folded{kept[0], stateVaries}
	}
	return folded{&plan.Coalesce{Args: kept, Of: e.Of}, stateVaries}
}

// nullIf: NULL is equal to nothing.
func (f *folding) nullIf(e *plan.NullIf) folded {
	out := f.operands(e)
	left := out.Children()[0]
	switch {
	case out.state != stateVaries || left.Type() != e.Of:
		return out
	case isNull(left):
		return folded{left, statePending}
	case isNull(out.Children()[1]):
		return folded{left, stateVaries}
	}
	return out
}

func (f *folding) subquery(e *plan.Subquery) folded {
	out := f.operands(e)
	s := out.Expr.(*plan.Subquery)
	if inside := f.node(s.Plan); inside != s.Plan {
		copied := *s
		copied.Plan = inside
		out.Expr = &copied
	}
	return out
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
