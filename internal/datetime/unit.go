package datetime

// Unit is a part of a date, time or interval, as extract, date_trunc and interval
// input name it.
type Unit uint8

// The units. UnitTime is the ISO label T. 0 is none.
const (
	UnitMicrosecond Unit = iota + 1
	UnitMillisecond
	UnitSecond
	UnitMinute
	UnitHour
	UnitDay
	UnitWeek
	UnitMonth
	UnitQuarter
	UnitYear
	UnitDecade
	UnitCentury
	UnitMillennium
	UnitJulian
	UnitISOYear
	UnitDayOfWeek
	UnitISODayOfWeek
	UnitDayOfYear
	UnitEpoch
	UnitTimezone
	UnitTimezoneHour
	UnitTimezoneMinute
	UnitTime
)

// intervalUnits are the words of intervals (deltatktbl), cut to ten letters.
var intervalUnits = map[string]Unit{
	"c": UnitCentury, "cent": UnitCentury, "centuries": UnitCentury, "century": UnitCentury,
	"d": UnitDay, "day": UnitDay, "days": UnitDay,
	"dec": UnitDecade, "decade": UnitDecade, "decades": UnitDecade, "decs": UnitDecade,
	"h": UnitHour, "hour": UnitHour, "hours": UnitHour, "hr": UnitHour, "hrs": UnitHour,
	"m": UnitMinute, "min": UnitMinute, "mins": UnitMinute, "minute": UnitMinute, "minutes": UnitMinute,
	"microsecon": UnitMicrosecond, "us": UnitMicrosecond, "usec": UnitMicrosecond, "usecond": UnitMicrosecond,
	"useconds": UnitMicrosecond, "usecs": UnitMicrosecond,
	"mil": UnitMillennium, "millennia": UnitMillennium, "millennium": UnitMillennium, "mils": UnitMillennium,
	"millisecon": UnitMillisecond, "ms": UnitMillisecond, "msec": UnitMillisecond, "msecond": UnitMillisecond,
	"mseconds": UnitMillisecond, "msecs": UnitMillisecond,
	"mon": UnitMonth, "mons": UnitMonth, "month": UnitMonth, "months": UnitMonth,
	"qtr": UnitQuarter, "quarter": UnitQuarter,
	"s": UnitSecond, "sec": UnitSecond, "second": UnitSecond, "seconds": UnitSecond, "secs": UnitSecond,
	"timezone": UnitTimezone, "timezone_h": UnitTimezoneHour, "timezone_m": UnitTimezoneMinute,
	"w": UnitWeek, "week": UnitWeek, "weeks": UnitWeek,
	"y": UnitYear, "year": UnitYear, "years": UnitYear, "yr": UnitYear, "yrs": UnitYear,
}
