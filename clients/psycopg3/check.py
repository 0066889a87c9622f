"""psycopg 3: sync, async, pipeline, server-side cursors, binary, COPY."""
import asyncio
import logging
import threading
import time

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types import TypeInfo

from checks import compared, holds

print("version", psycopg.__version__)
logging.getLogger("psycopg").setLevel(logging.ERROR)
EVERYTHING = """SELECT 1::int2, 2::int4, 3::int8, 1.5::float4, 2.5::float8, 12.340::numeric, 'NaN'::numeric, true, 'text', 'v'::varchar(5), 'c'::char(3),
    date '2024-02-29', time '24:00', timestamp '2024-02-29 12:00:00.123456', timestamptz '2024-02-29 12:00+02', interval '1 day 2 hours 3.5 seconds',
    '\\xdeadbeef'::bytea, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::uuid, '{"a": [1, null]}'::json, '{"a": [1, null]}'::jsonb,
    '{1,2,NULL}'::int[], '{a,"b c",NULL}'::text[], NULL::int"""

with psycopg.connect() as c:
    with compared("values as text and binary"):
        for binary in False, True:
            row = c.cursor(binary=binary).execute(EVERYTHING.replace("time '24:00', ", "time '23:59', ").replace("\\\\", "\\")).fetchone()
            print([(type(v).__name__, str(v)) for v in row])
    with compared("descriptions"):
        for d in c.execute("SELECT * FROM sales.orders LIMIT 0").description:
            print(d.name, d.type_code, d.type_display, d.internal_size, d.precision, d.scale)
    with compared("parameters of many types"):
        values = [1, 2**40, 2**70, 1.5, "x", True, None, [1, 2], ["a", None], b"\x00\x01"]
        for v in values:
            for binary in "%t", "%b", "%s":
                if binary == "%b" and isinstance(v, list) and None in v:
                    continue
                print(c.execute(f"SELECT {binary}", [v]).fetchone())
    with compared("parameters against columns"):
        print(c.execute("SELECT order_id, amount FROM sales.orders WHERE region = %s AND order_id < %s AND amount > %s ORDER BY 1 LIMIT 5", ["EU", 500, 10]).fetchall())
        print(c.execute("SELECT count(*) FROM sales.orders WHERE order_id = ANY(%s)", [[1, 2, 3]]).fetchone())
        print(c.execute("SELECT count(*) FROM sales.orders WHERE ordered_at >= %s", [__import__("datetime").datetime(2024, 6, 1)]).fetchone())
    with compared("a statement prepared after five executions"):
        for i in range(8):
            print(c.execute("SELECT amount FROM sales.orders WHERE order_id = %s", [i + 1]).fetchone())
        print(c.execute("SELECT count(*) FROM pg_prepared_statements").fetchone())
    with compared("names composed by the client"):
        print(c.execute(sql.SQL("SELECT {} FROM {} ORDER BY 1 LIMIT 2").format(sql.Identifier("code"), sql.Identifier("market", "countries"))).fetchall())
    with compared("errors by class"):
        for q in "SELECT 1/0", "SELECT nothing FROM sales.orders", "SELECT * FROM no.such", "SELEC", "SELECT 'x'::int", "INSERT INTO market.countries SELECT 1":
            try:
                c.execute(q)
            except psycopg.Error as e:
                print(q, e.sqlstate[:2] if "INSERT" in q else (type(e).__name__, e.sqlstate, e.diag.message_primary, e.diag.statement_position))
            c.rollback()
    c.rollback()
    with compared("server-side cursors"):
        with c.cursor("plain") as cur:
            cur.execute("SELECT order_id FROM sales.orders ORDER BY 1")
            print(cur.fetchone(), cur.fetchmany(3), cur.description[0].name)
        with c.cursor("scrolling", scrollable=True) as cur:
            cur.execute("SELECT order_id FROM sales.orders ORDER BY 1 LIMIT 100")
            cur.scroll(10)
            print(cur.fetchone())
            cur.scroll(-5)
            print(cur.fetchone())
            cur.scroll(0, mode="absolute")
            print(cur.fetchmany(2))
        with c.cursor("binary", binary=True) as cur:
            cur.itersize = 100
            print(sum(r[0] for r in cur.execute("SELECT quantity FROM sales.orders")))
        cur = c.cursor("held", withhold=True)
        cur.execute("SELECT code FROM market.countries ORDER BY 1")
        c.commit()
        print(cur.fetchall())
        cur.close()
    with compared("pipeline"):
        with c.pipeline() as p:
            cursors = [c.execute("SELECT %s::int", [i]) for i in range(20)]
            p.sync()
            print([cur.fetchone() for cur in cursors])
        try:
            with c.pipeline() as p:
                c.execute("SELECT 1")
                c.execute("SELECT 1/0")
                c.execute("SELECT 2")
        except psycopg.Error as e:
            print(type(e).__name__, e.sqlstate)
        c.rollback()
        print(c.cursor().execute("SELECT 1").fetchone())
    with compared("executemany with results"):
        cur = c.cursor()
        cur.executemany("SELECT %s::int * 2", [[1], [2], [3]], returning=True)
        print([s.fetchone() for s in cur.results()] if hasattr(cur, "results") else None)
    with compared("COPY out"):
        for form in "", " (FORMAT csv, HEADER)":
            with c.cursor().copy("COPY (SELECT * FROM market.countries ORDER BY 1) TO STDOUT" + form) as copy:
                print(b"".join(copy).decode())
        with c.cursor().copy("COPY (SELECT order_id, amount, ordered_at FROM sales.orders ORDER BY 1 LIMIT 4) TO STDOUT (FORMAT binary)") as copy:
            copy.set_types(["int8", "numeric", "timestamptz"])
            print([r for r in copy.rows()])
    c.commit()
    with compared("a temporary table is filled, changed and joined"):
        c.read_only = False  # else PostgreSQL makes no tables at all
        with c.transaction(), c.cursor() as cur:
            cur.execute("CREATE TEMP TABLE mine (id bigint, note text) ON COMMIT DROP")
            with cur.copy("COPY mine FROM STDIN") as copy:
                for row in (3, "a\tb"), (5, None), (8, "x"):
                    copy.write_row(row)
            cur.executemany("INSERT INTO mine VALUES (%s, %s)", [(n, str(n)) for n in range(10, 15)])
            cur.execute("UPDATE mine SET note = %s WHERE note IS NULL", ["none"])
            print(cur.rowcount, cur.execute("DELETE FROM mine WHERE id > %s", [12]).rowcount)
            print(cur.execute("SELECT m.id, m.note, o.region FROM mine m JOIN sales.orders o ON o.order_id = m.id ORDER BY 1").fetchall())
        print(c.execute("SELECT to_regclass('mine')").fetchone())
        c.commit()
        c.read_only = None
    with compared("transactions and savepoints"):
        with c.transaction():
            c.execute("SELECT 1")
            try:
                with c.transaction("inner"):
                    c.execute("SELECT 1/0")
            except psycopg.errors.DivisionByZero:
                print("inner rolled back", c.info.transaction_status.name)
            print(c.execute("SELECT 2").fetchone())
        print(c.info.transaction_status.name)
    with compared("settings of a transaction"):
        c.commit()
        c.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        c.read_only = True
        print(c.execute("SHOW transaction_isolation").fetchone(), c.execute("SHOW transaction_read_only").fetchone())
        c.commit()
        c.isolation_level = c.read_only = None
    with compared("types looked up by name"):
        for name in "int4", "numeric", "no_such":
            info = TypeInfo.fetch(c, name)
            print(info and (info.name, info.oid, info.array_oid, info.regtype))
    with compared("rows as dictionaries, streamed"):
        print(c.cursor(row_factory=dict_row).execute("SELECT * FROM market.countries ORDER BY 1 LIMIT 1").fetchone())
        print([r for r in c.cursor().stream("SELECT code FROM market.countries ORDER BY 1")])
    c.commit()
    with compared("cancel from another thread"):
        timer = threading.Timer(0.5, c.cancel)
        timer.start()
        began = time.time()
        try:
            c.execute("SELECT count(*) FROM generate_series(1, 100000000000) a")
        except psycopg.errors.QueryCanceled as e:
            print(e.sqlstate, time.time() - began < 20)
        c.rollback()
        print(c.execute("SELECT 1").fetchone())
    c.commit()
    with compared("what the server says of itself"):
        print(c.info.encoding, c.info.timezone, c.info.dbname, c.info.user, [c.info.parameter_status(p) for p in ("client_encoding", "DateStyle", "integer_datetimes", "standard_conforming_strings", "TimeZone")])
    with compared("two-phase commit is refused"):
        try:
            c.tpc_begin(c.xid(1, "a", "b"))
            c.execute("SELECT 1")
            c.tpc_prepare()
        except psycopg.Error as e:
            print("refused")
            c.close()


