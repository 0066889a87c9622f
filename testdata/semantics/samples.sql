CREATE TABLE samples (id int4 PRIMARY KEY, k text, int2_ int2, int4_ int4, int8_ int8, numeric_ numeric, money_ numeric(12,2), float4_ float4, float8_ float8,
  bool_ bool, text_ text, varchar_ varchar(20), bpchar_ char(5), bytea_ bytea, date_ date, time_ time, timestamp_ timestamp, timestamptz_ timestamptz,
  interval_ interval, uuid_ uuid, json_ json, jsonb_ jsonb, ints_ int4[], texts_ text[]);
INSERT INTO samples VALUES
 (1, 'a', 1, 10, 100, 1.5, 12.50, 1.5, 2.5, true, 'one', 'Uno', 'abc', '\x61', '2024-01-31', '10:00', '2024-01-31 10:00', '2024-01-31 10:00+00', '1 day', '5b30857f-0bfa-48b5-ac0b-5c64e28078d1', '{"a":1}', '{"a":1}', '{1,2}', '{a,b}'),
 (2, 'a', 2, 20, 200, 2.50, 7.25, 2.5, 4.5, false, 'two', 'dos', 'abc ', '\x62ff', '2024-02-29', '11:30:15.5', '2024-02-29 11:30:15.5', '2024-02-29 11:30:15.5+00', '1 mon', '00000000-0000-0000-0000-000000000000', '[1, 2]', '[1,2]', '{3}', '{c}'),
 (3, 'a', 2, 20, 200, 2.5, 7.25, 2.5, 4.5, NULL, 'two', 'dos', 'x', '\x', '2024-02-29', '11:30:15.5', '2024-02-29 11:30:15.5', '2024-02-29 11:30:15.5+00', '30 days', NULL, 'null', 'null', '{}', '{}'),
 (4, 'b', -3, -30, -300, -3, -0.05, -0.25, 0.1, true, 'Drei', 'tres', 'ÄÖ', '\x00', '1999-12-31', '23:59:59', '1999-12-31 23:59:59', '1999-12-31 23:59:59+00', '-1 day', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '"s"', '"s"', '{5,NULL}', '{NULL,d}'),
 (5, 'b', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (6, 'b', 7, 7, 7, 7.125, 100, 7.5, 0.2, true, '', '', '', '\x7f', '2020-12-28', '00:00', '2020-12-28 00:00', '2020-12-28 00:00+00', '01:02:03', NULL, 'true', 'true', '{7,8,9}', '{x}'),
 (7, 'c', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
 (8, NULL, 4, 44, 444, 4.44, 4.44, 4.25, -4.5, false, 'vier', 'cuatro', 'q', '\x64', '2021-01-03', '04:44', '2021-01-03 04:44', '2021-01-03 04:44+00', '4 hours', NULL, '{"b":[1,{"c":2}]}', '{"b":[1,{"c":2}]}', '{4}', '{d,e,f}');
