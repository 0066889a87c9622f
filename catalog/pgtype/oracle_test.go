package pgtype_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// commonTypes are the types whose combinations are compared with PostgreSQL, by the
// spelling of a column definition; a domain and the untyped literal among them.
var commonTypes = []string{
	"bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bpchar", "name", `"char"`,
	"bytea", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "uuid", "json", "jsonb",
	"bit", "varbit", "oid", "regclass", "inet", "money", "int4range", "int4[]", "text[]", "numeric[]", "varchar[]",
	"information_schema.sql_identifier", "int2vector", "record", "unknown",
}

// oracle is a PostgreSQL that is asked what it makes of expressions.
type oracle struct {
	conn  *pgx.Conn
	types map[string]pgtype.OID
	text  map[pgtype.OID]string // how an expression of a type is written
}

func newOracle(t *testing.T) *oracle {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, testservers.Postgres(t).NewDatabase(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	o := &oracle{conn: conn, types: map[string]pgtype.OID{}, text: map[pgtype.OID]string{}}
	columns := make([]string, 0, len(commonTypes))
	for i, name := range commonTypes {
		switch name {
		case "unknown":
			o.types[name], o.text[pgtype.Unknown] = pgtype.Unknown, "NULL"
			continue
		case "record":
			o.types[name], o.text[pgtype.Record] = pgtype.Record, "(ARRAY[row(c1, c2)])[1]" // a bare row is compared column by column
			continue
		}
		typ, err := pgtype.ParseTypeName(name)
		if err != nil {
			t.Fatal(err)
		}
		o.types[name], o.text[typ.OID] = typ.OID, fmt.Sprintf("c%d", i)
		columns = append(columns, fmt.Sprintf("c%d %s", i, name))
	}
	o.exec(t, "CREATE TEMP TABLE t ("+strings.Join(columns, ", ")+`);
		CREATE OR REPLACE FUNCTION pg_temp.attempt(list text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$
		DECLARE e text; m text; h text; s text;
		BEGIN
			FOREACH e IN ARRAY list LOOP
				BEGIN
					EXECUTE 'SELECT ' || e || ' FROM t LIMIT 0';
					RETURN NEXT '';
				EXCEPTION WHEN OTHERS THEN
					GET STACKED DIAGNOSTICS s = RETURNED_SQLSTATE, m = MESSAGE_TEXT, h = PG_EXCEPTION_HINT;
					RETURN NEXT s || ' ' || m || '|' || coalesce(h, '');
				END;
			END LOOP;
		END $$`)
	return o
}

func (o *oracle) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := o.conn.PgConn().Exec(context.Background(), sql).ReadAll(); err != nil {
		t.Fatalf("%v\nin: %.300s", err, sql)
	}
}

// attempt gives "" or "SQLSTATE message|hint" for each expression.
func (o *oracle) attempt(t *testing.T, expressions []string) []string {
	t.Helper()
	var answers []string
	const chunk = 2000
	for len(expressions) > 0 {
		n := min(chunk, len(expressions))
		rows, err := o.conn.Query(context.Background(), "SELECT pg_temp.attempt($1)", expressions[:n])
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		answers, expressions = append(answers, list...), expressions[n:]
	}
	return answers
}

// choices gives what the parser made of expressions that are free of errors.
func (o *oracle) choices(t *testing.T, expressions []string) []choice {
	t.Helper()
	var answers []choice
	const chunk = 400
	for len(expressions) > 0 {
		n := min(chunk, len(expressions))
		answers, expressions = append(answers, o.view(t, expressions[:n])...), expressions[n:]
	}
	return answers
}

func (o *oracle) view(t *testing.T, expressions []string) []choice {
	t.Helper()
	columns := make([]string, len(expressions))
	for i, e := range expressions {
		columns[i] = fmt.Sprintf("(SELECT num_nulls(%s) FROM t) AS e%d", e, i) // a view has no columns of pseudo-types
	}
	o.exec(t, "CREATE TEMP VIEW v AS SELECT "+strings.Join(columns, ",\n"))
	var tree string
	err := o.conn.QueryRow(context.Background(), "SELECT ev_action::text FROM pg_rewrite WHERE ev_class = 'v'::regclass").Scan(&tree)
	if err != nil {
		t.Fatal(err)
	}
	o.exec(t, "DROP VIEW v")
	query := parseNodes(tree)[0].([]any)[0].(*node)
	var answers []choice
	for _, entry := range query.list(":targetList") {
		inner := entry.(*node).child(":expr").child(":subselect").list(":targetList")[0].(*node)
		answers = append(answers, choiceOf(inner.child(":expr").list(":args")[0].(*node)))
	}
	if len(answers) != len(expressions) {
		t.Fatalf("%d answers to %d expressions", len(answers), len(expressions))
	}
	return answers
}
