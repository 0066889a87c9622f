package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// scanning names the tables of one statement, and remembers which.
type scanning struct {
	source *Source
	scans  []*plan.Scan
}

// name gives a table and its columns as the writer puts them. Each column is cast to
// the type of its contract: for one that has it already the cast is nothing, so that
// indexes serve; one that has another type (an enum, a domain, a narrower integer) is
// what the contract says before any operator sees it. A cast to varchar(n) or char(n)
// would cut longer texts: their length is left to the decoder, which refuses those.
func (s *scanning) name(n *plan.Scan, alias string) (string, []string, error) {
	s.scans = append(s.scans, n)
	columns := make([]string, len(n.Cols))
	for i, ordinal := range n.Ordinals {
		c := n.Table.Columns[ordinal]
		columns[i] = fmt.Sprintf("CAST(%s.%s AS %s)", alias, quoteName(physicalName(c)), pgtype.FormatType(unbounded(c.Type)))
		if s.source.collations.Load() == nondeterministic && hasCollation(c.Type.OID) {
			columns[i] = "(" + columns[i] + ` COLLATE "C")`
		}
	}
	return tableName(n.Table), columns, nil
}

func tableName(t *catalog.Table) string {
	return quoteName(schemaOf(t)) + "." + quoteName(t.Physical.Name)
}

// schemaOf: the session has no search_path, so a table without a schema is in public.
func schemaOf(t *catalog.Table) string {
	if t.Physical.Schema == "" {
		return "public"
	}
	return t.Physical.Schema
}

func physicalName(c *catalog.Column) string {
	if c.Physical == "" {
		return c.Name
	}
	return c.Physical
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func hasCollation(t pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(t)
	return ok && info.Collation != 0
}

func unbounded(t pgtype.Type) pgtype.Type {
	elem, isArray := pgtype.ElementOf(t.OID)
	if t.OID == pgtype.Varchar || t.OID == pgtype.Bpchar || isArray && (elem == pgtype.Varchar || elem == pgtype.Bpchar) {
		t.Mod = -1
	}
	return t
}

// columnKey is a column of a table at the source, under the contract's type.
type columnKey struct {
	table, column string
	of            pgtype.Type
}

// checkedFor is how long a column's type at the source is taken for granted.
const checkedFor = time.Minute

// check makes sure that no text is cast to anything else by a scan: where that fails,
// PostgreSQL quotes the value, which may be one that a policy hides from the user.
func (s *Source) check(ctx context.Context, c *pgconn.PgConn, scans []*plan.Scan) error {
	for _, n := range scans {
		var asked []*catalog.Column
		var list []string
		for _, ordinal := range n.Ordinals {
			column := n.Table.Columns[ordinal]
			at, known := s.checked.Load(keyOf(n.Table, column))
			if !isString(column.Type.OID) && (!known || time.Since(at.(time.Time)) > checkedFor) {
				asked, list = append(asked, column), append(list, quoteName(physicalName(column)))
			}
		}
		if len(asked) == 0 {
			continue
		}
		described, err := c.Prepare(ctx, "", "SELECT "+strings.Join(list, ", ")+" FROM "+tableName(n.Table), nil)
		if err != nil {
			return s.failure(ctx, err)
		}
		for i, f := range described.Fields {
			wire := pgtype.Type{OID: pgtype.OID(f.DataTypeOID), Mod: f.TypeModifier}
			if _, ok := pgtype.TypeByOID(wire.OID); !ok || isString(wire.OID) {
				return s.mismatch(wire, asked[i].Type, physicalName(asked[i]))
			}
			s.checked.Store(keyOf(n.Table, asked[i]), time.Now())
		}
	}
	return nil
}

func keyOf(t *catalog.Table, c *catalog.Column) columnKey {
	return columnKey{table: tableName(t), column: physicalName(c), of: c.Type}
}

// isString tells the types of pg_type's string category.
func isString(t pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(t)
	return ok && info.Category == 'S'
}

func (s *Source) mismatch(has, want pgtype.Type, column string) error {
	return sqlstate.New(sqlstate.SystemError, "domain %s: source %s gives %s where the contract says %s, in column %s",
		s.of.Domain, s.of.Name, typeText(has), pgtype.FormatType(want), column)
}

func typeText(t pgtype.Type) string {
	if _, ok := pgtype.TypeByOID(t.OID); !ok {
		return "a type of its own"
	}
	return pgtype.FormatType(t)
}
