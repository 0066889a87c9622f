package small_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/executor/small"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/planner/plan"
)

// types are those of the random columns, with values that meet each other; nil is NULL.
var types = []struct {
	of     pgtype.Type
	values []string // as arrow's builders read them
}{
	{pgtype.Of(pgtype.Int4), []string{"-7", "0", "1", "2", "2147483647"}},
	{pgtype.Of(pgtype.Int8), []string{"-7", "0", "1", "2", "9223372036854775807"}},
	{pgtype.Of(pgtype.Int2), []string{"-7", "0", "1", "2"}},
	{pgtype.Of(pgtype.Text), []string{"", "a", "A", "a ", "ab", "ä", "a\t"}},
	{pgtype.Type{OID: pgtype.Bpchar, Mod: 7}, []string{"a  ", "A  ", "a\t ", "   ", "abc"}},
	{pgtype.Type{OID: pgtype.Numeric, Mod: pgtype.NumericMod(10, 2)}, []string{"-1.50", "0.00", "1.50", "99999999.99"}},
	{pgtype.Of(pgtype.Date), []string{"1969-12-31", "1970-01-01", "2024-02-29"}},
	{pgtype.Of(pgtype.Timestamp), []string{"1969-12-31 23:59:59.999999", "1970-01-01 00:00:00"}},
	{pgtype.Of(pgtype.Timestamptz), []string{"1969-12-31 23:59:59.999999Z", "1970-01-01 00:00:00Z"}},
	{pgtype.Of(pgtype.Bool), []string{"true", "false"}},
	{pgtype.Of(pgtype.Float8), []string{"-0", "0", "NaN", "1.5"}}, // passed on, but no key
}

// TestAnswersAsTheEngine runs random plans over random rows here and in DuckDB.
func TestAnswersAsTheEngine(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	engine, err := duckdb.Open(duckdb.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	compiled := 0
	for range 400 {
		g := &generator{random: random}
		root := g.plan()
		var output []plan.OutputColumn
		for _, c := range root.Columns() {
			output = append(output, plan.OutputColumn{ID: c.ID, Name: c.Name, Type: c.Type})
		}
		program := small.Compile(root, output)
		if program == nil {
			continue
		}
		compiled++
		var batches [][]arrow.RecordBatch
		for _, leaf := range program.Leaves() {
			batches = append(batches, g.batches[leaf])
		}
		got, ok, err := program.Run(batches)
		if !ok || err != nil {
			t.Fatalf("%s: %v %v", plan.Format(root), ok, err)
		}
		text, want := inEngine(t, engine, g, plan.Query{Root: root, Output: output})
		if g := rowsOf([]arrow.RecordBatch{got}); !slices.Equal(g, want) {
			t.Fatalf("%s\n%s\ngot  %q\nwant %q", plan.Format(root), text, g, want)
		}
		got.Release()
	}
	if compiled < 200 {
		t.Errorf("only %d plans were run", compiled)
	}
}

// inEngine asks DuckDB.
func inEngine(t *testing.T, engine *duckdb.Engine, g *generator, q plan.Query) (string, []string) {
	t.Helper()
	streams := map[string]duckdb.Stream{}
	o := sqlwriter.Options{Leaf: func(n plan.Node) (string, error) {
		name := fmt.Sprintf("r%d", len(streams))
		reader, err := array.NewRecordReader(g.schemas[n], g.batches[n])
		streams[name] = duckdb.Stream{Reader: reader}
		return duckdb.StreamFunction + "('" + name + "')", err
	}}
	text, err := sqlwriter.DuckDB(q.Root, o.ForQuery(q))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := engine.Query(t.Context(), text, streams)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Release()
	var all []string
	for rows.Next() {
		all = append(all, rowsOf([]arrow.RecordBatch{rows.RecordBatch()})...)
	}
	if rows.Err() != nil {
		t.Fatalf("%s: %v", text, rows.Err())
	}
	return text, all
}

func rowsOf(batches []arrow.RecordBatch) (all []string) {
	for _, b := range batches {
		for row := range int(b.NumRows()) {
			var cells []string
			for _, c := range b.Columns() {
				cells = append(cells, strings.Clone(c.ValueStr(row))) // its memory goes with the batch
			}
			all = append(all, strings.Join(cells, "|"))
		}
	}
	return all
}

// generator makes plans; every answer is in an order of all its columns, so that there is
// one answer only.
type generator struct {
	random  *rand.Rand
	next    plan.ColumnID
	batches map[plan.Node][]arrow.RecordBatch
	schemas map[plan.Node]*arrow.Schema
}

func (g *generator) plan() plan.Node {
	g.batches, g.schemas = map[plan.Node][]arrow.RecordBatch{}, map[plan.Node]*arrow.Schema{}
	root := g.leaf()
	for range g.random.IntN(4) {
		if j := g.join(root, g.leaf()); j != nil {
			root = j
		}
	}
	root = g.project(root)
	s := &plan.Sort{Input: root}
	columns := slices.Clone(root.Columns())
	g.random.Shuffle(len(columns), func(i, k int) { columns[i], columns[k] = columns[k], columns[i] })
	for _, c := range columns {
		s.Keys = append(s.Keys, plan.SortKey{Expr: &plan.ColumnRef{Column: c}, Descending: g.random.IntN(2) == 0, NullsFirst: g.random.IntN(2) == 0})
	}
	if g.random.IntN(2) == 0 {
		return s
	}
	return &plan.Limit{Input: s, Count: g.count(), Offset: g.count()}
}

func (g *generator) count() plan.Expr {
	switch n := g.random.IntN(8); n {
	case 0:
		return nil
	case 1:
		return &plan.Literal{Of: pgtype.Of(pgtype.Int8), Null: true}
	default:
		return &plan.Literal{Of: pgtype.Of(pgtype.Int8), Text: fmt.Sprint(n - 2)}
	}
}

// project passes some columns on, some under another ID; floats only if the engine shows
// them as we do, without an order of their own.
func (g *generator) project(in plan.Node) plan.Node {
	p := &plan.Project{Input: in}
	for _, c := range in.Columns() {
		switch {
		case c.Type.OID == pgtype.Float8:
		case g.random.IntN(3) > 0:
			p.Items = append(p.Items, plan.PassOn(c))
		case g.random.IntN(2) > 0:
			g.next++
			p.Items = append(p.Items, plan.Item{Column: plan.Column{ID: g.next, Type: c.Type}, Expr: &plan.ColumnRef{Column: c}})
		}
	}
	if p.Items == nil {
		return in
	}
	return p
}

func (g *generator) join(left, right plan.Node) plan.Node {
	j := &plan.Join{Kind: []plan.JoinKind{plan.InnerJoin, plan.LeftJoin, plan.SemiJoin, plan.AntiJoin}[g.random.IntN(4)], Left: left, Right: right}
	for _, l := range left.Columns() {
		for _, r := range right.Columns() {
			equal, err := pgtype.ResolveOperator("=", l.Type.OID, r.Type.OID)
			if err != nil || equal.LeftArg != l.Type.OID || equal.RightArg != r.Type.OID || len(j.On) == 2 {
				continue
			}
			args := []plan.Expr{&plan.ColumnRef{Column: l}, &plan.ColumnRef{Column: r}}
			if g.random.IntN(2) == 0 && l.Type.OID == r.Type.OID {
				slices.Reverse(args)
			}
			j.On = append(j.On, &plan.Call{Procedure: equal.Procedure, Operator: "=", Args: args, Of: pgtype.Of(pgtype.Bool)})
		}
	}
	if j.On == nil {
		return nil
	}
	return j
}

// leaf is a Remote with rows, in one batch or in several.
func (g *generator) leaf() plan.Node {
	v := &plan.Values{}
	var values [][]string
	var fields []arrow.Field
	for range 1 + g.random.IntN(4) {
		of := types[g.random.IntN(len(types))]
		g.next++
		v.Cols = append(v.Cols, plan.Column{ID: g.next, Name: "c", Type: of.of})
		values = append(values, of.values)
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("c%d", g.next), Type: pgtype.Arrow(of.of), Nullable: true})
	}
	n := &plan.Remote{Root: v}
	g.schemas[n] = arrow.NewSchema(fields, nil)
	for range g.random.IntN(3) {
		b := array.NewRecordBuilder(memory.DefaultAllocator, g.schemas[n])
		for range g.random.IntN(6) {
			for i, from := range values {
				if at := g.random.IntN(len(from) + 1); at == len(from) {
					b.Field(i).AppendNull()
				} else if err := b.Field(i).AppendValueFromString(from[at]); err != nil {
					panic(err)
				}
			}
		}
		g.batches[n] = append(g.batches[n], b.NewRecordBatch())
	}
	return n
}

