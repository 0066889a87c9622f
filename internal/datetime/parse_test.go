package datetime_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// spellings are inputs for every type: each is read as each, so that refusals are
// compared as much as values.
var spellings = strings.Split(strings.TrimSpace(`
2024-01-05
1999-01-08 04:05:06
January 8, 1999
1/8/1999
1/18/1999
01/02/03
1999-Jan-08
Jan-08-1999
08-Jan-1999
99-Jan-08
08-Jan-99
Jan-08-99
19990108
990108
1999.008
J2451187
J2451187.5
J2451187+2
January 8, 99 BC
Jan 8 99 BC
0044-03-15 BC
0001-01-01 BC
4714-11-24 BC
4714-11-23 BC
0000-01-01
now
today
tomorrow
yesterday
today 12:30
tomorrow allballs
epoch
infinity
-infinity
+infinity
- infinity
allballs
noon
midnight
04:05:06.789
04:05:06
04:05
040506
0405
04:05 AM
04:05 PM
12:00 AM
12:00 PM
13:00 PM
13:00 AM
04:05:06.789-8
04:05:06-08:00
04:05-08:00
040506-08
040506+0730
040506+07:30:00
04:05:06 PST
2003-04-12 04:05:06 America/New_York
04:05:06 America/New_York
1999-01-08 04:05:06 -8:00
1999-01-08 04:05:06-08
January 8 04:05:06 1999 PST
Sat Jan 09 1999 04:05:06 PST
2024-02-29
2023-02-29
2024-02-30
2024-13-01
13/13/2024
2024-00-10
2024-04-31
2024-01-01 24:00:00
2024-01-01 24:00:01
2024-01-01 23:59:60
2024-01-01 23:59:61
2024-01-01 25:00:00
24:00:00
24:00:00.000001
23:59:60
25:00
12:60
20240105T040506
2024-01-05T04:05:06
2024-01-05T04:05:06Z
2024-01-05T040506
2024-01-05 04:05:06.123456789
2024-01-05 04:05:06.1234565
2024-01-05 04:05:06.
2024-01-05t04:05:06.5+02
T04:05:06
T040506
2024-01-05 T 04:05
2024-01-05 04:05:06 UTC
2024-01-05 04:05:06 Z
2024-01-05 04:05:06 zulu
2024-01-05 04:05:06 utc+3
2024-01-05 04:05:06 CET
2024-07-05 04:05:06 CEST
2024-07-05 04:05:06 MET DST
2024-07-05 04:05:06 DST
2024-07-05 04:05:06 EST5EDT
2024-07-05 04:05:06 Europe/Berlin
2024-07-05 04:05:06 europe/berlin
2024-07-05 04:05:06 Europe/Nowhere
2024-07-05 04:05:06 Nowhere
2024-07-05 04:05:06 MSK
2010-07-05 04:05:06 MSK
2024-07-05 04:05:06 ARST
2024-03-31 02:30:00 Europe/Berlin
2024-10-27 02:30:00 Europe/Berlin
2024-03-10 02:30:00 America/New_York
2024-11-03 01:30:00 America/New_York
1883-11-18 12:03:57 America/New_York
0001-01-01 00:00:00 Europe/Amsterdam
2500-07-01 00:00:00 Europe/Berlin
2024-01-05 +15:59
2024-01-05 04:05:06+15:59:59
2024-01-05 04:05:06+16:00
2024-01-05 04:05:06-15:59:59
2024-01-05 04:05:06+99999999999
2024-01-05 04:05:06+01:60
2024-01-05 04:05:06 +0530
2024-01-05 04:05:06 +530
2024-01-05 04:05:06 + 05:30
294246-12-31 23:59:59.999999
294276-12-31 23:59:59.999999
294277-01-01
5874897-12-31
5874898-01-01
99999999-01-01
12345-06-07
123456-07-08
1-2-3
1.2.3
1/2
Jan 2024
2024 Jan 5
5 Jan 2024
5 Jan 24
24 Jan 5
January
monday
Mon 2024-01-01
1 day
1 day 2 hours
1 year 2 mons 3 days 04:05:06
1-2
1-2 3
1-2 3 04:05:06
-1-2 +3 -4:05:06
+1-2 -3 +4:05:06
1-12
3 4:05:06
-1 days +02:03
1 day ago
1 day -2 hours ago
@ 1 minute
@ 1 day 2 hours 3 mins 4.5 secs ago
1.5 years
1.5 months
1.5 weeks
1.5 days
1.5 hours
1.5 minutes
1.5
-1.5
.5 days
-.5 days
1. day
0.1 month
1.2345678 seconds
0.0000005 seconds
0.0000015 seconds
1 millisecond
1 ms 2 us
1 msec 5 usecs
1 microsecond
1 microseconds
1 decade
1 century 2 decades
1 millennium
1 millennia
1 quarter
1 fortnight
2 weeks 3 days
2 hours 30 minutes 30 seconds
2h30m
1y2mon3d4h5m6s
1 y 2 mons
1 hour 1 hour
1 day hour
hour
day 1
5 10
100:00:00
1:2:3
1:2
1:2.5
-1:2:3
1 -1:2:3
1:60:00
1:00:60
1:00:61
596523:14:08
9999999999:00:00
2147483647 days
2147483648 days
178956970 years
178956971 years
178956970 years 8 mons
-178956970 years -8 mons
9223372036854775807 us
9223372036854775808 us
2562047788:00:54.775807
2562047788:00:54.775808
9223372036854.775807 seconds
1e3 days
P1Y2M3DT4H5M6S
P1Y2M3D
PT4H5M6.5S
P1.5Y
P1.5M
P1.5W
P0.5D
P0001-02-03T04:05:06
P00010203T040506
P0001-02
P1Y-2M
P-1Y2M
PT
P
P1
P1T
PT1
P1S
PT1D
P1Y1-2
PT010203
PT01:02
PT01:02:03.5
P20240105
P1e2D
P99999999999Y
p1y
P1Y2M 3D
+-1
1 + 1
a
0

'
1;2
2024-01-05,04:05
2024-01-05 ,, 04:05
$1
10 20 30
infinity 2024-01-01
now 2024-01-01
1 jan
j
d 5
2024-01-05 bc ad
2024-01-05 am
04:05 am pm
y2024m01d05
at 2024-01-05 on 04:05
2024-01-05 04:05 04:06
2024-01-05 2024-01-06
2024/01/05
2024/1-5
2024-1/5
2024.01.05
20240105 040506
20240105040506
20240105.5
240105
24-01-05
24-1-5
70-01-01
69-12-31
00-01-01
0-1-1
100-01-01
1-1-100
2024-366
2024-001
2024366
2023.366
2024 366
366 2024
`), "\n")

