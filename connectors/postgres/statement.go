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
	text, _, err := s.write(r, sqlwriter.Options{})
	return text, err
}

// write gives a statement as it is right under what is known of the source's columns.
func (s *Source) write(r *plan.Remote, o sqlwriter.Options) (string, []*plan.Scan, error) {
	scans := &scanning{source: s}
	o.Scan = scans.name
	text, err := sqlwriter.Postgres(r.Root, o)
	return text, scans.scans, err
}

// checkedText is write, once the columns are known to fit.
func (s *Source) checkedText(ctx context.Context, c *pgconn.PgConn, r *plan.Remote, o sqlwriter.Options) (string, []*plan.Scan, error) {
	text, scans, err := s.write(r, o)
	if err != nil {
		return "", nil, err
	}
	if changed, err := s.check(ctx, c, scans); err != nil || !changed {
		return text, scans, err
	}
	return s.write(r, o)
}

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
			return prepared{}, s.mismatch(p.wire[i], c.Type, c.Name)
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
