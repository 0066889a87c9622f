package meshdir

import (
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

func TestTypeNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind           catalog.Kind
		physical, want string // "" for refused
	}{
		{catalog.Postgres, "varchar(2)", "character varying(2)"},
		{catalog.Postgres, "numeric(12,2)", "numeric(12,2)"},
		{catalog.Postgres, "timestamptz", "timestamp with time zone"},
		{catalog.Postgres, "text[]", "text[]"},
		{catalog.Postgres, "geometry", ""},
		{catalog.MySQL, "tinyint(1)", "boolean"},
		{catalog.MySQL, "tinyint(1) unsigned", "smallint"},
		{catalog.MySQL, "TINYINT", "smallint"},
		{catalog.MySQL, "bit(1)", "boolean"},
		{catalog.MySQL, "bit(8)", ""},
		{catalog.MySQL, "smallint unsigned", "integer"},
		{catalog.MySQL, "mediumint(8) unsigned", "integer"},
		{catalog.MySQL, "int(11)", "integer"},
		{catalog.MySQL, "INT UNSIGNED", "bigint"},
		{catalog.MySQL, "int(10) unsigned zerofill", "bigint"},
		{catalog.MySQL, "bigint(20)", "bigint"},
		{catalog.MySQL, "bigint(20) unsigned", "numeric(20,0)"},
		{catalog.MySQL, "decimal", "numeric(10,0)"},
		{catalog.MySQL, "decimal(12, 2)", "numeric(12,2)"},
		{catalog.MySQL, "decimal(5)", "numeric(5,0)"},
		{catalog.MySQL, "double", "double precision"},
		{catalog.MySQL, "float", "real"},
		{catalog.MySQL, "varchar(80)", "character varying(80)"},
		{catalog.MySQL, "char", "character(1)"},
		{catalog.MySQL, "char(3)", "character(3)"},
		{catalog.MySQL, "longtext", "text"},
		{catalog.MySQL, "enum('a','b(c)')", "text"},
		{catalog.MySQL, "set('a','b')", "text"},
		{catalog.MySQL, "varbinary(16)", "bytea"},
		{catalog.MySQL, "datetime", "timestamp without time zone"},
		{catalog.MySQL, "datetime(3)", "timestamp(3) without time zone"},
		{catalog.MySQL, "timestamp(6)", "timestamp(6) with time zone"},
		{catalog.MySQL, "json", "json"},
		{catalog.MySQL, "year(4)", "smallint"},
		{catalog.MySQL, "point", ""},
		{catalog.DuckDB, "HUGEINT", "numeric(38,0)"},
		{catalog.DuckDB, "UBIGINT", "numeric(20,0)"},
		{catalog.DuckDB, "VARCHAR(3)", "text"},
		{catalog.DuckDB, "DECIMAL", "numeric(18,3)"},
		{catalog.DuckDB, "DECIMAL(15,4)", "numeric(15,4)"},
		{catalog.DuckDB, "TIMESTAMP", "timestamp without time zone"},
		{catalog.DuckDB, "TIMESTAMP WITH TIME ZONE", "timestamp with time zone"},
		{catalog.DuckDB, "TIMESTAMP_NS", "timestamp without time zone"},
		{catalog.DuckDB, "INTEGER[]", "integer[]"},
		{catalog.DuckDB, "ENUM('a')", "text"},
		{catalog.DuckDB, "STRUCT(a INTEGER)", ""},
		{catalog.DuckDB, "MAP(VARCHAR, INTEGER)", ""},
		{catalog.Files, "numeric(12,2)", "numeric(12,2)"},
		{catalog.Files, "UINTEGER", "bigint"},
	} {
		got := ""
		if name, err := typeName(c.kind, c.physical); err == nil {
			if typ, err := pgtype.ParseTypeName(name); err == nil {
				got = pgtype.FormatType(typ)
			}
		}
		if got != c.want {
			t.Errorf("%s %q is %q, want %q", c.kind, c.physical, got, c.want)
		}
	}
}

func TestReadSecret(t *testing.T) {
	t.Setenv("MESHDIR_TEST_SECRET", "from env")
	file := t.TempDir() + "/secret"
	must(t, appendNew(file, "from file\r\n"))
	for _, c := range []struct {
		ref       catalog.SecretRef
		want, err string
	}{
		{catalog.SecretRef{Env: "MESHDIR_TEST_SECRET"}, "from env", ""},
		{catalog.SecretRef{File: file}, "from file", ""},
		{catalog.SecretRef{Env: "MESHDIR_TEST_MISSING"}, "", "secret: environment variable MESHDIR_TEST_MISSING is not set"},
		{catalog.SecretRef{File: "/missing"}, "", "secret: open /missing: no such file or directory"},
		{catalog.SecretRef{}, "", "secret: no reference"},
	} {
		got, err := ReadSecret(c.ref)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if got != c.want || text != c.err {
			t.Errorf("ReadSecret(%+v) = %q, %q, want %q, %q", c.ref, got, text, c.want, c.err)
		}
	}
}
