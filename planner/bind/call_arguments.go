package bind

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// arguments are those of a call as written, bound.
type arguments struct {
	exprs     []plan.Expr
	names     []string // nil where none is named
	positions []int
}

// bindCall binds the arguments of a call, chooses its procedure and coerces them.
func (b *binder) bindCall(s *scope, n *pg_query.FuncCall, sorted []plan.Expr) (boundCall, error) {
	position := b.position(n.Location)
	args, err := b.arguments(s, n)
	if err != nil {
		return boundCall{}, err
	}
	for i, e := range sorted {
		args.exprs = append(args.exprs, e)
		args.positions = append(args.positions, b.position(location(n.AggOrder[i].GetSortBy().GetNode())))
	}
	schema, name := splitName(n.Funcname)
	if err := b.schemaExists(schema); err != nil {
		return boundCall{}, at(err, position)
	}
	resolved, err := pgtype.ResolveFunction(pgtype.Call{
		Schema: schema, Name: name, Args: oids(args.exprs), ArgNames: args.names, Variadic: n.FuncVariadic, Star: n.AggStar,
		WithinGroup: n.AggWithinGroup, Sorted: len(sorted), Ordered: len(n.AggOrder) > 0 && !n.AggWithinGroup,
	})
	if err != nil {
		if field := functionalField(n, args); field != nil {
			return boundCall{args: []plan.Expr{field}, result: field.Type()}, nil
		}
		if n.FuncVariadic && strings.HasPrefix(sqlstate.From(err).Message, "VARIADIC argument") {
			err = at(err, args.positions[len(args.positions)-1])
		}
		return boundCall{}, atCall(err, position)
	}
	if resolved.Coercion {
		return b.castCall(args, resolved, position)
	}
	if err := checkForm(n, resolved.Procedure); err != nil {
		return boundCall{}, at(err, position)
	}
	if call, done, err := b.typeOf(args, resolved.Procedure); done || err != nil {
		return call, err
	}
	if call, done, err := b.rowCall(&args, resolved); done || err != nil {
		return call, err
	}
	out, err := b.coerceArguments(args, resolved, position)
	if err != nil {
		return boundCall{}, err
	}
	out = ofOneShape(resolved.Procedure, "", out)
	direct := len(out) - len(sorted)
	return boundCall{procedure: fillProcedure(resolved.Procedure, out), args: out[:direct:direct], sorted: out[direct:], result: resultType(resolved.Procedure, resolved.Result, out)}, nil
}

// castCall is a call that means a cast: text(x), date('…').
func (b *binder) castCall(args arguments, resolved *pgtype.ResolvedCall, position int) (boundCall, error) {
	if args.exprs[0].Type().OID == pgtype.Unknown {
		position = args.positions[0]
	}
	e, err := b.coerce(args.exprs[0], pgtype.Of(resolved.Result), plan.CastExplicit, position)
	return boundCall{args: []plan.Expr{e}, result: pgtype.Of(resolved.Result)}, err
}

// arguments binds what stands in the parentheses.
func (b *binder) arguments(s *scope, n *pg_query.FuncCall) (args arguments, err error) {
	named := false
	for _, node := range n.Args {
		name := ""
		written := node
		if a := node.GetNamedArgExpr(); a != nil {
			name, node, named = a.Name, a.Arg, true
		}
		e, err := b.expr(s, node)
		if err != nil {
			return args, err
		}
		position := b.position(location(written))
		if named && name == "" {
			return args, sqlstate.New(sqlstate.SyntaxError, "positional argument cannot follow named argument").At(position)
		}
		args.exprs, args.names = append(args.exprs, e), append(args.names, name)
		args.positions = append(args.positions, b.position(location(node)))
	}
	if !named {
		args.names = nil
		return args, nil
	}
	return args, b.checkArgumentNames(n)
}

func (b *binder) checkArgumentNames(n *pg_query.FuncCall) error {
	seen := map[string]bool{}
	for _, node := range n.Args {
		a := node.GetNamedArgExpr()
		if a != nil && seen[a.Name] {
			return sqlstate.New(sqlstate.SyntaxError, "argument name \"%s\" used more than once", a.Name).At(b.position(a.Location))
		}
		seen[a.GetName()] = true
	}
	return nil
}

// coerceArguments puts the arguments into the procedure's order, with its defaults, and
// those of a VARIADIC list into an array.
func (b *binder) coerceArguments(args arguments, resolved *pgtype.ResolvedCall, position int) ([]plan.Expr, error) {
	out := make([]plan.Expr, len(resolved.Args))
	for i, to := range resolved.Args {
		from := resolved.From[i]
		if from < 0 {
			e, err := b.defaultArgument(resolved.Defaults[i], to, position)
			if err != nil {
				return nil, err
			}
			out[i] = e
			continue
		}
		e, err := b.coerceArgument(args.exprs[from], to, args.positions[from])
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	first := resolved.VariadicFrom
	if first < 0 || first >= len(out) {
		return out, nil
	}
	array, err := arrayType(pgtype.Of(resolved.Args[first]), position)
	if err != nil {
		return nil, err
	}
	return append(out[:first:first], &plan.Array{Elements: out[first:], Of: array}), nil
}

// defaultArgument binds the default of a parameter, which is SQL of pg_proc.
func (b *binder) defaultArgument(text string, to pgtype.OID, position int) (plan.Expr, error) {
	tree, err := pg_query.Parse("SELECT " + text)
	if err != nil {
		return nil, sqlstate.New(sqlstate.InternalError, "bind: default argument %s: %w", text, err)
	}
	n := tree.Stmts[0].Stmt.GetSelectStmt().TargetList[0].GetResTarget().Val
	e, err := b.expr(nil, n)
	if err != nil {
		return nil, err
	}
	return b.coerceArgument(e, to, position)
}
