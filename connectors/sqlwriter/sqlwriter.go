// Package sqlwriter turns plans into SQL text: PostgreSQL's for PostgreSQL sources,
// DuckDB's for the local engine and for files.
//
// In: a plan whose leaves the caller knows how to name. Out: one SELECT. It knows no
// source, no user and no policy. No text of a user reaches the SQL: identifiers are
// quoted, literals go through one function for each dialect, and functions come from
// the function table. What cannot be said exactly is refused with 0A000.
//
// Every column is called c<ID>, every relation t<n>; both are unique in a statement, so
// a correlated reference needs no scoping.
package sqlwriter

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Options say how a plan's leaves are named and what the answer holds.
type Options struct {
	// Scan names a table: what stands in FROM before the alias, and the SQL of each of
	// the scan's columns, in which the alias may be used. nil: "schema"."table" and
	// alias."column" by their physical names. Types must be those the plan gives.
	Scan func(s *plan.Scan, alias string) (from string, columns []string, err error)
	// Leaf names a Remote or Stage in FROM: a relation with columns c<ID>.
	Leaf func(n plan.Node) (string, error)
	// Parameter gives what stands for a constant that travels apart from the statement
	// (PostgreSQL only); false for one that is written into it.
	Parameter func(l *plan.Literal) (string, bool)
	// Numbered writes the plan's Parameters as $1, $2, … of their types (PostgreSQL only);
	// else they are refused.
	Numbered bool
	// Columns are those of the answer in order, twice where wanted; nil: those of the plan.
	Columns []plan.ColumnID
	// Locale is the session's.
	plan.Locale
	// Session is the number by which the engine's functions know the session; 0: they are refused.
	Session int64
}

// ForQuery gives options whose answer is that of a query.
func (o Options) ForQuery(q plan.Query) Options {
	o.Columns = make([]plan.ColumnID, len(q.Output))
	for i, c := range q.Output {
		o.Columns[i] = c.ID
	}
	return o
}

// DuckDB writes a plan for DuckDB. The columns of the answer have the representation
// of pgtype.Arrow.
func DuckDB(n plan.Node, o Options) (string, error) { return write(duckdb{}, n, o) }

// Postgres writes a plan for PostgreSQL.
func Postgres(n plan.Node, o Options) (string, error) { return write(postgres{}, n, o) }

func write(d dialect, n plan.Node, o Options) (string, error) {
	w := &writer{d: d, o: o, synthetic: element, ctes: map[int]cte{}, fallible: fallible(n)}
	b := w.node(n)
	if w.err != nil {
		return "", w.err
	}
	text := w.readOnce(w.answer(b, n))
	return text, w.err
}

// answer writes the outermost SELECT: columns in the asked order, in the representation
// that crosses a boundary.
func (w *writer) answer(b *block, n plan.Node) string {
	types := map[plan.ColumnID]pgtype.Type{}
	ids := w.o.Columns
	for _, c := range n.Columns() {
		types[c.ID] = c.Type
		if w.o.Columns == nil {
			ids = append(ids, c.ID)
		}
	}
	if b.distinct != "" && !sameColumns(ids, b.columns) {
		b = w.wrap(b)
	}
	list := make([]string, len(ids))
	for i, id := range ids {
		v, ok := b.cols[id]
		if !ok {
			w.fail(sqlstate.New(sqlstate.InternalError, "sqlwriter: column %d is not in the plan", id))
			return ""
		}
		v = w.anchored(w.d.convert(v, w.d.form(types[id]), types[id]), types[id])
		list[i] = v.sql + " AS " + columnName(id)
	}
	return b.text(list)
}

// anchored says the type of what is NULL whatever its arguments are: DuckDB makes an
// INTEGER of it once it is a column, and finds no function for it as an argument.
func (w *writer) anchored(v value, t pgtype.Type) value {
	typed := templateRank(v.sql) == atom && (strings.HasPrefix(v.sql, "CAST(") || strings.HasPrefix(v.sql, "pg_"))
	if w.d.engine() != functions.DuckDB || typed || v.form != w.d.form(t) || !strings.Contains(v.sql, "CAST(NULL AS ") {
		return v
	}
	out := atomOf("CAST(" + v.sql + " AS " + w.d.typeName(w, t) + ")")
	out.form = v.form
	return out
}

func sameColumns(ids []plan.ColumnID, columns []plan.Column) bool {
	if len(ids) != len(columns) {
		return false
	}
	for i, c := range columns {
		if c.ID != ids[i] {
			return false
		}
	}
	return true
}

// writer holds what is shared while one statement is written. The first error sticks;
// what is written after it is thrown away.
type writer struct {
	d       dialect
	o       Options
	err     error
	scopes  []map[plan.ColumnID]value // columns in sight, innermost last
	aliases int
	// synthetic counts columns of ours down from -1, which stands for array elements.
	synthetic plan.ColumnID
	ctes      map[int]cte
	leaves    []leafText
	lambdas   int  // names of their parameters in use
	steps     int  // how many recursions are being written around here
	fallible  bool // some expression may fail, depending on the values it meets
}

// dialect is what differs between the engines.
type dialect interface {
	engine() functions.Engine
	literal(w *writer, l *plan.Literal) value
	typeName(w *writer, t pgtype.Type) string
	// form is how values of a type stand where they cross a boundary.
	form(t pgtype.Type) form
	convert(v value, to form, t pgtype.Type) value
	// unify gives one form for values of several.
	unify(forms []form) form
	// special writes calls for which the dialect has a better way than the table's template.
	special(w *writer, c call) (value, bool)
	cast(w *writer, e *plan.Cast, v value) value
	// key is what stands for a value where it is compared, grouped or hashed.
	key(w *writer, v value, t pgtype.Type) value
	// order is what stands for it where it is sorted.
	order(w *writer, v value, t pgtype.Type) string
	compare(w *writer, operator string, l, r value, t pgtype.Type) value
	// fence is a LIMIT clause that takes every row and that no predicate moves through.
	fence() string
}

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) refuse(format string, args ...any) value {
	w.fail(sqlstate.Unsupported(format, args...))
	return value{sql: "NULL", rank: atom}
}

func (w *writer) alias() string {
	w.aliases++
	return "t" + strconv.Itoa(w.aliases)
}

func columnName(id plan.ColumnID) string {
	if id < 0 {
		return "s" + strconv.Itoa(-int(id))
	}
	return "c" + strconv.Itoa(int(id))
}

// within runs f with the columns of a block in sight.
func (w *writer) within(cols map[plan.ColumnID]value, f func()) {
	w.scopes = append(w.scopes, cols)
	f()
	w.scopes = w.scopes[:len(w.scopes)-1]
}

// column gives what a reference reads: the innermost relation that has it.
func (w *writer) column(id plan.ColumnID) value {
	v, ok := w.inSight(id)
	if !ok {
		w.fail(sqlstate.New(sqlstate.InternalError, "sqlwriter: column %d is not in sight", id))
	}
	return v
}

func (w *writer) inSight(id plan.ColumnID) (value, bool) {
	for i := len(w.scopes) - 1; i >= 0; i-- {
		if v, ok := w.scopes[i][id]; ok {
			return v, true
		}
	}
	return value{}, false
}
