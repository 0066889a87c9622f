package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
	table "github.com/sluicemesh/sluice/planner/functions"
)

var randomExpressions = flag.Int("random-expressions", 600, "how many expressions TestRandomExpressions asks")

// TestRandomExpressions asks for expressions made at random, types first, of everything the
// function table has, over the samples of each store, with all rules and with none. No
// answer may differ; of two errors either may come first.
func TestRandomExpressions(t *testing.T) {
	m := newSamplesMesh(t, testservers.Postgres(t))
	ways := m.newWays(t, m.mesh.serve())
	random := rand.New(rand.NewPCG(seed.For(t), 1))
	var asked, refused, wrong int
	makers := map[string]*expressions{}
	for _, s := range m.stores {
		makers[s.name] = newExpressions(random, s)
	}
	for asked < *randomExpressions && wrong < 20 {
		s := m.stores[random.IntN(len(m.stores))]
		g := makers[s.name]
		id := 1 + random.IntN(8)
		var list []string
		for range randomBatch {
			list = append(list, g.expression(g.types[random.IntN(len(g.types))], 3))
		}
		var known []string // those that PostgreSQL can be asked
		var want []reply
		for i, r := range ways[2].together(t, true, s, list, id) {
			if r.err == nil || !unaskable[r.err.Code] {
				known, want = append(known, list[i]), append(want, r)
			}
		}
		asked += len(known)
		for _, w := range ways {
			if w.store != s || strings.Contains(w.name, "settings") {
				continue
			}
			for i, got := range w.together(t, false, s, known, id) {
				switch {
				case got.String() == want[i].String(), got.err != nil && want[i].err != nil && !strings.HasPrefix(got.err.Code, "XX"):
				case got.err != nil && got.err.Code == "0A000":
					refused++
				default:
					wrong++
					t.Errorf("%s: SELECT %s FROM samples WHERE id = %d\n got  %.300s (%v)\n want %.300s (%v)", w.name, known[i], id, got, got.err, want[i], want[i].err)
				}
			}
		}
	}
	fmt.Printf("random: %d expressions, %d refused, %d differ\n", asked, refused, wrong)
}

// randomBatch is how many expressions are asked in one statement.
const randomBatch = 8

// unaskable: the text is ambiguous, or too much for a moment.
var unaskable = map[string]bool{"42725": true, "42883": true, "57014": true, "54000": true, "42P18": true, "42804": true}

// together asks for expressions over one row of the samples: all in one statement, and by
// halves where that fails.
func (w *way) together(t *testing.T, oracle bool, s *store, list []string, id int) []reply {
	if len(list) == 0 {
		return nil
	}
	conn := w.gateway
	if oracle {
		conn = w.oracle
	}
	columns, rows, err := request(t.Context(), conn, fmt.Sprintf("SELECT %s FROM %s.samples WHERE id = %d", strings.Join(list, ", "), s.name, id), format(false))
	if err != nil && len(list) > 1 {
		half := len(list) / 2
		return append(w.together(t, oracle, s, list[:half], id), w.together(t, oracle, s, list[half:], id)...)
	}
	replies := make([]reply, len(list))
	for i := range list {
		replies[i].err = err
		if err == nil && len(rows) != 1 {
			replies[i].err = &pgconn.PgError{Code: "XX000", Message: fmt.Sprint(len(rows), " rows")}
		}
		if replies[i].err == nil {
			replies[i].of, replies[i].rows = columns[i], cellOf(rows[0][i], false)
		}
	}
	return replies
}

// expressions makes expressions of a type over the samples of a store.
type expressions struct {
	r      *rand.Rand
	types  []pgtype.OID
	leaves map[pgtype.OID][]string // columns, and what stands for columns of types that no source has
	calls  map[pgtype.OID][]expressionForm
}

