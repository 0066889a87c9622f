package datetime

// wordField reads a word: a zone's abbreviation, a month, "now", a label, a zone's name.
func (d *decoder) wordField(i int) (found mask, skip bool, p problem) {
	text := d.list[i].text
	if a, ok := abbreviations()[text]; ok {
		return d.abbreviated(text, a)
	}
	t, ok := dateTokens[truncate(text)]
	if !ok {
		zone, ok := LoadZone(text)
		if !ok {
			return 0, false, badFormat
		}
		d.zone = zone
		return zonePart, false, 0
	}
	switch t.kind {
	case ignoredToken:
		return 0, true, 0
	case specialToken:
		found, p = d.specialValue(t.value)
	case monthToken:
		found, p = d.month(t.value)
	case daylightToken:
		found = daylightPart | daylightZonePart
		d.offset += t.value
	case meridiemToken:
		found, d.meridiem = meridiemPart, t.value
	case eraToken:
		found, d.bc = eraPart, t.value == bc
	case weekdayToken:
		found = weekdayPart
		if d.timeOnly {
			p = badFormat
		}
	case labelToken:
		d.label = Unit(t.value)
	case isoTimeToken:
		p = d.isoTime(i)
	default:
		p = badFormat
	}
	return found, false, p
}

func (d *decoder) abbreviated(word string, a abbreviation) (mask, bool, problem) {
	if a.zone != "" {
		d.zone, _ = LoadZone(a.zone)
		d.word = word
		return zonePart, false, 0
	}
	d.offset = a.offset
	if a.daylight {
		return zonePart | daylightZonePart, false, 0
	}
	return zonePart, false, 0
}

// month: a number taken for the month before turns out to be the day.
func (d *decoder) month(month int) (mask, problem) {
	if d.timeOnly {
		return 0, badFormat
	}
	found := monthPart
	if d.seen&monthPart != 0 && !d.textMonth && d.seen&dayPart == 0 && d.Month >= 1 && d.Month <= 31 {
		d.Day, found = d.Month, dayPart
	}
	d.textMonth, d.Month = true, month
	return found, 0
}

func (d *decoder) specialValue(value int) (mask, problem) {
	if value <= specialTomorrow && d.in.Now.IsZero() {
		return 0, badFormat
	}
	now, offset := d.in.local()
	switch {
	case value == specialNow && d.timeOnly:
		d.Fields = now
		return timePart, 0
	case value == specialZulu:
		d.special = -1
		d.Hour, d.Minute, d.Second, d.offset = 0, 0, 0, 0
		return timePart | zonePart, 0
	case d.timeOnly:
		return 0, badFormat
	case value == specialNow:
		d.special = -1
		d.Fields, d.offset = now, offset
		return datePart | timePart | zonePart, 0
	case value <= specialTomorrow:
		d.special = -1
		day := DaysOf(now.Year, now.Month, now.Day) + int64(value-specialToday)
		d.Year, d.Month, d.Day = CivilOf(day)
		return datePart, 0
	}
	d.special = value
	return reservedPart, 0 // whatever else is said beside it does not count
}

// isoTime: the T needs a date before it and a time after it.
func (d *decoder) isoTime(i int) problem {
	if !d.timeOnly && d.seen&datePart != datePart || i == len(d.list)-1 {
		return badFormat
	}
	switch d.list[i+1].kind {
	case numberField, timeField, dateField:
		d.label = UnitTime
		return 0
	}
	return badFormat
}
