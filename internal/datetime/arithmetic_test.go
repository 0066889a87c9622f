package datetime_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
)

var units = []string{
	"microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century", "millennium",
	"julian", "isoyear", "dow", "isodow", "doy", "epoch", "timezone", "timezone_hour", "timezone_minute", "YEARS", "nonsense", "now",
}

// randomInterval leans to small numbers, and to huge ones now and then.
func randomInterval(r *rand.Rand) datetime.Interval {
	pick := func(small, large int64) int64 {
		switch r.IntN(8) {
		case 0:
			return 0
		case 1:
			return r.Int64N(large) - large/2
		}
		return r.Int64N(small) - small/2
	}
	return datetime.Interval{
		Months: int32(pick(60, 1<<31)), Days: int32(pick(100, 1<<31)), Micros: pick(5*datetime.Day, 1<<61),
	}
}

// randomTimestamp leans to our days; some lie before Christ, at midnight or at an end.
func randomTimestamp(r *rand.Rand) int64 {
	switch r.IntN(12) {
	case 0:
		return datetime.TimestampInfinity
	case 1:
		return -r.Int64N(210866803200000000)
	case 2:
		return r.Int64N(9000000000000000000)
	case 3:
		return (r.Int64N(40000) - 20000) * datetime.Day
	}
	return r.Int64N(4000000000000000) - 2000000000000000
}

func intervalSQL(v datetime.Interval) string {
	return fmt.Sprintf("interval '%s'", datetime.FormatInterval(v))
}

func TestArithmeticAsPostgres(t *testing.T) {
	t.Parallel()
	const seed = 3
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	o := newOracle(t)
	o.set(t, "TimeZone", "Europe/Berlin")
	zone, _ := datetime.LoadZone("Europe/Berlin")
	printZoned := func(ts int64) string { return datetime.FormatTimestamptz(ts, zone) }
	var trials []trial
	for range 3000 {
		a, b, v, w := randomTimestamp(r), randomTimestamp(r), randomInterval(r), randomInterval(r)
		factor := []float64{2, 0.5, -1, 1.5, 0.1, 3.7, 1e9, 0}[r.IntN(8)]
		ts := fmt.Sprintf("timestamp '%s'", datetime.FormatTimestamp(a))
		us := fmt.Sprintf("timestamp '%s'", datetime.FormatTimestamp(b))
		tz := fmt.Sprintf("timestamptz '%s'", datetime.FormatTimestamptz(a, time.UTC))
		uz := fmt.Sprintf("timestamptz '%s'", datetime.FormatTimestamptz(b, time.UTC))
		interval := func(sql string, v datetime.Interval, err error) {
			trials = append(trials, trial{sql, answer(datetime.FormatInterval, v, err)})
		}
		stamp := func(sql string, ts int64, err error) {
			trials = append(trials, trial{sql, answer(datetime.FormatTimestamp, ts, err)})
		}
		zoned := func(sql string, ts int64, err error) {
			trials = append(trials, trial{sql, answer(printZoned, ts, err)})
		}
		sum, err := datetime.Add(a, v)
		stamp(ts+" + "+intervalSQL(v), sum, err)
		sum, err = datetime.AddInZone(a, v, zone)
		zoned(tz+" + "+intervalSQL(v), sum, err)
		d, err := datetime.Subtract(a, b)
		interval(ts+" - "+us, d, err)
		d, err = datetime.Age(a, b)
		interval("age("+ts+", "+us+")", d, err)
		d, err = datetime.AgeInZone(a, b, zone)
		interval("age("+tz+", "+uz+")", d, err)
		d, err = v.Plus(w)
		interval(intervalSQL(v)+" + "+intervalSQL(w), d, err)
		d, err = v.Minus(w)
		interval(intervalSQL(v)+" - "+intervalSQL(w), d, err)
		d, err = v.Times(factor)
		interval(fmt.Sprintf("%s * %v::float8", intervalSQL(v), factor), d, err)
		d, err = v.DividedBy(factor)
		interval(fmt.Sprintf("%s / %v::float8", intervalSQL(v), factor), d, err)
		d, err = v.JustifyHours()
		interval("justify_hours("+intervalSQL(v)+")", d, err)
		d, err = v.JustifyDays()
		interval("justify_days("+intervalSQL(v)+")", d, err)
		d, err = v.Justify()
		interval("justify_interval("+intervalSQL(v)+")", d, err)
		trials = append(trials, trial{"interval_cmp(" + intervalSQL(v) + ", " + intervalSQL(w) + ")", fmt.Sprint(v.Compare(w))})
		stride := datetime.Interval{Days: v.Days % 40, Micros: w.Micros % datetime.Day}
		sum, err = datetime.Bin(stride, a, b)
		stamp("date_bin("+intervalSQL(stride)+", "+ts+", "+us+")", sum, err)
	}
	compare(t, o, trials)
}

