package executor

import (
	"slices"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// keySet is a set of integer keys. NULL is never in it: it equals nothing.
type keySet map[int64]struct{}

// integers reads a column of integers; ok is false for any other.
func integers(a arrow.Array) (value func(int) int64, ok bool) {
	switch a := a.(type) {
	case *array.Int16:
		return func(i int) int64 { return int64(a.Value(i)) }, true
	case *array.Int32:
		return func(i int) int64 { return int64(a.Value(i)) }, true
	case *array.Int64:
		return a.Value, true
	}
	return nil, false
}

// sorted gives the keys in order: sources read an index in one direction, and the same
// keys are the same statement.
func (s keySet) sorted() []int64 {
	keys := make([]int64, 0, len(s))
	for k := range s {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// mostKeys bounds the statement: MySQL takes a list of constants, the others an array.
func mostKeys(kind catalog.Kind) int {
	switch kind {
	case catalog.MySQL, catalog.MariaDB:
		return 50_000
	default:
		return 100_000
	}
}

// condition says Column IN (keys) as the kind of source likes it best.
func condition(kind catalog.Kind, in *plan.In, of pgtype.Type, keys keySet) plan.Expr {
	sorted := keys.sorted()
	elements, ok := pgtype.ArrayOf(of.OID)
	all := &plan.Literal{Of: pgtype.Of(elements), Text: arrayText(sorted)}
	switch {
	case ok && kind == catalog.Postgres:
		return &plan.ArrayCompare{Procedure: in.Equal, Operator: "=", Left: in.Arg, Array: all}
	case ok && (kind == catalog.DuckDB || kind == catalog.Files) && len(sorted) > listedKeys:
		return member(in, of, all)
	}
	list := make([]plan.Expr, len(sorted))
	for i, k := range sorted {
		list[i] = &plan.Literal{Of: of, Text: strconv.FormatInt(k, 10)}
	}
	if len(list) == 0 {
		list = []plan.Expr{&plan.Literal{Of: of, Null: true}}
	}
	return &plan.In{Arg: in.Arg, Equal: in.Equal, List: list}
}

// listedKeys: DuckDB compares each row with each key of a longer list, one by one; a
// relation it hashes.
const listedKeys = 20

// member says Column = ANY (SELECT unnest(keys)).
func member(in *plan.In, of pgtype.Type, keys plan.Expr) plan.Expr {
	ref := in.Arg.(*plan.ColumnRef)
	each := &plan.SetCall{Procedure: unnest, Args: []plan.Expr{keys}, Of: of}
	all := &plan.FunctionScan{Calls: []plan.Expr{each}, Cols: []plan.Column{{ID: keyColumns + ref.ID, Name: "key", Type: of}}, Fields: []int{1}}
	return &plan.Subquery{
		Kind: plan.AnySubquery, Plan: all, Left: []plan.Expr{ref}, Operator: "=",
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

func arrayText(keys []int64) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(k, 10))
	}
	b.WriteByte('}')
	return b.String()
}

// withKeys puts keys in the place of their placeholders; conditions without keys go.
func withKeys(r *plan.Remote, keys map[*plan.Literal]keySet) *plan.Remote {
	placeholders := map[*plan.Literal]pgtype.Type{}
	for _, d := range r.Reductions {
		placeholders[d.Keys] = d.Column.Type
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
