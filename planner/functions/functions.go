// Package functions is the function table: for each PostgreSQL function, operator,
// aggregate, window function and cast that Sluice serves, how each engine says it and
// how exactly.
//
// In: signatures of procedures, typed expressions. Out: SQL templates, and judgements
// of whole expressions (Supports, Total). It writes no SQL itself and knows no plan
// beyond expressions. What has no row, or no rendering for an engine, is refused:
// absence is the zero value and means None.
package functions

import (
	"iter"
	"maps"
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// Engine is a kind of SQL engine that expressions are written for.
type Engine string

// The engines with renderings. DuckDB is also the local engine: what it lacks is
// refused everywhere.
const (
	DuckDB   Engine = "duckdb"
	Postgres Engine = "postgres"
	MySQL    Engine = "mysql" // MariaDB too
)

// Exactness is how far an engine's rendering agrees with PostgreSQL.
type Exactness uint8

// None: cannot be said there. Superset: as a condition it keeps every row it must and
// maybe others, so it is checked again here. Exact: drop it here once pushed.
const (
	None Exactness = iota
	Superset
	Exact
)

// Rendering is how one engine says one row. In templates $1, $2, … are the arguments
// and $* all of them; in those of aggregates and window functions $D stands for
// DISTINCT, $O for ORDER BY within the call, and $F for FILTER and OVER behind it.
type Rendering struct {
	Exactness Exactness
	Template  string
	// $H is the number by which functions know the session.
	// UTC is the template where the session's time zone is UTC; in Template $Z is the zone, and
	// $S the session's order of date fields, $Y how it prints values.
	UTC string
	// Compared: arguments are written by their comparison keys (numerics in text form,
	// char(n) without its padding), because the template compares them.
	Compared bool
	// Alternatives are tried first: templates for particular literals.
	Alternatives []Alternative
	// Only, where set, lists the types that arguments may have.
	Only []string
	// Scale, where Decimal is set, is the fixed scale of a numeric result that stands
	// as DECIMAL(Precision, Scale); other numeric results are text in PostgreSQL's form.
	Decimal          bool
	Precision, Scale int32
}

// Alternative is a template for calls whose arguments (0-based; negative counts from the
// end) are literals that Accepts takes.
type Alternative struct {
	Arguments []int
	Accepts   func(text string) bool // nil where Rewrite decides
	// Rewrite gives the one literal argument another text, or refuses it.
	Rewrite  func(text string) (string, bool)
	Template string
	// Decimal, Precision and Scale are those of Rendering.
	Decimal          bool
	Precision, Scale int32
}

// Choice is what Choose settles on.
type Choice struct {
	Template, UTC    string
	Args             []plan.Expr
	Compared         bool
	Decimal          bool
	Precision, Scale int32
}

// Row is one line of the table.
type Row struct {
	Signature string
	// Total: for no input does it raise an error, so that it tells nothing of rows it
	// is not asked about.
	Total bool
	// Session: the answer depends on the session's catalog, so no source is asked.
	Session bool

	duckdb, postgres Rendering
}

// Find gives the row of a signature: "substring(text,int4,int4)", "+(int4,int4)",
// "cast(int4,numeric)", prefix "-(int4)".
func Find(signature string) (Row, bool) {
	r, ok := table[signature]
	return r, ok
}

// For gives the rendering for an engine; the zero Rendering where it has none.
func (r Row) For(engine Engine) Rendering {
	switch engine {
	case DuckDB:
		return r.duckdb
	case Postgres:
		return r.postgres
	case MySQL:
		return mysqlRenderings[r.Signature]
	}
	return Rendering{}
}

// Choose gives the template for these arguments, literals rewritten; ok is false where
// the engine cannot say it with them.
func (r Rendering) Choose(args []plan.Expr) (c Choice, ok bool) {
	if r.Exactness == None || !r.allows(args) {
		return Choice{}, false
	}
	c = Choice{Template: r.Template, UTC: r.UTC, Args: args, Compared: r.Compared, Decimal: r.Decimal, Precision: r.Precision, Scale: r.Scale}
	for _, a := range r.Alternatives {
		if a.fits(args) {
			c.Template, c.Decimal, c.Precision, c.Scale = a.Template, a.Decimal, a.Precision, a.Scale
			c.Args = a.rewritten(args)
			break
		}
	}
	if c.Template == "" {
		return Choice{}, false
	}
	return c, true
}

func (r Rendering) allows(args []plan.Expr) bool {
	for _, a := range args {
		if r.Only != nil && !slices.Contains(r.Only, TypeName(a.Type().OID)) {
			return false
		}
	}
	return true
}

func (a Alternative) fits(args []plan.Expr) bool {
	for _, i := range a.Arguments {
		text, literal := literalText(args, i)
		if !literal || a.Accepts != nil && !a.Accepts(text) {
			return false
		}
		if a.Rewrite != nil {
			if _, ok := a.Rewrite(text); !ok {
				return false
			}
		}
	}
	return true
}

func (a Alternative) rewritten(args []plan.Expr) []plan.Expr {
	if a.Rewrite == nil {
		return args
	}
	out := append([]plan.Expr{}, args...)
	for _, i := range a.Arguments {
		text, _ := literalText(args, i)
		changed, _ := a.Rewrite(text)
		out[i] = &plan.Literal{Of: args[i].Type(), Text: changed}
	}
	return out
}

// literalText gives the text of a literal argument that is not NULL. Casts that only
// relabel (varchar to text) are looked through.
func literalText(args []plan.Expr, index int) (string, bool) {
	if index < 0 {
		index += len(args)
	}
	if index < 0 || index >= len(args) {
		return "", false
	}
	e := args[index]
	for {
		c, ok := e.(*plan.Cast)
		if !ok || !relabels(c.Arg.Type().OID, c.To) {
			break
		}
		e = c.Arg
	}
	l, ok := e.(*plan.Literal)
	if !ok || l.Null {
		return "", false
	}
	return l.Text, true
}

// Rows gives every row, in no order.
func Rows() iter.Seq2[string, Row] { return maps.All(table) }
