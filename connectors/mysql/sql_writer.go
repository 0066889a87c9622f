package mysql

import (
	"strconv"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// write turns a plan into one SELECT of MySQL's dialect, as MySQL 8 and MariaDB read it
// alike. It is built as a syntax tree and printed by the tree's own formatter: names
// and constants cannot become anything else.
//
// Every column is called c<ID>, every relation t<n>, and every reference is qualified,
// so that no name of the source's can be meant by accident.
//
// storage tells what is known of a column.
func write(r *plan.Remote, storage func(*catalog.Table, *catalog.Column) storage) (string, error) {
	return writePart(r, storage, nil)
}

// writePart writes a plan over some of the rows of one of its scans; nil: of all.
func writePart(r *plan.Remote, storage func(*catalog.Table, *catalog.Column) storage, part *keyRange) (string, error) {
	w := &writer{storage: storage, part: part, bits: takesBits(r)}
	b := w.node(r.Root)
	if w.err != nil {
		return "", w.err
	}
	s := w.selectColumns(b, r.Columns())
	if w.err != nil {
		return "", w.err
	}
	return sqlparser.String(s), nil
}

// writer holds what is shared while one statement is written. The first error sticks.
type writer struct {
	err     error
	scopes  []map[plan.ColumnID]value // columns in sight, innermost last
	aliases int
	storage func(*catalog.Table, *catalog.Column) storage
	part    *keyRange
	bits    bool // lists may be told as bits
	lowest  int  // the outermost scope that was read since within set it
}

// value is an expression and how its text stands.
type value struct {
	expr    sqlparser.Expr
	text    textForm
	storage storage // of a column
	// strict: NULL where its row is padded with NULLs by an outer join.
	strict bool
}

// storage is what is known of how a column stores and compares its values. The zero value
// says that nothing is known beyond the contract.
type storage struct {
	widest         rune // the last character a text is known to hold
	missesPrefixes bool // a prefix is not found by its index
	digits         int  // at least so many decimals of a second
	year           bool // YEAR
}

// textForm says in which character set and collation a text stands.
type textForm uint8

// Text of a column has whatever the column has; computed text is brought to utf8mb4
// first, so that texts of several columns never meet in two collations.
const (
	notText textForm = iota
	asStored
	utf8mb4
)

func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *writer) refuse(format string, args ...any) value {
	w.fail(sqlstate.Unsupported(format+" in MySQL", args...))
	return value{expr: &sqlparser.NullVal{}}
}

func (w *writer) alias() string {
	w.aliases++
	return "t" + strconv.Itoa(w.aliases)
}

func columnName(id plan.ColumnID) string { return "c" + strconv.Itoa(int(id)) }

// within runs f with the columns of a block in sight, and notes whether the block
// reads any from around it.
func (w *writer) within(b *block, f func()) {
	before, depth := w.lowest, len(w.scopes)
	w.lowest = depth
	w.scopes = append(w.scopes, b.cols)
	f()
	w.scopes = w.scopes[:depth]
	b.outer = b.outer || w.lowest < depth
	w.lowest = min(before, w.lowest)
}

// column gives what a reference reads: the innermost relation that has it.
func (w *writer) column(c plan.Column) value {
	for i := len(w.scopes) - 1; i >= 0; i-- {
		if v, ok := w.scopes[i][c.ID]; ok {
			w.lowest = min(w.lowest, i)
			return v
		}
	}
	w.fail(sqlstate.New(sqlstate.InternalError, "mysql: column %d is not in sight", c.ID))
	return value{expr: &sqlparser.NullVal{}}
}
