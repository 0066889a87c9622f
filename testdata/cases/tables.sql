-- The tables of the case files. One schema is one domain: shop lives in PostgreSQL, ware
-- in MariaDB, lake in CSV files. The oracle is one PostgreSQL that holds all three.
CREATE SCHEMA shop;
CREATE SCHEMA ware;
CREATE SCHEMA lake;

CREATE TABLE shop.customers (
  id integer PRIMARY KEY, name text NOT NULL, email text, region text, born date,
  credit numeric(10,2), active boolean NOT NULL, note varchar(20), code char(4)
);
INSERT INTO shop.customers VALUES
  (1, 'Ada', 'ada@mail.example', 'EU', '1975-12-10', 100.00, true, 'first', 'A1'),
  (2, 'bob', 'bob@mail.example', 'EU', '1980-02-29', 0.00, true, NULL, 'b2'),
  (3, 'Chloé', 'chloe@post.example', 'NA', '1991-07-01', -12.50, false, 'émigrée', 'C3'),
  (4, 'Dan', NULL, 'NA', NULL, NULL, true, '', 'D4'),
  (5, 'eve ', 'eve@mail.example', NULL, '2001-01-31', 99999999.99, false, 'last ', NULL),
  (6, 'Ada', 'ADA@MAIL.EXAMPLE', 'APAC', '1975-12-10', 100.00, true, 'namesake', 'a1'),
  (7, 'Zoë', 'zoe@web.example', 'EU', '1999-12-31', 250.75, true, '100% _sure_', 'Z'),
  (8, '', 'nobody@web.example', 'APAC', '1960-06-15', 10.10, false, 'it''s', '');

CREATE TABLE shop.orders (
  id bigint PRIMARY KEY, customer_id integer, placed timestamp with time zone NOT NULL, total numeric(12,2) NOT NULL,
  quantity integer NOT NULL, status text NOT NULL, item_id integer, ratio double precision
);
INSERT INTO shop.orders
SELECT i, CASE WHEN i % 11 <> 0 THEN 1 + i % 8 END, timestamptz '2024-01-01 00:00:00+00' + i * interval '7 hours 13 minutes',
       round((i * 37 % 1000) / 7.0, 2), i % 9 + 1, (array['new', 'paid', 'sent', 'Paid', 'returned'])[1 + i % 5],
       CASE WHEN i % 13 <> 0 THEN 1 + i % 12 END, CASE i % 17 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN 'Infinity' ELSE i / 7.0 END
FROM generate_series(1, 240) i;

CREATE TABLE ware.items (
  id integer PRIMARY KEY, label varchar(40) NOT NULL, kind varchar(10), price numeric(10,2), stock integer NOT NULL, added date NOT NULL
);
INSERT INTO ware.items VALUES
  (1, 'bicycle', 'ride', 799.00, 12, '2023-01-05'), (2, 'Bicycle', 'ride', 899.50, 0, '2023-02-11'),
  (3, 'bell', 'part', 9.95, 310, '2022-11-30'), (4, 'lamp', 'part', 24.00, 45, '2023-05-17'),
  (5, 'lamp ', 'part', 26.00, 5, '2023-05-18'), (6, 'helmet', 'wear', 59.90, 80, '2021-08-01'),
  (7, 'gloves', 'wear', NULL, 60, '2021-08-02'), (8, 'Ölkanne', NULL, 12.49, 7, '2024-01-01'),
  (9, 'tyre', 'part', 33.33, 150, '2022-02-28'), (10, 'tube', 'part', 5.00, 500, '2022-02-28'),
  (11, '50% off', 'misc', 0.01, 1, '2024-02-29'), (12, 'under_score', 'misc', 0.00, 2, '2024-02-29');

CREATE TABLE ware.moves (id bigint PRIMARY KEY, item_id integer NOT NULL, moved_on date NOT NULL, pieces integer NOT NULL, cost numeric(12,4));
INSERT INTO ware.moves
SELECT i, 1 + i % 12, date '2023-01-01' + i % 400, (i * 7 % 41) - 20, CASE WHEN i % 9 <> 0 THEN round(i / 13.0, 4) END
FROM generate_series(1, 300) i;

CREATE TABLE lake.regions (code text PRIMARY KEY, title text NOT NULL, population bigint, founded date);
INSERT INTO lake.regions VALUES
  ('EU', 'Europe', 448000000, '1993-11-01'), ('NA', 'North America', 510000000, NULL),
  ('APAC', 'Asia Pacific', 4300000000, '1989-11-06'), ('eu', 'lower case', NULL, NULL);

CREATE TABLE lake.events (id bigint PRIMARY KEY, customer_id integer, kind text NOT NULL, at timestamp without time zone NOT NULL, weight double precision, amount numeric(14,3));
INSERT INTO lake.events
SELECT i, CASE WHEN i % 7 <> 0 THEN 1 + i % 10 END, (array['click', 'view', 'Click', 'buy'])[1 + i % 4],
       timestamp '2024-03-30 22:00:00' + i * interval '11 minutes', i * 0.5, CASE WHEN i % 5 <> 0 THEN i * 1.125 END
FROM generate_series(1, 200) i;

-- Large, and partitioned: three tables of its own at the source.
CREATE TABLE shop.visits (id integer NOT NULL, day date NOT NULL, item_id integer, region text NOT NULL, amount numeric(10,2)) PARTITION BY LIST (region);
CREATE TABLE shop.visits_eu PARTITION OF shop.visits FOR VALUES IN ('EU');
CREATE TABLE shop.visits_na PARTITION OF shop.visits FOR VALUES IN ('NA', 'APAC');
CREATE TABLE shop.visits_else PARTITION OF shop.visits DEFAULT;
INSERT INTO shop.visits
SELECT i, date '2020-01-01' + i / 8, CASE WHEN i % 19 <> 0 THEN 1 + i % 12 END, (array['EU', 'NA', 'APAC', 'eu'])[1 + i % 4], round(i / 7.0, 2)
FROM generate_series(1, 12000) i;

-- Parquet in a hive: a directory for each region.
CREATE TABLE lake.readings (id bigint NOT NULL, item_id integer, at timestamp without time zone NOT NULL, value numeric(12,3), region text NOT NULL);
INSERT INTO lake.readings
SELECT i, CASE WHEN i % 23 <> 0 THEN 1 + i % 12 END, timestamp '2024-03-30 22:00:00' + i * interval '17 minutes', CASE WHEN i % 6 <> 0 THEN i * 0.375 END,
       (array['EU', 'NA', 'APAC'])[1 + i % 3]
FROM generate_series(1, 600) i;
