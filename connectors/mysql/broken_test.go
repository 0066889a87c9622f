package mysql

import (
	"errors"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestBrokenContracts reads columns that are not what their contract says, and values
// that PostgreSQL has none for: each is an error that names what is wrong, never a value.
func TestBrokenContracts(t *testing.T) { testservers.MySQLFamily(t, testBrokenContracts) }

func testBrokenContracts(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	cases := []struct {
		contract, physical, value string
		code                      sqlstate.Code
		says                      string
	}{
		{"date", "date", "'0000-00-00'", sqlstate.DatetimeFieldOverflow, "0000-00-00"},
		{"date", "date", "'2024-00-10'", sqlstate.DatetimeFieldOverflow, "2024-00-10"},
		{"timestamp", "datetime", "'0000-00-00 00:00:00'", sqlstate.DatetimeFieldOverflow, "0000-00-00"},
		{"time", "time", "'-01:00:00'", sqlstate.DatetimeFieldOverflow, "-01:00:00"},
		{"time", "time", "'100:00:00'", sqlstate.DatetimeFieldOverflow, "100:00:00"},
		{"integer", "bigint", "3000000000", sqlstate.NumericValueOutOfRange, ""},
		{"bigint", "bigint unsigned", "18446744073709551615", sqlstate.NumericValueOutOfRange, ""},
		{"varchar(3)", "varchar(10)", "'abcd'", sqlstate.StringDataRightTruncation, "character varying(3)"},
		{"text", "varchar(10)", "x'6100'", sqlstate.CharacterNotInRepertoire, ""},
		{"jsonb", "longtext", "'{'", sqlstate.InvalidTextRepresentation, ""},
		{"uuid", "varchar(40)", "'no uuid'", sqlstate.InvalidTextRepresentation, ""},
		{"boolean", "varchar(5)", "'true'", sqlstate.SystemError, "varchar(5)"},
		{"double precision", "float", "0.1", sqlstate.SystemError, "float"},
		{"double precision", "decimal(5,2)", "0.1", sqlstate.SystemError, "decimal(5,2)"},
		{"numeric(10,2)", "decimal(10,4)", "0.1", sqlstate.SystemError, "decimal(10,4)"},
		{"text", "varbinary(5)", "'a'", sqlstate.SystemError, "varbinary(5)"},
		{"integer", "varchar(5)", "'1'", sqlstate.SystemError, "varchar(5)"},
		{"text", "int", "1", sqlstate.SystemError, "int"},
		{"interval", "int", "1", sqlstate.SystemError, "interval"},
	}
	var tables []*conntest.Table
	for i := range cases {
		tables = append(tables, conntest.NewTable(t, "broken"+string(rune('a'+i)), []string{"id integer not null"}, nil))
	}
	o := newOracle(t, server, tables)
	for i, c := range cases {
		t.Run(c.contract+" over "+c.physical, func(t *testing.T) {
			table := conntest.NewTable(t, tables[i].Physical.Name, []string{"id integer not null", "v " + c.contract}, nil)
			table.Source = o.source.of
			name := table.Physical.Name
			o.mysql.Exec(t, "SET sql_mode = 'ALLOW_INVALID_DATES'", "ALTER TABLE "+name+" ADD v "+c.physical, "INSERT INTO "+name+" VALUES (1, "+c.value+")")
			scan := &plan.Scan{Table: table.Table, Alias: "x", Ordinals: []int{1}, Cols: []plan.Column{{ID: 1, Name: "v", Type: table.Columns[1].Type}}}
			r, err := o.source.Read(t.Context(), &plan.Remote{Source: o.source.of, Root: scan})
			if err == nil {
				for r.Next() {
					t.Errorf("a batch of %d rows", r.RecordBatch().NumRows())
				}
				err = r.Err()
				r.Release()
			}
			var e *sqlstate.Error
			if !errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Message+e.Detail, c.says) {
				t.Errorf("got %v, want SQLSTATE %s saying %q", err, c.code, c.says)
			}
		})
	}
}

// TestKilledBeforeItsStatement: a statement may be given up while it is still on its way.
// The server must not run it when it comes.
func TestKilledBeforeItsStatement(t *testing.T) {
	testservers.MySQLFamily(t, func(t *testing.T, server *testservers.MySQLServer) {
		t.Parallel()
		open, err := Connector{}.Open(sourceOf(server), server.ReaderPassword)
		if err != nil {
			t.Fatal(err)
		}
		defer open.Close()
		s := open.(*Source)
		c, err := s.pool.acquire(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer s.pool.release(c, false)
		s.kill(c)
		if rows, err := c.rows(t.Context(), "SELECT 1"); err == nil {
			t.Errorf("the server answered %v", rows)
		}
	})
}
