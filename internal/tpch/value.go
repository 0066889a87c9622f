package tpch

import (
	"strconv"
	"time"
)

// Value is one cell. Which field holds it follows from the column's Kind; no cell is NULL.
type Value struct {
	Number int64  // an Integer, a Decimal in hundredths, a Date in days since 1970-01-01
	Text   string // a Fixed (without its padding) or a Varying
}

// Kind is a column's type.
type Kind int

const (
	Integer Kind = iota
	Decimal      // numeric(15,2)
	Date
	Fixed   // char(n)
	Varying // varchar(n)
)

func number(n int64) Value { return Value{Number: n} }

func text(s string) Value { return Value{Text: s} }

// appendText writes the cell as PostgreSQL, MariaDB and people write it.
func (v Value) appendText(line []byte, kind Kind) []byte {
	switch kind {
	case Integer:
		return strconv.AppendInt(line, v.Number, 10)
	case Decimal:
		return appendDecimal(line, v.Number)
	case Date:
		return append(line, dateText(v.Number)...)
	default:
		return append(line, v.Text...)
	}
}

func appendDecimal(line []byte, hundredths int64) []byte {
	if hundredths < 0 {
		line, hundredths = append(line, '-'), -hundredths
	}
	line = strconv.AppendInt(line, hundredths/100, 10)
	return append(line, '.', byte('0'+hundredths/10%10), byte('0'+hundredths%10))
}

// Days since 1970-01-01 of the specification's dates (clause 4.2.3).
const (
	startDate   = 8035  // 1992-01-01
	currentDate = 9298  // 1995-06-17
	endDate     = 10591 // 1998-12-31
)

// dates holds the text of every date there is: formatting each of 18 million would
// take most of the time.
var dates = func() (texts [endDate - startDate + 1]string) {
	for day := range texts {
		texts[day] = time.Unix(int64(startDate+day)*86400, 0).UTC().Format(time.DateOnly)
	}
	return texts
}()

func dateText(day int64) string { return dates[day-startDate] }
