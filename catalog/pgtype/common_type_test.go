package pgtype_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// TestCommonTypesAsPostgres compares the common type of every pair and of random triples
// of types in several constructs.
func TestCommonTypesAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	var list []comparison
	add := func(construct, sql string, types ...pgtype.OID) {
		texts := make([]any, len(types))
		for i, a := range types {
			texts[i] = o.text[a]
		}
		for _, text := range texts {
			sql = strings.Replace(sql, "?", text.(string), 1)
		}
		c := comparison{sql: sql, typeOnly: true}
		c.ours.Result, c.err = pgtype.CommonType(construct, types)
		list = append(list, c)
	}
	var all []pgtype.OID
	for _, name := range commonTypes {
		all = append(all, o.types[name])
	}
	for _, a := range all {
		for _, b := range all {
			add("CASE", "CASE WHEN random() > 1 THEN ? ELSE ? END", b, a)
			list[len(list)-1].ours.Result, list[len(list)-1].err = pgtype.CommonType("CASE", []pgtype.OID{a, b})
			add("COALESCE", "COALESCE(?, ?)", a, b)
			add("UNION", "(SELECT ? UNION ALL SELECT ?)", a, b)
			add("VALUES", "(VALUES (?), (?))", a, b)
		}
	}
	random := rand.New(rand.NewPCG(3, 3))
	for range 3000 {
		pick := func() pgtype.OID { return all[random.IntN(len(all))] }
		add("COALESCE", "COALESCE(?, ?, ?)", pick(), pick(), pick())
	}
	compare(t, o, list)
}

// TestCastsAsPostgres compares which casts exist, and how they are done, for all pairs.
func TestCastsAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	var list []comparison
	for _, name := range commonTypes {
		to := o.types[name]
		switch {
		case to == pgtype.Unknown || to == pgtype.Record: // nothing is cast to them
			continue
		case name == "bit" || pgtype.BaseType(pgtype.Of(to)).OID != to: // the tree ends in the length or domain check
			continue
		}
		for _, from := range o.types {
			if from == pgtype.Unknown {
				continue
			}
			c := comparison{sql: "CAST(" + o.text[from] + " AS " + name + ")", castForm: true, codeOnly: true}
			cast, ok := pgtype.FindCast(from, to, pgtype.Explicit)
			if !ok {
				c.err = cannotCast
			}
			c.ours.Result = to
			if from != to {
				c.form = castForms[cast.Method]
			}
			if cast.Method == pgtype.ByFunction {
				c.ours.OID = cast.Func.OID
			}
			list = append(list, c)
		}
	}
	compare(t, o, list)
}
