package executor

import (
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// pairOffers are keys 1 to 3 of column 7 and 10 to 12 of column 8, which columns 9 and 10 of
// another leaf give; 8 is a smallint.
func pairOffers() []offer {
	whole, small := pgtype.Of(pgtype.Int4), pgtype.Of(pgtype.Int2)
	return []offer{
		{from: 9, toldKeys: toldKeys{keySet{"1": {}, "2": {}, "3": {}}, listed}, Reduction: plan.Reduction{Column: keyColumn, Keys: &plan.Literal{Of: whole}}},
		{from: 10, toldKeys: toldKeys{keySet{"10": {}, "12": {}, "40000": {}}, listed}, Reduction: plan.Reduction{Column: plan.Column{ID: 8, Name: "s", Type: small}, Keys: &plan.Literal{Of: small}}},
	}
}

// TestRowsAmongKeys: each row once, without those that have NULL, a key that is not offered, or
// one that the column cannot have.
func TestRowsAmongKeys(t *testing.T) {
	t.Parallel()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int32}, {Name: "b", Type: arrow.PrimitiveTypes.Int32}}, nil))
	defer b.Release()
	b.Field(0).(*array.Int32Builder).AppendValues([]int32{3, 1, 1, 0, 1, 4, 2, 2}, []bool{true, true, true, false, true, true, true, true})
	b.Field(1).(*array.Int32Builder).AppendValues([]int32{10, 12, 10, 10, 12, 10, 11, 40000}, nil)
	batch := b.NewRecordBatch()
	defer batch.Release()
	whole := pgtype.Of(pgtype.Int4)
	g := &gathered{columns: []plan.Column{{ID: 9, Type: whole}, {ID: 10, Type: whole}}, batches: []arrow.RecordBatch{batch}}
	want := [][]string{{"1", "10"}, {"1", "12"}, {"3", "10"}}
	if got := g.rowsAmong(pairOffers()); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestPairsStandTogether: one condition takes the place of two of one Filter; conditions that are
// apart stay.
func TestPairsStandTogether(t *testing.T) {
	t.Parallel()
	offers := pairOffers()
	waiting := make([]plan.Expr, len(offers))
	for i, o := range offers {
		waiting[i] = &plan.In{Arg: &plan.ColumnRef{Column: o.Column}, List: []plan.Expr{o.Keys}}
	}
	rows := &plan.Values{Cols: []plan.Column{keyColumn, offers[1].Column}}
	root, ok := withPairs(&plan.Filter{Input: rows, Conjuncts: waiting}, offers, [][]string{{"1", "10"}, {"3", "10"}})
	if !ok {
		t.Fatal("not paired")
	}
	among := root.(*plan.Filter).Conjuncts[0].(*plan.Subquery)
	var texts []string
	for _, c := range among.Plan.(*plan.FunctionScan).Calls {
		texts = append(texts, c.(*plan.SetCall).Args[0].(*plan.Literal).Text)
	}
	if len(among.Left) != 2 || !slices.Equal(texts, []string{"{1,3}", "{10,10}"}) {
		t.Errorf("%d columns of %v", len(among.Left), texts)
	}
	apart := &plan.Filter{Input: &plan.Filter{Input: rows, Conjuncts: waiting[:1]}, Conjuncts: waiting[1:]}
	if root, ok := withPairs(apart, offers, nil); ok || root != plan.Node(apart) {
		t.Error("paired though they stand apart")
	}
}

// TestPairsAreOfOneLeaf: not of two, not of one that several places read, not for a source that
// cannot be told so.
func TestPairsAreOfOneLeaf(t *testing.T) {
	t.Parallel()
	r := &plan.Remote{Source: &catalog.Source{Kind: catalog.Postgres}}
	d := &reduction{leafOf: map[plan.ColumnID]int{9: 0, 10: 1}}
	if _, _, ok := d.paired(r, pairOffers()); ok {
		t.Error("of two leaves")
	}
	d.leafOf[10] = 0
	shared := pairOffers()
	shared[1].Shared = true
	if _, _, ok := d.paired(r, shared); ok {
		t.Error("of a leaf that is shared")
	}
	r.Source = &catalog.Source{Kind: catalog.MariaDB}
	if _, _, ok := d.paired(r, pairOffers()); ok {
		t.Error("MariaDB has no unnest")
	}
}
