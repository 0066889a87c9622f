package pgtype

import (
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Settings are the session's settings that the input of values depends on. The zero
// value is PostgreSQL's default: ISO, MDY; UTC; interval style postgres.
type Settings struct {
	DateOrder     string         // "MDY" (default), "DMY", "YMD"
	Location      *time.Location // nil: UTC
	Now           time.Time      // start of the transaction, for 'now', 'today'; zero: time.Now
	IntervalStyle string         // "postgres" (default), "iso_8601", "sql_standard", "postgres_verbose": only how input signs are read
}

// Canonical reads text as the input function of t does and gives the text its output
// function prints (DateStyle ISO, IntervalStyle postgres). With a modifier it behaves
// as a cast to it: varchar(2) cuts, numeric(5,2) rounds or raises 22003.
// Types whose text form is not known here are refused with 0A000.
func Canonical(t Type, text string, settings Settings) (string, error) {
	return "", sqlstate.Unsupported("text form of type %s", FormatType(t))
}
