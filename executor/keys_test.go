package executor

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

var keyColumn = plan.Column{ID: 7, Name: "k", Type: pgtype.Of(pgtype.Int4)}

// reducibleRemote is a remote with one condition that waits for keys, beside another.
func reducibleRemote(kind catalog.Kind) (*plan.Remote, *plan.Literal) {
	keys := &plan.Literal{Of: keyColumn.Type, Text: "0"}
	rows := &plan.Values{Cols: []plan.Column{keyColumn}}
	in := &plan.In{Arg: &plan.ColumnRef{Column: keyColumn}, List: []plan.Expr{keys}}
	return &plan.Remote{
		Source: &catalog.Source{Kind: kind}, Root: rows, Reduced: &plan.Filter{Input: rows, Conjuncts: []plan.Expr{in}},
		Reductions: []plan.Reduction{{Column: keyColumn, By: []plan.ColumnID{9}, Keys: keys}},
	}, keys
}

func TestWithKeysSaysThemAsTheSourceLikes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind catalog.Kind
		keys keySet
		want string
	}{
		{catalog.Postgres, keySet{"3": {}, "1": {}}, "ArrayCompare {1,3}"},
		{catalog.Postgres, keySet{}, "ArrayCompare {}"},
		{catalog.MariaDB, keySet{"3": {}, "-1": {}}, "In 3 -1"},
		{catalog.MariaDB, keySet{}, "In NULL"},
		{catalog.Files, keySet{"5": {}}, "In 5"},
		{catalog.MariaDB, upTo(50_001), "0 <= k <= 50000"},
		{catalog.MariaDB, with(upTo(50_001), "-7"), "-7 <= k <= 50000"},
		{catalog.Postgres, upTo(100_001), "0 <= k <= 100000 and Filter"},
		{catalog.Postgres, upTo(500_001), "0 <= k <= 500000"},
		{catalog.Files, upTo(22), "0 <= k <= 21 and Member {0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21}"},
	} {
		r, placeholder := reducibleRemote(c.kind)
		got := said(withKeys(r, map[*plan.Literal]toldKeys{placeholder: {c.keys, teller{}.telling(c.keys, c.kind, keyColumn.Type)}}).Root)
		if got != c.want {
			t.Errorf("%s with %d keys: got %s, want %s", c.kind, len(c.keys), got, c.want)
		}
	}
}

func with(keys keySet, more string) keySet {
	keys[more] = struct{}{}
	return keys
}

func upTo(n int64) keySet {
	keys := keySet{}
	for k := range n {
		keys[strconv.FormatInt(k, 10)] = struct{}{}
	}
	return keys
}

// TestKeysAreEqualWhereValuesAre: what is told to another source is one text for all values
// that are equal, and nothing where a value has no text that all sources read.
func TestKeysAreEqualWhereValuesAre(t *testing.T) {
	t.Parallel()
	decimal := pgtype.Type{OID: pgtype.Numeric, Mod: pgtype.NumericMod(10, 3)}
	for _, c := range []struct {
		of     pgtype.Type
		values string
		want   []string // nil: no keys
	}{
		{pgtype.Of(pgtype.Int2), `[1, null, -7, 1]`, []string{"1", "-7"}},
		{pgtype.Of(pgtype.Int8), `[9223372036854775807]`, []string{"9223372036854775807"}},
		{decimal, `["1.500", "0.000", "-0.050", "1234567.891", "20.000", null]`, []string{"0", "20", "1.5", "-0.05", "1234567.891"}},
		{pgtype.Of(pgtype.Text), `["a", "A", "a ", "", "b\\\"c"]`, []string{"", "A", "a", "a ", `b\"c`}},
		{pgtype.Of(pgtype.Bpchar), `["a", "a  ", "  "]`, []string{"", "a"}},
		{pgtype.Of(pgtype.Text), `["a", "b\u0000"]`, nil},
		{pgtype.Of(pgtype.JSON), `["1"]`, nil},
		{pgtype.Of(pgtype.Date), `[19723, -10000]`, []string{"1942-08-16", "2024-01-01"}},
		{pgtype.Of(pgtype.Date), `[19723, 2147483647]`, nil},
		{pgtype.Of(pgtype.Date), `[-1000000]`, nil},
		{pgtype.Of(pgtype.Float8), `[1.5]`, nil},
	} {
		values, _, err := array.FromJSON(memory.DefaultAllocator, pgtype.Arrow(c.of), strings.NewReader(c.values))
		if err != nil {
			t.Fatal(c.values, err)
		}
		own := map[plan.ColumnID]keySet{}
		addKeys(own, plan.Column{ID: 1, Type: c.of}, values, slices.Repeat([]bool{true}, values.Len()))
		if got := own[1].sorted(); !slices.Equal(got, c.want) {
			t.Errorf("%s of type %d: got %q, want %q", c.values, c.of.OID, got, c.want)
		}
	}
}

