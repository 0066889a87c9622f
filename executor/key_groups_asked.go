package executor

import (
	"encoding/hex"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// numberOf says which group a key leads to, 0 where it leads to none.
//
//	CASE WHEN k >= first AND k <= last THEN get_byte(numbers, k - first) ELSE 0 END
func (k *keyGroups) numberOf(key plan.Expr) plan.Expr {
	of, last := key.Type().OID, k.first+int64(len(k.numbers))-1
	switch {
	case of != pgtype.Int8 && (k.first < math.MinInt32 || last > math.MaxInt32):
		key, of = castTo(key, pgtype.Int8), pgtype.Int8
	case of == pgtype.Int2: // arithmetic of which may not fit
		key, of = castTo(key, pgtype.Int4), pgtype.Int4
	}
	within := &plan.And{Args: []plan.Expr{operate(">=", key, number(of, k.first)), operate("<=", key, number(of, last))}}
	at := key
	if k.first != 0 {
		at = operate("-", at, number(of, k.first))
	}
	if of == pgtype.Int8 {
		at = castTo(at, pgtype.Int4)
	}
	numbers := &plan.Literal{Of: pgtype.Of(pgtype.Bytea), Text: `\x` + hex.EncodeToString(k.bytes())}
	byteAt := func(at plan.Expr) plan.Expr {
		return &plan.Call{Procedure: byteOfBytes, Args: []plan.Expr{numbers, at}, Of: pgtype.Of(pgtype.Int4)}
	}
	found := byteAt(at)
	if k.width() == 2 {
		high := operate("*", at, number(pgtype.Int4, 2))
		low := operate("+", high, number(pgtype.Int4, 1))
		found = operate("+", operate("*", byteAt(high), number(pgtype.Int4, 1<<8)), byteAt(low))
	}
	return &plan.Case{Whens: []plan.When{{Condition: within, Result: found}}, Else: number(pgtype.Int4, 0), Of: pgtype.Of(pgtype.Int4)}
}

// byteOfBytes is get_byte.
var byteOfBytes = pgtype.ProceduresByName("", "get_byte")[0]

func castTo(e plan.Expr, to pgtype.OID) plan.Expr {
	return &plan.Cast{Arg: e, To: pgtype.Of(to), Context: plan.CastExplicit}
}

// unknownValues is how many values PostgreSQL takes an expression to have of which it has no
// statistics (DEFAULT_NUM_DISTINCT in selfuncs.h), each as often as the others.
const unknownValues = 200

// among says that a key leads to a group. PostgreSQL adds up what it expects of each element of
// an array, so that as many of them as say which share of the rows is left make it expect just
// that (scalararraysel in selfuncs.c).
func (k *keyGroups) among(key plan.Expr, share float64) plan.Expr {
	elements := int(math.Round(share * unknownValues))
	if elements < len(k.rows) {
		return operate(">", k.numberOf(key), number(pgtype.Int4, 0)) // a third, for PostgreSQL
	}
	all := make([]string, elements)
	for i := range all {
		all[i] = strconv.Itoa(i%len(k.rows) + 1)
	}
	equal, err := pgtype.ResolveOperator("=", pgtype.Int4, pgtype.Int4)
	if err != nil {
		panic(err)
	}
	array, _ := pgtype.ArrayOf(pgtype.Int4)
	return &plan.ArrayCompare{
		Procedure: equal.Procedure, Operator: "=", Left: k.numberOf(key),
		Array: &plan.Literal{Of: pgtype.Of(array), Text: "{" + strings.Join(all, ",") + "}"},
	}
}

// byGroups has a Remote add up its rows by the groups that keys lead to instead of the keys, and
// leave out those that lead to none if only a share is left. ok is false of a plan that does not.
//
//	PartialAggregate[k; parts](in)  =>  PartialAggregate[k := number(k); parts](Filter[number(k) among groups](in))
func (k *keyGroups) byGroups(r *plan.Remote, one plan.Reduction, share float64) (_ *plan.Remote, ok bool) {
	out := *r
	out.GroupKeys, out.Reductions = nil, slices.DeleteFunc(slices.Clone(r.Reductions), func(other plan.Reduction) bool { return other.Keys == one.Keys })
	always := &plan.Literal{Of: pgtype.Of(pgtype.Bool), Text: "t"}
	out.Reduced = plan.Transform(r.Reduced, func(n plan.Node) plan.Node {
		n = plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			in, is := e.(*plan.In)
			switch {
			case !is || len(in.List) != 1 || in.List[0] != plan.Expr(one.Keys):
				return e
			case share < fewer:
				return k.among(in.Arg, share)
			}
			return always
		})
		return withoutAlways(n, always)
	})
	a, ok := plan.AggregateOf(out.Reduced)
	at := -1
	if ok {
		at = slices.IndexFunc(a.Groups, func(g plan.Item) bool { return g.Column.ID == one.Column.ID })
	}
	if at < 0 {
		return nil, false
	}
	grouped := *a
	grouped.Groups = slices.Clone(a.Groups)
	e := k.numberOf(a.Groups[at].Expr)
	if of := one.Column.Type.OID; of != pgtype.Int4 {
		e = castTo(e, of)
	}
	grouped.Groups[at].Expr = e
	out.Reduced = plan.Transform(out.Reduced, func(n plan.Node) plan.Node {
		if n == plan.Node(a) {
			return &grouped
		}
		return n
	})
	return &out, true
}
