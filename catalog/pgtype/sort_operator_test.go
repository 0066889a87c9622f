package pgtype_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// TestSortOperatorsAsPostgres compares which operators DISTINCT and ORDER BY take: the
// trees of the sort clauses name them.
func TestSortOperatorsAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	equal := 0
	for _, name := range commonTypes {
		of := o.types[name]
		if of == pgtype.Unknown {
			continue
		}
		less, _, sorts := pgtype.OrderingOperators(of)
		equality, groups := pgtype.EqualityOperator(of)
		ctx := context.Background()
		_, err := o.conn.Exec(ctx, fmt.Sprintf("CREATE TEMP VIEW v AS SELECT 1 AS one FROM t ORDER BY %s", o.text[of]))
		if (err == nil) != sorts {
			t.Errorf("%s: sorts %v, want %v", name, sorts, err)
			continue
		}
		if err != nil {
			if _, err := o.conn.Exec(ctx, fmt.Sprintf("SELECT 1 FROM t GROUP BY %s", o.text[of])); (err == nil) != groups {
				t.Errorf("%s: groups %v, want %v", name, groups, err)
			}
			continue
		}
		var tree string
		if err := o.conn.QueryRow(ctx, "SELECT ev_action::text FROM pg_rewrite WHERE ev_class = 'v'::regclass").Scan(&tree); err != nil {
			t.Fatal(err)
		}
		o.exec(t, "DROP VIEW v")
		clause := parseNodes(tree)[0].([]any)[0].(*node).list(":sortClause")[0].(*node)
		if less.OID != clause.oid(":sortop") || equality.OID != clause.oid(":eqop") {
			t.Errorf("%s: got < %d = %d, want %d %d", name, less.OID, equality.OID, clause.oid(":sortop"), clause.oid(":eqop"))
			continue
		}
		equal++
	}
	t.Logf("%d of %d sort alike", equal, len(commonTypes))
}

// TestTypeNamesAsPostgres compares reading and printing of types with modifiers.
func TestTypeNamesAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	names := []string{
		"int", "integer", "int2", "smallint", "bigint", "int8", "real", "float4", "float8", "float", "float(1)", "float(24)", "float(25)", "float(53)", "float(54)", "float(0)",
		"double precision", "numeric", "decimal(10)", "dec(10,2)", "numeric(12,2)", "numeric(3,5)", "numeric(4,-2)", "numeric(0)", "numeric(1001)", "numeric(1,1001)", "numeric(1,2,3)",
		"char", "char(3)", "character(3)", "bpchar", "bpchar(3)", `"char"`, "varchar", "varchar(2)", "character varying(3)", "char varying", "nchar(2)", "national character varying(5)", "varchar(0)", "varchar(10485761)",
		"text", "text[]", "int[][]", "int[3]", "int array", "varchar(3)[]", "numeric(5,2)[]", "bool", "boolean", "bytea", "date", "time", "time(3)", "time without time zone", "time(2) with time zone", "timetz", "timetz(1)",
		"timestamp", "timestamp(3)", "timestamp(9)", "timestamp(3) with time zone", "timestamp without time zone", "timestamptz", "timestamptz(0)", "TIMESTAMP (6) WITH TIME ZONE",
		"interval", "interval(3)", "interval year", "interval month", "interval year to month", "interval day to second", "interval day to second(2)", "interval second(3)", "interval hour to minute",
		"bit", "bit(3)", "bit varying", "bit varying(5)", "varbit(2)", "bit(0)", "uuid", "json", "jsonb", "xml", "inet", "cidr", "macaddr", "money", "name", "oid", "regclass", "point", "tsvector", "int4range", "int4multirange",
		"int2vector", "oidvector", "int2vector[]", "pg_catalog.int4", "information_schema.sql_identifier", "nonsense", "text(3)", "date(3)", "record", "jsonpath",
	}
	var sql, ours []string
	for _, name := range names {
		typ, err := pgtype.ParseTypeName(name)
		if err != nil {
			ours = append(ours, errorText(err)[:5])
		} else {
			ours = append(ours, fmt.Sprintf("%d %d %s %s", typ.OID, typ.Mod, pgtype.FormatType(typ), pgtype.SQLName(typ.OID)))
		}
		sql = append(sql, "pg_temp.type_of('"+name+"')")
	}
	o.exec(t, `CREATE FUNCTION pg_temp.type_of(name text) RETURNS text LANGUAGE plpgsql AS $$
		DECLARE r text;
		BEGIN
			EXECUTE 'CREATE TEMP VIEW w AS SELECT NULL::' || name || ' AS c';
			SELECT format('%s %s %s %s', atttypid::oid, atttypmod, format_type(atttypid, atttypmod), format_type(atttypid, NULL))
			  INTO r FROM pg_attribute WHERE attrelid = 'w'::regclass AND attname = 'c';
			DROP VIEW w;
			RETURN r;
		END $$`)
	equal := 0
	for i, theirs := range o.output(t, sql) {
		switch {
		case theirs == ours[i], len(ours[i]) == 5 && len(theirs) > 5 && theirs[:5] == ours[i]:
			equal++
		case len(theirs) > 5 && (theirs[:5] == "42P16" || theirs[:5] == "0A000"): // no column is of a pseudo-type
			equal++
		default:
			t.Errorf("%s: got %q, want %q", names[i], ours[i], theirs)
		}
	}
	t.Logf("%d of %d equal", equal, len(names))
}
