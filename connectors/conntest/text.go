package conntest

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// Null stands for NULL in rows of text.
const Null = "∅"

// Text gives a value of a batch as PostgreSQL prints it (DateStyle ISO, time zone UTC).
func Text(values arrow.Array, row int, t pgtype.Type) string {
	if values.IsNull(row) {
		return Null
	}
	switch a := values.(type) {
	case *array.Boolean:
		return map[bool]string{true: "t", false: "f"}[a.Value(row)]
	case *array.Int16:
		return strconv.Itoa(int(a.Value(row)))
	case *array.Int32:
		return strconv.Itoa(int(a.Value(row)))
	case *array.Int64:
		return strconv.FormatInt(a.Value(row), 10)
	case *array.Uint32:
		return strconv.FormatUint(uint64(a.Value(row)), 10)
	case *array.Float32:
		return floatText(float64(a.Value(row)), 32)
	case *array.Float64:
		return floatText(a.Value(row), 64)
	case *array.Decimal128:
		return a.Value(row).ToString(a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.String:
		return strings.Clone(a.Value(row)) // a view of the batch
	case *array.Binary:
		return `\x` + hex.EncodeToString(a.Value(row))
	case *array.Date32:
		return dateText(int64(a.Value(row)))
	case *array.Time64:
		return clockText(int64(a.Value(row)))
	case *array.Timestamp:
		return timestampText(int64(a.Value(row)), t.OID == pgtype.Timestamptz)
	case *array.MonthDayNanoInterval:
		return intervalText(a.Value(row))
	case *array.List:
		return listText(a, row, t)
	}
	panic(fmt.Sprintf("conntest: unhandled array %T", values))
}

// floatText is not PostgreSQL's spelling but one number has one text: the oracle's
// text goes through it too.
func floatText(f float64, bits int) string {
	if math.IsNaN(f) {
		return "NaN"
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

func dateText(days int64) string {
	switch days {
	case math.MaxInt32:
		return "infinity"
	case -math.MaxInt32:
		return "-infinity"
	}
	day, era := dayText(days)
	return day + era
}

func dayText(days int64) (day, era string) {
	d := time.Unix(days*86_400, 0).UTC()
	year := d.Year()
	if year <= 0 {
		year, era = 1-year, " BC"
	}
	return fmt.Sprintf("%04d-%02d-%02d", year, d.Month(), d.Day()), era
}

func clockText(micros int64) string {
	seconds := micros / 1_000_000
	return fmt.Sprintf("%02d:%02d:%02d", seconds/3600, seconds/60%60, seconds%60) + fractionText(micros%1_000_000)
}

func fractionText(micros int64) string {
	if micros == 0 {
		return ""
	}
	return strings.TrimRight(fmt.Sprintf(".%06d", micros), "0")
}

func timestampText(micros int64, zoned bool) string {
	switch micros {
	case math.MaxInt64:
		return "infinity"
	case -math.MaxInt64:
		return "-infinity"
	}
	const perDay = 86_400_000_000
	days := micros / perDay
	if micros%perDay < 0 {
		days--
	}
	day, era := dayText(days)
	zone := ""
	if zoned {
		zone = "+00"
	}
	return day + " " + clockText(micros-days*perDay) + zone + era
}

// intervalText follows EncodeInterval of datetime.c, style postgres.
func intervalText(v arrow.MonthDayNanoInterval) string {
	var parts []string
	negative := false
	add := func(n int64, unit string) {
		if n == 0 {
			return
		}
		sign := ""
		if negative && n > 0 {
			sign = "+"
		}
		if n != 1 {
			unit += "s"
		}
		parts = append(parts, fmt.Sprintf("%s%d %s", sign, n, unit))
		negative = n < 0
	}
	add(int64(v.Months/12), "year")
	add(int64(v.Months%12), "mon")
	add(int64(v.Days), "day")
	micros := v.Nanoseconds / 1000
	if micros != 0 || len(parts) == 0 {
		sign := ""
		if micros < 0 {
			sign, micros = "-", -micros
		} else if negative {
			sign = "+"
		}
		parts = append(parts, sign+clockText(micros))
	}
	return strings.Join(parts, " ")
}

func listText(a *array.List, row int, t pgtype.Type) string {
	elem, _ := pgtype.ElementOf(t.OID)
	from, to := a.ValueOffsets(row)
	var parts []string
	for i := from; i < to; i++ {
		text := Text(a.ListValues(), int(i), pgtype.Type{OID: elem, Mod: t.Mod})
		switch {
		case a.ListValues().IsNull(int(i)):
			text = "NULL"
		case text == "" || strings.EqualFold(text, "null") || strings.ContainsAny(text, " \t\n\r\v\f{},\"\\"):
			text = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		}
		parts = append(parts, text)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// canonical brings a text of PostgreSQL's to what Text gives where the two may differ.
func canonical(text string, t pgtype.Type) string {
	bits := map[pgtype.OID]int{pgtype.Float4: 32, pgtype.Float8: 64}[t.OID]
	if bits == 0 || text == Null {
		return text
	}
	f, err := strconv.ParseFloat(text, bits)
	if err != nil {
		return text
	}
	return floatText(f, bits)
}
