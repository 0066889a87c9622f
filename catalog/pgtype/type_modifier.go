package pgtype

import (
	"strconv"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Interval modifiers hold a field mask above a 16-bit precision (utils/timestamp.h:
// INTERVAL_TYPMOD; datetime.h numbers the fields).
const (
	monthField, yearField, dayField           = 1 << 1, 1 << 2, 1 << 3
	hourField, minuteField, secondField       = 1 << 10, 1 << 11, 1 << 12
	fullRange                           int32 = 0x7fff
	fullPrecision                       int32 = 0xffff
)

// intervalFields names the masks, in the order a name is looked up.
var intervalFields = []struct {
	mask int32
	name string
}{
	{yearField, "year"},
	{monthField, "month"},
	{dayField, "day"},
	{hourField, "hour"},
	{minuteField, "minute"},
	{secondField, "second"},
	{yearField | monthField, "year to month"},
	{dayField | hourField, "day to hour"},
	{dayField | hourField | minuteField, "day to minute"},
	{dayField | hourField | minuteField | secondField, "day to second"},
	{hourField | minuteField, "hour to minute"},
	{hourField | minuteField | secondField, "hour to second"},
	{minuteField | secondField, "minute to second"},
}

func formatIntervalModifier(mod int32) string {
	text := ""
	for _, f := range intervalFields {
		if f.mask == mod>>16&fullRange {
			text = " " + f.name
		}
	}
	if p := mod & fullPrecision; p != fullPrecision {
		text += "(" + strconv.Itoa(int(p)) + ")"
	}
	return text
}

// ModifierOf gives the modifier of a type for the numbers in its parentheses, such as
// numeric, 12, 2. For interval the first number is the field mask, as the parser gives
// it, the second the precision. No numbers: -1. Errors: 22023, 42601.
func ModifierOf(t OID, args ...int32) (int32, error) {
	if len(args) == 0 {
		return -1, nil
	}
	if elem, ok := ElementOf(t); ok {
		t = elem
	}
	switch t {
	case Numeric:
		return numericModifier(args)
	case Bpchar, Varchar:
		return lengthModifier(map[OID]string{Bpchar: "char", Varchar: "varchar"}[t], args, 4)
	case Bit, Varbit:
		return lengthModifier(map[OID]string{Bit: "bit", Varbit: "varbit"}[t], args, 0)
	case Time, Timetz, Timestamp, Timestamptz:
		return precisionModifier(t, args)
	case Interval:
		return intervalModifier(args)
	}
	return -1, sqlstate.New(sqlstate.SyntaxError, "type modifier is not allowed for type %q", typeNameOnly(t))
}

func typeNameOnly(t OID) string {
	if info, ok := TypeByOID(t); ok {
		return info.Name
	}
	return "???"
}

func badModifier(format string, args ...any) error {
	return sqlstate.New(sqlstate.InvalidParameterValue, format, args...)
}

func numericModifier(args []int32) (int32, error) {
	if len(args) > 2 {
		return -1, badModifier("invalid NUMERIC type modifier")
	}
	precision, scale := args[0], int32(0)
	if precision < 1 || precision > 1000 {
		return -1, badModifier("NUMERIC precision %d must be between 1 and 1000", precision)
	}
	if len(args) == 2 {
		scale = args[1]
	}
	if scale < -1000 || scale > 1000 {
		return -1, badModifier("NUMERIC scale %d must be between -1000 and 1000", scale)
	}
	return NumericMod(precision, scale), nil
}

// lengthModifier: varchar.c and varbit.c; the first counts a 4-byte header.
func lengthModifier(name string, args []int32, header int32) (int32, error) {
	const maxLength = 10 * 1024 * 1024
	limit := int32(maxLength)
	if header == 0 {
		limit *= 8
	}
	switch {
	case len(args) != 1:
		return -1, badModifier("invalid type modifier")
	case args[0] < 1:
		return -1, badModifier("length for type %s must be at least 1", name)
	case args[0] > limit:
		return -1, badModifier("length for type %s cannot exceed %d", name, limit)
	}
	return args[0] + header, nil
}

// precisionModifier: a precision above 6 is taken as 6, with a warning.
func precisionModifier(t OID, args []int32) (int32, error) {
	if len(args) != 1 {
		return -1, badModifier("invalid type modifier")
	}
	if args[0] < 0 {
		name, zone := "TIMESTAMP", ""
		if t == Time || t == Timetz {
			name = "TIME"
		}
		if t == Timetz || t == Timestamptz {
			zone = " WITH TIME ZONE"
		}
		return -1, badModifier("%s(%d)%s precision must not be negative", name, args[0], zone)
	}
	return min(args[0], 6), nil
}

func intervalModifier(args []int32) (int32, error) {
	known := args[0] == fullRange
	for _, f := range intervalFields {
		known = known || f.mask == args[0]
	}
	if !known || len(args) > 2 {
		return -1, badModifier("invalid INTERVAL type modifier")
	}
	if len(args) == 1 {
		if args[0] == fullRange {
			return -1, nil
		}
		return args[0]<<16 | fullPrecision, nil
	}
	if args[1] < 0 {
		return -1, badModifier("INTERVAL(%d) precision must not be negative", args[1])
	}
	return args[0]<<16 | min(args[1], 6), nil
}
