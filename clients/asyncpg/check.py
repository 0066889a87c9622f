"""asyncpg: binary everything, type introspection, cursors, pools, COPY."""
import asyncio
import io

import asyncpg

from checks import failed

print("version", asyncpg.__version__)


async def values(c):
    row = await c.fetchrow("""SELECT 1::int2 a, 2::int4 b, 3::int8 c, 1.5::float4 d, 2.5::float8 e, 12.340::numeric f, true g, 'text' h, 'v'::varchar(5) i, 'c'::char(3) j,
        date '2024-02-29' k, time '23:59' l, timestamp '2024-02-29 12:00:00.123456' m, timestamptz '2024-02-29 12:00+02' n, interval '1 day 2 hours 3.5 seconds' o,
        '\\xdeadbeef'::bytea p, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid q, '{"a": 1}'::json r, '{"a": 1}'::jsonb s, '{1,2,NULL}'::int[] t, '{a,NULL}'::text[] u, NULL v, 'n'::name w, 16::oid x""")
    print(dict(row))


async def descriptions(c):
    s = await c.prepare("SELECT * FROM sales.orders WHERE region = $1 AND order_id > $2 AND ordered_at < $3")
    print(s.get_parameters())
    print(s.get_attributes())
    print(await s.fetchval("EU", 5, __import__("datetime").datetime(2030, 1, 1, tzinfo=__import__("datetime").timezone.utc)) is not None)


async def types(c):
    print(await c.fetchval("SELECT c FROM market.countries c ORDER BY 1 LIMIT 1"))
    print(await c.fetchval("SELECT array_agg(c ORDER BY code) FROM (SELECT code FROM market.countries) c"))
    print(await c.fetchval("SELECT ROW(1, 'a'::text)"))


async def parameters(c):
    for v, t in (1, "int"), (2**40, "bigint"), (1.5, "float8"), (__import__("decimal").Decimal("1.50"), "numeric"), ("x", "text"), (b"\0", "bytea"), ([1, None], "int[]"), (None, "date"), (True, "bool"):
        print(await c.fetchval(f"SELECT $1::{t}", v))


async def cursors(c):
    async with c.transaction():
        print(sum([1 async for _ in c.cursor("SELECT order_id FROM sales.orders", prefetch=64)]))
        cur = await c.cursor("SELECT order_id FROM sales.orders ORDER BY 1")
        print(await cur.fetch(3), await cur.forward(10), await cur.fetchrow())


async def transactions(c):
    async with c.transaction(isolation="repeatable_read", readonly=True):
        print(await c.fetchval("SHOW transaction_isolation"))
        try:
            async with c.transaction():
                await c.fetch("SELECT 1/0")
        except asyncpg.DivisionByZeroError as e:
            print(e.sqlstate)
        print(await c.fetchval("SELECT 2"))


async def copy(c):
    for form in "text", "csv", "binary":
        out = io.BytesIO()
        print(await c.copy_from_query("SELECT * FROM market.countries ORDER BY code", output=out, format=form), len(out.getvalue()))
    out = io.BytesIO()
    print(await c.copy_from_table("countries", schema_name="market", columns=["code"], output=out))


async def errors(c):
    for q in "SELECT 1/0", "SELECT nothing", "SELECT * FROM no.such", "SELEC", "SELECT $1 + $2::nothing":
        try:
            await c.fetch(q)
        except asyncpg.PostgresError as e:
            print(type(e).__name__, e.sqlstate, e.message)


async def timeout(c):
    try:
        await c.fetch("SELECT count(*) FROM generate_series(1, 100000000000) a", timeout=1)
    except asyncio.TimeoutError:
        print("timed out")
    print(await c.fetchval("SELECT 1"))


async def pool(_):
    async with asyncpg.create_pool(min_size=2, max_size=4) as p:
        print(await asyncio.gather(*(p.fetchval("SELECT count(*) FROM sales.orders WHERE order_id % 10 = $1", i) for i in range(10))))


async def listen(c):
    await c.add_listener("something", print)
    await c.remove_listener("something", print)
    await c.reset()
    print(await c.fetchval("SHOW search_path"))


async def codecs(c):
    await c.set_type_codec("jsonb", encoder=repr, decoder=lambda v: ("decoded", v), schema="pg_catalog")
    print(await c.fetchval("""SELECT '{"a":1}'::jsonb"""))


async def many(c):
    print(await c.fetchmany("SELECT $1::int * 2", [(1,), (2,)])) if hasattr(c, "fetchmany") else print(await c.executemany("SELECT $1::int", [(1,), (2,)]))


async def main():
    for check in values, descriptions, types, parameters, cursors, transactions, copy, errors, timeout, pool, listen, codecs, many:
        c = await asyncpg.connect()
        text = io.StringIO()
        try:
            with __import__("contextlib").redirect_stdout(text):
                await check(c)
        except Exception as e:
            failed(check.__name__, e)
        else:
            print("#", check.__name__)
            print(text.getvalue(), end="", flush=True)
        c.terminate()


asyncio.run(main())
