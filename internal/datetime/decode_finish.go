package datetime

// validate checks and completes year, month and day (ValidateDate).
func (d *decoder) validate() problem {
	if d.seen&yearPart != 0 && !d.julian {
		if p := d.fixYear(); p != 0 {
			return p
		}
	}
	if d.seen&dayOfYearPart != 0 {
		d.Year, d.Month, d.Day = CivilOf(DaysOf(d.Year, 1, 1) + int64(d.dayOfYear) - 1)
	}
	if d.seen&monthPart != 0 && (d.Month < 1 || d.Month > 12) || d.seen&dayPart != 0 && (d.Day < 1 || d.Day > 31) {
		return monthDayOverflow
	}
	if d.seen&datePart == datePart && d.Day > DaysInMonth(d.Year, d.Month) {
		return fieldOverflow
	}
	return 0
}

// fixYear counts 1 BC as year 0, and two digits from 1970 to 2069.
func (d *decoder) fixYear() problem {
	switch {
	case d.bc:
		if d.Year <= 0 {
			return fieldOverflow
		}
		d.Year = 1 - d.Year
	case d.twoDigits:
		switch {
		case d.Year < 70:
			d.Year += 2000
		case d.Year < 100:
			d.Year += 1900
		}
	case d.Year <= 0:
		return fieldOverflow
	}
	return 0
}

func (d *decoder) applyMeridiem() problem {
	if d.meridiem != 0 && d.Hour > 12 {
		return fieldOverflow
	}
	switch {
	case d.meridiem == am && d.Hour == 12:
		d.Hour = 0
	case d.meridiem == pm && d.Hour != 12:
		d.Hour += 12
	}
	return 0
}

func (d *decoder) finishDate() problem {
	if p := d.validate(); p != 0 {
		return p
	}
	if p := d.applyMeridiem(); p != 0 {
		return p
	}
	if d.seen&datePart != datePart {
		return badFormat
	}
	return d.resolveZone(d.Fields, true)
}

func (d *decoder) finishTime() problem {
	if p := d.validate(); p != 0 {
		return p
	}
	if p := d.applyMeridiem(); p != 0 {
		return p
	}
	if d.timeOverflows() {
		return fieldOverflow
	}
	if d.seen&timePart != timePart {
		return badFormat
	}
	at, hasDate := d.Fields, d.seen&datePart == datePart
	if !hasDate && !d.in.Now.IsZero() {
		today, _ := d.in.local()
		at.Year, at.Month, at.Day = today.Year, today.Month, today.Day
	}
	return d.resolveZone(at, hasDate)
}

// resolveZone turns a zone into the offset it has at a local time.
func (d *decoder) resolveZone(at Fields, hasDate bool) problem {
	needsZone := d.zone != nil || d.seen&zonePart == 0
	if needsZone && d.seen&daylightPart != 0 {
		return badFormat
	}
	// Far out of range the offset does not matter: the value is refused for itself.
	local, _ := combine(DaysOf(at.Year, at.Month, at.Day), at.timeOfDay())
	switch {
	case !needsZone:
	case d.timeOnly && !hasDate && d.seen&datePart != 0:
		return badFormat
	case d.zone == nil:
		d.offset = OffsetOfLocal(local, d.in.zone())
	case d.word != "":
		d.offset = offsetOfAbbreviation(local, d.word, d.zone)
	case d.timeOnly && !hasDate && !fixedZone(d.zone):
		return badFormat
	default:
		d.offset = OffsetOfLocal(local, d.zone)
	}
	return 0
}
