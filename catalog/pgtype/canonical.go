package pgtype

import (
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/pgjsonpath"
	"github.com/sluicemesh/sluice/internal/pgrange"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Settings are the session's settings that the input of values depends on. The zero
// value is PostgreSQL's default: DateStyle ISO, MDY; UTC; IntervalStyle postgres.
type Settings struct {
	DateOrder   string         // "MDY" (default), "DMY", "YMD"
	Location    *time.Location // nil: UTC; timestamps with time zone are printed there
	Now         time.Time      // start of the transaction, for 'now', 'today'; zero: these are refused
	SQLStandard bool           // IntervalStyle sql_standard: one leading minus sign is for all fields
}

func (s Settings) input() datetime.Input {
	in := datetime.Input{Zone: s.Location, Now: s.Now}
	switch s.DateOrder {
	case "DMY":
		in.Order = datetime.DMY
	case "YMD":
		in.Order = datetime.YMD
	}
	return in
}

// Canonical reads text as the input function of t does and gives the text its output
// function prints (DateStyle ISO, IntervalStyle postgres, bytea hex). With a modifier it
// goes on as an explicit cast does: varchar(2) cuts, numeric(5,2) rounds or raises 22003.
//
// Types whose text form is not known here are refused with 0A000: geometry, full
// text, money, xml, rows, and the names behind reg* types.
func Canonical(t Type, text string, settings Settings) (string, error) {
	if info, ok := TypeByOID(t.OID); ok && checkedDomains[info.Name] && info.Kind == 'd' {
		return "", sqlstate.Unsupported("a literal of the domain %s, whose check is not known here,", SQLName(t.OID))
	}
	t = BaseType(t)
	if elem, ok := ElementOf(t.OID); ok {
		return canonicalArray(Type{OID: elem, Mod: t.Mod}, text, settings)
	}
	switch t.OID {
	case Text, Unknown, cstring:
		return text, nil
	case Varchar, Bpchar, Name, Char:
		return canonicalString(t, text)
	case Bool:
		return canonicalBool(text)
	case Int2, Int4, Int8:
		return canonicalInteger(t.OID, text)
	case Oid:
		return canonicalOid(text)
	case Int2Vector, OidVector:
		return canonicalVector(t.OID, text)
	case Float4, Float8:
		return canonicalFloat(t.OID, text)
	case Numeric:
		return canonicalNumeric(t.Mod, text)
	case Date, Time, Timetz, Timestamp, Timestamptz, Interval:
		return canonicalTime(t, text, settings)
	case Bytea:
		return canonicalBytea(text)
	case UUID:
		return canonicalUUID(text)
	case Bit, Varbit:
		return canonicalBits(t, text)
	case JSON:
		return canonicalJSON(text)
	case JSONB:
		return canonicalJSONB(text)
	case JSONPath: // PrintJSONPath is what is sent
		p, err := pgjsonpath.Parse(text)
		if err != nil {
			return "", err
		}
		return p.Text(), nil
	case Macaddr, Macaddr8:
		return canonicalMac(t.OID, text)
	case Inet, Cidr:
		return canonicalAddress(t.OID, text)
	}
	if info, ok := TypeByOID(t.OID); ok {
		if kind, multi, ok := pgrange.Of(info.Name); ok {
			return kind.Canonical(text, multi, settings.input())
		}
	}
	return "", sqlstate.Unsupported("the text form of type %s", SQLName(t.OID))
}

// cstring is the pseudo-type of C strings.
const cstring OID = 2275

// checkedDomains are the domains of information_schema that have a CHECK.
var checkedDomains = map[string]bool{"cardinal_number": true, "yes_or_no": true}

// badInput is the error of nearly every input function.
func badInput(typeName, text string) error {
	return sqlstate.New(sqlstate.InvalidTextRepresentation, `invalid input syntax for type %s: "%s"`, typeName, text)
}

func canonicalTime(t Type, text string, settings Settings) (string, error) {
	in, precision := settings.input(), int(t.Mod)
	switch t.OID {
	case Date:
		d, err := datetime.ParseDate(text, in)
		return datetime.FormatDate(d), err
	case Time:
		micros, err := datetime.ParseTime(text, in)
		return datetime.FormatTime(datetime.RoundTime(micros, precision)), err
	case Timetz:
		v, err := datetime.ParseTimeWithZone(text, in)
		v.Micros = datetime.RoundTime(v.Micros, precision)
		return datetime.FormatTimeWithZone(v), err
	case Timestamp:
		ts, err := datetime.ParseTimestamp(text, in)
		return datetime.FormatTimestamp(datetime.RoundTimestamp(ts, precision)), err
	case Timestamptz:
		ts, err := datetime.ParseTimestamptz(text, in)
		zone := settings.Location
		if zone == nil {
			zone = time.UTC
		}
		return datetime.FormatTimestamptz(datetime.RoundTimestamp(ts, precision), zone), err
	}
	fields, precision := IntervalParts(t.Mod)
	v, err := datetime.ParseInterval(text, fields, settings.SQLStandard)
	return datetime.FormatInterval(v.Within(fields, precision)), err
}

// IntervalParts gives the fields and the decimal places of the second of an interval's
// modifier; -1 places where it has none.
func IntervalParts(mod int32) (datetime.IntervalFields, int) {
	if mod < 0 {
		return datetime.AllFields, -1
	}
	precision := int(mod & fullPrecision)
	if precision == int(fullPrecision) {
		precision = -1
	}
	return datetime.IntervalFields(mod >> 16 & fullRange), precision
}
