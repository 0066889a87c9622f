CREATE SCHEMA raw;
CREATE TABLE raw.orders (
  id bigint PRIMARY KEY, customer bigint, email text, city varchar(20), born date, at timestamptz, seen timestamp,
  score integer, pay numeric(12,2), weight float8, country text);
INSERT INTO raw.orders VALUES
  (1, 10, 'a@b.example', 'Berlin', '1980-05-17', '2024-02-29 23:30:00+00', '2024-05-31 12:34:56.789', 17, 1234.56, 71.5, 'DE'),
  (2, 10, 'dana@shop.example', 'Paris', '0044-03-15 BC', '2023-12-31 23:59:59.999999+00', 'infinity', -17, -99.99, -0.25, 'DE'),
  (3, 11, 'no-at-sign', 'Rome', 'infinity', '-infinity', '0001-01-01 00:00:00', 2147483647, 9999999999.99, 'NaN', 'FR'),
  (4, 12, '', 'Berlin', '2000-01-01', '4713-02-01 00:00:00+00 BC', '294276-12-31 23:59:59', -2147483648, 0.01, 'Infinity', 'FR'),
  (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, 13, 'x', 'Oslo', '5874897-12-31', '2024-01-01 00:00:00+00', '2024-01-01', 0, 'NaN', 5e-324, 'DE'),
  (7, 14, 'y@z', 'oslo', '1999-12-31', '9999-12-31 00:00:00+00', '9999-12-31', 9, 10, 1e300, 'DE');
CREATE TABLE raw.vips (id bigint, owner text, level integer);
INSERT INTO raw.vips VALUES (10, 'ann', 1), (11, 'ann', 0), (12, 'bob', 2), (13, 'bob', NULL), (NULL, 'ann', 3);
CREATE TABLE raw.regions (country text, manager text);
INSERT INTO raw.regions VALUES ('DE', 'ann'), ('FR', 'bob'), (NULL, 'ann');
CREATE SCHEMA seen;