func TestPartsAsPostgres(t *testing.T) {
	t.Parallel()
	const seed = 4
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	o := newOracle(t)
	o.set(t, "TimeZone", "America/New_York")
	zone, _ := datetime.LoadZone("America/New_York")
	var trials []trial
	part := func(sql string, p datetime.Part, err error) {
		ours := answer(datetime.Part.String, p, err)
		if p.Null {
			ours = "NULL"
		}
		trials = append(trials, trial{sql, ours})
	}
	for range 300 {
		a, v := randomTimestamp(r), randomInterval(r)
		ts := fmt.Sprintf("timestamp '%s'", datetime.FormatTimestamp(a))
		tz := fmt.Sprintf("timestamptz '%s'", datetime.FormatTimestamptz(a, time.UTC))
		date := datetime.DateOf(a)
		micros := r.Int64N(datetime.Day)
		timetz := datetime.TimeWithZone{Micros: micros, Offset: r.IntN(100000) - 50000}
		for _, u := range units {
			cut, err := datetime.Truncate(u, a)
			trials = append(trials, trial{"date_trunc('" + u + "', " + ts + ")", answer(datetime.FormatTimestamp, cut, err)})
			cut, err = datetime.TruncateInZone(u, a, zone)
			trials = append(trials, trial{"date_trunc('" + u + "', " + tz + ")", answer(func(ts int64) string { return datetime.FormatTimestamptz(ts, zone) }, cut, err)})
			cutInterval, err := datetime.TruncateInterval(u, v)
			trials = append(trials, trial{"date_trunc('" + u + "', " + intervalSQL(v) + ")", answer(datetime.FormatInterval, cutInterval, err)})
			p, err := datetime.Extract(u, a)
			part("extract('"+u+"' from "+ts+")", p, err)
			p, err = datetime.ExtractInZone(u, a, zone)
			part("extract('"+u+"' from "+tz+")", p, err)
			p, err = datetime.ExtractDate(u, date)
			part("extract('"+u+"' from date '"+datetime.FormatDate(date)+"')", p, err)
			p, err = datetime.ExtractTime(u, micros)
			part("extract('"+u+"' from time '"+datetime.FormatTime(micros)+"')", p, err)
			p, err = datetime.ExtractTimeWithZone(u, timetz)
			part("extract('"+u+"' from timetz '"+datetime.FormatTimeWithZone(timetz)+"')", p, err)
			p, err = datetime.ExtractInterval(u, v)
			part("extract('"+u+"' from "+intervalSQL(v)+")", p, err)
		}
	}
	compare(t, o, trials)
}

// TestNamedZonesAsPostgres compares AT TIME ZONE over every abbreviation and some zones.
func TestNamedZonesAsPostgres(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 6))
	o := newOracle(t)
	var names []string
	for _, s := range o.values(t, []string{"(SELECT string_agg(abbrev, ' ') FROM pg_timezone_abbrevs)", "(SELECT string_agg(name, ' ') FROM pg_timezone_names WHERE name !~ '^(posix|right)/|^(Factory|localtime|posixrules)$')"}) {
		names = append(names, strings.Fields(*s)...)
	}
	names = append(names, "utc+3", "<+05>-5:30", "Nowhere/Land")
	var trials []trial
	for _, name := range names {
		for range 4 {
			a := randomTimestamp(r)
			if datetime.Infinite(a) { // PostgreSQL does not look at the zone then
				a = 0
			}
			text := datetime.FormatTimestamp(a)
			zone, err := datetime.FindZone(name)
			to, from := answer(datetime.FormatTimestamp, 0, err), answer(datetime.FormatTimestamp, 0, err)
			if err == nil {
				to = datetime.FormatTimestamp(zone.ToLocal(a))
				from = datetime.FormatTimestamptz(zone.FromLocal(a), time.UTC)
			}
			trials = append(trials,
				trial{fmt.Sprintf("timestamptz '%s' AT TIME ZONE '%s'", datetime.FormatTimestamptz(a, time.UTC), name), to},
				trial{fmt.Sprintf("timestamp '%s' AT TIME ZONE '%s'", text, name), from})
		}
	}
	compare(t, o, trials)
}
