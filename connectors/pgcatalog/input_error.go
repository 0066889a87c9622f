package pgcatalog

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgtext"
	"github.com/sluicemesh/sluice/sqlstate"
)

// inputError gives the error for a text that is no value of a type under the session's
// settings; nil where it is one. A type that is not there is an error of its own.
func (s *Session) inputError(text, typeName string) (wrong *sqlstate.Error, err error) {
	t, err := pgtype.ParseTypeName(typeName)
	if err != nil {
		return nil, err
	}
	_, err = pgtype.Canonical(t, text, s.input())
	switch {
	case err == nil && fits(text, t):
		return nil, nil
	case err == nil:
		return sqlstate.New(sqlstate.StringDataRightTruncation, "value too long for type %s", pgtype.FormatType(t)), nil
	}
	if wrong = sqlstate.From(err); wrong.Code == sqlstate.FeatureNotSupported {
		return nil, err
	}
	return wrong, nil
}

// detailed are the types whose errors are told here with all that PostgreSQL tells.
var detailed = []pgtype.OID{
	pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Float4, pgtype.Float8, pgtype.Numeric, pgtype.Varchar, pgtype.Bpchar, pgtype.UUID,
	pgtype.Date, pgtype.Time, pgtype.Timestamp, pgtype.Timestamptz, pgtype.Interval,
}

func knowsDetails(typeName string) error {
	t, err := pgtype.ParseTypeName(typeName)
	if err == nil && !slices.Contains(detailed, t.OID) {
		err = sqlstate.Unsupported("pg_input_error_info of %s", pgtype.FormatType(t))
	}
	return err
}

// input are the settings that reading values depends on.
func (s *Session) input() pgtype.Settings {
	style, _ := s.Setting("datestyle")
	_, order, _ := strings.Cut(style, ", ")
	name, _ := s.Setting("timezone")
	zone, err := time.LoadLocation(name)
	if err != nil {
		zone = time.UTC
	}
	return pgtype.Settings{DateOrder: order, Location: zone, Now: time.Now()}
}

// fits tells whether a text is no longer than its type: what is cut off may be spaces.
func fits(text string, t pgtype.Type) bool {
	limited := (t.OID == pgtype.Varchar || t.OID == pgtype.Bpchar) && t.Mod >= 4
	return !limited || utf8.RuneCountInString(strings.TrimRight(text, " ")) <= int(t.Mod)-4
}

// errorFields are message, detail, hint and SQLSTATE of an error, as a composite; NULL stands
// for what there is not.
func errorFields(e *sqlstate.Error) string {
	if e == nil {
		return "(,,,)"
	}
	b := []byte{'('}
	for i, f := range []string{e.Message, e.Detail, e.Hint, string(e.Code)} {
		if i > 0 {
			b = append(b, ',')
		}
		if f != "" {
			b = pgtext.QuoteField(append(b, f...), len(b))
		}
	}
	return string(append(b, ')'))
}
