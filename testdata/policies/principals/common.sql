-- What the views of every principal are made of: the tables out of sight, and the hash
-- mask as PostgreSQL's pgcrypto computes it.
CREATE EXTENSION pgcrypto SCHEMA public;
ALTER SCHEMA shop RENAME TO all_shop;
ALTER SCHEMA ware RENAME TO all_ware;
ALTER SCHEMA lake RENAME TO all_lake;
CREATE SCHEMA shop;
CREATE SCHEMA ware;
CREATE SCHEMA lake;
CREATE FUNCTION public.hashed(v text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT encode(substr(public.hmac(convert_to('text', 'UTF8') || '\x00' || convert_to(v, 'UTF8'),
    public.hmac(convert_to('sluice.hash', 'UTF8') || '\x00' || convert_to('text', 'UTF8') || '\x00' || convert_to('mesh', 'UTF8'), 'key of the tests'::bytea, 'sha256'), 'sha256'), 1, 16), 'hex')
$$;
CREATE FUNCTION public.domain_of(v text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT '***' || right(v, strpos(reverse(v), '@'))
$$;
CREATE FUNCTION public.first_two(v text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT CASE WHEN length(v) > 2 THEN left(v, 2) || '***' ELSE '***' END
$$;
