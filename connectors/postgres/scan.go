package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
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
		columns[i] = alias + "." + pgname.Quoted(physicalName(c))
		if !s.source.hasType(n.Table, c) {
			columns[i] = fmt.Sprintf("CAST(%s AS %s)", columns[i], pgtype.FormatType(unbounded(c.Type)))
		}
		if s.source.collations.Load() == nondeterministic && hasCollation(c.Type.OID) {
			columns[i] = "(" + columns[i] + ` COLLATE "C")`
		}
	}
	return tableName(n.Table), columns, nil
}

// hasType tells whether a varchar(n) or char(n) was seen to be just that at the source.
// Losing its length by a cast would be no work, but have PostgreSQL copy every row that it
// could have worked on as it lies in the page: a tenth of the time of an aggregate.
func (s *Source) hasType(t *catalog.Table, c *catalog.Column) bool {
	known, ok := s.checked.Load(keyOf(t, c))
	return ok && known.(checkedColumn).same && bounded(c.Type)
}

func tableName(t *catalog.Table) string {
	return pgname.Quoted(schemaOf(t)) + "." + pgname.Quoted(t.Physical.Name)
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

func hasCollation(t pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(t)
	return ok && info.Collation != 0
}

// bounded tells the types of texts whose length is declared.
func bounded(t pgtype.Type) bool { return unbounded(t) != t }

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

// checkedColumn is what was last seen of a column.
type checkedColumn struct {
	at   time.Time
	same bool // its type is the contract's to the letter
}

// checkedFor is how long a column's type at the source is taken for granted.
const checkedFor = time.Minute

// check makes sure that no text is cast to anything else by a scan: where that fails,
// PostgreSQL quotes the value, which may be one that a policy hides from the user.
// changed is true where statements over the scans are now written otherwise.
func (s *Source) check(ctx context.Context, c *pgconn.PgConn, scans []*plan.Scan) (changed bool, err error) {
	for _, n := range scans {
		var asked []*catalog.Column
		var list []string
		for _, ordinal := range n.Ordinals {
			if column := n.Table.Columns[ordinal]; s.unsure(n.Table, column) {
				asked, list = append(asked, column), append(list, pgname.Quoted(physicalName(column)))
			}
		}
		if len(asked) == 0 {
			continue
		}
		described, err := c.Prepare(ctx, "", "SELECT "+strings.Join(list, ", ")+" FROM "+tableName(n.Table), nil)
		if err != nil {
			return false, s.failure(ctx, err)
		}
		for i, f := range described.Fields {
			is, column := pgtype.Type{OID: pgtype.OID(f.DataTypeOID), Mod: f.TypeModifier}, asked[i]
			if _, ok := pgtype.TypeByOID(is.OID); !isString(column.Type.OID) && (!ok || isString(is.OID)) {
				return false, s.mismatch(is, column.Type, physicalName(column))
			}
			was := s.hasType(n.Table, column)
			s.checked.Store(keyOf(n.Table, column), checkedColumn{at: time.Now(), same: is == column.Type})
			changed = changed || s.hasType(n.Table, column) != was
		}
	}
	return changed, nil
}

// unsure tells whether something depends on a column's type that was not seen lately.
func (s *Source) unsure(t *catalog.Table, c *catalog.Column) bool {
	if isString(c.Type.OID) && !bounded(c.Type) {
		return false
	}
	known, ok := s.checked.Load(keyOf(t, c))
	return !ok || time.Since(known.(checkedColumn).at) > checkedFor
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
