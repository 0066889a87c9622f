package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Text gives the SELECT that a read sends, within a COPY.
func (s *Source) Text(r *plan.Remote) (string, error) {
	return sqlwriter.Postgres(r.Root, sqlwriter.Options{Scan: s.scan})
}

// scan names a table and its columns. Each column is cast to the type of its contract:
// for one that has it already the cast is nothing, so that indexes serve; one that has
// another type (an enum, a domain, a narrower integer) is what the contract says before
// any operator sees it. A cast to varchar(n) or char(n) would cut longer texts: their
// length is left to the decoder, which refuses those.
func (s *Source) scan(n *plan.Scan, alias string) (string, []string, error) {
	from := quoteName(n.Table.Physical.Name)
	if n.Table.Physical.Schema != "" {
		from = quoteName(n.Table.Physical.Schema) + "." + from
	} else {
		from = "public." + from // the session has no search_path
	}
	columns := make([]string, len(n.Cols))
	for i, ordinal := range n.Ordinals {
		c := n.Table.Columns[ordinal]
		columns[i] = fmt.Sprintf("CAST(%s.%s AS %s)", alias, quoteName(physicalName(c.Physical, c.Name)), pgtype.FormatType(unbounded(c.Type)))
		if s.collations.Load() == nondeterministic && hasCollation(c.Type.OID) {
			columns[i] = "(" + columns[i] + ` COLLATE "C")`
		}
	}
	return from, columns, nil
}

func hasCollation(t pgtype.OID) bool {
	info, ok := pgtype.TypeByOID(t)
	return ok && info.Collation != 0
}

func unbounded(t pgtype.Type) pgtype.Type {
	if elem, ok := pgtype.ElementOf(t.OID); t.OID == pgtype.Varchar || t.OID == pgtype.Bpchar || ok && (elem == pgtype.Varchar || elem == pgtype.Bpchar) {
		t.Mod = -1
	}
	return t
}

func physicalName(physical, name string) string {
	if physical == "" {
		return name
	}
	return physical
}

func quoteName(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// prepared is a statement the source has accepted, with what its fields arrive as.
type prepared struct {
	text string
	wire []pgtype.Type
}

// prepare has the source parse the statement, and learns the types of its fields: a
// COPY does not tell them, and a value must never be taken for another. Fields that
// arrive as another type than the plan's are cast, where a cast only widens or prints.
func (s *Source) prepare(ctx context.Context, c *pgconn.PgConn, text string, columns []plan.Column) (prepared, error) {
	described, err := c.Prepare(ctx, "", text, nil)
	if err != nil {
		return prepared{}, s.failure(ctx, err)
	}
	p := prepared{text: text}
	for _, f := range described.Fields {
		p.wire = append(p.wire, pgtype.Type{OID: pgtype.OID(f.DataTypeOID), Mod: f.TypeModifier})
	}
	if len(columns) == 0 && len(p.wire) == 1 {
		return p, nil
	}
	if len(p.wire) != len(columns) {
		return prepared{}, sqlstate.New(sqlstate.InternalError, "source %s: %d columns for %d", s.of.ID(), len(p.wire), len(columns))
	}
	return s.converted(p, columns)
}

// converted casts the fields that cannot be decoded as they are.
func (s *Source) converted(p prepared, columns []plan.Column) (prepared, error) {
	list, names := make([]string, len(columns)), make([]string, len(columns))
	changed := false
	for i, c := range columns {
		names[i] = "f" + strconv.Itoa(i)
		list[i] = "q." + names[i]
		if decodable(c.Type, p.wire[i]) {
			continue
		}
		to, ok := castable(p.wire[i].OID, c.Type)
		if !ok {
			return prepared{}, sqlstate.New(sqlstate.SystemError, "domain %s: source %s gives %s where the contract says %s, in column %s",
				s.of.Domain, s.of.Name, typeText(p.wire[i]), pgtype.FormatType(c.Type), c.Name)
		}
		list[i] = fmt.Sprintf("CAST(q.%s AS %s)", names[i], pgtype.FormatType(to))
		if to.OID == pgtype.Text {
			// As the type prints, which its cast to text may not: concat takes output functions.
			list[i] = fmt.Sprintf("CASE WHEN q.%s IS DISTINCT FROM NULL THEN concat(q.%[1]s) END", names[i])
		}
		p.wire[i] = to
		changed = true
	}
	if changed {
		p.text = "SELECT " + strings.Join(list, ", ") + " FROM (" + p.text + ") AS q(" + strings.Join(names, ", ") + ")"
	}
	return p, nil
}

func decodable(t, wire pgtype.Type) bool {
	_, ok := newColumn(memory.DefaultAllocator, t, wire, false)
	return ok
}

// castable says to which type a field of another type is cast at the source. Types
// that stand as text are printed there.
func castable(wire pgtype.OID, t pgtype.Type) (pgtype.Type, bool) {
	integer := wire == pgtype.Int2 || wire == pgtype.Int4 || wire == pgtype.Int8
	switch t.OID {
	case pgtype.Numeric:
		return t, integer
	case pgtype.UUID, pgtype.JSONB, pgtype.Char:
		return t, false
	}
	return pgtype.Of(pgtype.Text), pgtype.Arrow(t).Name() == "utf8"
}

func typeText(t pgtype.Type) string {
	if _, ok := pgtype.TypeByOID(t.OID); !ok {
		return "a type of its own"
	}
	return pgtype.FormatType(t)
}
