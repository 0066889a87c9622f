package mysql

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
)

func sourceOf(server *testservers.MySQLServer) *catalog.Source {
	return &catalog.Source{
		Domain: "sales", Name: "crm_my", Kind: catalog.MariaDB,
		Host: server.Host, Port: server.Port, Database: server.Database, User: server.Reader, TLS: catalog.TLS{Mode: "disable"},
	}
}

// columnType is how MySQL has a type of PostgreSQL's.
func columnType(t pgtype.Type) string {
	switch t.OID {
	case pgtype.Bool:
		return "tinyint(1)"
	case pgtype.Float4:
		return "float"
	case pgtype.Float8:
		return "double"
	case pgtype.Text:
		return "longtext"
	case pgtype.Bytea:
		return "longblob"
	case pgtype.Time:
		return "time(6)"
	case pgtype.Timestamp:
		return "datetime(6)"
	case pgtype.Timestamptz:
		return "timestamp(6) NULL"
	case pgtype.UUID:
		return "char(36)"
	case pgtype.JSON, pgtype.JSONB:
		return "longtext"
	}
	return pgtype.FormatType(t)
}

func cellText(t pgtype.Type, cell string) string {
	switch {
	case cell == conntest.Null:
		return "NULL"
	case t.OID == pgtype.Bool:
		return fmt.Sprint(cell == "t")
	case t.OID == pgtype.Bytea:
		return "x'" + strings.TrimPrefix(cell, `\x`) + "'"
	case t.OID == pgtype.Timestamptz:
		cell = strings.TrimSuffix(cell, "+00")
	}
	return sqlparser.String(sqlparser.NewStrLiteral(cell))
}

// load puts tables of test data into a database.
func load(t testing.TB, server *testservers.MySQLServer, tables []*conntest.Table) {
	t.Helper()
	for _, table := range tables {
		var columns []string
		for _, c := range table.Columns {
			text := "`" + c.Name + "` " + columnType(c.Type)
			if c.NotNull {
				text += " NOT NULL"
			}
			columns = append(columns, text)
		}
		name := "`" + table.Physical.Name + "`"
		statements := []string{"SET NAMES utf8mb4", "SET sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00', autocommit = 1", fmt.Sprintf("CREATE TABLE %s (%s)", name, strings.Join(columns, ", "))}
		var rows []string
		for _, row := range table.Rows {
			cells := make([]string, len(row))
			for i, cell := range row {
				cells[i] = cellText(table.Columns[i].Type, cell)
			}
			rows = append(rows, "("+strings.Join(cells, ", ")+")")
		}
		if len(rows) > 0 {
			statements = append(statements, "INSERT INTO "+name+" VALUES "+strings.Join(rows, ", "))
		}
		server.Exec(t, append(statements, "ANALYZE TABLE "+name)...)
	}
}

func TestContract(t *testing.T) { testservers.MySQLFamily(t, testContract) }

func testContract(t *testing.T, server *testservers.MySQLServer) {
	conntest.Run(t, conntest.Harness{
		Connector: func(mem memory.Allocator) connectors.Connector { return Connector{Allocator: mem} },
		Load: func(t testing.TB, tables []*conntest.Table) (*catalog.Source, string) {
			database := server.NewDatabase(t)
			load(t, database, tables)
			return sourceOf(database), server.ReaderPassword
		},
		Skips: map[string]string{
			"numeric": "DECIMAL has a fixed scale", "numeric(38,38)": "as many decimals as digits", "interval": "no such type",
			"integer[]": "no arrays", "text[]": "no arrays", "numeric(10,2)[]": "no arrays",
		},
		SkipsValue: func(of, text string) bool {
			switch of {
			case "real":
				return strings.ContainsAny(text, "NI") || text == "1e-45" || text == "3.4028235e+38"
			case "timestamptz":
				return strings.Contains(text, "infinity") || strings.HasPrefix(text, "9999") || strings.HasPrefix(text, "1970")
			}
			return text == "NaN" || strings.Contains(text, "nfinity") || strings.HasSuffix(text, " BC") || text == "5874897-12-31"
		},
		Unreachable: func(s *catalog.Source) { s.Port = closedPort(t) },
		Rejected:    "not the password",
		// Integers are not added there: they are multiplied by a join without conditions.
		Slow: "SELECT count(*) FROM items a, items b, items c, items d, items e WHERE a.ratio < b.ratio AND c.ratio < d.ratio AND e.ratio < a.ratio",
		Active: func(t testing.TB) int {
			return active(t, server)
		},
		Write: func(s connectors.Source, table *catalog.Table) error {
			c, err := s.(*Source).pool.acquire(context.Background())
			if err != nil {
				return err
			}
			defer s.(*Source).pool.release(c, true)
			return c.exec(context.Background(), "DELETE FROM `"+table.Physical.Name+"`")
		},
		Alter: func(t testing.TB, s *catalog.Source, items *conntest.Table) {
			server.Exec(t, fmt.Sprintf("ALTER TABLE `%s`.items DROP label, MODIFY price double", s.Database))
		},
	})
}

// active counts the statements of readers that run now.
func active(t testing.TB, server *testservers.MySQLServer) int {
	t.Helper()
	admin := sourceOf(server)
	admin.User = server.User
	s, err := Connector{}.Open(admin, server.Password)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.(*Source).pool.acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer s.(*Source).pool.release(c, true)
	rows, err := c.rows(context.Background(), "SELECT id FROM information_schema.PROCESSLIST WHERE user = '"+server.Reader+"' AND command = 'Query' AND info LIKE 'select%items%'")
	if err != nil {
		t.Fatal(err)
	}
	return len(rows)
}

// closedPort is one nobody listens on.
func closedPort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