// TestLeavesLargeAnswersToTheEngine: one long text beside many rows is many bytes.
func TestLeavesLargeAnswersToTheEngine(t *testing.T) {
	t.Parallel()
	one, other := plan.Column{ID: 1, Type: pgtype.Of(pgtype.Int4)}, plan.Column{ID: 2, Type: pgtype.Of(pgtype.Int4)}
	long := plan.Column{ID: 3, Type: pgtype.Of(pgtype.Text)}
	left, right := &plan.Remote{Root: &plan.Values{Cols: []plan.Column{one}}}, &plan.Remote{Root: &plan.Values{Cols: []plan.Column{other, long}}}
	equal, err := pgtype.ResolveOperator("=", pgtype.Int4, pgtype.Int4)
	if err != nil {
		t.Fatal(err)
	}
	join := &plan.Join{Left: left, Right: right, On: []plan.Expr{&plan.Call{
		Procedure: equal.Procedure, Operator: "=", Args: []plan.Expr{&plan.ColumnRef{Column: one}, &plan.ColumnRef{Column: other}}, Of: pgtype.Of(pgtype.Bool),
	}}}
	program := small.Compile(join, []plan.OutputColumn{{ID: 1, Type: one.Type}, {ID: 3, Type: long.Type}})
	rows := func(columns []plan.Column, count int, text string) []arrow.RecordBatch {
		var fields []arrow.Field
		for _, c := range columns {
			fields = append(fields, arrow.Field{Name: "c", Type: pgtype.Arrow(c.Type), Nullable: true})
		}
		b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, nil))
		for range count {
			b.Field(0).(*array.Int32Builder).Append(7)
			if len(columns) > 1 {
				b.Field(1).(*array.StringBuilder).Append(text)
			}
		}
		return []arrow.RecordBatch{b.NewRecordBatch()}
	}
	for _, c := range []struct {
		left, right, length int
		want                bool
	}{{1000, 1, 100, true}, {1000, 1, 100_000, false}, {200, 200, 1, false}} {
		text := strings.Repeat("x", c.length)
		_, ok, err := program.Run([][]arrow.RecordBatch{rows(left.Columns(), c.left, ""), rows(right.Columns(), c.right, text)})
		if ok != c.want || err != nil {
			t.Errorf("%d rows beside %d with %d bytes: %v, %v", c.left, c.right, c.length, ok, err)
		}
	}
}
