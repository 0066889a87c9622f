package executor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// mostPairs bounds how many rows of keys a source is told. PostgreSQL expects a tenth of them to
// differ, and looks each up in an index, however many rows that leads to.
const mostPairs = 10_000

// paired asks for several columns together where all keys are of one other leaf: for the rows
// that it has, where by themselves each value of one would go with each of the other.
//
//	a IN (1, 2) AND b IN (3, 4)  =>  (a, b) IN (SELECT * FROM unnest({1,2}, {3,4}))
//
// An index of both columns then leads to just the rows that are wanted. PostgreSQL only.
func (d *reduction) paired(r *plan.Remote, offers []offer) (*plan.Remote, asking, bool) {
	if d.off[optimization.TellPairs] || len(offers) < 2 || r.Source.Kind != catalog.Postgres {
		return nil, asking{}, false
	}
	at := func(o offer) int {
		return slices.IndexFunc(r.Reductions, func(one plan.Reduction) bool { return one.Keys == o.Keys })
	}
	offers = slices.SortedFunc(slices.Values(offers), func(a, b offer) int { return cmp.Compare(at(a), at(b)) })
	leaf := d.leafOf[offers[0].from]
	for _, o := range offers {
		if o.Shared || o.as != listed || d.leafOf[o.from] != leaf || len(o.keys) > mostPairs {
			return nil, asking{}, false
		}
	}
	rows := d.gathered[leaf].rowsAmong(offers)
	if len(rows) > mostPairs {
		return nil, asking{}, false
	}
	reduced, ok := withPairs(r.Reduced, offers, rows)
	if !ok {
		return nil, asking{}, false
	}
	whole := *r
	whole.Reduced = reduced
	names := make([]string, len(offers))
	for i, o := range offers {
		names[i] = o.Column.Name
	}
	how := asking{}.and(fmt.Sprintf("(%s) in %d keys", strings.Join(names, ", "), len(rows)), optimization.ReduceAcrossSources)
	return withKeys(&whole, nil), how.with(optimization.TellPairs), true
}

// rowsAmong gives the different rows of a leaf whose values are all among the keys that are
// offered, and values of the columns that are asked for them.
func (g *gathered) rowsAmong(offers []offer) [][]string {
	rows := map[string][]string{}
	for _, b := range g.batches {
		columns, texts := make([]arrow.Array, len(offers)), make([]func([]byte, int) ([]byte, bool), len(offers))
		for k, o := range offers {
			at := slices.IndexFunc(g.columns, func(c plan.Column) bool { return c.ID == o.from })
			columns[k] = b.Column(at)
			texts[k], _ = keyTexts(g.columns[at].Type, columns[k])
		}
		for i := range int(b.NumRows()) {
			row, among := make([]string, len(offers)), true
			for k, o := range offers {
				if among = among && !columns[k].IsNull(i); among {
					key, _ := texts[k](nil, i)
					row[k] = string(key)
					_, among = o.keys[row[k]]
					among = among && fits(o.Keys.Of.OID, row[k])
				}
			}
			if among {
				rows[strings.Join(row, "\x00")] = row
			}
		}
	}
	return slices.SortedFunc(maps.Values(rows), slices.Compare)
}

// withPairs puts one condition in the place of those that wait for the keys of each column. ok is
// false where these do not stand together.
func withPairs(root plan.Node, offers []offer, rows [][]string) (_ plan.Node, ok bool) {
	root = plan.Transform(root, func(n plan.Node) plan.Node {
		f, is := n.(*plan.Filter)
		if !is {
			return n
		}
		waiting := make([]*plan.In, len(offers))
		left := slices.DeleteFunc(slices.Clone(f.Conjuncts), func(e plan.Expr) bool {
			in, is := e.(*plan.In)
			if !is || len(in.List) != 1 {
				return false
			}
			at := slices.IndexFunc(offers, func(o offer) bool { return plan.Expr(o.Keys) == in.List[0] })
			if at >= 0 {
				waiting[at] = in
			}
			return at >= 0
		})
		if slices.Contains(waiting, nil) {
			return n
		}
		ok = true
		return &plan.Filter{Input: f.Input, Conjuncts: append(left, pairsAmong(waiting, offers, rows))}
	})
	return root, ok
}

// pairsAmong says (columns) = ANY (SELECT * FROM ROWS FROM (unnest(keys), …)).
func pairsAmong(waiting []*plan.In, offers []offer, rows [][]string) plan.Expr {
	all := &plan.FunctionScan{}
	among := &plan.Subquery{Kind: plan.AnySubquery, Plan: all, Operator: "=", Of: pgtype.Of(pgtype.Bool)}
	for i, in := range waiting {
		of := offers[i].Keys.Of
		keys := make([]string, len(rows))
		for k, row := range rows {
			keys[k] = row[i]
		}
		elements, _ := pgtype.ArrayOf(of.OID)
		array := &plan.Literal{Of: pgtype.Of(elements), Text: arrayText(of.OID, keys)}
		all.Calls = append(all.Calls, &plan.SetCall{Procedure: unnest, Args: []plan.Expr{array}, Of: of})
		all.Cols = append(all.Cols, plan.Column{ID: keyColumns + firstColumn(in.Arg), Name: "key", Type: of})
		all.Fields = append(all.Fields, 1)
		among.Left = append(among.Left, in.Arg)
		among.Procedures = append(among.Procedures, in.Equal)
	}
	return among
}
