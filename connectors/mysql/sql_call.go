package mysql

import (
	"strings"
	"sync"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// call writes a call by its row of the function table.
func (w *writer) call(signature string, e *plan.Call, args []plan.Expr) value {
	row, ok := functions.Find(signature)
	choice, said := row.For(functions.MySQL).Choose(args)
	switch {
	case !ok || !said:
		return w.refuse("function %s", signature)
	case functions.Comparison(e.Operator):
		return w.compare(e.Operator, args[0], args[1])
	case e.Operator == "~~" || e.Operator == "!~~":
		return w.like(args[0], literalText(args[1]), e.Operator == "!~~")
	case choice.Template == "$1 LIKE $2":
		return w.like(args[0], escapePattern.Replace(literalText(args[1]))+"%", false)
	}
	v := w.fill(choice.Template, choice.Args)
	if isText(e.Of.OID) {
		v.text = utf8mb4
	}
	return v
}

// escapePattern has a text stand for itself in a pattern.
var escapePattern = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func literalText(e plan.Expr) string {
	if l, ok := relabelled(e).(*plan.Literal); ok {
		return l.Text
	}
	return ""
}

func (w *writer) cast(e *plan.Cast) value {
	if relabelled(e) != plan.Expr(e) || e.Arg.Type().OID == e.To.OID && e.To.Mod < 0 {
		return w.expr(e.Arg)
	}
	row, _ := functions.Find(functions.OfCast(e.Arg.Type().OID, e.To.OID))
	choice, ok := row.For(functions.MySQL).Choose([]plan.Expr{e.Arg})
	if !ok || e.To.Mod >= 0 {
		return w.refuse("cast from %s to %s", functions.TypeName(e.Arg.Type().OID), functions.TypeName(e.To.OID))
	}
	v := w.fill(choice.Template, choice.Args)
	if isText(e.To.OID) {
		v.text = utf8mb4
	}
	return v
}

// fill puts arguments into a template: it is parsed with $n as a placeholder, for which
// the argument's tree is put in.
func (w *writer) fill(template string, args []plan.Expr) value {
	tree, err := parseTemplate(template)
	if err != nil {
		w.fail(sqlstate.New(sqlstate.InternalError, "mysql: template %q: %v", template, err))
		return value{expr: &sqlparser.NullVal{}}
	}
	filled := sqlparser.Rewrite(tree, nil, func(c *sqlparser.Cursor) bool {
		if a, ok := c.Node().(*sqlparser.Argument); ok {
			c.Replace(paren(w.argument(args[a.Name[1]-'1'])))
		}
		return true
	})
	return value{expr: filled.(sqlparser.Expr)}
}

// argument writes an operand of a function. A numeric column without decimals may be a
// BIGINT, whose arithmetic overflows where numeric's does not.
func (w *writer) argument(e plan.Expr) sqlparser.Expr {
	out := w.computed(w.expr(e)).expr
	precision, scale, ok := pgtype.NumericParts(e.Type().Mod)
	if _, column := e.(*plan.ColumnRef); !column || !ok || e.Type().OID != pgtype.Numeric || scale != 0 {
		return out
	}
	digits := int(precision)
	return &sqlparser.CastExpr{Expr: out, Type: &sqlparser.ConvertType{Type: "DECIMAL", Length: &digits}}
}

var templateParser = sync.OnceValues(func() (*sqlparser.Parser, error) { return sqlparser.New(sqlparser.Options{}) })

func parseTemplate(template string) (sqlparser.Expr, error) {
	parser, err := templateParser()
	if err != nil {
		return nil, err
	}
	return parser.ParseExpr(strings.ReplaceAll(template, "$", ":a"))
}