func TestReadingAsPostgres(t *testing.T) {
	t.Parallel()
	for _, setting := range []struct {
		style, zone string
		order       datetime.Order
	}{
		{"ISO, MDY", "UTC", datetime.MDY}, {"ISO, DMY", "Europe/Berlin", datetime.DMY}, {"ISO, YMD", "America/New_York", datetime.YMD},
	} {
		t.Run(setting.style, func(t *testing.T) {
			o := newOracle(t)
			o.set(t, "DateStyle", setting.style)
			o.set(t, "TimeZone", setting.zone)
			zone, ok := datetime.LoadZone(setting.zone)
			if !ok {
				t.Fatal(setting.zone)
			}
			in := datetime.Input{Order: setting.order, Zone: zone, Now: o.now(t)}
			var trials []trial
			for _, text := range spellings {
				trials = append(trials, readings(text, in, zone)...)
			}
			compare(t, o, trials)
		})
	}
}

// readings reads a text as every type.
func readings(text string, in datetime.Input, zone *time.Location) []trial {
	quoted := "'" + strings.ReplaceAll(text, "'", "''") + "'"
	date, err := datetime.ParseDate(text, in)
	trials := []trial{{"date " + quoted, answer(datetime.FormatDate, date, err)}}
	micros, err := datetime.ParseTime(text, in)
	trials = append(trials, trial{"time " + quoted, answer(datetime.FormatTime, micros, err)})
	timetz, err := datetime.ParseTimeWithZone(text, in)
	trials = append(trials, trial{"timetz " + quoted, answer(datetime.FormatTimeWithZone, timetz, err)})
	ts, err := datetime.ParseTimestamp(text, in)
	trials = append(trials, trial{"timestamp " + quoted, answer(datetime.FormatTimestamp, ts, err)})
	tstz, err := datetime.ParseTimestamptz(text, in)
	format := func(ts int64) string { return datetime.FormatTimestamptz(ts, zone) }
	trials = append(trials, trial{"timestamptz " + quoted, answer(format, tstz, err)})
	v, err := datetime.ParseInterval(text, datetime.AllFields, false)
	return append(trials, trial{"interval " + quoted, answer(datetime.FormatInterval, v, err)})
}

// TestRandomReadingAsPostgres joins random pieces, most of them nonsense.
func TestRandomReadingAsPostgres(t *testing.T) {
	t.Parallel()
	seed := uint64(11)
	if s, err := strconv.ParseUint(os.Getenv("SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, seed))
	pieces := strings.Fields(`2024 24 1 5 13 31 366 20240105 040506 1999-01-08 8-jan jan feb 04:05 04:05:06.5 +02 -08:00 am pm bc ad
		utc est pdt t j dst at day days hour ago month 1.5 -3 2 P1D now epoch mon 12:34 - : . , / dec d s m y h america/new_york z 0 99 10000`)
	joints := []string{" ", " ", " ", "", "-", ":", "/", "."}
	o := newOracle(t)
	in := datetime.Input{Now: o.now(t)}
	var trials []trial
	for range 8000 {
		text := ""
		for i := range 1 + random.IntN(5) {
			if i > 0 {
				text += joints[random.IntN(len(joints))]
			}
			text += pieces[random.IntN(len(pieces))]
		}
		trials = append(trials, readings(text, in, time.UTC)...)
	}
	compare(t, o, trials)
}

// TestTimesOfZonesAsPostgres prints and reads times of all zones around their changes.
func TestTimesOfZonesAsPostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	random := rand.New(rand.NewPCG(5, 5))
	var trials []trial
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "America/Sao_Paulo"} {
		zone, _ := datetime.LoadZone(name)
		at := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
		for range 300 {
			_, end := at.In(zone).ZoneBounds()
			if end.IsZero() {
				break
			}
			at = end.Add(time.Second)
			for range 4 {
				ts := end.UnixMicro() + random.Int64N(8*datetime.Hour) - 4*datetime.Hour
				local := datetime.FormatTimestamp(ts)
				back, err := datetime.ParseTimestamptz(local+" "+name, datetime.Input{})
				trials = append(trials,
					trial{fmt.Sprintf("timestamptz '%s %s'", local, name), answer(func(ts int64) string { return datetime.FormatTimestamptz(ts, time.UTC) }, back, err)},
					trial{fmt.Sprintf("timestamptz '%s+00' AT TIME ZONE '%s'", local, name), datetime.FormatTimestamp(ts + int64(datetime.OffsetOfUTC(ts, zone))*datetime.Second)})
			}
		}
	}
	compare(t, o, trials)
}
