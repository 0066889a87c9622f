package sqlwriter_test

import (
	"encoding/hex"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

func sortLines(lines []string) { sort.Strings(lines) }

func sameList(got, want arrow.DataType) bool {
	g, ok1 := got.(*arrow.ListType)
	w, ok2 := want.(*arrow.ListType)
	return ok1 && ok2 && g.Elem().String() == w.Elem().String()
}

// cellText shows a value as PostgreSQL prints it.
func cellText(a arrow.Array, row int) string {
	if a.IsNull(row) {
		return null
	}
	switch a := a.(type) {
	case *array.Boolean:
		return map[bool]string{true: "t", false: "f"}[a.Value(row)]
	case *array.Float64:
		return floatText(a.Value(row), 64, 15)
	case *array.Float32:
		return floatText(float64(a.Value(row)), 32, 6)
	case *array.Decimal128:
		return a.Value(row).ToString(a.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Binary:
		return `\x` + hex.EncodeToString(a.Value(row))
	case *array.Date32:
		return dateText(int64(a.Value(row)))
	case *array.Time64:
		return clockText(int64(a.Value(row)))
	case *array.Timestamp:
		zone := ""
		if a.DataType().(*arrow.TimestampType).TimeZone != "" {
			zone = "+00"
		}
		return timestampText(int64(a.Value(row)), zone)
	case *array.MonthDayNanoInterval:
		return intervalText(a.Value(row))
	case *array.List:
		start, end := a.ValueOffsets(row)
		var parts []string
		for i := start; i < end; i++ {
			parts = append(parts, element(cellText(a.ListValues(), int(i))))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return a.ValueStr(row)
}

func element(text string) string {
	if text == null {
		return "NULL"
	}
	if text == "" || strings.ContainsAny(text, "{}\",\\ \t\n") || strings.EqualFold(text, "null") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
	}
	return text
}

func floatText(f float64, bits, limit int) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	s := strconv.FormatFloat(f, 'e', -1, bits)
	e, _ := strconv.Atoi(s[strings.IndexByte(s, 'e')+1:])
	if f != 0 && (e < -4 || e >= limit) {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, bits)
}

func dateText(days int64) string {
	if days == math.MaxInt32 {
		return "infinity"
	} else if days == -math.MaxInt32 {
		return "-infinity"
	}
	t := time.Unix(days*86400, 0).UTC()
	if t.Year() <= 0 {
		return fmt.Sprintf("%04d-%02d-%02d BC", 1-t.Year(), t.Month(), t.Day())
	}
	return fmt.Sprintf("%04d-%02d-%02d", t.Year(), t.Month(), t.Day())
}

func clockText(micros int64) string {
	s := fmt.Sprintf("%02d:%02d:%02d", micros/3600e6, micros/60e6%60, micros/1e6%60)
	if f := micros % 1e6; f != 0 {
		s += strings.TrimRight(fmt.Sprintf(".%06d", f), "0")
	}
	return s
}

func timestampText(micros int64, zone string) string {
	if micros == math.MaxInt64 {
		return "infinity"
	} else if micros == -math.MaxInt64 {
		return "-infinity"
	}
	days := micros / 86400e6
	if micros%86400e6 < 0 {
		days--
	}
	date, era, _ := strings.Cut(dateText(days), " ")
	text := date + " " + clockText(micros-days*86400e6) + zone
	if era != "" {
		text += " " + era
	}
	return text
}

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
		negative = n < 0
		if n != 1 {
			unit += "s"
		}
		parts = append(parts, fmt.Sprintf("%s%d %s", sign, n, unit))
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