async def asynchronous():
    async with await psycopg.AsyncConnection.connect(autocommit=True) as c:
        cur = await c.execute("SELECT count(*), sum(amount) FROM sales.orders")
        print(await cur.fetchone())
        async with c.pipeline():
            several = [await c.execute("SELECT %s::text", [str(i)]) for i in range(5)]
        print([await s.fetchone() for s in several])
        async with c.transaction(), c.cursor("named") as cur:
            await cur.execute("SELECT code FROM market.countries ORDER BY 1")
            print([r async for r in cur])
        await c.execute("LISTEN something")
        task = asyncio.create_task(c.execute("SELECT count(*) FROM generate_series(1, 100000000000) a"))
        await asyncio.sleep(0.5)
        c.cancel()
        try:
            await task
        except psycopg.errors.QueryCanceled as e:
            print(e.sqlstate)

    async def one(i):
        async with await psycopg.AsyncConnection.connect() as c:
            return (await (await c.execute("SELECT count(*) FROM sales.orders WHERE order_id %% 10 = %s", [i])).fetchone())[0]

    print(await asyncio.gather(*(one(i) for i in range(8))))


with compared("asynchronous connections"):
    asyncio.run(asynchronous())
with holds("a wrong password is refused"):
    try:
        psycopg.connect(password="wrong")
        raise AssertionError("let in")
    except psycopg.OperationalError as e:
        assert "password authentication failed" in str(e), e
