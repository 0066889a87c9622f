package pgformat

import (
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/sqlstate"
)

// result puts the fields together.
func (r *dateReader) result() (Read, error) {
	v := r.values
	overflow := sqlstate.New(sqlstate.DatetimeFieldOverflow, "date/time field value out of range: \"%s\"", r.whole)
	hour, minute, second := v["ssss"]/3600, v["ssss"]/60%60, v["ssss"]%60
	for _, f := range []struct {
		name string
		to   *int
	}{{"ss", &second}, {"mi", &minute}, {"hh", &hour}} {
		if v[f.name] != 0 {
			*f.to = v[f.name]
		}
	}
	if r.twelve {
		if hour < 1 || hour > 12 {
			return Read{}, badDate("hour \"%d\" is invalid for the 12-hour clock", hour).
				WithHint("Use the 24-hour clock, or give an hour between 1 and 12.")
		}
		if r.afternoon && hour < 12 {
			hour += 12
		} else if !r.afternoon && hour == 12 {
			hour = 0
		}
	}
	d, err := r.date()
	if err != nil {
		return Read{}, err
	}
	if d.invalid() {
		return Read{}, overflow
	}
	micros := v["ms"]*1000 + v["us"]
	if hour < 0 || hour >= 24 || minute < 0 || minute >= 60 || second < 0 || second >= 60 || micros < 0 || micros >= 1000000 {
		return Read{}, overflow
	}
	if v["tzh"] < 0 || v["tzh"] > 15 || v["tzm"] < 0 || v["tzm"] >= 60 {
		return Read{}, overflow
	}
	days := datetime.DaysOf(d.year, d.month, d.day)
	if !datetime.ValidDate(days) {
		return Read{}, sqlstate.New(sqlstate.DatetimeFieldOverflow, "date out of range: \"%s\"", r.whole)
	}
	ofDay := int64(hour)*datetime.Hour + int64(minute)*datetime.Minute + int64(second)*datetime.Second + int64(micros)
	if r.fraction > 0 {
		ofDay = datetime.RoundTimestamp(ofDay, r.fraction)
	}
	offset := r.zoneSign*(v["tzh"]*3600+v["tzm"]*60) + r.abbreviated
	return Read{Days: days, Micros: ofDay, Zoned: r.zoneSign != 0, Offset: offset}, nil
}

// civil is a date in the making; has tells what the text said.
type civil struct {
	year, month, day          int
	hasYear, hasMonth, hasDay bool
}

func (d *civil) setDays(days int64) {
	d.year, d.month, d.day = datetime.CivilOf(days)
	d.hasYear, d.hasMonth, d.hasDay = true, true, true
}

func (d civil) invalid() bool {
	return d.hasMonth && (d.month < 1 || d.month > 12) || d.hasDay && (d.day < 1 || d.day > 31) ||
		d.hasYear && d.hasMonth && d.hasDay && d.day > datetime.DaysInMonth(d.year, d.month)
}

// isoWeekStart is the Monday of a week of an ISO year.
func isoWeekStart(year, week int) int64 {
	fourth := datetime.DaysOf(year, 1, 4)
	weekday := ((fourth+3)%7 + 7) % 7 // Monday is 0
	return fourth - weekday + int64(week-1)*7
}

func (r *dateReader) date() (civil, error) {
	v := r.values
	d := civil{month: 1, day: 1}
	d.setYear(v["year"], v["cc"], r.yearDigits, r.bc)
	if v["j"] != 0 {
		d.setDays(int64(v["j"]) - 2440588)
	}
	ddd, dd := v["ddd"], v["dd"]
	if week := v["ww"]; week != 0 {
		if r.mode == isoWeek {
			day := int64(0)
			if v["d"] > 1 {
				day = int64(v["d"]) - 2
			} else if v["d"] == 1 {
				day = 6
			}
			d.setDays(isoWeekStart(d.year, week) + day)
		} else {
			ddd = (week-1)*7 + 1
		}
	}
	if v["w"] != 0 {
		dd = (v["w"]-1)*7 + 1
	}
	if dd != 0 {
		d.day, d.hasDay = dd, true
	}
	if v["mm"] != 0 {
		d.month, d.hasMonth = v["mm"], true
	}
	if ddd != 0 && (d.month <= 1 || d.day <= 1) {
		if d.year == 0 && !r.bc {
			return d, badDate("cannot calculate day of year without year information")
		}
		if r.mode == isoWeek {
			d.setDays(isoWeekStart(d.year, 1) + int64(ddd) - 1)
		} else {
			d.setYearDay(ddd)
		}
	}
	return d, nil
}

func (d *civil) setYear(year, century, digits int, bc bool) {
	if bc {
		century = -century
	}
	switch {
	case year != 0 && century != 0 && digits <= 2:
		d.year = year % 100
		switch {
		case d.year != 0 && century >= 0:
			d.year += (century - 1) * 100
		case d.year != 0:
			d.year = (century+1)*100 - d.year + 1
		case century >= 0:
			d.year = century * 100
		default:
			d.year = century*100 + 1
		}
	case year != 0:
		d.year = year
		if bc {
			d.year = -year
		}
		if d.year < 0 {
			d.year++
		}
	case century > 0:
		d.year = (century-1)*100 + 1
	case century < 0:
		d.year = century*100 + 1
	default:
		return
	}
	d.hasYear = true
}

func (d *civil) setYearDay(n int) {
	month, before := 1, 0
	for month <= 12 && n > before+datetime.DaysInMonth(d.year, month) {
		before += datetime.DaysInMonth(d.year, month)
		month++
	}
	if d.month <= 1 {
		d.month = month
	}
	if d.day <= 1 {
		d.day = n - before
	}
	d.hasMonth, d.hasDay = true, true
}

// Local gives date and time as a timestamp; ok is false where it is out of range.
func (r Read) Local() (ts int64, ok bool) {
	const most = 110_000_000 // days: some three hundred thousand years
	if r.Days > most || r.Days < -most {
		return 0, false
	}
	ts = r.Days*datetime.Day + r.Micros
	return ts, datetime.ValidTimestamp(ts)
}
