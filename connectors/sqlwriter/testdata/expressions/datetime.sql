-- from moments
d
tm
ts
tz
iv
d + 1
d - 1
1 + d
d - date '2000-01-01'
d + interval '1 month'
d - interval '1 year 2 days'
ts + interval '1 day'
ts - interval '1 month'
interval '1 day' + ts
ts + iv
ts - iv
d + iv
tz + interval '1 day'
tz - interval '1 month'
tz + iv
ts - timestamp '2000-01-01'
tz - timestamptz '2000-01-01'
iv + interval '1 day'
iv - interval '1 hour'
-iv
iv * 2
iv / 3
iv * 1.5
d + tm
tm + interval '1 hour'
tm - interval '2 hours'
tm - time '01:00'
extract(year from d)
extract(month from d)
extract(day from d)
extract(dow from d)
extract(isodow from d)
extract(doy from d)
extract(week from d)
extract(quarter from d)
extract(century from d)
extract(decade from d)
extract(millennium from d)
extract(isoyear from d)
extract(epoch from d)
extract(julian from d)
extract(year from ts)
extract(month from ts)
extract(hour from ts)
extract(minute from ts)
extract(second from ts)
extract(milliseconds from ts)
extract(microseconds from ts)
extract(epoch from ts)
extract(year from tz)
extract(hour from tz)
extract(epoch from tz)
extract(year from iv)
extract(month from iv)
extract(day from iv)
extract(hour from iv)
extract(second from iv)
extract(epoch from iv)
extract(hour from tm)
extract(second from tm)
extract(epoch from tm)
date_part('year', d)
date_part('second', ts)
date_part('epoch', tz)
date_trunc('year', ts)
date_trunc('quarter', ts)
date_trunc('month', ts)
date_trunc('week', ts)
date_trunc('day', ts)
date_trunc('hour', ts)
date_trunc('minute', ts)
date_trunc('second', ts)
date_trunc('milliseconds', ts)
date_trunc('decade', ts)
date_trunc('century', ts)
date_trunc('month', d)
date_trunc('day', tz)
date_trunc('month', tz)
date_trunc('hour', iv)
age(ts, timestamp '2000-01-01')
age(timestamp '2024-03-31', ts)
make_date(2024, id, 1)
make_date(2024, 2, 30)
make_time(id, 30, 1.5)
make_timestamp(2024, 1, id, 1, 2, 3.5)
make_interval(days => id)
justify_days(iv)
justify_hours(iv)
justify_interval(iv)
isfinite(d)
isfinite(ts)
d = date '2024-02-29'
d < ts
d > '1999-01-01'
ts >= '2000-01-01'
ts = d
tz < '2000-01-01'
iv = interval '30 days'
iv > interval '1 day'
tm < '12:00'
d BETWEEN '1990-01-01' AND '2000-01-01'
d IN ('2024-02-29', '1994-01-01')
greatest(d, date '2000-01-01')
least(ts, timestamp '2000-01-01')
d::timestamp
ts::date
ts::time
ts::timestamptz
tz::timestamp
tz::date
d::timestamptz
d::text
ts::text
tz::text
tm::text
iv::text
'2024-01-05'::text::date
'Jan 5, 2024'::text::date
'2024-01-05 10:00'::text::timestamp
'10:20'::text::time
'1 day 2 hours'::text::interval
'2024-13-01'::text::date
ts::timestamp(0)
ts::timestamp(3)
tm::time(1)
tz AT TIME ZONE 'Europe/Berlin'
ts AT TIME ZONE 'America/New_York'
tz AT TIME ZONE 'UTC'
to_timestamp(id * 1000000)
date '2024-01-31' + interval '1 month' * id
coalesce(d, date '1970-01-01')
nullif(d, date '2024-02-29')
CASE WHEN d > '2000-01-01' THEN ts ELSE d END
interval '1 year 2 months 3 days 04:05:06'
interval '-1 day'
date_bin('15 minutes', ts, timestamp '2001-01-01')
to_char(ts, 'YYYY-MM-DD HH24:MI:SS')
to_char(d, 'Mon DD, YYYY')
to_date('05 Dec 2000', 'DD Mon YYYY')
ts < tz
tz >= d
tz = ts
ts > '2000-01-01'::timestamptz
ts AT TIME ZONE 'UTC' = tz
date_part('hour', tm)
extract(timezone from tz)
'infinity'::date
'-infinity'::timestamp
'infinity'::date - d
extract(day from 'infinity'::date)
'infinity'::timestamp - ts
'infinity'::date + 1
'infinity'::timestamp + interval '1 day'
ts + interval '300000 years'
d + 2147483647
overlaps(ts, ts + interval '1 day', ts, ts)
d::text || ' is a day'
to_char(ts, 'DD.MM.YYYY')
to_char(ts, 'Month DD, YYYY HH12:MI AM')
to_char(ts, 'FMMonth FMDD, YYYY')
to_char(ts, 'Day DY dy D ID DDD Q WW W')
to_char(ts, 'YY-Mon-DD HH24:MI:SS.MS US')
to_char(ts, '"Year:" YYYY')
to_char(ts, 'YYYY-"Q"Q')
to_char(tz, 'YYYY-MM')
to_char(d, 'FMDay, FMDD mon FMYYYY')
to_char(ts, 'HH:MI:SS pm SSSS')
to_char(d, 'YYYYMMDD')
to_char(d, 'IYYY-IW')
to_char(d, 'DDth')
