-- The stored rows, and for each principal what it may see of them, written by hand as
-- PostgreSQL's manual does it (chapter "Rules and Privileges"). Each view says in other
-- words than the policies do what they should come to.
CREATE SCHEMA raw;
CREATE TABLE raw.orders (
  id bigint PRIMARY KEY, customer bigint NOT NULL, email varchar(40), phone text NOT NULL, country text,
  amount numeric(12,2), margin numeric(12,2));
INSERT INTO raw.orders VALUES
  (1, 10, 'a@b.example', '030-1', 'DE', 5.00, 1.10),
  (2, 10, 'dana.long@shop.example', '030-2', 'DE', 2000.00, NULL),
  (3, 11, 'no-at-sign', '01-3', 'FR', 150.50, 3.30),
  (4, 12, '"odd@local"@c.example', '01-4', 'FR', 99.99, 4.40),
  (5, 13, NULL, '06-5', NULL, 1500.00, 5.50),
  (6, 14, '@', '06-6', 'DE', NULL, 6.60),
  (7, 15, 'x@1234567890123456789012345678901.exampl', '06-7', 'de', 101.00, 7.70);
CREATE SCHEMA seen_by_all;
CREATE VIEW seen_by_all.orders WITH (security_barrier) AS
  SELECT id, substr('***' || coalesce(substring(email from '@[^@]*$'), CASE WHEN email IS NULL THEN NULL ELSE '' END), 1, 40)::varchar(40) AS email,
         NULL::text AS phone, country, amount, 0::numeric(12,2) AS margin FROM raw.orders;
CREATE SCHEMA seen_by_pii;
CREATE VIEW seen_by_pii.orders WITH (security_barrier) AS
  SELECT id, email, phone, country, amount, 0::numeric(12,2) AS margin FROM raw.orders;
CREATE SCHEMA seen_by_germany;
CREATE VIEW seen_by_germany.orders WITH (security_barrier) AS
  SELECT v.* FROM seen_by_all.orders v WHERE v.country = 'DE';
CREATE SCHEMA seen_by_nowhere;
CREATE VIEW seen_by_nowhere.orders WITH (security_barrier) AS
  SELECT v.* FROM seen_by_all.orders v WHERE false;
CREATE SCHEMA seen_by_rows_denied;
CREATE VIEW seen_by_rows_denied.orders WITH (security_barrier) AS
  SELECT v.* FROM seen_by_all.orders v WHERE v.country <> 'DE' OR v.amount <= 1000;
CREATE SCHEMA seen_by_scopes;
CREATE VIEW seen_by_scopes.orders WITH (security_barrier) AS
  SELECT v.* FROM seen_by_all.orders v WHERE v.country = 'DE';
