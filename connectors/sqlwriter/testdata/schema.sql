CREATE TABLE numbers (id int4 PRIMARY KEY, small int2, whole int4, big int8, price numeric(12,2), rate numeric(8,4), loose numeric, single float4, double float8);
INSERT INTO numbers VALUES
 (1, 1, 10, 100, 12.50, 0.0500, 1.5, 1.5, 2.5),
 (2, -7, 7, -3, -0.05, 1.0000, 1.50, -0.25, 3.5),
 (3, 0, 0, 0, 0.00, 0.0000, 0, 0, 0),
 (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (5, 32767, 2147483647, 9223372036854775807, 9999999999.99, 9999.9999, 123456789012345678901234567890.123456789, 3.4e38, 1.7e308),
 (6, -32768, -2147483648, -9223372036854775808, -9999999999.99, -9999.9999, -0.000000001, 1e-38, 1e-300),
 (7, 2, 3, 12345678901, 100.00, 0.0825, 'NaN', 'NaN', 'Infinity'),
 (8, 3, 3, 5, 100.00, 0.0825, 1000, 0.1, 0.1),
 (9, 3, -3, 5, 99.99, 0.3333, 1000.000, 1e10, 1e15);
CREATE TABLE words (id int4 PRIMARY KEY, t text, v varchar(20), c char(6), code uuid, raw bytea, flag bool);
INSERT INTO words VALUES
 (1, 'hello', 'Hello', 'abc', '5b30857f-0bfa-48b5-ac0b-5c64e28078d1', '\x616263', true),
 (2, 'Hello World', 'world', 'abc ', 'c9f4d7b1-2d2c-4a43-8a5c-0d3ac4ab5c7e', '\x00ff', false),
 (3, '', '', '', NULL, '', NULL),
 (4, NULL, NULL, NULL, NULL, NULL, NULL),
 (5, '  padded  ', 'a_b%c', 'a', '00000000-0000-0000-0000-000000000000', '\x5c27', true),
 (6, 'naïve Ünï', 'straße', 'ÄÖ', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '\xc3a4', false),
 (7, 'it''s "quoted" \ back', 'x\y', 'Z', NULL, NULL, NULL),
 (8, 'one,two,three', '12', 'zz', NULL, NULL, true),
 (9, 'ABC', 'abc', 'ABC', NULL, NULL, false);
CREATE TABLE moments (id int4 PRIMARY KEY, d date, tm time, ts timestamp, tz timestamptz, iv interval);
INSERT INTO moments VALUES
 (1, '1994-01-01', '00:00:00', '1994-01-01 00:00:00', '1994-01-01 00:00:00+00', '1 day'),
 (2, '2024-02-29', '23:59:59.999999', '2024-02-29 12:34:56.789', '2024-03-31 01:30:00+00', '1 year 2 mons 3 days 04:05:06.7'),
 (3, '1969-12-31', '12:00:00.5', '1969-12-31 23:59:59.5', '1969-12-31 23:59:59.5+00', '-1 mons +2 days -00:00:01'),
 (4, NULL, NULL, NULL, NULL, NULL),
 (5, '0044-03-15 BC', '01:02:03', '0044-03-15 10:11:12 BC', '1900-01-01 00:00:00+00', '30 days'),
 (6, '1999-12-31', '10:20:30', '1999-12-31 23:59:59.999999', '1999-12-31 23:59:59.999999+00', '1 mon'),
 (7, '2000-01-31', '08:00:00', '2000-01-31 08:00:00', '2000-10-29 01:00:00+00', '25:00:00'),
 (8, '2024-02-29', '08:00:00', '2024-12-30 00:00:00', '2024-12-30 00:00:00+00', '-00:00:00.000001');
CREATE TABLE sales (id int4 PRIMARY KEY, region text, product char(4), amount numeric(10,2), qty int4, day date);
INSERT INTO sales SELECT i, (ARRAY['north','south','East',NULL])[1 + i % 4], (ARRAY['a','b','c'])[1 + i % 3],
  CASE WHEN i % 7 = 0 THEN NULL ELSE (i * 37 % 101)::numeric / 4 END, i * 13 % 17, date '2024-01-01' + i % 40
  FROM generate_series(1, 60) i;
