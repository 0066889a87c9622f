package pgjsonpath

import (
	"cmp"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/pgformat"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// badMoment is ERRCODE_INVALID_ARGUMENT_FOR_SQL_JSON_DATETIME_FUNCTION.
const badMoment sqlstate.Code = "22031"

// forms are the patterns that .datetime() tries in turn (jsonpath_exec.c, executeDateTimeMethod).
var forms = []string{
	"yyyy-mm-dd", "HH24:MI:SS.USTZ", "HH24:MI:SSTZ", "HH24:MI:SS.US", "HH24:MI:SS",
	"yyyy-mm-dd HH24:MI:SS.USTZ", "yyyy-mm-dd HH24:MI:SSTZ", `yyyy-mm-dd"T"HH24:MI:SS.USTZ`, `yyyy-mm-dd"T"HH24:MI:SSTZ`,
	"yyyy-mm-dd HH24:MI:SS.US", "yyyy-mm-dd HH24:MI:SS", `yyyy-mm-dd"T"HH24:MI:SS.US`, `yyyy-mm-dd"T"HH24:MI:SS`,
}

// readMoment reads a text by a pattern.
func readMoment(text, form string) (pgjson.Moment, error) {
	read, err := pgformat.ReadStandard(text, form)
	if err != nil {
		return pgjson.Moment{}, err
	}
	switch {
	case !read.Timed:
		return pgjson.Moment{Kind: pgjson.Date, Value: read.Days}, nil
	case !read.Dated && read.Zoned:
		return pgjson.Moment{Kind: pgjson.TimeTZ, Value: read.Micros, Offset: read.Offset}, nil
	case !read.Dated:
		return pgjson.Moment{Kind: pgjson.Time, Value: read.Micros}, nil
	}
	local, ok := read.Local()
	m := pgjson.Moment{Kind: pgjson.Timestamp, Value: local}
	if read.Zoned {
		m = pgjson.Moment{Kind: pgjson.TimestampTZ, Value: local - int64(read.Offset)*1e6, Offset: read.Offset}
		ok = ok && datetime.ValidTimestamp(m.Value)
	}
	if !ok {
		return m, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range: \"%s\"", text)
	}
	return m, nil
}

// momentValue is a moment as an item: it prints as JSON has it.
func momentValue(m pgjson.Moment) pgjson.Value {
	text := ""
	switch m.Kind {
	case pgjson.Date:
		text = datetime.FormatDate(int32(m.Value))
	case pgjson.Time:
		text = datetime.FormatTime(m.Value)
	case pgjson.TimeTZ:
		text = withMinutes(datetime.FormatTimeWithZone(datetime.TimeWithZone{Micros: m.Value, Offset: m.Offset}))
	case pgjson.Timestamp:
		text = strings.Replace(datetime.FormatTimestamp(m.Value), " ", "T", 1)
	case pgjson.TimestampTZ:
		text = strings.Replace(datetime.FormatTimestamptz(m.Value, time.FixedZone("", m.Offset)), " ", "T", 1)
		rest, bc := strings.CutSuffix(text, " BC")
		if text = withMinutes(rest); bc {
			text += " BC"
		}
	}
	return pgjson.Value{Kind: pgjson.OfMoment, Text: text, Raw: pgjson.Quote(text), Moment: &m}
}

// withMinutes gives an offset of hours its minutes.
func withMinutes(text string) string {
	if sign := strings.LastIndexAny(text, "+-"); len(text)-sign == 3 {
		return text + ":00"
	}
	return text
}

// ofKind is a variable whose text is that of a number JSON has not, of a date or of a time. A
// timestamp with a zone is one in UTC.
func ofKind(kind string, v pgjson.Value) (pgjson.Value, error) {
	for _, form := range forms {
		m, err := readMoment(v.Text, form)
		if err == nil && m.Kind.String() == kind {
			if m.Kind == pgjson.TimestampTZ {
				m.Offset = 0
			}
			return momentValue(m), nil
		}
	}
	switch kind {
	case "number":
		return pgjson.Value{Kind: pgjson.Number, Raw: v.Text}, nil
	case pgjson.Date.String(), pgjson.Time.String(), pgjson.TimeTZ.String(), pgjson.Timestamp.String(), pgjson.TimestampTZ.String():
	default:
		return v, fatal{sqlstate.New(sqlstate.InvalidParameterValue, "could not convert value to jsonpath")}
	}
	return v, fatal{sqlstate.Unsupported("jsonpath variable with the value %s", v.Text)}
}

// momentMethod is .datetime() and its like.
func momentMethod(r *run, n *node, v pgjson.Value) (pgjson.Value, error) {
	if v.Kind != pgjson.String {
		return v, sqlstate.New(badMoment, "jsonpath item method .%s() can only be applied to a string", n.text)
	}
	if n.text == "datetime" && n.params != nil {
		m, err := readMoment(v.Text, n.params[0])
		return momentValue(m), err
	}
	for _, form := range forms {
		m, err := readMoment(v.Text, form)
		if err != nil {
			continue
		}
		if to, ok := momentTargets[n.text]; ok {
			if m, ok, err = r.convert(m, to); err != nil {
				return v, err
			}
			if !ok {
				break
			}
			if m, err = rounded(m, n); err != nil {
				return v, err
			}
		}
		return momentValue(m), nil
	}
	return v, sqlstate.New(badMoment, "%s format is not recognized: \"%s\"", n.text, v.Text)
}

