package datetime

import "strconv"

// FormatInterval prints an interval in IntervalStyle postgres: "1 year 2 mons -3 days +04:05:06".
func FormatInterval(v Interval) string { return string(AppendInterval(nil, v)) }

// AppendInterval appends what FormatInterval gives.
func AppendInterval(b []byte, v Interval) []byte {
	start, negative := len(b), false // the field before was negative: the next shows its plus sign
	add := func(n int64, unit string) {
		if n == 0 {
			return
		}
		if len(b) > start {
			b = append(b, ' ')
		}
		if negative && n > 0 {
			b = append(b, '+')
		}
		b = append(append(strconv.AppendInt(b, n, 10), ' '), unit...)
		if n != 1 {
			b = append(b, 's')
		}
		negative = n < 0
	}
	add(int64(v.Months/monthsPerYear), "year")
	add(int64(v.Months%monthsPerYear), "mon")
	add(int64(v.Days), "day")
	if v.Micros != 0 || len(b) == start {
		if len(b) > start {
			b = append(b, ' ')
		}
		b = appendIntervalTime(b, v.Micros, negative)
	}
	return b
}

func appendIntervalTime(b []byte, micros int64, plus bool) []byte {
	hours, minutes, rest := micros/Hour, micros/Minute%60, micros%Minute
	switch {
	case micros < 0:
		b, hours, minutes, rest = append(b, '-'), -hours, -minutes, -rest
	case plus:
		b = append(b, '+')
	}
	b = appendPadded(b, hours, 2)
	b = appendPadded(append(b, ':'), minutes, 2)
	return appendSeconds(append(b, ':'), rest)
}
