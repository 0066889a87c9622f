package pgtype_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// anyType is the pseudo-type "any".
const anyType pgtype.OID = 2276

// TestFunctionsAsPostgres compares calls of every function, aggregate and window function:
// with each single common type, with its declared types, and with those changed at random.
func TestFunctionsAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	const seed = 7
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, seed))
	types := make([]pgtype.OID, 0, len(commonTypes))
	for _, name := range commonTypes {
		types = append(types, o.types[name])
	}
	var list []comparison
	add := func(p *pgtype.Procedure, args []pgtype.OID) {
		c := functionComparison(o, p, args)
		if chosen, ok := pgtype.ProcedureByOID(c.ours.OID); !ok || !chosen.Newer { // the oracle may be a 15
			list = append(list, c)
		}
	}
	for _, p := range sortedProcedures() {
		if len(p.ArgTypes) == 1 {
			for _, a := range types {
				add(p, []pgtype.OID{a})
			}
			continue
		}
		if len(p.ArgTypes) > 6 {
			continue
		}
		for range 12 {
			add(p, changedArguments(random, p, types))
		}
	}
	compare(t, o, list)
}

func sortedProcedures() []*pgtype.Procedure {
	var list []*pgtype.Procedure
	for p := range pgtype.Procedures() {
		if p.Schema == "pg_catalog" && !p.Newer { // the oracle may be a 15
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b *pgtype.Procedure) int { return int(a.OID) - int(b.OID) })
	return list
}

// changedArguments takes the declared types and changes some, and sometimes their number.
func changedArguments(random *rand.Rand, p *pgtype.Procedure, types []pgtype.OID) []pgtype.OID {
	var args []pgtype.OID
	n := len(p.ArgTypes)
	if random.IntN(6) == 0 {
		n += random.IntN(3) - 1
	}
	for i := range max(n, 0) {
		any := types[random.IntN(len(types))]
		if i < len(p.ArgTypes) && random.IntN(5) < 3 && slices.Contains(types, p.ArgTypes[i]) {
			any = p.ArgTypes[i]
		} else if random.IntN(4) == 0 {
			any = pgtype.Unknown
		}
		args = append(args, any)
	}
	return args
}

func functionComparison(o *oracle, p *pgtype.Procedure, args []pgtype.OID) comparison {
	c := comparison{sql: callText(o, p, args)}
	r, err := pgtype.ResolveFunction(pgtype.Call{Schema: "pg_catalog", Name: p.Name, Args: args})
	if err != nil {
		c.err = err
		return c
	}
	c.ours.Result = r.Result
	if r.Procedure == nil {
		c.ours.OID, c.castOnly = 0, true
		return c
	}
	c.ours.OID, c.ours.Args = r.Procedure.OID, r.Args
	if i := slices.Index(r.From, -1); i >= 0 {
		c.ours.Args = r.Args[:i] // the planner adds defaults, not the parser
	}
	if r.VariadicFrom >= 0 {
		array, _ := pgtype.ArrayOf(r.Args[r.VariadicFrom])
		c.ours.Args = append(slices.Clone(r.Args[:r.VariadicFrom]), array)
	}
	return c
}

func callText(o *oracle, p *pgtype.Procedure, args []pgtype.OID) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = o.text[a]
	}
	call := `pg_catalog."` + p.Name + `"(` + strings.Join(texts, ", ") + ")"
	if p.Kind == pgtype.WindowKind {
		return call + " OVER ()"
	}
	return call
}

// TestCallsAsPostgres compares the ways to call beyond plain arguments.
func TestCallsAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	var list []comparison
	add := func(sql string, call pgtype.Call) {
		c := comparison{sql: sql}
		r, err := pgtype.ResolveFunction(call)
		c.err = err
		if err == nil {
			c.ours = choice{OID: r.Procedure.OID, Result: r.Result, Args: r.Args}
			if slices.Contains(r.From, -1) || call.Ordered {
				c.skipArgs = true
			}
		}
		list = append(list, c)
	}
	for _, a := range o.types {
		for _, b := range o.types {
			ab := []pgtype.OID{a, b}
			for _, name := range []string{"percentile_disc", "percentile_cont", "rank", "mode", "sum"} {
				add(name+"("+o.text[a]+") WITHIN GROUP (ORDER BY "+o.text[b]+")",
					pgtype.Call{Name: name, Args: ab, WithinGroup: true, Sorted: 1})
			}
			for _, name := range []string{"concat_ws", "format", "num_nulls", "jsonb_extract_path_text", "jsonb_build_object"} {
				add(name+"("+o.text[a]+", VARIADIC "+o.text[b]+")", pgtype.Call{Name: name, Args: ab, Variadic: true})
			}
			add("make_interval("+o.text[a]+", hours => "+o.text[b]+")",
				pgtype.Call{Name: "make_interval", Args: ab, ArgNames: []string{"", "hours"}})
			add("jsonb_set("+o.text[a]+", replacement => "+o.text[b]+", path => NULL)",
				pgtype.Call{Name: "jsonb_set", Args: append(ab, pgtype.Unknown), ArgNames: []string{"", "replacement", "path"}})
		}
		add("count("+o.text[a]+" ORDER BY 1)", pgtype.Call{Name: "count", Args: []pgtype.OID{a}, Ordered: true})
		add("mode() WITHIN GROUP (ORDER BY "+o.text[a]+")",
			pgtype.Call{Name: "mode", Args: []pgtype.OID{a}, WithinGroup: true, Sorted: 1})
	}
	compare(t, o, list)
}