// madeOf are leaves of types that not every source has, of columns that it has.
var madeOf = []struct{ name, of, text string }{
	{"bit", "int4", "int4_::bit(12)"}, {"bit", "int2", "int2_::int4::bit(12)"}, {"varbit", "int4", "substring(int4_::bit(12), 3)::varbit"},
	{"timetz", "time", "(time_::text || '+02')::timetz"}, {"timetz", "time", "(time_::text || '-05:30')::timetz"},
	{"int4range", "int4", "int4range(least(int4_, int2_), greatest(int4_, int2_))"}, {"int4range", "int4", "int4range(int2_, NULL, '(]')"},
	{"int8range", "int8", "int8range(NULL, int8_)"}, {"numrange", "numeric", "numrange(least(numeric_, money_), greatest(numeric_, money_), '[]')"},
	{"daterange", "date", "daterange(date_, date_ + 30)"}, {"tsrange", "timestamp", "tsrange(timestamp_, timestamp_ + '1 day'::interval, '[]')"},
	{"tstzrange", "timestamptz", "tstzrange(timestamptz_, NULL)"},
	{"int4multirange", "int4", "int4multirange(int4range(int4_, int4_ + 3), int4range(int2_, int2_ + 1))"}, {"datemultirange", "date", "datemultirange(daterange(date_, NULL))"},
	{"_int4", "int4", "ARRAY[int4_, int2_]"}, {"_int4", "int4", "ARRAY[[int4_, 1], [int2_, NULL]]"}, {"_int4", "int4", "'[0:1]={1,2}'::int[]"},
	{"_text", "text", "ARRAY[text_, 'x']"}, {"_text", "text", "ARRAY[[text_], ['y']]"}, {"_numeric", "numeric", "ARRAY[numeric_, 1.50]"},
	{"record", "int4", "ROW(int4_, text_)"},
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
		to_number normalize is_normalized convert_from convert_to current_setting set_byte set_bit random gen_random_uuid setseed timeofday`) {
		all[name] = true
	}
	return all
}()

func newExpressions(r *rand.Rand, s *store) *expressions {
	g := &expressions{r: r, leaves: map[pgtype.OID][]string{}, calls: map[pgtype.OID][]expressionForm{}}
	for _, name := range strings.Fields("bool int2 int4 int8 numeric float4 float8 text date time timestamp timestamptz interval bytea uuid jsonb") {
		if _, has := s.types[name]; has {
			info, _ := pgtype.TypeByName("", name)
			g.types = append(g.types, info.OID)
			g.leaves[info.OID] = []string{name + "_"}
		}
	}
	for _, m := range madeOf {
		if _, has := s.types[m.of]; has {
			info, _ := pgtype.TypeByName("", m.name)
			if g.leaves[info.OID] == nil {
				g.types = append(g.types, info.OID)
			}
			g.leaves[info.OID] = append(g.leaves[info.OID], m.text)
		}
	}
	add := func(text, signature string, p *pgtype.Procedure) {
		if _, ok := table.Find(signature); !ok || unsteady[text] || len(p.ArgTypes) == 0 || p.Variadic != 0 || p.ReturnsSet || p.Kind == pgtype.AggregateKind || p.Kind == pgtype.WindowKind {
			return
		}
		for _, known := range polymorphs {
			result, args := known.of(p.Result), make([]pgtype.OID, len(p.ArgTypes))
			fits := g.leaves[result] != nil
			for i, a := range p.ArgTypes {
				args[i] = known.of(a)
				fits = fits && g.leaves[args[i]] != nil
			}
			if fits {
				g.calls[result] = append(g.calls[result], expressionForm{text, args})
			}
			if !slices.ContainsFunc(p.ArgTypes, polymorphs[0].has) {
				return
			}
		}
	}
	for p := range pgtype.Procedures() {
		if p.Schema == "pg_catalog" && p.Name != "extract" && p.Name != "position" && p.Name != "overlaps" && !strings.HasPrefix(p.Name, "pg_") && !strings.HasPrefix(p.Name, "has_") {
			add(p.Name, table.OfProcedure(p, ""), p)
		}
	}
	for op := range pgtype.Operators() {
		if op.Procedure != nil {
			add(op.Name, table.OfProcedure(op.Procedure, op.Name), op.Procedure)
		}
	}
	return g
}

// polymorph says what polymorphic types stand for.
type polymorph map[string]string

// polymorphs are those that functions are asked with.
var polymorphs = []polymorph{
	{"anyrange": "int4range", "anyelement": "int4", "anymultirange": "int4multirange"},
	{"anyrange": "numrange", "anyelement": "numeric"}, {"anyrange": "daterange", "anyelement": "date", "anymultirange": "datemultirange"},
	{"anyrange": "tsrange", "anyelement": "timestamp"}, {"anyrange": "int8range", "anyelement": "int8"}, {"anyrange": "tstzrange", "anyelement": "timestamptz"},
	{"anyarray": "_int4", "anycompatiblearray": "_int4", "anycompatible": "int4", "anyelement": "int4"},
	{"anyarray": "_text", "anycompatiblearray": "_text", "anycompatible": "text", "anyelement": "text"},
	{"anyarray": "_numeric", "anycompatiblearray": "_numeric", "anycompatible": "numeric", "anyelement": "numeric"},
}

// of gives the type that another stands for; what is not polymorphic itself.
func (m polymorph) of(oid pgtype.OID) pgtype.OID {
	info, _ := pgtype.TypeByOID(oid)
	if name, ok := m[info.Name]; ok {
		info, _ = pgtype.TypeByName("", name)
		return info.OID
	}
	return oid
}

// has tells the polymorphic types.
func (polymorph) has(oid pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(oid)
	return ok && info.Kind == 'p' && strings.HasPrefix(info.Name, "any")
}

func (g *expressions) expression(t pgtype.OID, depth int) string {
	forms := g.calls[t]
	if depth == 0 || len(forms) == 0 || g.r.IntN(5) == 0 {
		return g.leaves[t][g.r.IntN(len(g.leaves[t]))] // a constant's error would come at once, in branches not taken too
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
