-- One column of each kind that masks treat differently, and the masks that PostgreSQL has
-- no function for: hashes, as auth/hash.go documents them.
CREATE SCHEMA raw;
CREATE TABLE raw.kinds (
  id integer PRIMARY KEY, b boolean, i2 smallint, i4 integer, i8 bigint, n numeric(10,2), f double precision, t text, v varchar(12),
  d date, ts timestamp, tz timestamptz, u uuid, country text, boss text
);
INSERT INTO raw.kinds VALUES
  (1, true, 17, 17, 5000000000, 1234.56, 0.5, 'alpha', 'ab@one.test', '1980-05-17', '2024-02-29 23:30:15', '2024-02-29 23:30:15+00', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'DE', 'ann'),
  (2, false, -17, -2147483648, -9223372036854775808, -99.99, -2.5, 'a@shop.example', 'x', '1844-03-15', '1999-12-31 23:59:59', '2023-12-31 23:59:59+00', '00000000-0000-0000-0000-000000000000', 'FR', 'bob'),
  (3, NULL, 32767, 2147483647, 9223372036854775807, 99999999.99, 1e300, '12', '12', '2001-02-03', '2020-01-01 00:00:00', '2020-01-01 00:00:00+00', NULL, 'DE', 'bob'),
  (4, true, 0, 4, 4, 0.01, 4, 'é', '', '2000-01-01', '1999-02-01 12:00:00', '1999-02-01 12:00:00+00', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'FR', 'ann'),
  (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, false, 99, 17, 99, 5.00, 99.5, 'alpha', 'ab', '2024-12-31', '2024-12-31 00:00:00', '2024-06-30 22:00:00+00', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'DE', 'ann'),
  (7, true, -5, -5, -5, 10.00, -5, 'Berlin', 'longer text', '2024-01-01', '2024-07-01 01:02:03', '2024-10-27 00:30:00+00', '12345678-1234-5678-1234-567812345678', 'IT', 'ann');
CREATE TABLE raw.staff (who text, country text, level integer);
INSERT INTO raw.staff VALUES ('ann', 'DE', 2), ('ann', 'IT', 1), ('bob', 'FR', 3), ('bob', 'DE', 0), (NULL, 'IT', 9), ('otto', NULL, 1);
CREATE EXTENSION pgcrypto SCHEMA public;
CREATE FUNCTION public.hash_key(use text, name text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT public.hmac(convert_to('sluice.hash', 'UTF8') || '\x00' || convert_to(use, 'UTF8') || '\x00' || convert_to(name, 'UTF8'), 'key of the tests'::bytea, 'sha256')
$$;
CREATE FUNCTION public.hash_text(key text, v text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT encode(substr(public.hmac(convert_to('text', 'UTF8') || '\x00' || convert_to(v, 'UTF8'), public.hash_key('text', key), 'sha256'), 1, 16), 'hex')
$$;
CREATE FUNCTION public.hash_uuid(key text, v uuid) RETURNS uuid LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE h bytea := substr(public.hmac(convert_to('uuid', 'UTF8') || '\x00' || uuid_send(v), public.hash_key('text', key), 'sha256'), 1, 16);
BEGIN
  h := set_byte(h, 6, get_byte(h, 6) & 15 | 128);
  h := set_byte(h, 8, get_byte(h, 8) & 63 | 128);
  RETURN encode(h, 'hex')::uuid;
END $$;
CREATE FUNCTION public.hash_round(key bytea, width integer, round integer, half bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE e bytea := public.encrypt(decode(lpad(to_hex(width), 2, '0') || lpad(to_hex(round), 2, '0') || lpad(to_hex(half), 8, '0') || repeat('00', 10), 'hex'), key, 'aes-ecb/pad:none');
BEGIN
  RETURN (get_byte(e, 0)::bigint << 24) | (get_byte(e, 1) << 16) | (get_byte(e, 2) << 8) | get_byte(e, 3);
END $$;
CREATE FUNCTION public.hash_int8(key text, v bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE k bytea := public.hash_key('integer', key); l bigint := v >> 32 & 4294967295; r bigint := v & 4294967295; s bigint;
BEGIN
  FOR i IN 0..7 LOOP s := r; r := l # public.hash_round(k, 8, i, r); l := s; END LOOP;
  RETURN l << 32 | r;
END $$;
CREATE FUNCTION public.hash_int4(key text, v integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE k bytea := public.hash_key('integer', key); l bigint := (v::bigint & 4294967295) >> 16; r bigint := v & 65535; s bigint; whole bigint;
BEGIN
  FOR i IN 0..7 LOOP s := r; r := l # (public.hash_round(k, 4, i, r) & 65535); l := s; END LOOP;
  whole := l << 16 | r;
  RETURN CASE WHEN whole > 2147483647 THEN whole - 4294967296 ELSE whole END;
END $$;