func TestKeysBeyondATypeAreNoneOfItsValues(t *testing.T) {
	t.Parallel()
	r, placeholder := reducibleRemote(catalog.Postgres)
	keys := keySet{"7": {}, "2147483647": {}, "2147483648": {}, "-2147483649": {}}
	if got := said(withKeys(r, map[*plan.Literal]toldKeys{placeholder: {keys, listed}}).Root); got != "ArrayCompare {7,2147483647}" {
		t.Errorf("got %s", got)
	}
}

func said(root plan.Node) string {
	return saidOf(root.(*plan.Filter).Conjuncts[0])
}

func saidOf(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.ArrayCompare:
		return "ArrayCompare " + e.Array.(*plan.Literal).Text
	case *plan.And:
		if ends, more := e.Args[0].(*plan.And); more {
			return saidOf(ends) + " and " + saidOf(e.Args[1])
		}
		bounds := []string{}
		for _, a := range e.Args {
			bounds = append(bounds, a.(*plan.Call).Args[1].(*plan.Literal).Text)
		}
		return strings.Join(bounds, " <= k <= ")
	case *plan.Call:
		return "Filter"
	case *plan.Subquery:
		return "Member " + e.Plan.(*plan.FunctionScan).Calls[0].(*plan.SetCall).Args[0].(*plan.Literal).Text
	case *plan.In:
		text := "In"
		for _, l := range e.List {
			if l := l.(*plan.Literal); l.Null {
				text += " NULL"
			} else {
				text += " " + l.Text
			}
		}
		return text
	}
	return "?"
}

func TestWithoutKeysNothingIsLeftOfTheCondition(t *testing.T) {
	t.Parallel()
	r, _ := reducibleRemote(catalog.Postgres)
	if got := withKeys(r, nil); got.Root != r.Root {
		t.Errorf("got %s, want the plan without a condition", plan.Format(got.Root))
	}
}

// TestGatheredGivesEveryRowOnce reads a leaf that was kept, one too large to be kept,
// and releases one half-way.
func TestGatheredGivesEveryRowOnce(t *testing.T) {
	t.Parallel()
	for _, batches := range []int{0, 1, 5, gatherRows/batchRows + 3} {
		for _, take := range []int{batches, batches / 2} {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			g := gather(counting(mem, batches), []plan.Column{keyColumn}, gatherRows, gatherBytes, nil)
			if complete := batches*batchRows <= gatherRows; g.complete != complete {
				t.Errorf("%d batches: complete is %t", batches, g.complete)
			}
			next := int64(0)
			for range take {
				if !g.Next() {
					t.Fatalf("%d batches: the end after %d rows", batches, next)
				}
				values := g.RecordBatch().Column(0).(*array.Int64)
				if values.Value(0) != next {
					t.Fatalf("%d batches: got row %d, want %d", batches, values.Value(0), next)
				}
				next += int64(values.Len())
			}
			if take == batches && g.Next() {
				t.Errorf("%d batches: rows after the end", batches)
			}
			g.Release()
			mem.AssertSize(t, 0)
		}
	}
}

const batchRows = 50_000

// counting gives batches of the numbers from 0.
func counting(mem memory.Allocator, batches int) array.RecordReader {
	schema := arrow.NewSchema([]arrow.Field{{Name: "c7", Type: arrow.PrimitiveTypes.Int64}}, nil)
	var all []arrow.RecordBatch
	b := array.NewInt64Builder(mem)
	defer b.Release()
	for i := range batches {
		for k := range batchRows {
			b.Append(int64(i*batchRows + k))
		}
		column := b.NewArray()
		all = append(all, array.NewRecordBatch(schema, []arrow.Array{column}, batchRows))
		column.Release()
	}
	r, err := array.NewRecordReader(schema, all)
	if err != nil {
		panic(err)
	}
	for _, one := range all {
		one.Release()
	}
	return r
}
