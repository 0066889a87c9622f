package executor

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/planner/plan"
)

// keySet is a set of keys, each in PostgreSQL's text form. Of values that are equal it holds
// one: numerics without zeros at the end, char(n) without blanks. NULL is never in it: it
// equals nothing.
type keySet map[string]struct{}

// keyTexts reads a column as keys. usable is false of a value that not every source can be
// told; ok is false for types that are no keys.
func keyTexts(of pgtype.Type, a arrow.Array) (text func(b []byte, i int) (key []byte, usable bool), ok bool) {
	switch a := a.(type) {
	case *array.Int16:
		return func(b []byte, i int) ([]byte, bool) { return strconv.AppendInt(b, int64(a.Value(i)), 10), true }, true
	case *array.Int32:
		return func(b []byte, i int) ([]byte, bool) { return strconv.AppendInt(b, int64(a.Value(i)), 10), true }, true
	case *array.Int64:
		return func(b []byte, i int) ([]byte, bool) { return strconv.AppendInt(b, a.Value(i), 10), true }, true
	case *array.Date32:
		return func(b []byte, i int) ([]byte, bool) {
			text := datetime.FormatDate(int32(a.Value(i)))
			return append(b, text...), len(text) == len(time.DateOnly) // four digits of a year after Christ
		}, true
	case *array.Decimal128:
		scale := int(a.DataType().(*arrow.Decimal128Type).Scale)
		return func(b []byte, i int) ([]byte, bool) {
			return append(b, decimalText(a.Value(i).BigInt(), scale)...), true
		}, true
	case *array.String:
		padded := of.OID == pgtype.Bpchar
		return func(b []byte, i int) ([]byte, bool) {
			text := a.Value(i)
			if padded {
				text = strings.TrimRight(text, " ")
			}
			return append(b, text...), !strings.ContainsRune(text, 0)
		}, slices.Contains(textKeys, of.OID)
	}
	return nil, false
}

var textKeys = []pgtype.OID{pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.UUID}

// decimalText prints a number of so many digits behind the point, without zeros at its end:
// 1.50 and 1.5 are equal.
func decimalText(n *big.Int, scale int) string {
	digits := new(big.Int).Abs(n).String()
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	text := digits[:len(digits)-scale]
	if fraction := strings.TrimRight(digits[len(text):], "0"); fraction != "" {
		text += "." + fraction
	}
	if n.Sign() < 0 {
		text = "-" + text
	}
	return text
}

// sorted gives the keys in order: sources read an index in one direction, and the same
// keys are the same statement. Numbers of as many digits are in the order of their texts.
func (s keySet) sorted() []string {
	return slices.SortedFunc(maps.Keys(s), func(a, b string) int {
		if c := cmp.Compare(len(a), len(b)); c != 0 {
			return c
		}
		return cmp.Compare(a, b)
	})
}

// mostKeys bounds the statement: PostgreSQL takes an array, MySQL a list of constants, DuckDB
// an array of integers, else a list.
func (t teller) mostKeys(kind catalog.Kind, of pgtype.Type) int {
	switch {
	case t.most > 0:
		return t.most
	case kind == catalog.MySQL || kind == catalog.MariaDB:
		return 50_000
	case kind == catalog.Postgres || shortKeys[of.OID]:
		return 100_000
	default:
		return 2_000
	}
}

var shortKeys = map[pgtype.OID]bool{pgtype.Int2: true, pgtype.Int4: true, pgtype.Int8: true}

// mostKeyBytes bounds what is said of keys to a source.
const mostKeyBytes = 2 << 20

func (s keySet) bytes() int {
	n := 0
	for key := range s {
		n += len(key)
	}
	return n
}

// condition says Column IN (keys) as the kind of source likes it best.
func condition(kind catalog.Kind, in *plan.In, of pgtype.Type, told toldKeys) plan.Expr {
	keys := told.keys
	switch told.as {
	case filtered:
		return withEnds(in, of, keys, newKeyFilter(of, keys).condition(in.Arg, of))
	case ends:
		return between(in, of, keys)
	}
	sorted := slices.DeleteFunc(keys.sorted(), func(key string) bool { return !fits(of.OID, key) })
	elements, ok := pgtype.ArrayOf(of.OID)
	all := &plan.Literal{Of: pgtype.Of(elements), Text: arrayText(of.OID, sorted)}
	switch {
	case ok && kind == catalog.Postgres:
		return &plan.ArrayCompare{Procedure: in.Equal, Operator: "=", Left: in.Arg, Array: all}
	case ok && (kind == catalog.DuckDB || kind == catalog.Files) && len(sorted) > listedKeys && of.OID != pgtype.Bpchar && of.OID != pgtype.Numeric:
		return withEnds(in, of, keys, member(in, of, all)) // by the ends, files and row groups are left out
	}
	list := make([]plan.Expr, len(sorted))
	for i, k := range sorted {
		list[i] = &plan.Literal{Of: of, Text: k}
	}
	if len(list) == 0 {
		list = []plan.Expr{&plan.Literal{Of: of, Null: true}}
	}
	return &plan.In{Arg: in.Arg, Equal: in.Equal, List: list}
}

