package pgtype_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// pieces are what random literals of a type are made of.
var pieces = map[string][]string{
	"numeric":       strings.Fields("0 1 5 9 49 50 999 12345678901234567890 . . - + e E-3 e5 e20 NaN"),
	"numeric(6,2)":  strings.Fields("0 1 5 9 49 50 995 9999 . . - e-3 e2"),
	"numeric(3,-2)": strings.Fields("0 1 5 9 49 50 99950 . - e2"),
	"float8":        strings.Fields("0 1 5 9 49 123456789 . . - + e E-3 e5 e300 inf"),
	"float4":        strings.Fields("0 1 5 9 49 123456789 . . - + e E-3 e5 e30 inf"),
	"int4":          {"0", "1", "9", "21474836", "47", "48", "-", "+", " ", "x"},
	"text[]":        {"{", "}", ",", "a", " ", `"`, `\`, "NULL", "{a,b}", "[1:2]=", "1"},
	"int4[]":        {"{", "}", ",", "1", " ", "23", "NULL", "{1,2}", "[0:1]=", "-"},
	"jsonb":         {"{", "}", "[", "]", ":", ",", `"a"`, `"bb"`, "1", "1.50", "true", "null", " ", `"\u00e9\n"`, "1e3"},
	"bytea":         {`\x`, "0", "a", "f", " ", `\`, `\\`, "101", "z"},
	"uuid":          {"a0ee", "bc99", "-", "{", "}", "9c0b4ef8", "bb6d6bb9bd380a11", "0"},
	"bit varying":   {"0", "1", "b", "x", "F", "2"},
	"bool":          {"t", "r", "ue", "f", "alse", "o", "n", "ff", "y", "es", "0", "1", " "},
	"varchar(4)":    {"a", "ä", "€", " ", "xyz"},
	"char(4)":       {"a", "ä", "€", " ", "xyz"},
}

// TestRandomLiteralsAsPostgres joins random pieces, some to values, most to nonsense.
func TestRandomLiteralsAsPostgres(t *testing.T) {
	t.Parallel()
	const seed = 21
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, seed))
	o := newOracle(t)
	var sql, ours []string
	for _, name := range []string{
		"numeric", "numeric(6,2)", "numeric(3,-2)", "float8", "float4", "int4", "text[]", "int4[]", "jsonb", "bytea", "uuid", "bit varying", "bool", "varchar(4)", "char(4)",
	} {
		typ, err := pgtype.ParseTypeName(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 1200 {
			text := ""
			for range 1 + random.IntN(9) {
				text += pieces[name][random.IntN(len(pieces[name]))]
			}
			value, err := pgtype.Canonical(typ, text, pgtype.Settings{})
			var e *sqlstate.Error
			if errors.As(err, &e) {
				value = string(e.Code) + " " + e.Message
			}
			sql = append(sql, "'"+strings.ReplaceAll(text, "'", "''")+"'::"+name)
			ours = append(ours, value)
		}
	}
	equal, values := 0, 0
	for i, theirs := range o.output(t, sql) {
		if ours[i] != theirs {
			if i-equal < 60 {
				t.Errorf("%s\n got %q\nwant %q", sql[i], ours[i], theirs)
			}
			continue
		}
		equal++
		if !strings.HasPrefix(theirs, "22") {
			values++
		}
	}
	t.Logf("%d of %d equal (%d values)", equal, len(sql), values)
}

// FuzzCanonical looks for panics; values are compared with PostgreSQL above.
func FuzzCanonical(f *testing.F) {
	types := []string{"numeric(6,2)", "numeric(3,-2)", "float8", "int8", "text[]", "jsonb", "json", "bytea", "uuid", "varbit", "timestamptz(2)", "interval(3)", "time", "inet", "char(3)", "int2vector"}
	for i := range types {
		f.Add(uint8(i), "{1,2}")
		f.Add(uint8(i), "2024-01-05 04:05:06.7+02 BC")
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		typ, err := pgtype.ParseTypeName(types[int(which)%len(types)])
		if err != nil {
			t.Fatal(err)
		}
		value, err := pgtype.Canonical(typ, text, pgtype.Settings{})
		if err != nil {
			return
		}
		again, err := pgtype.Canonical(typ, value, pgtype.Settings{})
		if err != nil || again != value {
			t.Errorf("%s %q gives %q, which gives %q, %v", types[int(which)%len(types)], text, value, again, err)
		}
	})
}
