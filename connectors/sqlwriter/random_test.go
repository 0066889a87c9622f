package sqlwriter_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
)

// TestRandomExpressions asks for expressions made at random, types first, of everything the
// function table has. SEED repeats a run, RANDOM_SECONDS lengthens it. What still differs
// is about one expression in several thousand, so a seed drawn by chance may meet one:
// differences are shown, and fail the test where they are more than one in 500, or with
// RANDOM_STRICT where there is one.
func TestRandomExpressions(t *testing.T) {
	t.Parallel()
	o := samplesOracle(t)
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = s
	}
	seconds := 10
	if s, err := strconv.Atoi(os.Getenv("RANDOM_SECONDS")); err == nil {
		seconds = s
	}
	t.Logf("seed %d", seed)
	g := newExpressions(seed)
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	asked, refused, wrong := 0, 0, 0
	for time.Now().Before(end) && wrong < 20 {
		e := g.expression(g.types[g.r.IntN(len(g.types))], 3)
		sql := fmt.Sprintf("SELECT %s FROM samples WHERE id = %d", e, 1+g.r.IntN(8))
		want := o.postgres(t.Context(), sql)
		if want.err != nil && (code(want.err) == "42725" || code(want.err) == "42883" || code(want.err) == "57014" || code(want.err) == "54000") {
			continue // the text is ambiguous, or too much
		}
		asked++
		for _, pushed := range []bool{false, true} {
			got, text := o.ask(t, pushed, sql)
			switch {
			case got.text(false) == want.text(false), got.err != nil && want.err != nil && code(got.err) != "XX000":
				// of two errors in one expression either may come first
			case got.err != nil && (code(got.err) == "0A000" || code(got.err) == "22003" && strings.Contains(got.err.Error(), "numeric")):
				refused++
			default:
				wrong++
				t.Logf("%s\n got  %.300s (%v)\n want %.300s (%v)\n sql  %.600s", sql, oneLine(got.text(false)), got.err, oneLine(want.text(false)), want.err, text)
			}
		}
	}
	if wrong*500 > asked || wrong > 0 && os.Getenv("RANDOM_STRICT") != "" {
		t.Errorf("%d of %d random expressions differ", wrong, asked)
	}
	fmt.Printf("random: %d expressions, %d refused, %d differ (seed %d)\n", asked, refused, wrong, seed)
}

// expressions makes expressions of a type.
type expressions struct {
	r     *rand.Rand
	types []pgtype.OID
	calls map[pgtype.OID][]expressionForm
}

// expressionForm is a way to make a value of a type: a function or an operator over others.
type expressionForm struct {
	text string // of an operator, or a function's name
	args []pgtype.OID
}

// unsteady are functions whose answer may differ from one machine or moment to another,
// or whose cost grows with a value.
var unsteady = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range strings.Fields(`sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh cot cbrt exp ln log log10 power pow ^ ||/ |/ sqrt
		repeat lpad rpad factorial to_timestamp now clock_timestamp set_config format pg_size_pretty regexp_matches similar_to_escape like_escape
		to_number normalize is_normalized convert_from convert_to current_setting set_byte set_bit`) {
		all[name] = true
	}
	return all
}()

func newExpressions(seed uint64) *expressions {
	g := &expressions{r: rand.New(rand.NewPCG(seed, 1)), calls: map[pgtype.OID][]expressionForm{}}
	known := map[pgtype.OID]bool{}
	for _, name := range strings.Fields("bool int2 int4 int8 numeric float4 float8 text date time timestamp timestamptz interval bytea uuid jsonb") {
		oid, _ := pgtype.TypeByName("", name)
		g.types = append(g.types, oid.OID)
		known[oid.OID] = true
	}
	add := func(text, signature string, p *pgtype.Procedure) {
		if _, ok := functions.Find(signature); !ok || unsteady[text] || len(p.ArgTypes) == 0 || p.ReturnsSet || p.Kind == pgtype.AggregateKind || p.Kind == pgtype.WindowKind || !known[p.Result] {
			return
		}
		for _, a := range p.ArgTypes {
			if !known[a] {
				return
			}
		}
		g.calls[p.Result] = append(g.calls[p.Result], expressionForm{text, p.ArgTypes})
	}
	for p := range pgtype.Procedures() {
		if p.Schema == "pg_catalog" && p.Name != "extract" && p.Name != "position" && p.Name != "overlaps" && !strings.HasPrefix(p.Name, "pg_") && !strings.HasPrefix(p.Name, "has_") {
			add(p.Name, functions.OfProcedure(p, ""), p)
		}
	}
	for op := range pgtype.Operators() {
		if op.Procedure != nil {
			add(op.Name, functions.OfProcedure(op.Procedure, op.Name), op.Procedure)
		}
	}
	return g
}

func (g *expressions) expression(t pgtype.OID, depth int) string {
	forms := g.calls[t]
	if depth == 0 || len(forms) == 0 || g.r.IntN(5) == 0 {
		return g.leaf(t)
	}
	if g.r.IntN(6) == 0 {
		return g.conditional(t, depth)
	}
	f := forms[g.r.IntN(len(forms))]
	args := make([]string, len(f.args))
	for i, a := range f.args {
		args[i] = g.expression(a, depth-1)
	}
	switch {
	case f.text[0] >= 'a' && f.text[0] <= 'z':
		return f.text + "(" + strings.Join(args, ", ") + ")"
	case len(args) == 1:
		return "(" + f.text + " " + args[0] + ")"
	}
	return "(" + args[0] + " " + f.text + " " + args[1] + ")"
}

func (g *expressions) conditional(t pgtype.OID, depth int) string {
	a, b := g.expression(t, depth-1), g.expression(t, depth-1)
	switch g.r.IntN(4) {
	case 0:
		return "coalesce(" + a + ", " + b + ")"
	case 1:
		return "nullif(" + a + ", " + b + ")"
	case 2:
		return "greatest(" + a + ", " + b + ")"
	}
	return "CASE WHEN " + g.expression(pgtype.Bool, depth-1) + " THEN " + a + " ELSE " + b + " END"
}

func (g *expressions) leaf(t pgtype.OID) string {
	return functions.TypeName(t) + "_" // a constant's error would come at once, in branches not taken too
}