// fits tells whether a type has a value: keys of bigint may be no integers.
func fits(of pgtype.OID, key string) bool {
	bits, bounded := map[pgtype.OID]int{pgtype.Int2: 16, pgtype.Int4: 32}[of]
	if !bounded {
		return true
	}
	_, err := strconv.ParseInt(key, 10, bits)
	return err == nil
}

// listedKeys: DuckDB compares each row with each key of a longer list, one by one; a
// relation it hashes.
const listedKeys = 20

// member says Column = ANY (SELECT unnest(keys)).
func member(in *plan.In, of pgtype.Type, keys plan.Expr) plan.Expr {
	each := &plan.SetCall{Procedure: unnest, Args: []plan.Expr{keys}, Of: of}
	all := &plan.FunctionScan{Calls: []plan.Expr{each}, Cols: []plan.Column{{ID: keyColumns + firstColumn(in.Arg), Name: "key", Type: of}}, Fields: []int{1}}
	return &plan.Subquery{
		Kind: plan.AnySubquery, Plan: all, Left: []plan.Expr{in.Arg}, Operator: "=",
		Procedures: []*pgtype.Procedure{in.Equal}, Of: pgtype.Of(pgtype.Bool),
	}
}

// unnest is that of arrays.
var unnest = func() *pgtype.Procedure {
	all := pgtype.ProceduresByName("", "unnest")
	return all[slices.IndexFunc(all, func(p *pgtype.Procedure) bool { return p.ArgTypes[0] == pgtype.AnyArray })]
}()

// keyColumns is above any column a plan numbers.
const keyColumns plan.ColumnID = 1 << 30

func firstColumn(e plan.Expr) plan.ColumnID {
	return slices.Min(slices.Collect(maps.Keys(plan.References(e))))
}

func arrayText(of pgtype.OID, keys []string) string {
	a := &pgtype.Array{Lower: []int{1}, Lengths: []int{len(keys)}}
	for _, k := range keys {
		a.Elements = append(a.Elements, pgtype.ArrayElement{Text: k})
	}
	return pgtype.FormatArray(of, a)
}

// withKeys puts keys in the place of their placeholders; conditions without keys go.
func withKeys(r *plan.Remote, keys map[*plan.Literal]toldKeys) *plan.Remote {
	placeholders := map[*plan.Literal]pgtype.Type{}
	for _, d := range r.Reductions {
		placeholders[d.Keys] = d.Keys.Of
	}
	always := &plan.Literal{Of: pgtype.Of(pgtype.Bool), Text: "t"}
	root := plan.Transform(r.Reduced, func(n plan.Node) plan.Node {
		n = plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			in, ok := e.(*plan.In)
			if !ok || len(in.List) != 1 {
				return e
			}
			l, ok := in.List[0].(*plan.Literal)
			if !ok {
				return e
			}
			of, ours := placeholders[l]
			switch set, chosen := keys[l]; {
			case chosen:
				return condition(r.Source.Kind, in, of, set)
			case ours:
				return always
			}
			return e
		})
		return withoutAlways(n, always)
	})
	return &plan.Remote{Source: r.Source, Root: root}
}

// withoutAlways drops conditions that are always true.
func withoutAlways(n plan.Node, always plan.Expr) plan.Node {
	keep := func(all []plan.Expr) []plan.Expr {
		return slices.DeleteFunc(slices.Clone(all), func(e plan.Expr) bool { return e == always })
	}
	switch n := n.(type) {
	case *plan.Filter:
		left := keep(n.Conjuncts)
		if len(left) == 0 {
			return n.Input
		}
		return &plan.Filter{Input: n.Input, Conjuncts: left}
	case *plan.Join:
		out := *n
		out.On = keep(n.On)
		return &out
	}
	return n
}
