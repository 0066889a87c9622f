package executor

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// climbColumn is the only column of rowsOf.
func climbColumn(id plan.ColumnID) plan.Column {
	return plan.Column{ID: id, Type: pgtype.Of(pgtype.Int4)}
}

// rowsOf gives rows of one column, a batch for each list; less than zero is NULL.
func rowsOf(id plan.ColumnID, batches ...[]int32) *gathered {
	schema := arrow.NewSchema([]arrow.Field{{Name: "k", Type: arrow.PrimitiveTypes.Int32, Nullable: true}}, nil)
	g := &gathered{columns: []plan.Column{climbColumn(id)}, complete: true}
	for _, values := range batches {
		b := array.NewInt32Builder(memory.DefaultAllocator)
		for _, v := range values {
			if v < 0 {
				b.AppendNull()
			} else {
				b.Append(v)
			}
		}
		g.batches = append(g.batches, array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, int64(len(values))))
	}
	return g
}

// TestAnswers counts what comes of first rows: NULL equals nothing in a join, and itself in a group.
func TestAnswers(t *testing.T) {
	t.Parallel()
	const enough = 100
	first := rowsOf(1, []int32{1, 1, 2}, nil, []int32{3, -1, -1})
	partner := rowsOf(2, []int32{1, 3}, []int32{3, -1, 9})
	for _, c := range []struct {
		name  string
		kinds []plan.JoinKind
		whole bool
		all   bool
		want  int64
	}{
		{"inner", []plan.JoinKind{plan.InnerJoin}, false, false, 4},
		{"left", []plan.JoinKind{plan.LeftJoin}, false, false, 7},
		{"semi", []plan.JoinKind{plan.SemiJoin}, false, false, 3},
		{"anti", []plan.JoinKind{plan.AntiJoin}, false, false, 3},
		{"inner twice", []plan.JoinKind{plan.InnerJoin, plan.InnerJoin}, false, false, 6},
		{"never both", []plan.JoinKind{plan.SemiJoin, plan.AntiJoin}, false, false, 0},
		{"alone", nil, false, false, 6},
		{"alone, whole groups", nil, true, false, 4},
		{"anti, whole groups", []plan.JoinKind{plan.AntiJoin}, true, false, 1},
		{"no further rows", []plan.JoinKind{plan.AntiJoin}, true, true, enough},
	} {
		climb := &climb{top: &plan.Top{Count: enough, Whole: c.whole, Keys: []plan.SortKey{{Expr: &plan.ColumnRef{Column: climbColumn(1)}}}}}
		partners := make([]*gathered, len(c.kinds))
		for i, kind := range c.kinds {
			climb.top.Partners = append(climb.top.Partners, plan.Partner{Own: 1, Of: 2, Kind: kind})
			partners[i] = partner
		}
		if got := climb.answers(first, partners, c.all); got != c.want {
			t.Errorf("%s: %d rows, want %d", c.name, got, c.want)
		}
	}
}

// TestNextRows: more are asked for as the yield of the last try has it, within bounds.
func TestNextRows(t *testing.T) {
	t.Parallel()
	c := &climb{top: &plan.Top{Count: 100}, yield: 0.5}
	for _, try := range []struct{ rows, found, want int64 }{{100, 0, 1000}, {100, 1, 1000}, {100, 50, 300}, {100, 99, 200}, {410, 20, 3075}} {
		if got := c.next(try.rows, try.found); got != try.want {
			t.Errorf("after %d rows of which %d came: %d, want %d", try.rows, try.found, got, try.want)
		}
	}
	if got := c.first(); got != 410 {
		t.Errorf("first %d rows", got)
	}
	c.top.Count = 1 << 62
	if got := c.first(); got < 0 || c.worth(got, 1e9) {
		t.Errorf("first %d rows of a limit that is none", got)
	}
}