var momentTargets = map[string]pgjson.MomentKind{
	"date": pgjson.Date, "time": pgjson.Time, "time_tz": pgjson.TimeTZ, "timestamp": pgjson.Timestamp, "timestamp_tz": pgjson.TimestampTZ,
}

// sqlNames are the kinds in the words of errors.
var sqlNames = [...]string{"date", "time", "timetz", "timestamp", "timestamptz"}

// convert makes another kind of a moment; ok is false where there is no way. What needs the
// session's time zone is an error where that is not to be used.
func (r *run) convert(m pgjson.Moment, to pgjson.MomentKind) (out pgjson.Moment, ok bool, err error) {
	if m.Kind == to {
		return m, true, nil
	}
	zoned := func(k pgjson.MomentKind) bool { return k == pgjson.TimeTZ || k == pgjson.TimestampTZ }
	known := ways[[2]pgjson.MomentKind{m.Kind, to}]
	if !known {
		return m, false, nil
	}
	zone := r.in.Zone
	if zoned(m.Kind) != zoned(to) && !r.in.Zoned {
		return m, false, fatal{sqlstate.New(sqlstate.FeatureNotSupported, "cannot convert value from %s to %s without time zone usage",
			sqlNames[m.Kind], sqlNames[to]).WithHint("Use *_tz() function for time zone support.")}
	}
	if zone == nil {
		zone = time.UTC
	}
	out = pgjson.Moment{Kind: to}
	local := m.Value // a timestamp without time zone
	switch m.Kind {
	case pgjson.Date:
		if local, err = datetime.TimestampOf(int32(m.Value)); err != nil {
			return m, false, err
		}
	case pgjson.TimestampTZ:
		local = datetime.ToLocal(m.Value, zone)
	}
	switch to {
	case pgjson.Date:
		out.Value = int64(datetime.DateOf(local))
	case pgjson.Time:
		out.Value = (local%datetime.Day + datetime.Day) % datetime.Day
	case pgjson.TimeTZ:
		if m.Kind == pgjson.TimestampTZ {
			t := datetime.TimeIn(m.Value, zone)
			out.Value, out.Offset = t.Micros, t.Offset
			break
		}
		t := datetime.TimeOn(m.Value, r.in.Now.UnixMicro(), zone)
		out.Value, out.Offset = t.Micros, t.Offset
	case pgjson.Timestamp:
		out.Value = local
	case pgjson.TimestampTZ:
		out.Value, out.Offset = datetime.FromLocal(local, zone), datetime.OffsetOfLocal(local, zone)
	}
	if to >= pgjson.Timestamp && !datetime.ValidTimestamp(out.Value) {
		return m, false, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range")
	}
	return out, true, nil
}

// ways are the conversions there are.
var ways = map[[2]pgjson.MomentKind]bool{
	{pgjson.Date, pgjson.Timestamp}: true, {pgjson.Date, pgjson.TimestampTZ}: true, {pgjson.Time, pgjson.TimeTZ}: true, {pgjson.TimeTZ, pgjson.Time}: true,
	{pgjson.Timestamp, pgjson.Date}: true, {pgjson.Timestamp, pgjson.Time}: true, {pgjson.Timestamp, pgjson.TimestampTZ}: true,
	{pgjson.TimestampTZ, pgjson.Date}: true, {pgjson.TimestampTZ, pgjson.Time}: true, {pgjson.TimestampTZ, pgjson.TimeTZ}: true, {pgjson.TimestampTZ, pgjson.Timestamp}: true,
}

// rounded applies the precision of .time(2).
func rounded(m pgjson.Moment, n *node) (pgjson.Moment, error) {
	if n.params == nil {
		return m, nil
	}
	places, err := precisionOf(n, 0)
	if err != nil {
		return m, err
	}
	places = min(places, 6)
	if m.Kind == pgjson.Time || m.Kind == pgjson.TimeTZ {
		m.Value = datetime.RoundTime(m.Value, places)
	} else {
		m.Value = datetime.RoundTimestamp(m.Value, places)
	}
	return m, nil
}

// compareMoments orders moments, both made the kind of the one that says more
// (compareDatetime); known is false for a date and a time of day.
func (r *run) compareMoments(a, b pgjson.Moment) (order int, known bool, err error) {
	timeOfDay := func(k pgjson.MomentKind) bool { return k == pgjson.Time || k == pgjson.TimeTZ }
	if timeOfDay(a.Kind) != timeOfDay(b.Kind) {
		return 0, false, nil
	}
	to := max(a.Kind, b.Kind)
	if a, known, err = r.convert(a, to); err == nil && known {
		b, known, err = r.convert(b, to)
	}
	if err != nil || !known {
		return 0, false, err
	}
	if to == pgjson.TimeTZ {
		x, y := datetime.TimeWithZone{Micros: a.Value, Offset: a.Offset}, datetime.TimeWithZone{Micros: b.Value, Offset: b.Offset}
		if order = cmp.Compare(x.Micros-int64(x.Offset)*1e6, y.Micros-int64(y.Offset)*1e6); order == 0 {
			order = cmp.Compare(y.Offset, x.Offset) // west is greater
		}
		return order, true, nil
	}
	return cmp.Compare(a.Value, b.Value), true, nil
}

// ClockText is a time of day as its type prints it.
func ClockText(m pgjson.Moment) string {
	if m.Kind == pgjson.TimeTZ {
		return datetime.FormatTimeWithZone(datetime.TimeWithZone{Micros: m.Value, Offset: m.Offset})
	}
	return datetime.FormatTime(m.Value)
}
