package conntest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
)

// NewTable makes a table from "name type" columns.
func NewTable(t testing.TB, name string, columns []string, rows [][]string) *Table {
	t.Helper()
	table := &catalog.Table{
		OID: 20_000, Product: &catalog.Product{Name: name, Domain: &catalog.Domain{Name: "sales"}},
		Addresses: []catalog.Address{{Schema: "public", Name: name}}, Physical: catalog.Physical{Name: name},
	}
	for i, text := range columns {
		column, of, _ := strings.Cut(text, " ")
		of, notNull := strings.CutSuffix(of, " not null")
		parsed, err := pgtype.ParseTypeName(of)
		if err != nil {
			t.Fatal(err)
		}
		table.Columns = append(table.Columns, &catalog.Column{Name: column, Physical: column, Ordinal: i + 1, Type: parsed, NotNull: notNull})
	}
	return &Table{Table: table, Rows: rows}
}

// LoadPostgres puts tables into a PostgreSQL database, as the oracle and as a source.
func LoadPostgres(t testing.TB, server *testservers.PostgresServer, tables []*Table) {
	t.Helper()
	for _, table := range tables {
		var columns, rows []string
		for _, c := range table.Columns {
			text := c.Name + " " + pgtype.FormatType(c.Type)
			if c.NotNull {
				text += " NOT NULL"
			}
			columns = append(columns, text)
		}
		name := "public." + table.Physical.Name
		statements := []string{fmt.Sprintf("CREATE TABLE %s (%s)", name, strings.Join(columns, ", "))}
		for _, row := range table.Rows {
			cells := make([]string, len(row))
			for i, cell := range row {
				cells[i] = "NULL"
				if cell != Null {
					cells[i] = "'" + strings.ReplaceAll(cell, "'", "''") + "'"
				}
			}
			rows = append(rows, "("+strings.Join(cells, ", ")+")")
		}
		if len(rows) > 0 {
			statements = append(statements, "INSERT INTO "+name+" VALUES "+strings.Join(rows, ", "))
		}
		server.Exec(t, append(statements, "ANALYZE "+name)...)
	}
}

// fixture is an opened source and the oracle beside it.
type fixture struct {
	definition *catalog.Source
	secret     string
	source     connectors.Source
	oracle     *testservers.PostgresServer
	tables     []*Table
	memory     *memory.CheckedAllocator
	connector  connectors.Connector
}

// open loads tables into a source and into the oracle. When the test ends, everything
// must have been given back.
func open(t testing.TB, h Harness, tables ...*Table) *fixture {
	t.Helper()
	f := &fixture{tables: tables, oracle: testservers.Postgres(t).NewDatabase(t), memory: memory.NewCheckedAllocator(memory.NewGoAllocator())}
	oracle := make([]*Table, len(tables)) // its own physical names
	for i, table := range tables {
		copied := *table.Table
		oracle[i] = &Table{Table: &copied, Rows: table.Rows}
	}
	LoadPostgres(t, f.oracle, oracle)
	f.definition, f.secret = h.Load(t, tables)
	for _, table := range tables {
		table.Source = f.definition
	}
	f.connector = h.Connector(f.memory)
	var err error
	if f.source, err = f.connector.Open(f.definition, f.secret); err != nil {
		t.Fatalf("Open: %v", err)
	}
	before := goroutines()
	t.Cleanup(func() {
		if err := f.source.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		f.memory.AssertSize(t, 0)
		noGoroutinesSince(t, before)
	})
	return f
}

// scan is the plan that reads columns of a table as they are; none: all.
func scan(table *Table, ordinals ...int) *plan.Scan {
	if ordinals == nil {
		for i := range table.Columns {
			ordinals = append(ordinals, i)
		}
	}
	s := &plan.Scan{Table: table.Table, Alias: table.Physical.Name, Ordinals: ordinals}
	for i, ordinal := range ordinals {
		c := table.Columns[ordinal]
		s.Cols = append(s.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type, NotNull: c.NotNull})
	}
	return s
}
