package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestContractAgainstSource reads columns whose type at the source is not the contract's.
func TestContractAgainstSource(t *testing.T) {
	s, server := open(t, nil)
	server.Exec(t, `CREATE TYPE public.mood AS ENUM ('sad', 'ok')`, `CREATE DOMAIN public.cents AS integer`,
		`CREATE TABLE public.odd (small int2, whole int4, price numeric, short varchar(3), long text, fixed char(3), feeling public.mood,
			amount public.cents, single real, matrix int[], shifted int[], late timestamp, at timestamp, nan numeric(10,2))`,
		`INSERT INTO public.odd VALUES (7, 8, 1.5, 'abc', 'longer', 'ab', 'sad', 42, 0.5, '{{1,2}}', '[0:1]={1,2}', '294250-01-01', '2024-01-01 12:00:00.123456', 'NaN')`)
	t.Cleanup(func() { server.Exec(t, "DROP TABLE public.odd", "DROP DOMAIN public.cents", "DROP TYPE public.mood") })
	tests := []struct{ column, of, want string }{
		{"small", "bigint", "7"},
		{"small", "numeric(10,2)", "7.00"},
		{"whole", "numeric", "8"},
		{"whole", "text", "8"},
		{"price", "numeric(10,2)", "1.50"},
		{"price", "numeric", "1.5"},
		{"short", "text", "abc"},
		{"short", "character varying(10)", "abc"},
		{"short", "character(5)", "abc  "},
		{"fixed", "text", "ab"},
		{"fixed", "character(5)", "ab   "},
		{"fixed", "character(2)", "ab"},
		{"feeling", "text", "sad"},
		{"amount", "integer", "42"},
		{"single", "double precision", "0.5"},
		{"at", "timestamp(3)", "2024-01-01 12:00:00.123"},
		{"long", "character varying(3)", "!22001"},
		{"long", "character(3)", "!22001"},
		{"matrix", "integer[]", "!0A000"},
		{"shifted", "integer[]", "!0A000"},
		{"late", "timestamp", "!22008"},
		{"nan", "numeric", "NaN"},
		{"nan", "numeric(10,2)", "!0A000"},
		{"long", "integer", "!58000"}, // the cast would quote the value
		{"long", "date", "!58000"},
		{"feeling", "uuid", "!58000"},
		{"missing", "text", "!58000"},
	}
	for _, test := range tests {
		t.Run(test.column+" as "+test.of, func(t *testing.T) {
			of, err := pgtype.ParseTypeName(test.of)
			if err != nil {
				t.Fatal(err)
			}
			table := &catalog.Table{Physical: catalog.Physical{Schema: "public", Name: "odd"}, Columns: []*catalog.Column{{Name: "v", Physical: test.column, Type: of}}}
			root := &plan.Scan{Table: table, Ordinals: []int{0}, Cols: []plan.Column{{ID: 1, Name: "v", Type: of}}}
			r, err := s.Read(context.Background(), &plan.Remote{Root: root})
			if err == nil && test.want[0] != '!' {
				conntest.Compare(t, conntest.Rows(t, r, root.Cols), [][]string{{test.want}})
				return
			}
			if err == nil {
				for r.Next() {
				}
				err = r.Err()
				r.Release()
			}
			var e *sqlstate.Error
			if !errors.As(err, &e) || "!"+string(e.Code) != test.want {
				t.Fatalf("got %v, want %s", err, test.want)
			}
			if strings.Contains(e.Error()+e.Detail, "longer ") && !strings.Contains(e.Message, "text longer than") {
				t.Errorf("the error tells a value: %v", err)
			}
		})
	}
}

// TestColumnsOfTheContractsType: a text of the declared length is asked for as it is, once
// that was seen; a cast would have the server copy every row.
func TestColumnsOfTheContractsType(t *testing.T) {
	s, server := open(t, nil)
	server.Exec(t, "CREATE TABLE public.same (flag char(1), word varchar(8))", "INSERT INTO public.same VALUES ('a', 'b')")
	t.Cleanup(func() { server.Exec(t, "DROP TABLE public.same") })
	for _, test := range []struct{ column, of, want string }{
		{"flag", "character(1)", `SELECT t1."flag" AS c1 FROM "public"."same" AS t1`},
		{"flag", "character(2)", `SELECT CAST(t1."flag" AS bpchar) AS c1 FROM "public"."same" AS t1`},
		{"flag", "character varying(1)", `SELECT CAST(t1."flag" AS character varying) AS c1 FROM "public"."same" AS t1`},
		{"word", "character varying(8)", `SELECT t1."word" AS c1 FROM "public"."same" AS t1`},
		{"word", "text", `SELECT CAST(t1."word" AS text) AS c1 FROM "public"."same" AS t1`},
	} {
		of, err := pgtype.ParseTypeName(test.of)
		if err != nil {
			t.Fatal(err)
		}
		table := &catalog.Table{Physical: catalog.Physical{Schema: "public", Name: "same"}, Columns: []*catalog.Column{{Name: "v", Physical: test.column, Type: of}}}
		remote := &plan.Remote{Root: &plan.Scan{Table: table, Ordinals: []int{0}, Cols: []plan.Column{{ID: 1, Name: "v", Type: of}}}}
		r, err := s.Read(context.Background(), remote)
		if err != nil {
			t.Fatal(err)
		}
		conntest.Rows(t, r, remote.Columns())
		if text, err := s.Text(remote); err != nil || text != test.want {
			t.Errorf("%s as %s: asked %s (%v), want %s", test.column, test.of, text, err, test.want)
		}
	}
}
